/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite explain over scenarios 01 to 03: golden texts (numbers that depend on
 * the guest's build are masked), that looking changes nothing, and wrong use.
 */
#include "sim/explain.h"
#include "sim/moment.h"
#include "tests/sim/golden_help.h"

static struct ran r;

#define HELLO  "scenarios/01_hello_domains.lua"
#define SAME   "scenarios/02_same_address.lua"
#define SECRET "scenarios/03_name_is_not_a_right.lua"

static void golden(const char *name, const char *arguments)
{
    char command[300], path[100];
    snprintf(command, sizeof command, "explain %s", arguments);
    snprintf(path, sizeof path, "tests/sim/golden/explain_%s.txt", name);
    run(&r, command);
    assert_int_equal(r.code, EXIT_PASSED);
    mask_numbers(r.text, 3, 4);
    compare_golden(path, r.text);
}

static void stories_of_the_lessons(void **state)
{
    (void)state;
    golden("hello", "hello.elf:main " HELLO " --at switch --domain alice "
                    "--as fetch");
    golden("same", "0x10000000 " SAME " --at switch");
    golden("stranger", "secret " SECRET " --at fault --domain eve1");
    golden("owner", "secret+8 " SECRET " --at fault --domain alice --as write");
    golden("no_right", "secret " SECRET " --at fault:4 --domain bob --as read");
    golden("mas", "secret " SECRET " --at fault --domain eve1 --set "
                  "protection=mas");
    golden("hw", "secret " SECRET " --at fault --domain eve1 --set "
                 "protection=rplb-hw");
    golden("kernel",
           "kernel_main " SECRET " --at fault --domain kernel --as fetch");
    golden("nothing", "0x123456789000 " SECRET " --at fault --domain "
                      "alice");
    golden("misaligned", "secret+1 " SECRET " --at fault --domain alice");
}

/* A lookaside buffer that forgot is not a refusal: the kernel knows. */
static void a_miss_that_the_kernel_cures(void **state)
{
    (void)state;
    expect(&r, "explain secret " SECRET " --at rights:1 --domain alice",
           EXIT_PASSED, "");
    assert_true(strstr(r.text, "TRAPS, then ALLOWED") ||
                strstr(r.text, "verdict     ALLOWED"));
}

static void wrong_use(void **state)
{
    (void)state;
    expect_error(&r, "explain", EXIT_USAGE, "ADDRESS and FILE.lua");
    expect_error(&r, "explain 0", EXIT_USAGE, "ADDRESS and FILE.lua");
    expect_error(&r, "explain 0 a.lua b.lua", EXIT_USAGE, "one scenario only");
    expect_error(&r, "explain 0 a.lua --at noon", EXIT_USAGE,
                 "--at: noon: expected cycle:N");
    expect_error(&r, "explain 0 a.lua --at cycle:x", EXIT_USAGE, "expected");
    expect_error(&r, "explain 0 a.lua --at event:tea", EXIT_USAGE, "expected");
    expect_error(&r, "explain 0 a.lua --at fault:0", EXIT_USAGE, "expected");
    expect_error(&r, "explain 0 a.lua --as jump", EXIT_USAGE, "read, write");
    expect_error(&r, "explain 0 a.lua --size 3", EXIT_USAGE, "1, 2, 4 or 8");
    expect_error(&r, "explain 0 /no/such.lua", EXIT_CANNOT_LOAD, "/no/such");
    expect_error(&r, "explain 0 " SECRET " --at cycle:99999999999", EXIT_USAGE,
                 "the scenario left machine m1 at cycle ");
    expect_error(&r, "explain 0 " SECRET " --machine m9", EXIT_USAGE,
                 "made no machine m9; it made m1");
    expect_error(&r, "explain nowhere " SECRET, EXIT_USAGE,
                 "nowhere: neither a number nor a segment or symbol");
    expect_error(&r, "explain 0 " SECRET " --domain carol", EXIT_USAGE,
                 "no domain carol");
    expect_error(&r, "explain 0 " SECRET " --domain eve1", EXIT_USAGE,
                 "domain eve1 ended at cycle");
    expect_error(&r, "explain secret+ " SECRET, EXIT_USAGE, "no offset");
    expect_error(&r, "explain 0x12q " SECRET, EXIT_USAGE, "no address");
}

/* ---- moments ---------------------------------------------------------------
 */

static void say_nothing(void *context, const char *text, size_t bytes)
{
    (void)context, (void)text, (void)bytes;
}

static struct session *open_secret(void)
{
    const struct session_options options = { .path = SECRET,
                                             .seed = 1,
                                             .quiet = true,
                                             .no_progress = true,
                                             .print = say_nothing };
    struct err err;
    struct session *s = session_open(&options, &err);
    assert_non_null(s);
    return s;
}

/* Stopping at moments and explaining there, and not: the same end. */
static void looking_changes_nothing(void **state)
{
    struct err err;
    (void)state;
    struct session *plain = open_secret(), *looked = open_secret();
    struct run_moment end = { .kind = MOMENT_END }, at;
    const struct machine *m = moment_reach(plain, &end, NULL, NULL, &err);
    assert_non_null(m);
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    for (uint64_t cycle = 1000; cycle < 330000; cycle += 13331) {
        at = (struct run_moment){ .kind = MOMENT_CYCLE, .number = cycle };
        const struct machine *n = moment_reach(looked, &at, NULL, NULL, &err);
        assert_non_null(n);
        assert_true(machine_clock(n) >= cycle);
        for (uint32_t domain = 0; domain < 3; domain++) {
            for (uint8_t kind = ACCESS_FETCH; kind <= ACCESS_STORE; kind++) {
                const struct explain x = { 0x10000000, kind, 8, domain };
                explain_access(n, &x, nowhere);
            }
        }
    }
    fclose(nowhere);
    const struct machine *n = moment_reach(looked, &end, NULL, NULL, &err);
    assert_non_null(n);
    assert_memory_equal(&m->now->cpu.mmu.accounts, &n->now->cpu.mmu.accounts,
                        sizeof m->now->cpu.mmu.accounts);
    assert_memory_equal(m->now->cpu.mmu.stats, n->now->cpu.mmu.stats,
                        sizeof m->now->cpu.mmu.stats);
    assert_memory_equal(m->bus.ram, n->bus.ram, 4 << 20);
    assert_int_equal(session_close(plain), EXIT_PASSED);
    assert_int_equal(session_close(looked), EXIT_PASSED);
}

struct tally {
    uint64_t seen;
};

static void count_fault(void *context, const struct machine *m,
                        const struct event *e)
{
    struct tally *t = context;
    t->seen++;
    assert_int_equal(e->kind, EVENT_FAULT);
    assert_int_equal(m->event_count[EVENT_FAULT], t->seen);
}

/* One spelling everywhere: each command takes it, and refuses the same. */
static void one_spelling(void **state)
{
    static const char *const commands[] = {
        "run " SECRET,          "explain 0 " SECRET,
        "graph rights " SECRET, "tui --script b " SECRET,
        "gui " SECRET,
    };
    char line[300];
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        snprintf(line, sizeof line, "%s --at fualt:2", commands[i]);
        expect_error(&r, line, EXIT_USAGE, "did you mean fault?");
    }
    struct run_moment plain, long_form;
    struct err err;
    assert_true(moment_parse(&plain, "fault:2", &err));
    assert_true(moment_parse(&long_form, "event:fault:2", &err));
    assert_memory_equal(&plain, &long_form, sizeof plain);
    expect(&r, "tui --script b " SECRET " --at fault:2", EXIT_PASSED,
           "289,205"); /* one instruction before */
}

