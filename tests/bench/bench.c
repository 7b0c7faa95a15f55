/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make bench: how fast the simulator is on this host, beside QEMU in the same
 * run. Repetitions of all that is compared are interleaved and the median is
 * taken, so that a host that is busy for a while slows all alike. Only ratios
 * of one run say something; docs/bench.md explains the table.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine.h"
#include "tests/bench/harness.h"

enum { REPEATS_MAX = 15, WORDS_MAX = 24, RUNS_MAX = 4, LIST_MAX = 16 };

/* Engines that are not the default one, and recorders, do the first part of a
 * program only. */
#define SAMPLE       "60000000"
#define TRACE_SAMPLE "1000000"
#define HARTS        "8"

#define OPENSBI      "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
#define UBOOT        "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"

enum kind { CPU, MEMORY, SYSTEM, KIND_COUNT };

static const struct {
    const char *name;
    enum kind kind;
} programs[] = { { "intmix", CPU },    { "coremix", CPU },
                 { "matmul", CPU },    { "sieve", CPU },
                 { "sha256", CPU },    { "recursion", CPU },
                 { "chase", MEMORY },  { "stride", MEMORY },
                 { "paging", SYSTEM }, { "syscalls", SYSTEM } };
enum { PROGRAMS = sizeof programs / sizeof programs[0] };

struct bench {
    const char *opalite, *guest; /* the program; directory of the ELF files */
    unsigned repeats;
    char **only; /* names wanted; NULL = all */
    int only_count;
    bool engines, boot_engines, harts, qemu, boot; /* what there is */
};

/* One command that is measured. */
struct run {
    const char *words[WORDS_MAX];
    size_t count;
    char path[256];
    struct child child;
    double seconds[REPEATS_MAX], median;
    struct measure last;
};

/* ---- commands -------------------------------------------------------------
 */

/* Adds words to the command; NULL ends the list. */
static void run_words(struct run *r, ...)
{
    va_list list;
    va_start(list, r);
    for (const char *word; (word = va_arg(list, const char *));)
        if (r->count < WORDS_MAX - 1)
            r->words[r->count++] = word;
    va_end(list);
    r->words[r->count] = NULL;
    r->child.argv = r->words;
}

static void run_path(struct run *r, const struct bench *b, const char *where,
                     const char *name)
{
    snprintf(r->path, sizeof r->path, "%s/%s/%s.elf", b->guest, where, name);
}

/* opalite exec. engine, NULL = the only one there is. */
static void run_ours(struct run *r, const struct bench *b, const char *where,
                     const char *name, const char *engine)
{
    *r = (struct run){ 0 };
    run_path(r, b, where, name);
    run_words(r, b->opalite, "exec", r->path, "--htif", "--stats", CHILD_STATS,
              NULL);
    if (engine && b->engines)
        run_words(r, "--engine", engine, NULL);
}

/* Only the first instructions. */
static void run_sample(struct run *r, const char *instructions)
{
    run_words(r, "--max-insns", instructions, NULL);
    r->child.also_passes = EXIT_CYCLE_LIMIT;
}

static void run_qemu(struct run *r, const struct bench *b, const char *name)
{
    *r = (struct run){ 0 };
    run_path(r, b, "bench", name);
    run_words(r, "qemu-system-riscv64", "-M", "virt", "-nographic", "-monitor",
              "none", "-bios", "none", "-serial", "stdio", "-kernel", r->path,
              NULL);
}

/* Runs each command `repeats` times, one after the other in turns. */
static bool measure_all(const struct bench *b, struct run *runs, size_t n)
{
    for (unsigned k = 0; k < b->repeats; k++)
        for (size_t i = 0; i < n; i++) {
            struct run *r = &runs[i];
            if (!child_run(&r->child, &r->last)) {
                fprintf(stderr, "bench: failed:");
                for (size_t w = 0; w < r->count; w++)
                    fprintf(stderr, " %s", r->words[w]);
                fprintf(stderr, "\n");
                return false;
            }
            r->seconds[k] = r->last.seconds;
        }
    for (size_t i = 0; i < n; i++)
        runs[i].median = median(runs[i].seconds, b->repeats);
    return true;
}

static double mips(const struct run *r, unsigned long long instructions)
{
    return (double)instructions / r->median / 1e6;
}

