/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that terminal and window have in common: how the scenario is run
 * and where the view begins.
 */
#pragma once

#include "sim/cmd/session.h"
#include "sim/stops/stops.h"
#include "viz/runner/runner.h"

/* The first rows of both programs' tables, in this order. */
#define ARGUMENT_ROWS                                                          \
    SESSION_ROWS, TRACE_ROWS, RECORD_ROWS,                                     \
        { 0, "from-reset", NULL,                                               \
          "begin at reset, not when the kernel is up" },                       \
        { 0, "history", "MB",                                                  \
          "memory for going back quickly, default 256; 0: none" },             \
        { 0, "break", "WHERE",                                                 \
          "stop there: FUNCTION, FILE.c:LINE, ADDRESS [in DOMAIN] [if "        \
          "EXPR]" },                                                           \
        { 0, "watch", "WHAT",                                                  \
          "stop at accesses: SEGMENT[+N][,BYTES] ... (docs/stops.md)" },       \
        { 0, "partial", NULL,                                                  \
          "FILE.jsonl was cut short: take what is there" },                    \
    {                                                                          \
        0, "no-settings", NULL, "neither read nor write what is remembered"    \
    }

enum {
    ROW_TRACE = SESSION_ROW_COUNT,
    ROW_RECORD = ROW_TRACE + TRACE_ROW_COUNT,
    ROW_FROM_RESET = ROW_RECORD + RECORD_ROW_COUNT,
    ROW_HISTORY,
    ROW_BREAK,
    ROW_WATCH,
    ROW_PARTIAL,
    ROW_NO_SETTINGS,
    ROW_OWN /* the program's own rows begin here */
};

/* What both front ends keep of the rows above, besides the session. */
struct view_arguments {
    struct stops stops; /* until a runner takes them */
    bool forget;        /* --no-settings */
};

/* Takes one of the rows above. False: after a usage error. */
MUST_CHECK
bool arguments_take(struct session_arguments *a, struct view_arguments *v,
                    const struct options *o);
/* Opens what is to be shown: a scenario, or a recorded trace. Both must stay
 * where they are. False: *err. */
MUST_CHECK
bool arguments_open(struct session_arguments *a, struct runner *r,
                    struct err *err);
/* Do they fit together? False: after a usage error. */
MUST_CHECK
bool arguments_fit(const struct session_arguments *a, const struct command *c);
/* "80x24" into two numbers of 1 to the limits. False: a usage error. */
MUST_CHECK
bool arguments_size(const struct options *o, int limit_x, int limit_y,
                    int *width, int *height);
