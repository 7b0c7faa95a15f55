/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel where things differ or run out: every translation mode, narrow
 * ASIDs, ids and frames given again, no memory, a panic, and a kernel that
 * checks itself on a bare board. OPALITE_BUILD names the build whose `opalite`
 * is used.
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

/* Runs `opalite ARGUMENTS`; *output gets its first bytes. */
static int opalite(const char *arguments, char *output, size_t room)
{
    const char *build = getenv("OPALITE_BUILD");
    char command[512];
    size_t n;
    FILE *pipe;
    int status;

    snprintf(command, sizeof command, "%s/opalite %s 2>&1",
             build ? build : "build/release", arguments);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    n = fread(output, 1, room - 1, pipe);
    output[n] = 0;
    status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256;
}

static void test_translation_modes(void **state)
{
    static const char *const modes[] = { "sv39", "sv48", "sv57" };
    static const char *const systems[] = { "mas", "mas-asid", "rplb",
                                           "rplb-hw" };
    char arguments[256], output[4096];
    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        snprintf(arguments, sizeof arguments,
                 "run tests/os/modes.lua --set sv=%s --set personality=%s",
                 modes[i % 3], systems[i / 3]);
        assert_int_equal(opalite(arguments, output, sizeof output), 0);
    }
}

static void test_narrow_asids(void **state)
{
    char arguments[256], output[4096];
    (void)state;
    for (unsigned bits = 0; bits <= 5; bits++) {
        snprintf(arguments, sizeof arguments,
                 "run tests/os/modes.lua --set asid=%u", bits);
        assert_int_equal(opalite(arguments, output, sizeof output), 0);
    }
}

static void test_reuse(void **state)
{
    static const char *const systems[] = { "mas", "mas-asid", "rplb",
                                           "rplb-hw" };
    char arguments[256], output[4096];
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        snprintf(arguments, sizeof arguments,
                 "run tests/os/reuse.lua --set personality=%s", systems[i]);
        assert_int_equal(opalite(arguments, output, sizeof output), 0);
    }
}

static void test_no_memory(void **state)
{
    char output[4096];
    (void)state;
    assert_int_equal(opalite("run tests/os/memory.lua --set personality=rplb",
                             output, sizeof output),
                     0);
    assert_int_equal(opalite("run tests/os/memory.lua --set personality=mas",
                             output, sizeof output),
                     0);
}

static void test_panic(void **state)
{
    char output[4096];
    (void)state;
    assert_int_equal(opalite("run tests/os/panic.lua", output, sizeof output),
                     4);
    assert_non_null(strstr(output, "kernel panic: no RAM left for frames"));
    assert_non_null(strstr(output, "os/kernel/main.c:"));
}

static void test_selftest(void **state)
{
    char output[4096];
    (void)state;
    assert_int_equal(
        opalite("exec build/guest/kernel-selftest.elf", output, sizeof output),
        0);
    assert_non_null(strstr(output, " passed, 0 failed"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_translation_modes),
        cmocka_unit_test(test_narrow_asids),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_panic),
        cmocka_unit_test(test_selftest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
