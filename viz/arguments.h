/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that terminal and window have in common: how the scenario is run.
 */
#pragma once

#include "sim/cmd.h"
#include "sim/session.h"

/* The first rows of both programs' tables, in this order. */
#define SESSION_ROWS                                                           \
    { 0, "set", "KEY=VALUE", "as for opalite run" },                           \
        { 0, "preset", "NAME", "of every machine (opalite presets)" },         \
        { 0, "seed", "N", "of random(), default 1" },                          \
        { 0, "max-cycles", "N", "ends the run when a machine reaches N" },     \
        { 0, "engine", "NAME",                                                 \
          "fast (default) or readable: the same results" },                    \
        { 0, "trace", "FILE", "one JSON object a line for each event" },       \
    {                                                                          \
        0, "from-reset", NULL, "begin at reset, not when the kernel is up"     \
    }

enum {
    ROW_SET,
    ROW_PRESET,
    ROW_SEED,
    ROW_MAX_CYCLES,
    ROW_ENGINE,
    ROW_TRACE,
    ROW_FROM_RESET,
    ROW_OWN /* the program's own rows begin here */
};

struct session_arguments {
    struct session_options session;
    const char **set; /* owned */
    bool from_reset;
};

/* argc bounds how many --set there can be. */
void arguments_init(struct session_arguments *a, int argc);
void arguments_free(struct session_arguments *a);
/* Takes one of the rows above. False: after a usage error. */
MUST_CHECK
bool arguments_take(struct session_arguments *a, const struct options *o);
/* "80x24" into two numbers of 1 to the limits. False: a usage error. */
MUST_CHECK
bool arguments_size(const struct options *o, int limit_x, int limit_y,
                    int *width, int *height);
