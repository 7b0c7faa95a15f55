/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: each cycle once, in the right phase of the right domain, and the
 * book of switches. The first half drives it by hand with charges of a memory
 * system that does nothing; the second half compares it with a slow oracle that
 * looks at every step of a running kernel.
 */
#include <stdlib.h>

#include "sim/stats.h"
#include "tests/sim/machine_help.h"

/* ---- by hand ------------------------------------------------------------- */

struct desk {
    struct ledger l;
    struct mmu *m;
    struct registry r;
};

#define TRAP_CODE    0x1000
#define RESTORE_CODE 0x2000
#define REFILL_CODE  0x3000
#define OTHER_CODE   0x5000
#define USER_CODE    0x10000
#define KEY_ONE      (UINT64_C(8) << 60 | 1)
#define KEY_TWO      (UINT64_C(8) << 60 | 2)

static void desk_init(struct desk *d)
{
    memset(d, 0, sizeof *d);
    d->m = calloc(1, sizeof *d->m);
    ledger_init(&d->l, NULL);
    ledger_set_phase(&d->l, PHASE_TRAP, TRAP_CODE, TRAP_CODE + 0x100);
    ledger_set_phase(&d->l, PHASE_RESTORE, RESTORE_CODE, RESTORE_CODE + 0x100);
    ledger_set_phase(&d->l, PHASE_REFILL, REFILL_CODE, REFILL_CODE + 0x100);
}

static void desk_free(struct desk *d)
{
    struct err err;
    if (!ledger_check_all(&d->l, d->m, &err))
        fail_msg("%s", err.text);
    ledger_free(&d->l);
    free(d->m);
}

static void charge(struct desk *d, enum purpose purpose, uint64_t cycles)
{
    account_charge(&d->m->accounts, purpose, IN_CORE, cycles);
}

/* One instruction at pc that costs so many cycles; the next is at `next`. */
static bool instruction(struct desk *d, uint64_t cycles, uint64_t next)
{
    charge(d, FOR_EXECUTE, cycles);
    d->l.instructions++;
    if (next - d->l.pc_first < d->l.pc_span)
        return false;
    return ledger_move(&d->l, d->m, next, d->l.user, &d->r);
}

static void trap(struct desk *d, uint64_t cause, uint64_t cost, uint64_t to)
{
    const struct ledger_entry e = { .cause = cause,
                                    .late = cause == CAUSE_RPLB_MISS_LOAD };
    charge(d, FOR_TRAP, cost);
    ledger_trap(&d->l, d->m, &e);
    ledger_move(&d->l, d->m, to, false, &d->r);
}

static void back(struct desk *d, uint64_t cycles, uint64_t to)
{
    charge(d, FOR_EXECUTE, cycles);
    d->l.instructions++;
    ledger_return(&d->l, d->m, true);
    ledger_move(&d->l, d->m, to, false, &d->r);
}

static void domain(struct desk *d, uint64_t key)
{
    d->m->regs.satp = key;
    ledger_context(&d->l, d->m);
}

/* Gets to U-mode of domain one with a clean book. */
static void to_user(struct desk *d)
{
    domain(d, KEY_ONE);
    back(d, 1, USER_CODE);
    assert_false(instruction(d, 1, USER_CODE));
    assert_int_equal(d->l.phase, PHASE_USER);
}

static struct ledger_snapshot snapshot(const struct desk *d)
{
    struct ledger_snapshot s;
    ledger_snapshot(&d->l, d->m, &s);
    return s;
}

static void trap_entry_is_not_the_users(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    uint64_t user = snapshot(&d).phase[PHASE_USER];
    charge(&d, FOR_DATA, 13); /* what the refused access cost */
    trap(&d, 13, 6, TRAP_CODE);
    struct ledger_snapshot s = snapshot(&d);
    assert_int_equal(s.phase[PHASE_USER], user + 13);
    assert_int_equal(s.phase[PHASE_TRAP], 6);
    assert_int_equal(s.account[ACCOUNT_TRAP], 6);
    desk_free(&d);
}