static void run_ends_at_a_moment(void **state)
{
    (void)state;
    expect(&r, "run -q " SECRET " --at fault:2 --json -", EXIT_PASSED,
           "\"finished\": false");
    assert_non_null(strstr(r.text, "\"cycles\": 289206"));
    expect(&r, "run -q " SECRET " --at fault:99 2>&1", EXIT_USAGE,
           "before fault number 99");
    expect_error(&r, "run " SECRET " --at fault --gdb", EXIT_USAGE,
                 "--at and --gdb");
}

static void moments_are_met(void **state)
{
    struct err err;
    struct run_moment at;
    struct tally tally = { 0 };
    struct moment_watch watch = { .kinds = EVENT_BIT(EVENT_FAULT),
                                  .see = count_fault,
                                  .context = &tally };
    (void)state;
    struct session *s = open_secret();
    assert_true(moment_parse(&at, "insns:50000", &err));
    const struct machine *m = moment_reach(s, &at, NULL, &watch, &err);
    assert_non_null(m);
    assert_int_equal(m->now->ledger.instructions, 50000);
    assert_true(moment_parse(&at, "fault:2", &err));
    assert_non_null(moment_reach(s, &at, NULL, &watch, &err));
    assert_int_equal(m->event_count[EVENT_FAULT], 2);
    assert_int_equal(tally.seen, 2);
    assert_true(moment_parse(&at, "end", &err));
    assert_non_null(moment_reach(s, &at, NULL, &watch, &err));
    assert_int_equal(tally.seen, 4);
    assert_int_equal(session_close(s), EXIT_PASSED);
}

/* What the copy did is what the machine then does. */
static void the_prediction_comes_true(void **state)
{
    struct err err;
    struct explain_trial trial;
    (void)state;
    struct session *s = open_secret();
    const struct run_moment at = { .kind = MOMENT_EVENT,
                                   .event = EVENT_FAULT,
                                   .number = 1 };
    const struct machine *m = moment_reach(s, &at, NULL, NULL, &err);
    assert_non_null(m);
    const struct explain x = { 0x10000000, ACCESS_LOAD, 8, 1 };
    assert_true(explain_try(m, &x, &trial));
    struct mmu *mmu = &((struct machine *)(uintptr_t)m)->now->cpu.mmu;
    mmu->regs = machine_regs_as(m, 1);
    mmu_context_changed(mmu);
    struct access a = trial.access;
    uint64_t before = mmu->accounts.total, value;
    assert_true(mmu_load(mmu, &a, &value));
    assert_int_equal(mmu->accounts.total - before, trial.spent.total);
    assert_int_equal(value, 4711);
    (void)session_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_of_the_lessons),
        cmocka_unit_test(a_miss_that_the_kernel_cures),
        cmocka_unit_test(wrong_use),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(one_spelling),
        cmocka_unit_test(run_ends_at_a_moment),
        cmocka_unit_test(moments_are_met),
        cmocka_unit_test(the_prediction_comes_true),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
