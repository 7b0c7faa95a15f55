/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two runs of the same thing in one process, one with each engine, compared
 * after every so many instructions (compare/compare.h). At a difference the
 * runs are repeated up to the last point where they were equal; from there,
 * copies of this process (fork) find the least number of instructions after
 * which they differ. The thing is a machine, or a scenario with all its
 * machines, where Lua runs once for each.
 */
#pragma once

#include "sim/compare/compare.h"
#include "sim/firmware.h"
#include "sim/session/session.h"
#include "sim/typed.h"

/* What to run: a scenario, else a machine. */
struct lockstep_what {
    const struct session_options *scenario; /* engine and print are ours */
    struct machine *(*build)(void *context, struct err *err);
    void *context;
    const struct typed *script;         /* to type meanwhile; or NULL */
    const struct firmware_files *files; /* loaded anew at a reset; or NULL */
};

enum lockstep_result {
    LOCKSTEP_EQUAL,       /* to the end, or the limit */
    LOCKSTEP_DIFFERENT,   /* see differences */
    LOCKSTEP_INTERRUPTED, /* go_on said no */
    LOCKSTEP_FAILED       /* *err: nothing could be run */
};

#define LOCKSTEP_STEPS 8

struct lockstep {
    struct lockstep_what what;
    uint64_t every; /* instructions between two comparisons, at least 1 */
    uint64_t limit; /* of instructions; 0 = none */
    /* Asked now and then with the instructions done so far. NULL = go on. */
    bool (*go_on)(void *context, uint64_t instructions);
    void *context;

    /* results */
    uint64_t instructions; /* asked of each run up to the last comparison */
    uint64_t done;         /* that retired, in all machines */
    uint64_t comparisons;
    char end[512];                  /* how both ended, "" = they did not */
    struct differences differences; /* at first_different */
    uint64_t last_equal;            /* instructions where they were equal */
    uint64_t first_different;
    char story[4000]; /* the last steps before it, and where each is */
};

enum lockstep_result lockstep_run(struct lockstep *l, struct err *err);
