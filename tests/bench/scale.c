/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make bench-scale: does the host's time for a simulated instruction depend on
 * how many domains and segments there are, how much RAM, how long the run? Each
 * point is a child that runs tests/guest/bench/scale.c with its parameters; a
 * point is measured several times, in turns with the others of its table.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/machine.h"
#include "tests/bench/harness.h"

enum { POINTS_MAX = 8, REPEATS_MAX = 15, NUMBER = 24 };

/* What the guest is told, in the order of the words of --point. */
struct point {
    uint64_t domains, segments, stride, slices, ram;
};

/* ---- in the child -----------------------------------------------------------
 */

static bool tell(struct machine *m, const char *name, uint64_t value)
{
    const struct elf_symbol *s = elf_symbol_find(m->registry.kernel, name);
    return s && machine_poke_phys(m, s->address, &value, sizeof value);
}

static struct machine *build(const char *elf, const struct point *p,
                             struct err *err)
{
    struct config config;
    if (!config_preset(&config, PRESET_DEFAULT, err))
        return NULL;
    config.ram_bytes = p->ram;
    struct machine *m = machine_new(&config, err);
    if (!m)
        return NULL;
    if (machine_load_elf(m, elf, true, err)) {
        if (tell(m, "scale_domains", p->domains) &&
            tell(m, "scale_segments", p->segments) &&
            tell(m, "scale_stride", p->stride) &&
            tell(m, "scale_slices", p->slices))
            return m;
        err_set(err, EXIT_CANNOT_LOAD, "%s: not the scaling program", elf);
    }
    machine_free(m);
    return NULL;
}

static uint64_t cpu_nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Sets up until mark 1, then measures the rest. */
static int run_point(const char *elf, const struct point *p)
{
    struct err err;
    struct machine *m = build(elf, p, &err);
    if (!m) {
        fprintf(stderr, "bench: %s\n", err.text);
        return (int)err.code;
    }
    const struct run_limits to_mark = { .stop_events = EVENT_BIT(EVENT_MARK) };
    if (machine_run(m, &to_mark) != STOP_EVENT)
        return EXIT_GUEST_FAILURE;
    uint64_t start = cpu_nanoseconds(), before = m->now->ledger.instructions;
    uint64_t cycles = machine_clock(m);
    if (machine_run(m, NULL) != STOP_POWEROFF)
        return EXIT_GUEST_FAILURE;
    uint64_t end = cpu_nanoseconds();
    FILE *to = fopen(CHILD_STATS, "w");
    if (!to)
        return EXIT_HOST_RESOURCE;
    fprintf(to,
            "instructions %" PRIu64 "\ncycles %" PRIu64 "\nnanoseconds %" PRIu64
            "\n",
            m->now->ledger.instructions - before, machine_clock(m) - cycles,
            end - start);
    fclose(to);
    bool ok = ledger_check_all(&m->now->ledger, &m->now->cpu.mmu, &err);
    machine_free(m);
    return ok ? EXIT_PASSED : EXIT_OUR_BUG;
}

/* ---- tables -------------------------------------------------------------- */

static bool measure_point(const char *elf, const struct point *p,
                          struct measure *m)
{
    char word[5][NUMBER];
    const uint64_t value[5] = { p->domains, p->segments, p->stride, p->slices,
                                p->ram };
    for (int i = 0; i < 5; i++)
        snprintf(word[i], NUMBER, "%" PRIu64, value[i]);
    const char *const argv[] = { "/proc/self/exe", "--point", elf,
                                 word[0],          word[1],   word[2],
                                 word[3],          word[4],   NULL };
    return child_run(&(struct child){ .argv = argv }, m);
}

static double size_mib(uint64_t bytes)
{
    return (double)bytes / (1 << 20);
}

/* One table: host time per instruction for each point, first = 1. */
static bool table(const char *elf, const char *title,
                  const struct point *points, size_t n, unsigned repeats)
{
    double ns[POINTS_MAX][REPEATS_MAX], first = 0;
    struct measure m[POINTS_MAX];
    for (unsigned k = 0; k < repeats; k++)
        for (size_t i = 0; i < n; i++) {
            if (!measure_point(elf, &points[i], &m[i])) {
                fprintf(stderr, "bench: a point of `%s` failed\n", title);
                return false;
            }
            ns[i][k] = (double)m[i].nanoseconds / (double)m[i].instructions;
        }
    printf("%s\n%9s %9s %9s %13s %10s %9s %9s %9s\n", title, "domains",
           "segments", "RAM MiB", "instructions", "cycles/in", "ns/in",
           "x first", "peak MiB");
    for (size_t i = 0; i < n; i++) {
        double each = median(ns[i], repeats);
        first = i ? first : each;
        printf("%9" PRIu64 " %9" PRIu64 " %9.0f %13llu %10.2f %9.2f %9.2f "
               "%9.1f\n",
               points[i].domains, points[i].segments, size_mib(points[i].ram),
               m[i].instructions,
               (double)m[i].cycles / (double)m[i].instructions, each,
               each / first, (double)m[i].peak_kib / 1024);
    }
    fflush(stdout);
    return true;
}

