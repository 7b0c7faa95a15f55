/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traps and interrupts against a second, slower telling of the rules: every
 * cause from every mode with and without delegation, interrupts over random
 * mip, mie, mideleg, modes and enables, and mret and sret over all stacks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/trap.h"
#include "tests/cpu/harness.h"

#define MTVEC (BOARD_RAM + 0x1001)
#define STVEC (BOARD_RAM + 0x2001)

static const uint8_t modes[] = { PRIV_U, PRIV_S, PRIV_M };

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static struct board *board_new(void)
{
    struct board *b = malloc(sizeof *b);
    struct board_config config = board_default();
    board_init(b, &config);
    b->cpu.csr.mtvec = MTVEC;
    b->cpu.csr.stvec = STVEC;
    return b;
}

static void board_end(struct board *b)
{
    board_free(b);
    free(b);
}

/* A bit of mstatus, moved. */
static uint64_t moved(uint64_t status, uint64_t from, uint64_t to)
{
    return status & from ? to : 0;
}

/* mstatus after a trap from `mode`, as Priv 3.1.6.1 words it. */
static uint64_t stacked(uint64_t status, uint8_t mode, bool to_s)
{
    if (to_s)
        return (status & ~(STATUS_SPIE | STATUS_SIE | STATUS_SPP)) |
               moved(status, STATUS_SIE, STATUS_SPIE) |
               (mode == PRIV_S ? STATUS_SPP : 0);
    return (status & ~(STATUS_MPIE | STATUS_MIE | STATUS_MPP)) |
           moved(status, STATUS_MIE, STATUS_MPIE) |
           (uint64_t)mode << STATUS_MPP_SHIFT;
}

#define RANDOM_STATUS                                                          \
    (STATUS_SIE | STATUS_MIE | STATUS_SPIE | STATUS_MPIE | STATUS_SPP |        \
     STATUS_SUM | STATUS_MXR | STATUS_TW)

static void check_trap(struct board *b, uint8_t mode, bool interrupt,
                       unsigned cause, bool delegate, uint64_t status)
{
    struct cpu *c = &b->cpu;
    bool to_s = delegate && mode != PRIV_M;
    c->privilege = mode;
    c->pc = 0x1234567890;
    c->csr.mstatus = status;
    c->csr.medeleg = delegate && !interrupt ? UINT64_C(1) << cause : 0;
    c->csr.mideleg = delegate && interrupt ? UINT64_C(1) << cause : 0;
    c->csr.mepc = c->csr.sepc = 0;
    trap_take(c, interrupt, cause, 0xabcdef);

    uint64_t vector = interrupt ? 4 * cause : 0;
    assert_true(c->privilege == (to_s ? PRIV_S : PRIV_M));
    assert_true(c->pc == ((to_s ? STVEC : MTVEC) & ~UINT64_C(3)) + vector);
    assert_true(c->csr.mstatus == stacked(status, mode, to_s));
    assert_true((to_s ? c->csr.sepc : c->csr.mepc) == 0x1234567890);
    assert_true((to_s ? c->csr.mepc : c->csr.sepc) == 0);
    assert_true((to_s ? c->csr.stval : c->csr.mtval) == 0xabcdef);
    assert_true((to_s ? c->csr.scause : c->csr.mcause) ==
                (cause | (uint64_t)interrupt << 63));
    assert_true(c->step.events & STEP_TRAP);
    assert_int_equal(c->step.trap_to, c->privilege);
    assert_int_equal(c->step.cause, cause);
    assert_int_equal(c->step.interrupt, interrupt);
    assert_false(c->step.retired);
}

static void test_every_cause_from_every_mode(void **state)
{
    (void)state;
    struct board *b = board_new();
    uint64_t seed = 7;
    for (unsigned cause = 0; cause < 64; cause++)
        for (unsigned m = 0; m < 3; m++)
            for (unsigned bits = 0; bits < 8; bits++) {
                if (bits & 1 && cause > 11)
                    continue; /* no such interrupt */
                check_trap(b, modes[m], bits & 1, cause, bits & 2,
                           random_next(&seed) & RANDOM_STATUS);
            }
    board_end(b);
}

static void test_returns(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    uint64_t seed = 11;
    for (unsigned n = 0; n < 2000; n++) {
        uint64_t status = random_next(&seed) & (RANDOM_STATUS | STATUS_MPRV);
        uint8_t mpp = modes[random_next(&seed) % 3];
        status |= (uint64_t)mpp << STATUS_MPP_SHIFT;

        c->privilege = PRIV_M;
        c->csr.mstatus = status;
        c->reserved = true;
        trap_return_m(c);
        uint64_t after = (status & ~(STATUS_MIE | STATUS_MPP)) | STATUS_MPIE |
                         moved(status, STATUS_MPIE, STATUS_MIE);
        if (mpp != PRIV_M)
            after &= ~STATUS_MPRV;
        assert_int_equal(c->privilege, mpp);
        assert_true(c->csr.mstatus == after);
        assert_false(c->reserved);

        c->privilege = PRIV_S;
        c->csr.mstatus = status;
        trap_return_s(c);
        after = (status & ~(STATUS_SIE | STATUS_SPP | STATUS_MPRV)) |
                STATUS_SPIE | moved(status, STATUS_SPIE, STATUS_SIE);
        assert_int_equal(c->privilege, status & STATUS_SPP ? PRIV_S : PRIV_U);
        assert_true(c->csr.mstatus == after);
    }
    board_end(b);
}

