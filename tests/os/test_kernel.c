/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest kernel at work: runs the scenarios of this folder on the simulated
 * machine, each in every personality, and looks at the exit code. Kernels that
 * forget to flush or to invalidate must fail the scenario that looks for it.
 * OPALITE_BUILD names the build whose `opalite` is used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSED       0
#define CHECK_FAILED 1

#define NOFLUSH      "build/guest/kernel-noflush.elf"
#define NOINVALIDATE "build/guest/kernel-noinvalidate.elf"

struct run {
    const char *scenario;
    const char *personality;
    const char *kernel; /* NULL = the good one */
    int expected;       /* exit code */
    const char *set;    /* one more "key=value", or NULL */
};

static const char *build(void)
{
    const char *path = getenv("OPALITE_BUILD");

    return path ? path : "build/release";
}

/* 10,000 rounds of the leak test for one kind of MAS and one single space,
 * where the simulator is fast. */
static const char *leak_rounds(const char *personality)
{
    bool is_long = !strcmp(personality, "mas") || !strcmp(personality, "rplb");

    if (!strstr(build(), "release"))
        return "rounds=200";
    return is_long ? "rounds=10000" : "rounds=1000";
}

static int exit_code_of(const struct run *run)
{
    char program[512], file[512], personality[64], kernel[512];
    const char *arguments[20] = { NULL };
    unsigned n = 0;
    int status;
    pid_t child;

    snprintf(program, sizeof program, "%s/opalite", build());
    snprintf(file, sizeof file, "tests/os/%s.lua", run->scenario);
    snprintf(personality, sizeof personality, "personality=%s",
             run->personality);
    arguments[n++] = program;
    arguments[n++] = "run";
    arguments[n++] = "-q";
    arguments[n++] = file;
    arguments[n++] = "--set";
    arguments[n++] = personality;
    if (strcmp(run->scenario, "leak") == 0) {
        arguments[n++] = "--set";
        arguments[n++] = leak_rounds(run->personality);
    }
    if (run->kernel) {
        snprintf(kernel, sizeof kernel, "kernel=%s", run->kernel);
        arguments[n++] = "--set";
        arguments[n++] = kernel;
    }
    if (run->set) {
        arguments[n++] = "--set";
        arguments[n++] = run->set;
    }
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execv(program, (char *const *)(uintptr_t)arguments);
        perror(program);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void test_run(void **state)
{
    const struct run *run = *state;

    assert_int_equal(exit_code_of(run), run->expected);
}

#define EVERYWHERE(name)                                                       \
    { name, "mas", NULL, PASSED, NULL },                                       \
        { name, "mas-asid", NULL, PASSED, NULL },                              \
        { name, "rplb", NULL, PASSED, NULL },                                  \
    {                                                                          \
        name, "rplb-hw", NULL, PASSED, NULL                                    \
    }

static const struct run runs[] = {
    EVERYWHERE("programs"),
    EVERYWHERE("syscalls"),
    EVERYWHERE("faults"),
    EVERYWHERE("portals"),
    EVERYWHERE("ipc"),
    EVERYWHERE("schedule"),
    EVERYWHERE("reservation"),
    EVERYWHERE("hostile"),
    EVERYWHERE("stale"),
    EVERYWHERE("leak"),
    /* Other modes and small units change nothing but the cycles. */
    { "programs", "mas-asid", NULL, PASSED, "sv=sv48" },
    { "programs", "rplb", NULL, PASSED, "sv=sv57" },
    { "programs", "rplb", NULL, PASSED, "machine.rplb.entries=1" },
    { "programs", "rplb-hw", NULL, PASSED, "machine.rplb.ientries=1" },
    { "hostile", "mas-asid", NULL, PASSED, "machine.asid.bits=1" },
    { "leak", "mas-asid", NULL, PASSED, "machine.asid.bits=2" },
    /* What a kernel must not forget; each matters where it is needed. */
    { "stale", "mas", NOFLUSH, CHECK_FAILED, NULL },
    { "stale", "mas", NOINVALIDATE, CHECK_FAILED, NULL },
    { "stale", "mas-asid", NOINVALIDATE, CHECK_FAILED, NULL },
    { "stale", "rplb", NOINVALIDATE, CHECK_FAILED, NULL },
    { "stale", "rplb-hw", NOINVALIDATE, CHECK_FAILED, NULL },
};

#define RUNS (sizeof runs / sizeof runs[0])

int main(void)
{
    static struct CMUnitTest tests[RUNS];
    static char names[RUNS][96];

    for (size_t i = 0; i < RUNS; i++) {
        snprintf(names[i], sizeof names[i], "%s, %s%s%s%s%s", runs[i].scenario,
                 runs[i].personality, runs[i].kernel ? ", " : "",
                 runs[i].kernel ? strrchr(runs[i].kernel, '/') + 1 : "",
                 runs[i].set ? ", " : "", runs[i].set ? runs[i].set : "");
        tests[i].name = names[i];
        tests[i].test_func = test_run;
        tests[i].initial_state = (void *)(uintptr_t)&runs[i];
    }
    return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