/* The time to start: one instruction, then the end. */
static bool start_up(const char *opalite, const char *elf, unsigned repeats)
{
    static const char *const sizes[] = { "64M", "1G", "16G" };
    printf("start-up: opalite exec, one instruction\n%9s %9s %9s %9s\n", "RAM",
           "wall ms", "CPU ms", "peak MiB");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char ram[NUMBER];
        double wall[REPEATS_MAX], cpu[REPEATS_MAX];
        struct measure m = { 0 };
        snprintf(ram, sizeof ram, "ram.bytes=%s", sizes[i]);
        const char *const argv[] = { opalite,  "exec",        elf,
                                     "--htif", "--max-insns", "1",
                                     "--set",  ram,           NULL };
        const struct child c = { .argv = argv,
                                 .also_passes = EXIT_CYCLE_LIMIT };
        for (unsigned k = 0; k < repeats; k++) {
            if (!child_run(&c, &m))
                return false;
            wall[k] = m.wall * 1e3;
            cpu[k] = m.seconds * 1e3;
        }
        printf("%9s %9.1f %9.1f %9.1f\n", sizes[i], median(wall, repeats),
               median(cpu, repeats), (double)m.peak_kib / 1024);
    }
    return true;
}

#define MIB      ((uint64_t)1 << 20)
#define SEGMENT  4096
#define SLICES   20000
#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static int scale(const char *opalite, const char *elf, unsigned repeats)
{
    static const struct point domains[] = {
        { 1, 10000, SEGMENT, SLICES, 512 * MIB },
        { 10, 10000, SEGMENT, SLICES, 512 * MIB },
        { 100, 10000, SEGMENT, SLICES, 512 * MIB },
        { 1000, 10000, SEGMENT, SLICES, 512 * MIB },
        { 10000, 10000, SEGMENT, SLICES, 512 * MIB },
    };
    static const struct point segments[] = {
        { 100, 100, SEGMENT, SLICES, 512 * MIB },
        { 100, 1000, SEGMENT, SLICES, 512 * MIB },
        { 100, 10000, SEGMENT, SLICES, 512 * MIB },
        { 100, 100000, SEGMENT, SLICES, 512 * MIB },
    };
    /* The same 1000 pages, spread over all RAM. */
    static const struct point ram[] = {
        { 10, 1000, 60 * 1024, SLICES, 64 * MIB },
        { 10, 1000, 1000 * 1024, SLICES, 1024 * MIB },
        { 10, 1000, 16000 * 1024, SLICES, 16384 * MIB },
    };
    static const struct point length[] = {
        { 10, 1000, SEGMENT, 2000, 64 * MIB },
        { 10, 1000, SEGMENT, 20000, 64 * MIB },
        { 10, 1000, SEGMENT, 200000, 64 * MIB },
    };
    printf("medians of %u, in turns; ns/in: CPU time of the host for one "
           "simulated instruction,\nafter the setting up. peak: of the whole "
           "process.\n",
           repeats);
    return !table(elf, "number of domains", domains, COUNT(domains), repeats) ||
           !table(elf, "number of segments", segments, COUNT(segments),
                  repeats) ||
           !table(elf, "size of RAM", ram, COUNT(ram), repeats) ||
           !table(elf, "length of the run", length, COUNT(length), repeats) ||
           !start_up(opalite, elf, repeats);
}

int main(int argc, char **argv)
{
    if (argc == 8 && strcmp(argv[1], "--point") == 0) {
        const struct point p = { strtoull(argv[3], NULL, 10),
                                 strtoull(argv[4], NULL, 10),
                                 strtoull(argv[5], NULL, 10),
                                 strtoull(argv[6], NULL, 10),
                                 strtoull(argv[7], NULL, 10) };
        return run_point(argv[2], &p);
    }
    long repeats = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    if (repeats < 1 || repeats > REPEATS_MAX) {
        fprintf(stderr, "usage: scale OPALITE GUEST REPEATS (1 to %d)\n",
                REPEATS_MAX);
        return (int)EXIT_USAGE;
    }
    char elf[256];
    snprintf(elf, sizeof elf, "%s/bench/scale.elf", argv[2]);
    return scale(argv[1], elf, (unsigned)repeats);
}