/* ---- table 1: programs ------------------------------------------------------
 */

struct list {
    double value[LIST_MAX];
    size_t count;
};

static void list_add(struct list *l, double value)
{
    if (l->count < LIST_MAX)
        l->value[l->count++] = value;
}

static double list_mean(const struct list *l)
{
    return geometric_mean(l->value, l->count);
}

/* By kind of program: MIPS of the engines, and ours over QEMU's. */
struct means {
    struct list fast, readable, ratio;
};

static bool wanted(const struct bench *b, const char *name)
{
    for (int i = 0; i < b->only_count; i++)
        if (strcmp(b->only[i], name) == 0)
            return true;
    return b->only_count == 0;
}

/* A number, or "-" where nothing was measured. */
static void cell(int width, int digits, double value)
{
    if (value > 0)
        printf(" %*.*f", width, digits, value);
    else
        printf(" %*s", width, "-");
}

static void print_head(void)
{
    printf("%-10s %13s %14s %9s %8s %9s %9s %7s %9s\n", "program",
           "instructions", "cycles", "seconds", "MIPS", "readable", "QEMU",
           "x QEMU", "peak MiB");
}

static void print_row(const char *name, const struct run *main,
                      const struct run *readable, const struct run *qemu,
                      struct means *means)
{
    unsigned long long n = main->last.instructions;
    double fast = mips(main, n), slow = 0, theirs = 0;
    if (readable)
        slow = mips(readable, readable->last.instructions);
    if (qemu)
        theirs = mips(qemu, n);
    printf("%-10s %13llu %14llu", name, n, main->last.cycles);
    cell(9, 2, main->median);
    cell(8, 1, fast);
    cell(9, 1, slow);
    cell(9, 1, theirs);
    cell(7, 3, qemu ? fast / theirs : 0);
    cell(9, 1, (double)main->last.peak_kib / 1024);
    printf("\n");
    fflush(stdout);
    list_add(&means->fast, fast);
    if (readable)
        list_add(&means->readable, slow);
    if (qemu)
        list_add(&means->ratio, fast / theirs);
}

static void print_means(const char *name, const struct means *m)
{
    if (!m->fast.count)
        return;
    printf("%-10s %13s %14s %9s", name, "", "", "");
    cell(8, 1, list_mean(&m->fast));
    cell(9, 1, list_mean(&m->readable));
    printf(" %9s", "");
    cell(7, 3, list_mean(&m->ratio));
    printf("\n");
}

/* Names the runs of one row: ours, readable and QEMU, as far as there are. */
struct row {
    struct run runs[RUNS_MAX];
    size_t count;
    int readable, qemu; /* index, -1 = none */
};

static struct run *row_next(struct row *row, int *index)
{
    *index = (int)row->count;
    return &row->runs[row->count++];
}

static bool row_measure(const struct bench *b, struct row *row,
                        const char *name, struct means *means)
{
    if (!measure_all(b, row->runs, row->count))
        return false;
    print_row(name, &row->runs[0],
              row->readable < 0 ? NULL : &row->runs[row->readable],
              row->qemu < 0 ? NULL : &row->runs[row->qemu], means);
    return true;
}

static bool bench_program(const struct bench *b, const char *name,
                          struct means *means)
{
    static struct row row;
    int first;
    row = (struct row){ .readable = -1, .qemu = -1 };
    run_ours(row_next(&row, &first), b, "bench", name, "fast");
    if (b->engines) {
        struct run *r = row_next(&row, &row.readable);
        run_ours(r, b, "bench", name, "readable");
        run_sample(r, SAMPLE);
    }
    if (b->qemu)
        run_qemu(row_next(&row, &row.qemu), b, name);
    return row_measure(b, &row, name, means);
}

static void run_boot(struct run *r, const struct bench *b, const char *engine)
{
    *r = (struct run){ 0 };
    run_words(r, b->opalite, "boot", "--firmware", OPENSBI, "--kernel", UBOOT,
              "--expect", "stop autoboot", "--send", " ", "--expect", "=> ",
              "--stats", CHILD_STATS, NULL);
    if (b->boot_engines)
        run_words(r, "--engine", engine, NULL);
}