/* Which interrupt, told the other way round: try each in order of priority. */
static int choose_slowly(uint64_t mip, uint64_t mie, uint64_t mideleg,
                         uint8_t mode, uint64_t status)
{
    static const int order[] = { 11, 3, 7, 9, 1, 5 };
    for (int target = PRIV_M; target >= PRIV_S; target -= 2) {
        for (unsigned i = 0; i < 6; i++) {
            uint64_t bit = UINT64_C(1) << order[i];
            int goes_to = mideleg & bit ? PRIV_S : PRIV_M;
            uint64_t enable = target == PRIV_M ? STATUS_MIE : STATUS_SIE;
            bool open = mode < target || (mode == target && status & enable);
            if (mip & mie & bit && goes_to == target && open)
                return order[i];
        }
    }
    return -1;
}

static void test_choice_of_interrupt(void **state)
{
    (void)state;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    uint64_t seed = 13;
    unsigned taken = 0;
    for (unsigned n = 0; n < 20000; n++) {
        uint64_t mip = random_next(&seed) & 0xaaa;
        uint64_t mie = random_next(&seed) & 0xaaa;
        uint64_t mideleg = random_next(&seed) & 0x222;
        uint64_t status = random_next(&seed) & (STATUS_MIE | STATUS_SIE);
        uint8_t mode = modes[random_next(&seed) % 3];
        c->csr.mip_lines = mip;
        c->csr.mie = mie;
        c->csr.mideleg = mideleg;
        c->csr.mstatus = status;
        c->privilege = mode;
        int expected = choose_slowly(mip, mie, mideleg, mode, status);
        assert_int_equal(interrupt_choose(c), expected);
        assert_int_equal(cpu_interrupt_pending(c), (mip & mie) != 0);

        /* and it is what the next step takes, before any instruction */
        interrupts_changed(c);
        c->pc = BOARD_RAM + 0x100; /* 0: an illegal instruction */
        cpu_step(c);
        assert_int_equal(c->step.interrupt && c->step.events & STEP_TRAP,
                         expected >= 0);
        if (expected >= 0) {
            taken++;
            assert_int_equal(c->step.cause, expected);
            assert_int_equal(c->step.length, 0);
        }
        c->step.interrupt = false;
    }
    assert_true(taken > 5000);
    board_end(b);
}

/* A line that falls before it is taken leaves no trace. */
static void test_lines_are_levels(void **state)
{
    (void)state;
    static const uint32_t nops[] = { 0x13, 0x13, 0x13 };
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    board_load_words(b, BOARD_RAM, nops, 3);
    c->csr.mtvec = MTVEC;
    c->csr.mie = MIP_MEIP;
    c->csr.mstatus = STATUS_MIE;
    status_changed(c);
    cpu_interrupt_lines(c, MIP_MEIP | MIP_SEIP, MIP_MEIP);
    assert_true(cpu_interrupt_pending(c));
    cpu_interrupt_lines(c, MIP_MEIP, 0);
    cpu_step(c);
    assert_true(c->step.retired);
    cpu_interrupt_lines(c, MIP_MEIP, MIP_MEIP);
    cpu_step(c);
    assert_true(c->step.interrupt);
    assert_int_equal(c->step.cause, INTERRUPT_MEI);
    assert_true(c->csr.mepc == BOARD_RAM + 4);
    board_end(b);
}

/* SEIP: the line and what software wrote are or-ed; a read-modify-write of
 * mip does not turn the line into a written bit (Priv 3.1.9). */
static void test_seip_line_and_written_bit(void **state)
{
    (void)state;
    static const uint32_t set_ssip = 0x34416073; /* csrsi mip, 2 */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    board_load_words(b, BOARD_RAM, &set_ssip, 1);
    cpu_interrupt_lines(c, MIP_SEIP, MIP_SEIP);
    cpu_step(c); /* csrsi mip, SSIP */
    assert_true(board_csr(b, CSR_mip) == (MIP_SEIP | MIP_SSIP));
    cpu_interrupt_lines(c, MIP_SEIP, 0);
    assert_true(board_csr(b, CSR_mip) == MIP_SSIP);
    board_end(b);
}

