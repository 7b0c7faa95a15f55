/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make bench-history: what going back costs, in milliseconds, on runs of so
 * many cycles; and what snapshots cost a run that goes forward. A scenario, and
 * a bare-metal program. Each sample begins at the end of the run: to a random
 * moment (within the last tenth; anywhere), from there one instruction back,
 * and one more. See docs/history.md.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/history/history.h"
#include "tests/bench/harness.h"

enum { SAMPLES_MAX = 1000, SLICE = 20000, REPEATS = 5 };

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu_seconds(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* Milliseconds of a way: of CPU and, where others work beside us, more by the
 * clock on the wall. */
struct times {
    double cpu[SAMPLES_MAX], wall[SAMPLES_MAX];
};

struct run {
    const char *path; /* a scenario, or an ELF file */
    const char *set;  /* for the scenario */
    uint64_t cycles;  /* its length */
};

static void fail(const char *text)
{
    fprintf(stderr, "bench-history: %s\n", text);
    exit(EXIT_CHECK_FAILED);
}

static bool is_scenario(const struct run *r)
{
    return strstr(r->path, ".lua") != NULL;
}

static void say_nothing(void *context, const char *text, size_t bytes)
{
    (void)context, (void)text, (void)bytes;
}

static struct session_options options_of(const struct run *r, struct heap *heap)
{
    return (struct session_options){ .path = r->path,
                                     .heap = heap,
                                     .set = &r->set,
                                     .set_count = r->set != NULL,
                                     .seed = 1,
                                     .no_progress = true,
                                     .out_dir = "/nowhere",
                                     .files_known = UINT64_MAX,
                                     .print = say_nothing };
}

static struct machine *machine_of(const struct run *r, struct heap *heap)
{
    struct config config;
    struct err err;
    struct machine *m = NULL;
    if (config_preset(&config, PRESET_DEFAULT, &err))
        m = machine_new_in(heap, &config, &err);
    if (!m || !machine_load_elf(m, r->path, true, &err))
        fail(err.text);
    return m;
}

/* ---- forward ----------------------------------------------------------------
 */

/* Seconds of CPU that the run takes without a history. */
static double run_plainly(const struct run *r)
{
    struct session_options o = options_of(r, NULL);
    struct err err;
    double start;
    if (!is_scenario(r)) {
        const struct run_limits limits = { .until_cycle = r->cycles };
        struct machine *m = machine_of(r, NULL);
        start = cpu_seconds();
        machine_run(m, &limits);
        start = cpu_seconds() - start;
        machine_free(m);
        return start;
    }
    struct session *s = session_open(&o, &err);
    if (!s)
        fail(err.text);
    start = cpu_seconds();
    do {
        const struct run_limits slice = { .max_insns = SLICE };
        if (session_advance(s, &slice) > SESSION_STOPPED)
            fail("the run ends too early");
    } while (!s->machine || machine_clock(s->machine) < r->cycles);
    start = cpu_seconds() - start;
    (void)session_close(s);
    return start;
}

static void open_run(struct history *h, const struct run *r)
{
    const struct history_options options = { .bytes = HISTORY_BYTES };
    struct err err;
    struct heap *heap = heap_open(&err);
    if (!heap)
        fail(err.text);
    if (!is_scenario(r)) {
        history_open_machine(h, &options, heap, machine_of(r, heap));
        return;
    }
    struct session_options o = options_of(r, heap);
    if (!history_open(h, &options, &o, &err))
        fail(err.text);
}

static void close_run(struct history *h)
{
    struct machine *m = h->now ? NULL : history_machine(h);
    struct heap *heap = h->heap;
    (void)history_close(h);
    machine_free(m);
    heap_close(heap);
}

static void to_the_end(struct history *h, const struct run *r)
{
    const struct machine *m;
    const struct run_limits slice = { .max_insns = SLICE };
    do {
        if (history_run(h, &slice) > SESSION_STOPPED)
            fail("the run ends too early");
        m = history_machine(h);
    } while (!m || machine_clock(m) < r->cycles);
}

static void print_forward(const struct run *r)
{
    double plain[REPEATS], with[REPEATS];
    size_t shots = 0;
    uint64_t bytes = 0, objects = 0;
    for (int i = 0; i < REPEATS; i++) {
        struct history h;
        plain[i] = run_plainly(r);
        open_run(&h, r);
        double start = cpu_seconds();
        to_the_end(&h, r);
        with[i] = cpu_seconds() - start;
        shots = h.shot_count;
        bytes = h.snapshots.bytes;
        objects = h.heap->books->used;
        close_run(&h);
    }
    double a = median(plain, REPEATS), b = median(with, REPEATS);
    printf("%s%s%s, %" PRIu64 " cycles\n", r->path, r->set ? " --set " : "",
           r->set ? r->set : "", r->cycles);
    printf("  forward: %.3f s without, %.3f s with snapshots (%.0f %% of the "
           "speed); %zu of them, %.1f MB, objects %.1f MB\n",
           a, b, 100 * a / b, shots, 1e-6 * (double)bytes,
           1e-6 * (double)objects);
}

/* ---- back
 * --------------------------------------------------------------------- */

static uint64_t random_below(uint64_t n)
{
    static uint64_t seed = 88172645463325252u;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_times(const char *what, struct times *t, size_t n)
{
    qsort(t->cpu, n, sizeof *t->cpu, by_size);
    qsort(t->wall, n, sizeof *t->wall, by_size);
    printf("  %-34s %8.1f %8.1f %8.1f %12.1f\n", what, t->cpu[n / 2],
           t->cpu[n * 95 / 100], t->cpu[n - 1], t->wall[n * 95 / 100]);
}

/* To the cycle or, if it is 0, one instruction back. */
static void go_back(struct history *h, uint64_t cycle, struct times *t,
                    size_t i)
{
    double cpu = cpu_seconds(), wall = seconds_of(CLOCK_MONOTONIC);
    struct err err;
    enum history_state state;
    if (cycle ? !history_back_to_cycle(h, cycle, &err)
              : !history_back(h, 1, &err))
        fail(err.text);
    do
        state = history_advance(h, SLICE, &err);
    while (state == HISTORY_RUNNING);
    if (state != HISTORY_THERE)
        fail(err.text);
    t->cpu[i] = 1000 * (cpu_seconds() - cpu);
    t->wall[i] = 1000 * (seconds_of(CLOCK_MONOTONIC) - wall);
}

static void print_back(const struct run *r, const char *where, uint64_t first,
                       size_t samples)
{
    static struct times jump, step, next;
    char what[64];
    struct history h;
    open_run(&h, r);
    for (size_t i = 0; i < samples; i++) {
        to_the_end(&h, r);
        go_back(&h, first + random_below(r->cycles - first), &jump, i);
        go_back(&h, 0, &step, i);
        go_back(&h, 0, &next, i);
    }
    snprintf(what, sizeof what, "to a moment %s", where);
    print_times(what, &jump, samples);
    print_times("  one step back from there", &step, samples);
    print_times("  and one more", &next, samples);
    close_run(&h);
}

int main(int argc, char **argv)
{
    int samples = argc > 1 ? atoi(argv[1]) : 0;
    if (samples < 1 || samples > SAMPLES_MAX || argc < 3) {
        fprintf(stderr,
                "usage: bench-history SAMPLES FILE[:CYCLES[:KEY=VALUE]] ...\n");
        return EXIT_USAGE;
    }
    for (int i = 2; i < argc; i++) {
        struct run r = { .path = strtok(argv[i], ":"), .cycles = 100000000 };
        const char *cycles = strtok(NULL, ":");
        r.set = strtok(NULL, ":");
        if (cycles)
            r.cycles = strtoull(cycles, NULL, 10);
        print_forward(&r);
        printf("  %-34s %8s %8s %8s %12s\n", "back, milliseconds of CPU",
               "median", "95 %", "longest", "95 % on wall");
        print_back(&r, "within the last tenth", r.cycles - r.cycles / 10,
                   (size_t)samples);
        print_back(&r, "anywhere", 1000000, (size_t)samples);
    }
    return EXIT_PASSED;
}