static void phases_follow_the_pc(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    trap(&d, 8, 6, TRAP_CODE);
    instruction(&d, 2, TRAP_CODE + 4);
    instruction(&d, 3, OTHER_CODE);
    instruction(&d, 50, RESTORE_CODE);
    instruction(&d, 7, RESTORE_CODE + 4);
    back(&d, 1, USER_CODE);
    struct ledger_snapshot s = snapshot(&d);
    assert_int_equal(s.phase[PHASE_TRAP], 6 + 2 + 3);
    assert_int_equal(s.phase[PHASE_RESTORE], 7 + 1);
    assert_int_equal(s.phase_instructions[PHASE_TRAP], 2);
    assert_int_equal(s.phase_instructions[PHASE_RESTORE], 2);
    assert_int_equal(s.phase[PHASE_KERNEL], 50 + 1);
    desk_free(&d);
}

static void same_domain_is_no_switch(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    trap(&d, 8, 6, TRAP_CODE);
    domain(&d, KEY_TWO);                     /* there and back again */
    domain(&d, KEY_ONE | UINT64_C(5) << 44); /* with another ASID */
    back(&d, 1, USER_CODE);
    assert_false(instruction(&d, 1, USER_CODE));
    assert_int_equal(d.l.switches.count, 0);
    desk_free(&d);
}

/* 6 trap entry + 10 trap + 20 restore + 4 return; idle 100 and the first
 * instruction of the other domain do not count. */
static void a_switch_is_what_lies_between(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    trap(&d, 8, 6, TRAP_CODE);
    instruction(&d, 10, RESTORE_CODE);
    domain(&d, KEY_TWO);
    charge(&d, FOR_IDLE, 100);
    instruction(&d, 20, RESTORE_CODE);
    back(&d, 4, USER_CODE);
    assert_int_equal(d.l.switches.count, 0);
    assert_true(instruction(&d, 1000, USER_CODE));
    assert_int_equal(d.l.switches.count, 1);
    assert_int_equal(d.l.switches.direct, 40);
    assert_int_equal(d.l.switches.phase[PHASE_TRAP], 16);
    assert_int_equal(d.l.switches.phase[PHASE_RESTORE], 24);
    assert_int_equal(d.l.switches.instructions, 3);
    assert_int_equal(ledger_switch(&d.l, 0)->direct, 40);
    assert_int_equal(snapshot(&d).account[ACCOUNT_IDLE], 100);
    desk_free(&d);
}

/* The first fetch of the new domain misses in software: still the switch. */
static void a_refill_before_the_first_instruction_belongs_to_it(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    trap(&d, 8, 6, TRAP_CODE);
    instruction(&d, 10, RESTORE_CODE);
    domain(&d, KEY_TWO);
    back(&d, 4, USER_CODE);
    trap(&d, CAUSE_RPLB_MISS_FETCH, 6, REFILL_CODE);
    instruction(&d, 30, REFILL_CODE + 4);
    back(&d, 4, USER_CODE);
    assert_true(instruction(&d, 1, USER_CODE));
    assert_int_equal(d.l.switches.direct, 6 + 10 + 4 + 6 + 30 + 4);
    assert_int_equal(d.l.switches.phase[PHASE_REFILL], 40);
    assert_int_equal(snapshot(&d).account[ACCOUNT_PROTECTION_REFILL], 40);
    desk_free(&d);
}

/* The same miss, but another domain's doing: late, not direct. */
static void a_late_refill_is_not_direct(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    trap(&d, 8, 6, TRAP_CODE);
    instruction(&d, 10, RESTORE_CODE);
    domain(&d, KEY_TWO);
    back(&d, 4, USER_CODE);
    trap(&d, CAUSE_RPLB_MISS_LOAD, 6, REFILL_CODE);
    instruction(&d, 30, REFILL_CODE + 4);
    back(&d, 4, USER_CODE);
    assert_true(instruction(&d, 1, USER_CODE));
    assert_int_equal(d.l.switches.direct, 20);
    assert_int_equal(d.l.switches.phase[PHASE_REFILL], 0);
    assert_int_equal(snapshot(&d).switches.late[LATE_PROTECTION], 40);
    desk_free(&d);
}

static void late_cycles_of_the_hardware_are_not_direct(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    d.m->stats[UNIT_L1D].late_cycles = 500; /* before the switch */
    trap(&d, 8, 6, TRAP_CODE);
    charge(&d, FOR_DATA, 12);
    d.m->stats[UNIT_L1D].late_cycles += 12;
    instruction(&d, 10, RESTORE_CODE);
    domain(&d, KEY_TWO);
    back(&d, 4, USER_CODE);
    assert_true(instruction(&d, 1, USER_CODE));
    assert_int_equal(d.l.switches.direct, 20);
    assert_int_equal(snapshot(&d).switches.late[LATE_CACHE], 512);
    desk_free(&d);
}

