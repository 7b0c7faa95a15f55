/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The benchmark programs, small: they run to their end and find the checksum
 * they expect, the same in M-mode, in U-mode and under the RPLB. And the
 * instruments of make bench: means, figures, children, scripts.
 */
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/machine.h"
#include "tests/bench/harness.h"

#define SMALL            "build/guest/bench-small/"
#define MAX_INSNS        20000000
#define CHECKSUM_LETTERS 26 /* "checksum 0123456789abcdef\n" */

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

/* Runs one, and keeps what it printed. */
static void run_small(const char *path, char printed[CHECKSUM_LETTERS + 1])
{
    struct config config;
    struct err err;
    size_t length;
    assert_true(config_preset(&config, "u54", &err));
    struct machine *m = machine_new(&config, &err);
    assert_non_null(m);
    if (!machine_load_elf(m, path, true, &err))
        fail_msg("%s", err.text);
    const struct run_limits limits = { .max_insns = MAX_INSNS };
    if (machine_run(m, &limits) != STOP_POWEROFF)
        fail_msg("%s: %s, exit value %llu", path, stop_name(m->stopped),
                 (unsigned long long)m->exit_value);
    const char *text = machine_console(m, &length);
    assert_int_equal(length, CHECKSUM_LETTERS);
    memcpy(printed, text, length);
    printed[length] = 0;
    const struct unit_stats *rplb = &m->now->cpu.mmu.stats[UNIT_DRPLB];
    assert_true((rplb->lookups > 0) == ends_in(path, "-rplb.elf"));
    machine_free(m);
}

/* The same in U-mode, where there is such a variant. */
static unsigned run_variant(const char *path, const char *variant,
                            const char *expected)
{
    char other[256], printed[CHECKSUM_LETTERS + 1];
    int name = (int)(strlen(path) - strlen(".elf"));
    snprintf(other, sizeof other, "%.*s-%s.elf", name, path, variant);
    if (access(other, R_OK) != 0)
        return 0;
    run_small(other, printed);
    assert_string_equal(printed, expected);
    return 1;
}

static void programs_find_their_checksums(void **state)
{
    (void)state;
    glob_t found;
    char printed[CHECKSUM_LETTERS + 1];
    unsigned programs = 0, variants = 0;
    assert_int_equal(glob(SMALL "*.elf", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        if (ends_in(path, "-user.elf") || ends_in(path, "-rplb.elf"))
            continue;
        run_small(path, printed);
        assert_memory_equal(printed, "checksum ", 9);
        programs++;
        variants += run_variant(path, "user", printed);
        variants += run_variant(path, "rplb", printed);
    }
    globfree(&found);
    print_message("%u programs, %u variants\n", programs, variants);
    assert_true(programs >= 11 && variants >= 16);
}

/* A machine that computes wrongly gets no score. */
static void a_wrong_result_is_a_failure(void **state)
{
    (void)state;
    struct config config;
    struct err err;
    assert_true(config_preset(&config, "u54", &err));
    struct machine *m = machine_new(&config, &err);
    assert_non_null(m);
    assert_true(machine_load_elf(m, SMALL "coremix.elf", true, &err));
    const struct run_limits half = { .max_insns = 100000 };
    assert_int_equal(machine_run(m, &half), STOP_BUDGET);
    const struct elf_symbol *words =
        elf_symbol_find(m->registry.kernel, "words.0");
    assert_non_null(words);
    assert_true(machine_poke_phys(m, words->address + 6, "x", 1));
    assert_int_equal(machine_run(m, NULL), STOP_FAIL);
    machine_free(m);
}

static void means_are_means(void **state)
{
    (void)state;
    double odd[] = { 5, 1, 3 }, even[] = { 4, 1, 3, 9 }, one[] = { 7 };
    assert_true(median(odd, 3) == 3);
    assert_true(median(even, 4) == 3.5);
    assert_true(median(one, 1) == 7);
    const double values[] = { 1, 10, 100 };
    assert_true(fabs(geometric_mean(values, 3) - 10) < 1e-9);
    assert_true(geometric_mean(values, 0) == 0);
}

static void figures_are_read(void **state)
{
    (void)state;
    struct measure m = { 0 };
    measure_read_line(&m, "cycles.of.no.interest    7 # cycles\n");
    assert_int_equal(m.cycles, 0);
    measure_read_line(&m, "instructions    12345678901 # instructions\n");
    measure_read_line(&m, "cycles  99 # cycles, clock\n");
    measure_read_line(&m, "accounts.execute 5\n");
    assert_true(m.instructions == 12345678901u && m.cycles == 99);
}

#define SHELL(...)                                                             \
    (const char *const[])                                                      \
    {                                                                          \
        "sh", "-c", __VA_ARGS__, NULL                                          \
    }

static void children_are_measured(void **state)
{
    (void)state;
    struct measure m;
    struct child c = { .argv = SHELL("echo instructions 42 >" CHILD_STATS
                                     "; echo x") };
    assert_true(child_run(&c, &m));
    assert_int_equal(m.instructions, 42);
    assert_true(m.peak_kib > 0 && m.wall > 0 && m.seconds >= 0);
    c.argv = SHELL("exit 6");
    assert_false(child_run(&c, &m));
    c.also_passes = 6;
    assert_true(child_run(&c, &m));
    c.argv = SHELL("kill -9 $$");
    assert_false(child_run(&c, &m));
    c.argv = (const char *const[]){ "no-such-program-anywhere", NULL };
    assert_false(child_run(&c, &m));
    assert_false(program_exists("no-such-program-anywhere"));
}

static void scripts_are_played(void **state)
{
    (void)state;
    struct measure m;
    const struct child_step steps[] = { { "name?", "Opal\n" },
                                        { "hello Opal", NULL } };
    struct child c = { .argv = SHELL("printf 'name? '; read n; "
                                     "echo \"hello $n\"; exec sleep 100"),
                       .steps = steps,
                       .step_count = 2 };
    assert_true(child_run(&c, &m));
    c.argv = SHELL("echo name?; read n; echo goodbye");
    assert_false(child_run(&c, &m)); /* ends before the script does */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_find_their_checksums),
        cmocka_unit_test(a_wrong_result_is_a_failure),
        cmocka_unit_test(means_are_means),
        cmocka_unit_test(figures_are_read),
        cmocka_unit_test(children_are_measured),
        cmocka_unit_test(scripts_are_played),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