/* OpenSBI and U-Boot to its prompt. */
static bool bench_boot(const struct bench *b, struct means *means)
{
    static const struct child_step script[] = { { "stop autoboot", " " },
                                                { "=> ", NULL } };
    static struct row row;
    int first;
    row = (struct row){ .readable = -1, .qemu = -1 };
    run_boot(row_next(&row, &first), b, "fast");
    if (b->boot_engines)
        run_boot(row_next(&row, &row.readable), b, "readable");
    if (b->qemu) {
        struct run *r = row_next(&row, &row.qemu);
        *r = (struct run){ 0 };
        run_words(r, "qemu-system-riscv64", "-M", "virt", "-nographic",
                  "-monitor", "none", "-bios", OPENSBI, "-kernel", UBOOT,
                  "-serial", "stdio", NULL);
        r->child.steps = script;
        r->child.step_count = 2;
    }
    return row_measure(b, &row, "boot", means);
}

static bool bench_programs(const struct bench *b)
{
    struct means means[KIND_COUNT] = { 0 };
    print_head();
    for (size_t i = 0; i < PROGRAMS; i++)
        if (wanted(b, programs[i].name) &&
            !bench_program(b, programs[i].name, &means[programs[i].kind]))
            return false;
    if (b->boot && wanted(b, "boot") && !bench_boot(b, &means[SYSTEM]))
        return false;
    printf("geometric means:\n");
    print_means("CPU-bound", &means[CPU]);
    print_means("memory", &means[MEMORY]);
    print_means("system", &means[SYSTEM]);
    return true;
}

/* ---- table 2: what observers and units cost the host ------------------------
 */

/* Times of two commands; > 1: the second is slower. */
static bool compare(const struct bench *b, struct run runs[2], double *ratio)
{
    if (!measure_all(b, runs, 2))
        return false;
    *ratio = runs[1].median / (double)runs[1].last.instructions /
             (runs[0].median / (double)runs[0].last.instructions);
    return true;
}

/* The CPU-bound programs in U-mode, with the RPLB over without. */
static bool bench_rplb(const struct bench *b)
{
    struct list ratios = { 0 };
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct run runs[2];
        double ratio;
        if (programs[i].kind != CPU || !wanted(b, programs[i].name))
            continue;
        run_ours(&runs[0], b, "bench-user", programs[i].name, "fast");
        run_ours(&runs[1], b, "bench-rplb", programs[i].name, "fast");
        if (!compare(b, runs, &ratio))
            return false;
        printf("  RPLB on / off, %-10s %8.3f\n", programs[i].name, ratio);
        fflush(stdout);
        list_add(&ratios, ratio);
    }
    if (ratios.count)
        printf("  RPLB on / off, geometric mean %.3f\n", list_mean(&ratios));
    return true;
}

static bool bench_attribution(const struct bench *b)
{
    static const char *const names[] = { "coremix", "chase", "paging" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct run runs[2];
        double ratio;
        if (!wanted(b, names[i]))
            continue;
        run_ours(&runs[0], b, "bench", names[i], "fast");
        run_words(&runs[0], "--set", "attribution=off", NULL);
        run_ours(&runs[1], b, "bench", names[i], "fast");
        if (!compare(b, runs, &ratio))
            return false;
        printf("  attribution on / off, %-8s %5.3f\n", names[i], ratio);
        fflush(stdout);
    }
    return true;
}

/* Every step into the ring and read from there; every step as a line of JSON.
 */
static bool bench_recording(const struct bench *b)
{
    struct run runs[2] = { 0 };
    if (!wanted(b, "coremix"))
        return true;
    run_path(&runs[0], b, "bench", "coremix");
    run_words(&runs[0], "/proc/self/exe", "--record", runs[0].path, SAMPLE,
              NULL);
    run_ours(&runs[1], b, "bench", "coremix", NULL);
    run_sample(&runs[1], TRACE_SAMPLE);
    run_words(&runs[1], "--trace", "/dev/null", "--trace-steps", NULL);
    if (!measure_all(b, runs, 2))
        return false;
    printf("  every step recorded and read (ring): %.1f MIPS\n"
           "  every step as JSON to /dev/null:     %.2f MIPS\n",
           mips(&runs[0], runs[0].last.instructions),
           mips(&runs[1], runs[1].last.instructions));
    return true;
}