static void scripted_operations_have_their_own_account(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    charge(&d, FOR_TRAP, 6);
    ledger_trap(&d.l, d.m,
                &(struct ledger_entry){ .cause = 8, .script_next = true });
    ledger_move(&d.l, d.m, TRAP_CODE, false, &d.r);
    instruction(&d, 10, RESTORE_CODE);
    domain(&d, KEY_TWO);
    instruction(&d, 5, OTHER_CODE);
    back(&d, 4, USER_CODE);
    assert_true(instruction(&d, 1, USER_CODE));
    assert_int_equal(snapshot(&d).account[ACCOUNT_SCRIPT], 25);
    assert_int_equal(d.l.switches.direct, 0);
    desk_free(&d);
}

/* User code in a program's fetch range is script too; a timer there is not. */
static void the_script_stub_is_script(void **state)
{
    (void)state;
    struct desk d;
    struct registry_program program = { .script_first = USER_CODE + 0x100,
                                        .script_last = USER_CODE + 0x1ff };
    desk_init(&d);
    d.r.programs = &program;
    d.r.program_count = 1;
    to_user(&d);
    instruction(&d, 3, USER_CODE + 0x100);
    instruction(&d, 20, USER_CODE + 0x1fe);
    instruction(&d, 30, USER_CODE + 0x200);
    assert_int_equal(d.l.phase, PHASE_USER);
    assert_int_equal(snapshot(&d).phase[PHASE_SCRIPT], 50);
    instruction(&d, 3, USER_CODE + 0x100);
    charge(&d, FOR_TRAP, 6);
    ledger_trap(&d.l, d.m,
                &(struct ledger_entry){ .cause = 5, .interrupt = true });
    ledger_move(&d.l, d.m, TRAP_CODE, false, &d.r);
    instruction(&d, 10, RESTORE_CODE);
    assert_int_equal(snapshot(&d).phase[PHASE_SCRIPT], 50);
    desk_free(&d);
}

static void ended_domains_keep_their_cycles(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    for (uint32_t i = 1; i <= 1000; i++) {
        ledger_name_domain(&d.l, d.m, KEY_ONE + i, i, "short-lived");
        domain(&d, KEY_ONE + i);
        instruction(&d, i, OTHER_CODE);
        domain(&d, 0);
        ledger_end_domain(&d.l, i, d.m->accounts.total);
    }
    assert_in_range(d.l.domain_count, 3, 100);
    assert_int_equal(snapshot(&d).account[ACCOUNT_EXECUTE], 500500);
    desk_free(&d);
}

static void windows_subtract(void **state)
{
    (void)state;
    struct desk d;
    desk_init(&d);
    to_user(&d);
    struct ledger_snapshot before = snapshot(&d), window;
    instruction(&d, 33, USER_CODE);
    struct ledger_snapshot after = snapshot(&d);
    ledger_difference(&after, &before, &window);
    assert_int_equal(window.cycles, 33);
    assert_int_equal(window.instructions, 1);
    assert_int_equal(window.account[ACCOUNT_EXECUTE], 33);
    assert_int_equal(window.phase[PHASE_USER], 33);
    desk_free(&d);
}

static void a_broken_sum_is_found(void **state)
{
    (void)state;
    struct desk d;
    struct err err = { 0 };
    desk_init(&d);
    d.m->accounts.total++; /* a cycle nobody charged */
    assert_false(ledger_check(&d.l, d.m, &err));
    assert_int_equal(err.code, EXIT_OUR_BUG);
    d.m->accounts.total--;
    d.m->stats[UNIT_DTLB].lookups++;
    assert_false(ledger_check(&d.l, d.m, &err));
    assert_non_null(strstr(err.text, "dtlb"));
    d.m->stats[UNIT_DTLB].misses++;
    assert_false(ledger_check(&d.l, d.m, &err));
    assert_non_null(strstr(err.text, "causes"));
    d.m->stats[UNIT_DTLB].by_cause[MISS_COLD]++;
    d.l.domains[d.l.domain].phase[PHASE_USER][FOR_EXECUTE][IN_CORE]++;
    assert_false(ledger_check_all(&d.l, d.m, &err));
    assert_non_null(strstr(err.text, "domains"));
    d.l.domains[d.l.domain].phase[PHASE_USER][FOR_EXECUTE][IN_CORE]--;
    desk_free(&d);
}

