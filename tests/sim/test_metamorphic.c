/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metamorphic tests: change one thing, and exactly what must change does. The
 * Lua halves are in tests/sim/lua/; they run the real program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static const char *build(void)
{
    const char *b = getenv("OPALITE_BUILD");
    return b ? b : "build/release";
}

/* Runs a shell command made of the format; its exit code. */
__attribute__((format(printf, 1, 2))) static int shell(const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void run_lua(const char *name)
{
    static const char *const personality[] = { "mas", "mas-asid", "rplb",
                                               "rplb-hw" };
    for (size_t i = 0; i < sizeof personality / sizeof *personality; i++)
        assert_int_equal(
            shell("%s/opalite run -q tests/sim/lua/%s.lua --set personality=%s",
                  build(), name, personality[i]),
            0);
}

static void one_more_switch_costs_one_switch(void **state)
{
    (void)state;
    run_lua("meta_switch");
}

static void hints_cost_only_themselves(void **state)
{
    (void)state;
    run_lua("meta_hints");
}

static void a_unit_switched_off_has_no_account(void **state)
{
    (void)state;
    assert_int_equal(
        shell("%s/opalite run -q tests/sim/lua/meta_units.lua", build()), 0);
}

static void the_reading_follows_the_rows(void **state)
{
    (void)state;
    assert_int_equal(
        shell("%s/opalite run -q tests/sim/lua/reading.lua", build()), 0);
}

/* The figure `name` of a statistics file. */
static uint64_t figure(const char *path, const char *name)
{
    FILE *f = fopen(path, "r");
    char line[512], key[256];
    unsigned long long value = 0, found = UINT64_MAX;
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "%255s %llu", key, &value) == 2 &&
            strcmp(key, name) == 0)
            found = value;
    fclose(f);
    assert_true(found != UINT64_MAX);
    return found;
}

/* Bare metal, no TLB: only the account of DRAM may move, in proportion. */
static void dram_latency_changes_only_dram(void **state)
{
    (void)state;
    static const char *const accounts[] = {
        "accounts.execute", "accounts.stall",
        "accounts.l1i",     "accounts.l1d",
        "accounts.l2",      "accounts.tlb_refill",
        "accounts.trap",    "accounts.protection_refill",
        "accounts.script",  "accounts.idle",
    };
    char path[2][256];
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], sizeof path[i], "%s/meta_dram_%d.txt", build(), i);
        assert_int_equal(shell("%s/opalite exec build/guest/tests/mix.elf "
                               "--htif --set machine.dram.latency=%d "
                               "--stats %s",
                               build(), i ? 200 : 100, path[i]),
                         0);
    }
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++)
        assert_int_equal(figure(path[0], accounts[i]),
                         figure(path[1], accounts[i]));
    uint64_t once = figure(path[0], "accounts.dram");
    assert_true(once > 0 && once % 100 == 0);
    assert_int_equal(figure(path[1], "accounts.dram"), 2 * once);
    assert_int_equal(figure(path[1], "cycles"),
                     figure(path[0], "cycles") + once);
}

/* The host's address layout must not reach the results. */
static void address_randomisation_changes_nothing(void **state)
{
    (void)state;
    const char *b = build();
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            shell("%s %s/opalite run -q scenarios/switch_cost.lua --set "
                  "quick=1 --json %s/meta_aslr_%d.json",
                  i ? "setarch -R" : "", b, b, i),
            0);
    assert_int_equal(shell("cmp %s/meta_aslr_0.json %s/meta_aslr_1.json", b, b),
                     0);
}

/* The picture says which machine it was measured on. */
static void the_plot_names_the_preset(void **state)
{
    (void)state;
    assert_int_equal(shell("%s/opalite run -q scenarios/switch_cost.lua --set "
                           "quick=1 --preset tiny --out %s/meta_preset",
                           build(), build()),
                     0);
    assert_int_equal(
        shell("grep -q 'preset tiny' %s/meta_preset/switch_cost.plot.json",
              build()),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dram_latency_changes_only_dram),
        cmocka_unit_test(one_more_switch_costs_one_switch),
        cmocka_unit_test(a_unit_switched_off_has_no_account),
        cmocka_unit_test(hints_cost_only_themselves),
        cmocka_unit_test(the_reading_follows_the_rows),
        cmocka_unit_test(address_randomisation_changes_nothing),
        cmocka_unit_test(the_plot_names_the_preset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
