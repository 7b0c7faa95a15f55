/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going back in a run with inputs: keys come again at their moments, an input
 * in the past begins another future, and each goal is found or is not there.
 */
#include "sim/compare/compare.h"
#include "tests/sim/gdb_help.h"

static bool snapshots; /* each test runs with them, and without */

#define BEGIN(words) debugged_open(words, sizeof(words), NULL, snapshots)

static void forth_to(struct debugged *r, uint64_t instructions)
{
    while (machine_instructions(r->machine) < instructions) {
        const struct run_limits limits = {
            .max_insns = instructions - machine_instructions(r->machine)
        };
        assert_int_equal(timeline_advance(&r->time, &limits), TIMELINE_ON);
    }
}

static enum travel back(struct debugged *r, const struct timeline_goal *goal)
{
    struct err err;
    enum travel how;
    assert_true(timeline_back(&r->time, goal, &err));
    do
        how = timeline_travel(&r->time, 1000, &err);
    while (how == TRAVEL_ON);
    assert_int_not_equal(how, TRAVEL_FAILED);
    return how;
}

static void back_to(struct debugged *r, uint64_t instructions)
{
    const struct timeline_goal goal = { .at_moment = true,
                                        .moment.instructions = instructions };
    assert_int_equal(back(r, &goal), TRAVEL_THERE);
    assert_int_equal(machine_instructions(r->machine), instructions);
}

static void type(struct debugged *r, const char *keys)
{
    const struct input in = { .kind = INPUT_KEYS,
                              .bytes = keys,
                              .count = strlen(keys) };
    assert_true(timeline_input(&r->time, &in));
}

static void has_said(const struct debugged *r, const char *text)
{
    size_t n;
    const char *said = machine_console(r->machine, &n);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(said, text, n);
}

static struct debugged *typed_run(void)
{
    struct debugged *r = BEGIN(program_echo);
    forth_to(r, 101);
    type(r, "ab");
    forth_to(r, 300);
    type(r, "c");
    forth_to(r, 1000);
    has_said(r, "abc");
    return r;
}

static void same_machine(const struct debugged *a, const struct debugged *b)
{
    struct differences d = { .name = { "been back", "plain" } };
    if (!machine_compare(a->machine, b->machine, &d))
        fail_msg("%s", d.text[0]);
}

static void keys_come_again(void **state)
{
    (void)state;
    struct debugged *r = typed_run(), *plain = typed_run();
    static const uint64_t stops[] = { 999, 301, 300, 299, 120, 101, 50, 0 };
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        back_to(r, stops[i]);
        assert_false(timeline_is_new(&r->time));
        if (i % 2)
            continue; /* further back from there */
        forth_to(r, 1000);
        assert_true(timeline_is_new(&r->time));
        same_machine(r, plain);
    }
    forth_to(r, 1000);
    same_machine(r, plain);
    debugged_close(r);
    debugged_close(plain);
}

static void a_key_in_the_past_is_another_future(void **state)
{
    (void)state;
    struct debugged *r = typed_run();
    back_to(r, 200);
    has_said(r, "ab");
    type(r, "x");
    assert_true(timeline_is_new(&r->time));
    forth_to(r, 1000);
    has_said(r, "abx");
    back_to(r, 150);
    forth_to(r, 1000);
    has_said(r, "abx"); /* of this branch */
    back_to(r, 0);
    has_said(r, "");
    debugged_close(r);
}

static void clocks(void **state)
{
    (void)state;
    struct debugged *r = BEGIN(program_count);
    struct timeline_goal goal = { .cycle = 90000 };
    forth_to(r, 200000);
    uint64_t end = machine_clock(r->machine);
    assert_true(end > 200000);
    assert_int_equal(back(r, &goal), TRAVEL_THERE);
    assert_in_range(machine_clock(r->machine), 90000, 90100);
    goal.cycle = 1;
    assert_int_equal(back(r, &goal), TRAVEL_THERE);
    assert_int_equal(machine_instructions(r->machine), 1);
    forth_to(r, 200000);
    assert_int_equal(machine_clock(r->machine), end);
    debugged_close(r);
}

/* A point on the way to a clock, behind it, is met first. */
static void a_clock_and_a_point(void **state)
{
    (void)state;
    const struct point p = { .kind = POINT_PC, .va = MEM_RAM };
    struct debugged *r = BEGIN(program_count);
    struct timeline_goal goal = { .cycle = 10,
                                  .points = { .at = &p, .count = 1 } };
    forth_to(r, 100001);
    assert_int_equal(back(r, &goal), TRAVEL_THERE);
    assert_true(r->time.found.at_point);
    assert_int_equal(machine_instructions(r->machine), 100000);
    debugged_close(r);
}

static void events(void **state)
{
    (void)state;
    const struct event_filter marks = { .kinds = EVENT_BIT(EVENT_MARK) };
    const struct event_filter faults = { .kinds = EVENT_BIT(EVENT_FAULT) };
    struct timeline_goal goal = { .event = &marks };
    struct debugged *r = BEGIN(program_marks);
    forth_to(r, 50000);
    assert_int_equal(back(r, &goal), TRAVEL_THERE);
    assert_int_equal(machine_instructions(r->machine), 4);
    assert_int_equal(back(r, &goal), TRAVEL_THERE);
    assert_int_equal(machine_instructions(r->machine), 2);
    assert_int_equal(back(r, &goal), TRAVEL_BEGINNING);
    assert_int_equal(machine_instructions(r->machine), 0);
    forth_to(r, 50000);
    goal.event = &faults;
    assert_int_equal(back(r, &goal), TRAVEL_BEGINNING);
    debugged_close(r);
}

static int with_snapshots(void **state)
{
    (void)state;
    snapshots = true;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_again),
        cmocka_unit_test(a_key_in_the_past_is_another_future),
        cmocka_unit_test(clocks),
        cmocka_unit_test(a_clock_and_a_point),
        cmocka_unit_test(events),
    };
    int failed = cmocka_run_group_tests_name("without", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("with snapshots", tests,
                                                with_snapshots, NULL);
}