static bool bench_harts(const struct bench *b)
{
    struct run runs[2];
    double ratio;
    if (!b->harts || !wanted(b, "harts"))
        return true;
    run_ours(&runs[0], b, "bench", "harts", "fast");
    run_ours(&runs[1], b, "bench", "harts", "fast");
    run_words(&runs[1], "--harts", HARTS, NULL);
    if (!compare(b, runs, &ratio))
        return false;
    printf("  %s harts: %.1f MIPS in all, %.3f x the speed of one\n", HARTS,
           mips(&runs[1], runs[1].last.instructions), 1 / ratio);
    return true;
}

/* ---- recording, in a child ------------------------------------------------*/

/* Reads each step of the ring, as a screen or a checker would. */
static uint64_t drain(const struct machine *m, struct trace_reader *reader)
{
    uint64_t cycles = 0;
    for (const struct step *s; (s = trace_next(&m->trace, reader));)
        cycles += s->cycles;
    return cycles;
}

static int record(const char *path, uint64_t instructions)
{
    struct config config;
    struct err err;
    struct trace_reader reader;
    uint64_t cycles = 0;
    if (!config_preset(&config, PRESET_DEFAULT, &err))
        return (int)err.code;
    struct machine *m = machine_new(&config, &err);
    if (!m || !machine_load_elf(m, path, true, &err)) {
        fprintf(stderr, "bench: %s\n", err.text);
        machine_free(m);
        return (int)err.code;
    }
    trace_attach(&m->trace, &reader);
    const struct run_limits limits = { .max_insns = TRACE_RING / 2 };
    while (m->now->ledger.instructions < instructions &&
           machine_run(m, &limits) == STOP_BUDGET)
        cycles += drain(m, &reader);
    cycles += drain(m, &reader);
    FILE *to = fopen(CHILD_STATS, "w");
    if (to) {
        fprintf(to, "instructions %llu\ncycles %llu\n",
                (unsigned long long)m->now->ledger.instructions,
                (unsigned long long)cycles);
        fclose(to);
    }
    bool all = reader.lost == 0 && cycles == machine_clock(m);
    trace_detach(&m->trace, &reader);
    machine_free(m);
    return all ? 0 : (int)EXIT_OUR_BUG;
}

/* ---- main -------------------------------------------------------------------
 */

static void find_features(struct bench *b)
{
    b->engines = option_exists(b->opalite, "exec", "--engine");
    b->boot_engines = option_exists(b->opalite, "boot", "--engine");
    b->harts = option_exists(b->opalite, "exec", "--harts");
    b->qemu = program_exists("qemu-system-riscv64");
    FILE *firmware = fopen(OPENSBI, "r"), *loader = fopen(UBOOT, "r");
    b->boot = firmware && loader;
    if (firmware)
        fclose(firmware);
    if (loader)
        fclose(loader);
}

static int bench(struct bench *b)
{
    find_features(b);
    printf("medians of %u, interleaved; CPU time. %s%s%s", b->repeats,
           b->engines ? "MIPS: the fast engine; readable: the first " SAMPLE
                        " instructions.\n"
                      : "MIPS: the readable engine, the only one.\n",
           b->qemu ? "" : "qemu-system-riscv64 is not installed.\n",
           b->boot ? "" : "OpenSBI and U-Boot are not installed.\n");
    if (!bench_programs(b))
        return 1;
    printf("costs, as ratios of CPU time per instruction:\n");
    return !bench_attribution(b) || !bench_rplb(b) || !bench_recording(b) ||
           !bench_harts(b);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--record") == 0)
        return record(argv[2], strtoull(argv[3], NULL, 10));
    long repeats = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    if (repeats < 1 || repeats > REPEATS_MAX) {
        fprintf(stderr,
                "usage: bench OPALITE GUEST REPEATS [PROGRAM...]\n"
                "GUEST: directory with bench/*.elf; REPEATS: 1 to %d\n",
                REPEATS_MAX);
        return (int)EXIT_USAGE;
    }
    struct bench b = { .opalite = argv[1],
                       .guest = argv[2],
                       .repeats = (unsigned)repeats,
                       .only = argv + 4,
                       .only_count = argc - 4 };
    return bench(&b);
}
