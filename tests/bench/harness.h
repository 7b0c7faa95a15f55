/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measuring programs from outside: run one as a child, take its CPU time and
 * peak memory from the host and its figures from a pipe; medians and means of
 * what was measured. Used by bench.c and scale.c; time never decides a test.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Descriptor on which a child may write its figures: --stats CHILD_STATS. */
#define CHILD_STATS_FD 3
#define CHILD_STATS    "/dev/fd/3"

/* What a child says on its standard output is waited for, then answered. */
struct child_step {
    const char *expect;
    const char
        *send; /* NULL: nothing; after the last step the child is ended */
};

struct child {
    const char *const *argv; /* NULL at the end; argv[0] is searched in PATH */
    const struct child_step *steps; /* or NULL */
    size_t step_count;
    int also_passes; /* an exit code that is as good as 0 */
};

struct measure {
    unsigned long long instructions, cycles; /* 0 = it did not say */
    unsigned long long nanoseconds;          /* of its own clock; the same */
    double seconds;                          /* CPU time, user and system */
    double wall;                             /* seconds by the clock */
    long peak_kib;                           /* resident, at most */
};

/* Runs it to its end. False: not started, or it failed. Its standard
 * error goes nowhere. */
bool child_run(const struct child *c, struct measure *m);

/* Takes "instructions N", "cycles N" or "nanoseconds N" from a line. */
void measure_read_line(struct measure *m, const char *line);

/* Median of n > 0 values, which are sorted in place. */
double median(double *values, size_t n);
/* Geometric mean of n values; 0 when n is 0. */
double geometric_mean(const double *values, size_t n);
/* Is there a program of that name in PATH? */
bool program_exists(const char *name);
/* Does `opalite COMMAND --help` name the option? */
bool option_exists(const char *opalite, const char *command,
                   const char *option);
