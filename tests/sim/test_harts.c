/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several harts: the rules of turns against a plain reading of the step
 * records; the guest programs of tests/guest/harts on few and many harts with
 * short and long turns; the same run twice, in one piece and in slices; what
 * waits and who wakes it; litmus tests; devices with registers for each hart.
 */
#include <stdlib.h>

#include "sim/harts.h"
#include "sim/stats.h"
#include "tests/mmu/random.h"
#include "tests/sim/machine_help.h"

#define GUEST(name) "build/guest/harts/" name ".elf"

static struct machine *new_harts(const char *elf, unsigned harts,
                                 unsigned quantum)
{
    struct config c;
    struct err err = { 0 };
    if (!config_preset(&c, "u54", &err))
        fail_msg("%s", err.text);
    c.harts = harts;
    c.harts_quantum = quantum;
    c.ram_bytes = 16 << 20;
    struct machine *m = machine_new(&c, &err);
    if (!m || (elf && !machine_load_elf(m, elf, true, &err)))
        fail_msg("%s", err.text);
    return m;
}

/* Runs it to its end: what it reported. */
static uint64_t run_to_end(struct machine *m)
{
    const struct run_limits limits = { .max_insns = 100000000 };
    enum stop stop = machine_run(m, &limits);
    struct err err = { 0 };
    if (stop != STOP_POWEROFF && stop != STOP_FAIL)
        fail_msg("stopped: %s", stop_name(stop));
    if (!machine_check(m, true, &err))
        fail_msg("%s", err.text);
    return m->exit_value;
}

static uint64_t cycles_for(const struct machine *m, unsigned hart,
                           enum purpose purpose)
{
    uint64_t sum = 0;
    for (int at = 0; at < PLACE_COUNT; at++)
        sum += m->hart[hart].cpu.mmu.accounts.cell[purpose][at];
    return sum;
}

/* ---- the guest programs ----------------------------------------------------
 */

static void programs_pass(void **state)
{
    static const char *const names[] = { GUEST("atomic"), GUEST("interrupts"),
                                         GUEST("code") };
    static const unsigned harts[] = { 1, 2, 3, 8 }, quanta[] = { 1, 13, 1000 };
    (void)state;
    for (size_t n = 0; n < 3; n++)
        for (size_t h = 0; h < 4; h++)
            for (size_t q = 0; q < 3; q++) {
                struct machine *m = new_harts(names[n], harts[h], quanta[q]);
                uint64_t bad = run_to_end(m);
                if (bad)
                    fail_msg("%s, %u harts, quantum %u: failure %llu", names[n],
                             harts[h], quanta[q], (unsigned long long)bad);
                machine_free(m);
            }
}

/* No outcome is seen that no interleaving gives, whatever the quantum; with
 * short turns every other one is. */
static void litmus(void **state)
{
    static const struct {
        unsigned harts, quantum;
        bool complete;
    } runs[] = { { 4, 40, true }, { 2, 5, true }, { 2, 1000, false } };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct machine *m =
            new_harts(GUEST("litmus"), runs[i].harts, runs[i].quantum);
        size_t length;
        assert_int_equal(run_to_end(m), 0);
        const char *text = machine_console(m, &length);
        assert_non_null(strstr(text, "SB+fences"));
        assert_true(!strstr(text, "IRIW") == (runs[i].harts < 4));
        bool complete = strstr(text, "not seen: 0\n") != NULL;
        if (runs[i].complete && !complete)
            fail_msg("%s", text);
        machine_free(m);
    }
}

/* ---- turns ------------------------------------------------------------------
 */

/* What the rules of harts.h say, from the records alone. */
struct turns {
    unsigned harts;
    uint64_t quantum, clock[MACHINE_HARTS_MAX], start;
    bool waits[MACHINE_HARTS_MAX];
    unsigned now;
    bool over;
    unsigned count, by_quantum;
};

static void check_turn_begins(struct turns *t, const struct step *s)
{
    for (unsigned i = 0; i < t->harts; i++) {
        if (i == s->hart || t->waits[i])
            continue;
        assert_true(t->clock[i] > s->cycle ||
                    (t->clock[i] == s->cycle && i > s->hart));
    }
    t->now = s->hart;
    t->start = s->cycle;
    t->count++;
}

