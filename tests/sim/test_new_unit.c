/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new unit needs no change in the engines. This one is a table of pages that
 * may be used. The linker puts it before the memory system (--wrap in the
 * Makefile): it refuses accesses in mmu_*, as every unit does, and tells l0_*
 * that these are not ordinary. What it owes is the hook of mmu/l0.h: whoever
 * withdraws an "allowed" calls l0_void. Without the call the fast engine goes
 * on with what it remembers, and that is seen here too.
 */
#include "tests/sim/machine_help.h"

#include "mmu/l0.h"

#define PAGE  UINT64_C(4096)
#define PAGES 16

#define CODE  MEM_RAM
#define DATA  (MEM_RAM + 0x8000) /* in the program: lui + slli */
#define TRAP  (MEM_RAM + 0x4000)

/* ---- the unit ---------------------------------------------------------- */

static struct {
    bool allowed[PAGES]; /* pages from MEM_RAM; all others are */
    uint64_t asked;
} unit;

static bool allows(uint64_t va)
{
    uint64_t page = (va - MEM_RAM) / PAGE;
    unit.asked++;
    return page >= PAGES || unit.allowed[page];
}

static void allow_all(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        unit.allowed[i] = true;
    unit.asked = 0;
}

static void withdraw(struct machine *m, uint64_t va, bool tell)
{
    unit.allowed[(va - MEM_RAM) / PAGE] = false;
    if (tell)
        l0_void(&m->now->cpu.mmu);
}

static bool refuse(struct access *a, uint8_t cause)
{
    a->refused = REFUSED_RANGE_RIGHT;
    a->cause = cause;
    a->fault_va = a->va;
    a->tlb = a->protection = a->l1 = a->l2 = (struct lookup){ 0 };
    return false;
}

/* ---- where it stands --------------------------------------------------- */

bool __real_mmu_load(struct mmu *m, struct access *a, uint64_t *value);
bool __real_mmu_store(struct mmu *m, struct access *a, uint64_t value);
bool __real_mmu_fetch(struct mmu *m, struct access *a, uint32_t *word);
bool __real_l0_load(struct mmu *m, uint8_t privilege, uint64_t va,
                    unsigned size, uint64_t *value);
bool __real_l0_store(struct mmu *m, uint8_t privilege, uint64_t va,
                     unsigned size, uint64_t value);
bool __real_l0_fetch(struct mmu *m, uint8_t privilege, uint64_t va,
                     struct l0_fetch *f);
bool __wrap_mmu_load(struct mmu *m, struct access *a, uint64_t *value);
bool __wrap_mmu_store(struct mmu *m, struct access *a, uint64_t value);
bool __wrap_mmu_fetch(struct mmu *m, struct access *a, uint32_t *word);
bool __wrap_l0_load(struct mmu *m, uint8_t privilege, uint64_t va,
                    unsigned size, uint64_t *value);
bool __wrap_l0_store(struct mmu *m, uint8_t privilege, uint64_t va,
                     unsigned size, uint64_t value);
bool __wrap_l0_fetch(struct mmu *m, uint8_t privilege, uint64_t va,
                     struct l0_fetch *f);

bool __wrap_mmu_load(struct mmu *m, struct access *a, uint64_t *value)
{
    return allows(a->va) ? __real_mmu_load(m, a, value)
                         : refuse(a, CAUSE_RPLB_FAULT_LOAD);
}

bool __wrap_mmu_store(struct mmu *m, struct access *a, uint64_t value)
{
    return allows(a->va) ? __real_mmu_store(m, a, value)
                         : refuse(a, CAUSE_RPLB_FAULT_STORE);
}

bool __wrap_mmu_fetch(struct mmu *m, struct access *a, uint32_t *word)
{
    return allows(a->va) ? __real_mmu_fetch(m, a, word)
                         : refuse(a, CAUSE_RPLB_FAULT_FETCH);
}