/* ---- against the oracle ---------------------------------------------------
 */

struct oracle {
    uint64_t count, direct, min, max;
    bool inside;
    uint64_t from, cycles;
    bool refill_late;
    uint64_t refill_back;
    uint64_t user_cycles; /* of steps that began in U-mode, trap entry out */
};

static uint64_t late_cycles(const struct machine *m)
{
    uint64_t sum = 0;
    for (int u = 0; u < UNIT_COUNT; u++)
        sum += m->now->cpu.mmu.stats[u].late_cycles;
    return sum;
}

static void oracle_close(struct oracle *o, uint64_t key)
{
    o->inside = false;
    if (key == o->from)
        return;
    o->count++;
    o->direct += o->cycles;
    o->min = o->cycles < o->min ? o->cycles : o->min;
    o->max = o->cycles > o->max ? o->cycles : o->max;
}

/* One step: its record, the domain after it, late cycles in it. */
static void oracle_step(struct oracle *o, const struct machine *m, uint64_t key,
                        uint64_t late)
{
    const struct step *s = &m->now->cpu.step;
    bool trap = s->events & STEP_TRAP;
    uint64_t entry = trap ? m->config.cpu.trap_entry : 0;
    uint64_t before = s->cycles - entry;
    if (s->privilege == PRIV_U)
        o->user_cycles += before;
    if (o->inside && s->privilege == PRIV_U && s->retired) {
        oracle_close(o, key);
    } else if (o->inside) {
        o->cycles += before - late;
    } else if (trap && s->privilege == PRIV_U) {
        o->inside = true;
        o->from = key;
        o->cycles = 0;
    }
    if (trap && !s->interrupt && s->cause >= CAUSE_RPLB_MISS_FETCH &&
        s->cause <= CAUSE_RPLB_MISS_STORE) {
        o->refill_late = s->fetch.refused ? s->fetch.protection.late
                                          : s->data.protection.late;
        o->refill_back = o->cycles;
    }
    if (o->inside)
        o->cycles += entry;
    if ((s->events & STEP_RETURN) && o->refill_late) {
        o->refill_late = false;
        if (o->inside)
            o->cycles = o->refill_back;
    }
}

static void compare_with_oracle(const char *personality)
{
    static const char *const programs[] = { GUEST_PROGRAM("ping"),
                                            GUEST_PROGRAM("pong"),
                                            GUEST_PROGRAM("script") };
    struct machine *m = boot_machine(personality, programs, 3);
    struct oracle o = { .min = UINT64_MAX };
    struct ledger_snapshot before, after, window;
    uint64_t late = late_cycles(m);
    start_ping_pong(m, 40);
    ledger_snapshot(&m->now->ledger, &m->now->cpu.mmu, &before);
    ledger_restart_extremes(&m->now->ledger);
    enum stop stop;
    do {
        struct run_limits one = { .until_cycle = machine_clock(m) + 1 };
        stop = machine_run(m, &one);
        uint64_t now = late_cycles(m);
        oracle_step(&o, m, mmu_domain_key(&m->now->cpu.mmu.regs), now - late);
        late = now;
    } while (stop == STOP_BUDGET);
    assert_int_equal(stop, STOP_IDLE);
    ledger_snapshot(&m->now->ledger, &m->now->cpu.mmu, &after);
    ledger_difference(&after, &before, &window);
    assert_true(o.count >= 80);
    assert_int_equal(window.switches.count, o.count);
    assert_int_equal(window.switches.direct, o.direct);
    assert_int_equal(window.switches.min, o.min);
    assert_int_equal(window.switches.max, o.max);
    assert_int_equal(window.phase[PHASE_USER], o.user_cycles);
    machine_free(m);
}

static void every_switch_as_the_oracle_counts_it(void **state)
{
    (void)state;
    for (size_t i = 0; machine_personality(i); i++)
        compare_with_oracle(machine_personality(i)->name);
}