static void check_step(struct turns *t, const struct step *s)
{
    if (t->over)
        check_turn_begins(t, s);
    assert_int_equal(s->hart, t->now);
    assert_true(s->cycle >= t->clock[t->now]);
    t->clock[t->now] = s->cycle + s->cycles;
    t->waits[t->now] = s->events & STEP_WFI;
    uint8_t class = insn_rows[s->insn].class;
    bool atomic = s->retired && (class == CLASS_AMO || class == CLASS_LR);
    bool used = t->clock[t->now] - t->start >= t->quantum;
    t->by_quantum += used;
    t->over = used || atomic || s->events & (STEP_DEVICE | STEP_WFI);
}

static void check_turns(const char *elf, unsigned harts, unsigned quantum)
{
    struct machine *m = new_harts(elf, harts, quantum);
    const struct run_limits some = { .max_insns = 1000 };
    struct turns t = { .harts = harts, .quantum = quantum, .over = true };
    struct trace_reader reader;
    trace_attach(&m->trace, &reader);
    for (int i = 0; i < 60; i++) {
        if (machine_run(m, &some) != STOP_BUDGET)
            break;
        for (const struct step *s; (s = trace_next(&m->trace, &reader));)
            check_step(&t, s);
    }
    assert_int_equal(reader.lost, 0);
    assert_true(t.count > 100 && t.by_quantum > 10);
    machine_free(m);
}

static void turns_follow_the_rules(void **state)
{
    (void)state;
    check_turns(GUEST("atomic"), 2, 50);
    check_turns(GUEST("atomic"), 3, 1000);
    check_turns(GUEST("interrupts"), 3, 100);
    check_turns(GUEST("litmus"), 8, 30);
}

/* ---- the same again
 * ---------------------------------------------------------- */

static uint64_t hash_ram(const struct machine *m)
{
    uint64_t hash = 1;
    for (uint64_t i = 0; i < m->bus.ram_bytes; i += 8) {
        uint64_t word;
        memcpy(&word, m->bus.ram + i, 8);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    }
    return hash;
}

static void same_state(const struct machine *a, const struct machine *b)
{
    for (uint64_t i = 0; i < a->config.harts; i++) {
        const struct cpu *x = &a->hart[i].cpu, *y = &b->hart[i].cpu;
        assert_memory_equal(x->x, y->x, sizeof x->x);
        assert_true(x->pc == y->pc && x->instret == y->instret);
        assert_memory_equal(&x->mmu.accounts, &y->mmu.accounts,
                            sizeof x->mmu.accounts);
        assert_memory_equal(x->mmu.stats, y->mmu.stats, sizeof x->mmu.stats);
    }
    assert_int_equal(hash_ram(a), hash_ram(b));
}

static void same_run_in_slices(void **state)
{
    static const struct {
        const char *name;
        unsigned harts, quantum;
    } runs[] = { { GUEST("atomic"), 4, 1000 },
                 { GUEST("interrupts"), 4, 1000 },
                 { GUEST("interrupts"), 3, 100 },
                 { GUEST("interrupts"), 8, 333 },
                 { GUEST("interrupts"), 2, 5 } };
    (void)state;
    for (size_t n = 0; n < sizeof runs / sizeof runs[0]; n++) {
        const char *name = runs[n].name;
        unsigned harts = runs[n].harts, quantum = runs[n].quantum;
        struct machine *whole = new_harts(name, harts, quantum);
        struct machine *again = new_harts(name, harts, quantum);
        struct machine *sliced = new_harts(name, harts, quantum);
        enum stop stop = STOP_BUDGET;
        run_to_end(whole);
        run_to_end(again);
        same_state(whole, again);
        random_start(n);
        while (stop == STOP_BUDGET) {
            struct run_limits l = { .max_insns = 1 + random_below(3000) };
            if (random_below(2))
                l.until_cycle = machine_clock(sliced) + random_below(3000);
            stop = machine_run(sliced, &l);
        }
        assert_int_equal(stop, STOP_POWEROFF);
        same_state(whole, sliced);
        machine_free(whole);
        machine_free(again);
        machine_free(sliced);
    }
}

/* Both engines end turns, snoop and see changed code at the same places. */
static void engines_agree(void **state)
{
    static const char *const names[] = { GUEST("atomic"), GUEST("interrupts"),
                                         GUEST("code"), GUEST("sharing") };
    static const unsigned harts[] = { 2, 8, 3, 4 },
                          quanta[] = { 1000, 300, 17, 5 };
    (void)state;
    for (size_t n = 0; n < 4; n++)
        for (size_t k = 0; k < 4; k++) {
            struct machine *fast = new_harts(names[n], harts[k], quanta[k]);
            struct machine *plain = new_harts(names[n], harts[k], quanta[k]);
            plain->engine = ENGINE_READABLE;
            assert_int_equal(fast->engine, ENGINE_FAST);
            assert_int_equal(run_to_end(fast), 0);
            assert_int_equal(run_to_end(plain), 0);
            same_state(fast, plain);
            machine_free(fast);
            machine_free(plain);
        }
}