bool __wrap_l0_load(struct mmu *m, uint8_t privilege, uint64_t va,
                    unsigned size, uint64_t *value)
{
    return allows(va) && __real_l0_load(m, privilege, va, size, value);
}

bool __wrap_l0_store(struct mmu *m, uint8_t privilege, uint64_t va,
                     unsigned size, uint64_t value)
{
    return allows(va) && __real_l0_store(m, privilege, va, size, value);
}

bool __wrap_l0_fetch(struct mmu *m, uint8_t privilege, uint64_t va,
                     struct l0_fetch *f)
{
    return allows(va) && __real_l0_fetch(m, privilege, va, f);
}

/* ---- the program ------------------------------------------------------- */

/* Loads from DATA and stores to the page behind it, for ever. */
static const uint32_t program[] = {
    0x00080437, /* lui s0,0x80 */
    0x0084041b, /* addiw s0,s0,8 */
    0x00c41413, /* slli s0,s0,12: DATA */
    0x000014b7, /* lui s1,0x1 */
    0x008484b3, /* add s1,s1,s0 */
    0x00043283, /* loop: ld t0,0(s0) */
    0x0054b023, /* sd t0,0(s1) */
    0x00150513, /* addi a0,a0,1 */
    0xff5ff06f, /* j loop */
};
static const uint32_t stay[] = { 0x0000006f /* j . */ };

static struct machine *looping(enum engine engine)
{
    const struct run_limits limits = { .max_insns = 4001 };
    struct machine *m = new_machine("u54");
    m->engine = engine;
    allow_all();
    PUT_PROGRAM(m, program);
    assert_true(machine_poke_phys(m, TRAP, stay, sizeof stay));
    assert_true(csr_write(&m->now->cpu, CSR_mtvec, TRAP));
    assert_int_equal(machine_run(m, &limits), STOP_BUDGET);
    assert_int_equal(m->now->cpu.x[10], 999);
    return m;
}

static void run_on(struct machine *m)
{
    const struct run_limits limits = { .max_insns = 400 };
    assert_int_equal(machine_run(m, &limits), STOP_BUDGET);
}

/* ---- the tests --------------------------------------------------------- */

static const struct {
    uint64_t page, cause;
} withdrawn[] = { { DATA, CAUSE_RPLB_FAULT_LOAD },
                  { DATA + PAGE, CAUSE_RPLB_FAULT_STORE },
                  { CODE, CAUSE_RPLB_FAULT_FETCH } };

/* Both engines ask again, and the access is refused. */
static void what_is_withdrawn_is_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        struct machine *m = looping(i % 2 ? ENGINE_READABLE : ENGINE_FAST);
        withdraw(m, withdrawn[i / 2].page, true);
        run_on(m);
        assert_int_equal(m->now->cpu.csr.mcause, withdrawn[i / 2].cause);
        assert_int_equal(m->now->cpu.pc, TRAP);
        assert_in_range(m->now->cpu.x[10], 999, 1000);
        machine_free(m);
    }
}

/* While nothing is withdrawn the fast engine need not ask: the filter stands
 * before this unit as before all others. */
static void the_fast_engine_asks_seldom(void **state)
{
    (void)state;
    struct machine *m = looping(ENGINE_FAST);
    assert_in_range(unit.asked, 1, 200);
    machine_free(m);
    m = looping(ENGINE_READABLE);
    assert_true(unit.asked > 5000);
    machine_free(m);
}

/* A unit that forgets the hook is found out: the fast engine goes on for a
 * while, up to the first instruction that it leaves to the readable one. */
static void without_the_hook_it_is_not_asked(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        struct machine *m = looping(i % 2 ? ENGINE_READABLE : ENGINE_FAST);
        withdraw(m, withdrawn[i / 2].page, false);
        run_on(m);
        assert_in_range(m->now->cpu.x[10], i % 2 ? 999 : 1050,
                        i % 2 ? 1000 : 1100);
        machine_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_withdrawn_is_refused),
        cmocka_unit_test(the_fast_engine_asks_seldom),
        cmocka_unit_test(without_the_hook_it_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