/* One more round is two more switches, and nothing else changes. */
static void one_more_round_is_two_more_switches(void **state)
{
    (void)state;
    static const char *const programs[] = { GUEST_PROGRAM("ping"),
                                            GUEST_PROGRAM("pong"),
                                            GUEST_PROGRAM("script") };
    uint64_t count[3], cycles[3];
    for (uint64_t i = 0; i < 3; i++) {
        struct machine *m = boot_machine("mas-asid", programs, 3);
        start_ping_pong(m, 100 + i);
        machine_run(m, &(struct run_limits){ .max_insns = 10000000 });
        assert_int_equal(m->stopped, STOP_IDLE);
        count[i] = m->now->ledger.switches.count;
        cycles[i] = m->now->ledger.switches.direct;
        machine_free(m);
    }
    assert_int_equal(count[1] - count[0], 2);
    assert_int_equal(count[2] - count[1], 2);
    assert_int_equal(cycles[1] - cycles[0], cycles[2] - cycles[1]);
}

static uint64_t figure(const struct machine *m, const char *name)
{
    uint64_t value;
    assert_true(stats_find(m, name, &value));
    return value;
}

/* Doubling the DRAM latency changes the DRAM account, by one latency for each
 * L2 miss, and nothing else. */
static void dram_latency_shows_in_dram_only(void **state)
{
    (void)state;
    struct machine *m[2];
    for (int i = 0; i < 2; i++) {
        struct config c;
        struct err err;
        assert_true(config_preset(&c, "u54", &err));
        assert_true(config_set(&c, "dram.latency", i ? "300" : "150", &err));
        m[i] = machine_new(&c, &err);
        assert_non_null(m[i]);
        RUN_PROGRAM(m[i], program_work, 10000);
        assert_int_equal(m[i]->stopped, STOP_POWEROFF);
    }
    struct ledger_snapshot a, b;
    ledger_snapshot(&m[0]->now->ledger, &m[0]->now->cpu.mmu, &a);
    ledger_snapshot(&m[1]->now->ledger, &m[1]->now->cpu.mmu, &b);
    uint64_t misses = figure(m[0], "l2.misses");
    assert_in_range(misses, 100, 110);
    for (int i = 0; i < ACCOUNT_COUNT; i++)
        assert_int_equal(b.account[i] - a.account[i],
                         i == ACCOUNT_DRAM ? 150 * misses : 0);
    assert_int_equal(b.cycles - a.cycles, 150 * misses);
    machine_free(m[0]);
    machine_free(m[1]);
}

/* The domains' cycles are all cycles. */
static void domains_sum_to_the_clock(void **state)
{
    (void)state;
    static const char *const programs[] = { GUEST_PROGRAM("hello") };
    struct machine *m = boot_machine("rplb", programs, 1);
    start_program(m, "alice", "hello", 3);
    start_program(m, "bob", "hello", 3);
    machine_run(m, &(struct run_limits){ .max_insns = 10000000 });
    uint64_t sum = 0, instructions = 0;
    for (size_t i = 0; i < m->now->ledger.domain_count; i++) {
        uint64_t account[ACCOUNT_COUNT], cycles, retired;
        ledger_domain_totals(&m->now->ledger, &m->now->cpu.mmu, i, account,
                             &cycles, &retired);
        sum += cycles;
        instructions += retired;
    }
    assert_int_equal(sum, machine_clock(m));
    assert_int_equal(instructions, m->now->ledger.instructions);
    assert_true(figure(m, "domain.alice.cycles") > 1000);
    assert_true(figure(m, "domain.bob.instructions") > 100);
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trap_entry_is_not_the_users),
        cmocka_unit_test(phases_follow_the_pc),
        cmocka_unit_test(same_domain_is_no_switch),
        cmocka_unit_test(a_switch_is_what_lies_between),
        cmocka_unit_test(a_refill_before_the_first_instruction_belongs_to_it),
        cmocka_unit_test(a_late_refill_is_not_direct),
        cmocka_unit_test(late_cycles_of_the_hardware_are_not_direct),
        cmocka_unit_test(scripted_operations_have_their_own_account),
        cmocka_unit_test(the_script_stub_is_script),
        cmocka_unit_test(ended_domains_keep_their_cycles),
        cmocka_unit_test(windows_subtract),
        cmocka_unit_test(a_broken_sum_is_found),
        cmocka_unit_test(every_switch_as_the_oracle_counts_it),
        cmocka_unit_test(one_more_round_is_two_more_switches),
        cmocka_unit_test(dram_latency_shows_in_dram_only),
        cmocka_unit_test(domains_sum_to_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