/* ---- waiting
 * ------------------------------------------------------------------ */

/* Hart 0 works for some 3,000 cycles, then wakes hart 1, which slept; hart 1
 * switches off. */
static const uint32_t program_wake[] = {
    0x02051063, /* bnez a0,80000020 */
    0x3e800293, /* li t0,1000 */
    0xfff28293, /* addi t0,t0,-1 */
    0xfe029ee3, /* bnez t0,80000008 */
    0x02000337, /* lui t1,0x2000 */
    0x00100393, /* li t2,1 */
    0x00732223, /* sw t2,4(t1) */
    0x0000006f, /* j 8000001c */
    0x00800293, /* li t0,8 */
    0x30429073, /* csrw mie,t0 */
    0x10500073, /* wfi */
    0x001002b7, /* lui t0,0x100 */
    0x00005337, /* lui t1,0x5 */
    0x5553031b, /* addiw t1,t1,1365 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j 8000003c */
};

static void load_words(struct machine *m, const uint32_t *words, size_t bytes)
{
    assert_true(machine_poke_phys(m, MEM_RAM, words, bytes));
    machine_reset(m, MEM_RAM, 0);
}

/* A sleeper goes on at the clock of the hart that woke it. */
static void interrupt_wakes_at_its_time(void **state)
{
    (void)state;
    struct machine *m = new_harts(NULL, 2, 100);
    load_words(m, program_wake, sizeof program_wake);
    const struct run_limits part = { .until_cycle = 1500 };
    assert_int_equal(machine_run(m, &part), STOP_BUDGET);
    assert_true(m->hart[1].cpu.waiting);
    assert_in_range(m->hart[1].cpu.mmu.accounts.total, 1400, 1600);
    assert_int_equal(machine_run(m, NULL), STOP_POWEROFF);
    uint64_t slept = cycles_for(m, 1, FOR_IDLE);
    assert_in_range(slept, 1500, 4000);
    assert_in_range(m->hart[1].cpu.mmu.accounts.total, slept, slept + 1000);
    assert_int_equal(cycles_for(m, 0, FOR_IDLE), 0);
    assert_true(m->now == &m->hart[1]);
    machine_free(m);
}

static void all_asleep_is_idle(void **state)
{
    (void)state;
    struct machine *m = new_harts(NULL, 3, 100);
    load_words(m, program_sleep, sizeof program_sleep);
    assert_int_equal(machine_run(m, NULL), STOP_IDLE);
    assert_non_null(strstr(m->why, "like all other harts"));
    machine_free(m);
}

/* Each hart sets the timer of hart 0, but sleeps for its own line; hart 0 ends
 * it. The reset of the machine reaches all harts. */
static void timer_wakes_its_hart(void **state)
{
    (void)state;
    struct machine *m = new_harts(NULL, 3, 100);
    load_words(m, program_timer, sizeof program_timer);
    assert_int_equal(machine_run(m, NULL), STOP_POWEROFF);
    assert_true(m->now == m->hart);
    assert_in_range(machine_clock(m), 150000, 151000);
    assert_true(m->hart[1].cpu.waiting && m->hart[2].cpu.waiting);
    machine_reset(m, MEM_RAM, 7);
    for (unsigned i = 0; i < 3; i++) {
        const struct cpu *c = &m->hart[i].cpu;
        assert_true(c->pc == MEM_RAM && c->x[10] == i && c->x[11] == 7);
        assert_false(c->waiting);
        assert_true(c->mmu.accounts.total >= 150000);
    }
    machine_free(m);
}

/* ---- accounts
 * ----------------------------------------------------------------- */

static void false_sharing_is_in_the_account(void **state)
{
    (void)state;
    struct machine *m = new_harts(GUEST("sharing"), 2, 10);
    uint64_t value;
    assert_int_equal(run_to_end(m), 0);
    for (unsigned i = 0; i < 2; i++) {
        const struct hart *h = &m->hart[i];
        uint64_t cycles = cycles_for(m, i, FOR_COHERENCE);
        struct ledger_snapshot s;
        char name[40];
        ledger_snapshot(&h->ledger, &h->cpu.mmu, &s);
        assert_true(cycles > 10000);
        assert_int_equal(s.account[ACCOUNT_COHERENCE], cycles);
        assert_true(h->cpu.mmu.stats[UNIT_L1D].by_cause[MISS_COHERENCE] > 500);
        snprintf(name, sizeof name, "hart.%u.accounts.coherence", i);
        assert_true(stats_find(m, name, &value));
        assert_int_equal(value, cycles);
    }
    assert_true(stats_find(m, "harts.quantum", &value) && value == 10);
    assert_true(stats_find(m, "instructions", &value));
    assert_int_equal(value, machine_instructions(m));
    machine_free(m);
}

