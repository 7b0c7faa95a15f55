/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every scenario is a test: its quick form holds what it claims, and two runs
 * leave the same bytes in --json and in every file they write.
 */
#include <glob.h>

#include "tests/sim/cli_help.h"

static struct ran r;

static void run_once(const char *scenario, int turn)
{
    char text[600];
    snprintf(text, sizeof text,
             "run %s --set quick=1 --out %%W/out%d --json %%W/%d.json 2>&1",
             scenario, turn, turn);
    run(&r, text);
    if (r.code != EXIT_PASSED)
        fail_msg("%s: exit code %d\n%s", scenario, r.code, r.text);
}

static void test_scenarios_hold_and_repeat(void **state)
{
    glob_t list;
    (void)state;
    assert_int_equal(glob("scenarios/*.lua", 0, NULL, &list), 0);
    assert_true(list.gl_pathc >= 6);
    for (size_t i = 0; i < list.gl_pathc; i++) {
        const char *scenario = list.gl_pathv[i];
        print_message("  %s\n", scenario);
        run_once(scenario, 1);
        run_once(scenario, 2);
        expect(&r, "--version >/dev/null && cmp %W/1.json %W/2.json 2>&1",
               EXIT_PASSED, "");
        expect(&r,
               "--version >/dev/null && mkdir -p %W/out1 %W/out2 && "
               "diff -r %W/out1 %W/out2 2>&1",
               EXIT_PASSED, "");
        expect(&r,
               "--version >/dev/null && rm -rf %W/out1 %W/out2 && "
               "grep -c '\"failed\": 0' %W/1.json",
               EXIT_PASSED, "1");
    }
    globfree(&list);
}

/* Another seed is another run, but the lesson must hold for it too. */
static void test_lessons_hold_for_other_seeds(void **state)
{
    (void)state;
    expect(&r,
           "run scenarios/03_name_is_not_a_right.lua --set quick=1 --seed 99 "
           "2>&1",
           EXIT_PASSED, "refused");
    expect(&r,
           "run scenarios/05_zero_copy_graph.lua --set nodes=300 --seed 12345 "
           "--out %W 2>&1",
           EXIT_PASSED, "300 nodes");
}

/* What needs no single space must hold in a MAS too, and the other way. */
static void test_lessons_hold_in_every_personality(void **state)
{
    static const char *const all[] = { "mas", "mas-asid", "rplb", "rplb-hw" };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "run scenarios/01_hello_domains.lua --set protection=%s 2>&1",
                 all[i]);
        expect(&r, text, EXIT_PASSED, "One program text");
        snprintf(text, sizeof text,
                 "run scenarios/03_name_is_not_a_right.lua --set quick=1 "
                 "--set protection=%s 2>&1",
                 all[i]);
        expect(&r, text, EXIT_PASSED, "attempts refused");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenarios_hold_and_repeat),
        cmocka_unit_test(test_lessons_hold_for_other_seeds),
        cmocka_unit_test(test_lessons_hold_in_every_personality),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
