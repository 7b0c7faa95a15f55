/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make bench-engines: what the techniques of the fast engine are worth, program
 * by program, in this process: the readable engine; decoded blocks, with every
 * data access through the units (the filter is closed); blocks and filter. The
 * three end in the same cycle, or the program says so. See docs/engine.md.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mmu/l0.h"
#include "sim/machine.h"
#include "tests/bench/harness.h"

enum { WAYS = 3, REPEATS_MAX = 15, INSTRUCTIONS = 30000000 };

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Millions of instructions a second; *cycles: the clock at the end. */
static bool measure(const char *elf, int way, double *mips, uint64_t *cycles,
                    struct err *err)
{
    const struct run_limits limits = { .max_insns = INSTRUCTIONS };
    struct config config;
    if (!config_preset(&config, PRESET_DEFAULT, err))
        return false;
    struct machine *m = machine_new(&config, err);
    if (!m || !machine_load_elf(m, elf, true, err)) {
        machine_free(m);
        return false;
    }
    m->engine = way == 0 ? ENGINE_READABLE : ENGINE_FAST;
    m->now->cpu.mmu.l0->closed = way == 1;
    double start = cpu_seconds();
    machine_run(m, &limits);
    *mips =
        1e-6 * (double)m->now->ledger.instructions / (cpu_seconds() - start);
    *cycles = machine_clock(m);
    machine_free(m);
    return true;
}

static bool measure_program(const char *elf, int repeats)
{
    double mips[WAYS][REPEATS_MAX], m[WAYS];
    uint64_t cycles[WAYS];
    struct err err;
    for (int r = 0; r < repeats; r++)
        for (int way = 0; way < WAYS; way++)
            if (!measure(elf, way, &mips[way][r], &cycles[way], &err)) {
                fprintf(stderr, "bench-engines: %s\n", err.text);
                return false;
            }
    for (int way = 0; way < WAYS; way++)
        m[way] = median(mips[way], (size_t)repeats);
    const char *slash = strrchr(elf, '/');
    printf("%-16s %9.1f %9.1f %9.1f %9.2f %9.2f\n", slash ? slash + 1 : elf,
           m[0], m[1], m[2], m[1] / m[0], m[2] / m[1]);
    if (cycles[0] == cycles[1] && cycles[0] == cycles[2])
        return true;
    fprintf(stderr, "bench-engines: %s: the engines differ\n", elf);
    return false;
}

int main(int argc, char **argv)
{
    int repeats = argc > 1 ? atoi(argv[1]) : 0;
    bool ok = true;
    if (repeats < 1 || repeats > REPEATS_MAX || argc < 3) {
        fprintf(stderr, "usage: bench-engines REPEAT FILE.elf ... (1 to %d)\n",
                REPEATS_MAX);
        return EXIT_USAGE;
    }
    printf("MIPS, medians of %d, the first %d instructions\n", repeats,
           INSTRUCTIONS);
    printf("%-16s %9s %9s %9s %9s %9s\n", "program", "readable", "blocks",
           "+ filter", "x blocks", "x filter");
    for (int i = 2; i < argc; i++)
        ok &= measure_program(argv[i], repeats);
    return ok ? EXIT_PASSED : EXIT_CHECK_FAILED;
}
