/* SPDX-License-Identifier: Apache-2.0 */
/* Figures by name: complete, unique, and in agreement with the machine. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/stats.h"
#include "tests/sim/machine_help.h"

struct list {
    char names[2000][64];
    uint64_t values[2000];
    size_t count;
};

static void collect(void *context, const char *name, uint64_t value,
                    const char *unit, const char *doc)
{
    struct list *l = context;
    assert_true(l->count < 2000 && strlen(name) < 64);
    assert_true(*unit && *doc);
    strcpy(l->names[l->count], name);
    l->values[l->count++] = value;
}

static struct machine *busy_machine(void)
{
    static const char *const programs[] = { GUEST_PROGRAM("hello") };
    struct machine *m = boot_machine("rplb", programs, 1);
    start_program(m, "alice", "hello", 2);
    start_program(m, "bob", "hello", 2);
    machine_run(m, &(struct run_limits){ .max_insns = 10000000 });
    assert_int_equal(m->stopped, STOP_IDLE);
    return m;
}

static uint64_t figure(const struct machine *m, const char *name)
{
    uint64_t value;
    if (!stats_find(m, name, &value))
        fail_msg("no figure %s", name);
    return value;
}

static void names_are_unique(void **state)
{
    (void)state;
    struct machine *m = busy_machine();
    struct list *l = calloc(1, sizeof *l);
    stats_each(m, collect, l);
    assert_in_range(l->count, 150, 2000);
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(l->names[i], l->names[k]);
    free(l);
    machine_free(m);
}

static uint64_t sum_of(const struct machine *m, const char *prefix)
{
    struct list *l = calloc(1, sizeof *l);
    uint64_t sum = 0;
    stats_each(m, collect, l);
    for (size_t i = 0; i < l->count; i++)
        if (strncmp(l->names[i], prefix, strlen(prefix)) == 0)
            sum += l->values[i];
    free(l);
    return sum;
}

static void sums_agree(void **state)
{
    (void)state;
    struct machine *m = busy_machine();
    assert_int_equal(figure(m, "cycles"), machine_clock(m));
    assert_int_equal(figure(m, "instructions"), m->now->ledger.instructions);
    assert_int_equal(sum_of(m, "accounts."), machine_clock(m));
    assert_int_equal(sum_of(m, "place."), machine_clock(m));
    assert_int_equal(sum_of(m, "itlb.misses."), figure(m, "itlb.misses"));
    assert_int_equal(figure(m, "l1d.hits") + figure(m, "l1d.misses"),
                     figure(m, "l1d.lookups"));
    assert_int_equal(sum_of(m, "switch.direct."), figure(m, "switch.direct"));
    assert_int_equal(
        figure(m, "domain.kernel.cycles") + figure(m, "domain.alice.cycles") +
            figure(m, "domain.bob.cycles") + figure(m, "domain.ended.cycles"),
        machine_clock(m));
    machine_free(m);
}

static void unknown_names_are_unknown(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    uint64_t value;
    assert_false(stats_find(m, "cycle", &value));
    assert_false(stats_find(m, "", &value));
    assert_true(stats_find(m, "accounts.execute", &value));
    machine_free(m);
}

static void windows_have_the_same_names(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct ledger_snapshot before, after, window;
    uint64_t value;
    PUT_PROGRAM(m, program_count);
    machine_run(m, &(struct run_limits){ .max_insns = 100 });
    ledger_snapshot(&m->now->ledger, &m->now->cpu.mmu, &before);
    machine_run(m, &(struct run_limits){ .max_insns = 50 });
    ledger_snapshot(&m->now->ledger, &m->now->cpu.mmu, &after);
    ledger_difference(&after, &before, &window);
    assert_true(stats_find_window(&window, "instructions", &value));
    assert_int_equal(value, 50);
    assert_true(stats_find_window(&window, "l1i.lookups", &value));
    assert_in_range(value, 40, 60);
    assert_false(stats_find_window(&window, "domain.kernel.cycles", &value));
    machine_free(m);
}

/* Two domains of one name get two entries. */
static void equal_names_are_told_apart(void **state)
{
    (void)state;
    static const char *const programs[] = { GUEST_PROGRAM("hello") };
    struct machine *m = boot_machine("mas", programs, 1);
    start_program(m, "twin", "hello", 1);
    start_program(m, "twin", "hello", 1);
    machine_run(m, &(struct run_limits){ .max_insns = 10000000 });
    assert_true(sum_of(m, "domain.twin.cycles") > 0);
    assert_true(sum_of(m, "domain.twin#") > 0);
    machine_free(m);
}

static void printed_as_lines(void **state)
{
    (void)state;
    struct machine *m = new_machine("tiny");
    char *text;
    size_t bytes;
    RUN_PROGRAM(m, program_off, 100);
    FILE *to = open_memstream(&text, &bytes);
    stats_print(m, to);
    fclose(to);
    assert_memory_equal(text, "cycles ", 7);
    assert_non_null(strstr(text, "  # instructions, retired\n"));
    free(text);
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(sums_agree),
        cmocka_unit_test(unknown_names_are_unknown),
        cmocka_unit_test(windows_have_the_same_names),
        cmocka_unit_test(equal_names_are_told_apart),
        cmocka_unit_test(printed_as_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
