/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `opalite run --gdb`: a scenario with a debugger on its first machine. Going
 * back is putting back a snapshot (history/history.h). What the scenario says
 * is printed once, however often it is said again.
 */
#pragma once

#include <signal.h>

#include "sim/gdb/gdb.h"
#include "sim/history/history.h"

struct run_gdb {
    struct heap *heap;      /* all that goes back is in it */
    struct history history; /* history.now: the session */
    struct timeline time;
    struct gdb *gdb;
    FILE *to;     /* to here goes what the scenario says: */
    size_t *said; /* so many bytes up to now; in the heap */
    size_t shown; /* so many, of which the user has seen */
};

/* Listens at `where` (gdb/socket.h); r must stay where it is. Options: without
 * `print`, standard output, else standard error. False: err. */
MUST_CHECK
bool run_gdb_open(struct run_gdb *r, const struct session_options *options,
                  const char *where, struct err *err);
/* Runs as far as somebody looks: to the end, or until the debugger or
 * *interrupted ends the run; the debugger sets that, too. */
void run_gdb_run(struct run_gdb *r, volatile sig_atomic_t *interrupted);
/* Ends the session. */
enum exit_code run_gdb_end(struct run_gdb *r);
/* After that: tells the debugger how the program ends. */
void run_gdb_close(struct run_gdb *r, int exit_code);