/* A handler that cannot be fetched traps again and again: counted. */
static void test_traps_in_a_row(void **state)
{
    (void)state;
    static const uint32_t ecall = 0x73;
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    board_load_words(b, BOARD_RAM, &ecall, 1);
    c->csr.mtvec = 0x5000; /* nothing is there */
    cpu_step(c);
    assert_int_equal(c->traps_in_a_row, 1);
    for (unsigned i = 2; i < 50; i++) {
        cpu_step(c);
        assert_int_equal(c->step.cause, TRAP_FETCH_ACCESS);
        assert_true(c->pc == 0x5000);
        assert_int_equal(c->traps_in_a_row, i);
    }
    c->csr.mtvec = BOARD_RAM + 0x1000;
    cpu_step(c);
    static const uint32_t nop = 0x13;
    assert_true(bus_write(&b->bus, BOARD_RAM + 0x1000, &nop, 4));
    cpu_step(c);
    assert_true(c->step.retired);
    assert_int_equal(c->traps_in_a_row, 0);
    board_end(b);
}

/* An AMO on a page it may not write, or that is not there, is a store fault. */
static void test_amo_page_faults_are_stores(void **state)
{
    (void)state;
    static const uint32_t amo = 0x00b6352f; /* amoadd.d a0, a1, (a2) */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    uint64_t root = BOARD_RAM + 0x4000;
    for (unsigned right = 0; right < 2; right++) {
        board_load_words(b, BOARD_RAM, &amo, 1);
        /* 1:1 gigapages: RAM all rights; at 0 read-only or nothing */
        board_write(b, root, right ? 0xc3 : 0);
        board_write(b, root + 16, BOARD_RAM >> 2 | 0xcf);
        c->csr.mtvec = BOARD_RAM + 0x1000;
        c->privilege = PRIV_S;
        status_changed(c);
        c->mmu.regs.satp = UINT64_C(8) << 60 | root >> 12;
        mmu_context_changed(&c->mmu);
        c->x[12] = 0x1000;
        cpu_step(c);
        assert_int_equal(c->step.cause, TRAP_STORE_PAGE);
        assert_true(c->step.tval == 0x1000);
        assert_int_equal(c->step.data.kind, ACCESS_AMO);
    }
    board_end(b);
}

/* The memory system hears of traps: a flush after this one belongs to a switch
 * only if satp changes after it too. */
static void test_memory_system_hears_of_traps(void **state)
{
    (void)state;
    static const uint32_t code[] = { 0x18051073,   /* csrw satp, a0 */
                                     0x00000073 }; /* ecall */
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    board_load_words(b, BOARD_RAM, code, 2);
    c->csr.mtvec = BOARD_RAM + 0x1000;
    c->x[10] = UINT64_C(8) << 60 | (BOARD_RAM + 0x4000) >> 12;
    cpu_step(c);
    assert_true(c->mmu.satp_changed);
    cpu_step(c);
    assert_false(c->mmu.satp_changed);
    board_end(b);
}

/* An SC fails when the space or the domain changed since the LR, or the size
 * is another, however equal the address. */
static void test_what_breaks_a_reservation(void **state)
{
    (void)state;
    static const struct {
        uint32_t between, sc;
        bool succeeds;
    } cases[] = {
        { 0x00000013, 0x18b6352f, true },  /* nop; sc.d a0, a1, (a2) */
        { 0x00000013, 0x18b6252f, false }, /* nop; sc.w */
        { 0x18001073, 0x18b6352f, false }, /* csrw satp, x0 */
        { 0x5c001073, 0x18b6352f, false }, /* csrw sdomain, x0 */
        { 0x12000073, 0x18b6352f, false }, /* sfence.vma */
        { 0x00b63023, 0x18b6352f, true },  /* sd a1, (a2): its own store */
    };
    struct board *b = board_new();
    struct cpu *c = &b->cpu;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t code[] = { 0x1006352f /* lr.d a0, (a2) */, cases[i].between,
                            cases[i].sc };
        board_load_words(b, BOARD_RAM, code, 3);
        c->csr.mxsas = MXSAS_ENABLE;
        c->x[12] = BOARD_RAM + 0x800;
        for (unsigned n = 0; n < 3; n++)
            cpu_step(c);
        assert_true(c->step.retired);
        assert_int_equal(c->x[10] == 0, cases[i].succeeds);
        assert_int_equal(c->step.data.size != 0, cases[i].succeeds);
    }
    board_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cause_from_every_mode),
        cmocka_unit_test(test_returns),
        cmocka_unit_test(test_choice_of_interrupt),
        cmocka_unit_test(test_lines_are_levels),
        cmocka_unit_test(test_seip_line_and_written_bit),
        cmocka_unit_test(test_traps_in_a_row),
        cmocka_unit_test(test_amo_page_faults_are_stores),
        cmocka_unit_test(test_memory_system_hears_of_traps),
        cmocka_unit_test(test_what_breaks_a_reservation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