static void one_hart_pays_nothing(void **state)
{
    (void)state;
    struct machine *m = new_harts(GUEST("atomic"), 1, 7);
    assert_int_equal(run_to_end(m), 0);
    assert_int_equal(cycles_for(m, 0, FOR_COHERENCE), 0);
    assert_int_equal(m->turn.until, UINT64_MAX);
    machine_free(m);
}

static void events_name_their_hart(void **state)
{
    (void)state;
    struct machine *m = new_harts(GUEST("interrupts"), 3, 100);
    struct event_cursor cursor = { 0 };
    uint64_t seen[3] = { 0 };
    run_to_end(m);
    for (const struct event *e; (e = event_next(&m->events, &cursor));)
        if (e->kind == EVENT_TRAP)
            seen[e->hart]++;
    assert_true(seen[0] > 50 && seen[1] > 50 && seen[2] > 50);
    machine_free(m);
}

/* ---- devices
 * ------------------------------------------------------------------ */

static void each_hart_has_its_registers(void **state)
{
    (void)state;
    struct machine *m = new_harts(NULL, 3, 100);
    uint64_t value, time = 0;
    assert_true(clint_write(&m->clint, CLINT_MSIP + 8, 4, 1, &time));
    assert_true(clint_write(&m->clint, CLINT_MSIP + 12, 4, 1, &time));
    assert_true(clint_write(&m->clint, CLINT_MTIMECMP + 8, 8, 99, &time));
    assert_false(m->clint.msip[0] || m->clint.msip[1]);
    assert_true(m->clint.msip[2]);
    assert_int_equal(m->clint.mtimecmp[1], 99);
    assert_true(clint_read(&m->clint, CLINT_MSIP + 12, 4, 0, &value));
    assert_int_equal(value, 0);
    assert_true(clint_read(&m->clint, CLINT_MTIMECMP + 24, 8, 0, &value));
    assert_int_equal(value, 0);
    assert_true(clint_read(&m->clint, CLINT_MSIP, 8, 0, &value));
    assert_int_equal(value, 0);
    assert_true(
        clint_write(&m->clint, CLINT_MSIP, 8, UINT64_C(1) << 32, &time));
    assert_true(!m->clint.msip[0] && m->clint.msip[1]);

    uint64_t enable = PLIC_ENABLE_AT + PLIC_ENABLE_STEP * PLIC_CONTEXT_S(2);
    assert_true(plic_write(&m->plic, 4 * 5, 4, 1)); /* line 5, priority 1 */
    assert_true(plic_write(&m->plic, enable, 4, 1 << 5));
    assert_true(plic_write(&m->plic, enable + 2 * PLIC_ENABLE_STEP, 4, 1 << 5));
    plic_line(&m->plic, 5, true);
    for (unsigned i = 0; i < PLIC_CONTEXTS; i++)
        assert_true(plic_interrupt(&m->plic, i) == (i == PLIC_CONTEXT_S(2)));
    machine_free(m);
}

static void the_kernel_wants_one_hart(void **state)
{
    (void)state;
    struct machine *m = new_harts(NULL, 2, 1000);
    struct err err = { 0 };
    const struct boot_options o = { .personality = machine_personality_find(
                                        "rplb", &err) };
    assert_false(machine_boot_kernel(m, GUEST_KERNEL, &o, &err));
    assert_int_equal(err.code, EXIT_USAGE);
    assert_non_null(strstr(err.text, "harts = 2"));
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_pass),
        cmocka_unit_test(litmus),
        cmocka_unit_test(turns_follow_the_rules),
        cmocka_unit_test(same_run_in_slices),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(interrupt_wakes_at_its_time),
        cmocka_unit_test(all_asleep_is_idle),
        cmocka_unit_test(timer_wakes_its_hart),
        cmocka_unit_test(false_sharing_is_in_the_account),
        cmocka_unit_test(one_hart_pays_nothing),
        cmocka_unit_test(events_name_their_hart),
        cmocka_unit_test(each_hart_has_its_registers),
        cmocka_unit_test(the_kernel_wants_one_hart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
