/* SPDX-License-Identifier: Apache-2.0 */
/* See run_gdb.h. */
#include "sim/run_gdb.h"

#include <stdio.h>

#define SLICE_INSTRUCTIONS 2000000

/* The first machine, once it is going to run and while it is there. */
static struct machine *machine(void *context)
{
    const struct session *s = ((struct run_gdb *)context)->history.now;
    return s->machine && s->machine_count ? s->machines->machine : NULL;
}

static enum timeline_state advance(void *context,
                                   const struct run_limits *limits)
{
    struct session *s = ((struct run_gdb *)context)->history.now;
    return session_advance(s, limits) <= SESSION_STOPPED ? TIMELINE_ON
                                                         : TIMELINE_OVER;
}

/* To where a machine is going to run for the first time. */
static void begin(struct session *s)
{
    s->bounded = "";
    s->stop_at_machine = true;
    (void)session_advance(s, NULL); /* its state says how that went */
}

static bool rewind_run(void *context, struct err *err)
{
    struct run_gdb *r = context;
    size_t said = r->said;
    r->said = 0;
    if (!history_restart(&r->history, err)) {
        r->said = said;
        return false;
    }
    begin(r->history.now);
    return true;
}

/* What was printed before one went back is not printed once more. */
static void print_new(void *context, const char *text, size_t bytes)
{
    struct run_gdb *r = context;
    size_t old = r->shown > r->said ? r->shown - r->said : 0;
    r->said += bytes;
    if (old >= bytes)
        return;
    fwrite(text + old, 1, bytes - old, r->to);
    r->shown = r->said;
}

bool run_gdb_open(struct run_gdb *r, const struct session_options *options,
                  const char *where, struct err *err)
{
    struct session_options o = *options;
    const struct timeline_run run = { .context = r,
                                      .machine = machine,
                                      .advance = advance,
                                      .rewind = rewind_run };
    *r = (struct run_gdb){ .to = o.print ? stderr : stdout };
    o.print = print_new;
    o.print_context = r;
    if (!history_open(&r->history, &o, err))
        return false;
    timeline_open(&r->time, &run);
    r->gdb = gdb_open(where, &r->time, err);
    if (!r->gdb)
        (void)history_close(&r->history); /* nothing has run */
    return r->gdb != NULL;
}

void run_gdb_run(struct run_gdb *r, volatile sig_atomic_t *interrupted)
{
    begin(r->history.now);
    for (;;) {
        struct run_limits slice = { .max_insns = SLICE_INSTRUCTIONS };
        enum gdb_turn turn = gdb_serve(r->gdb);
        if (turn == GDB_KILL)
            *interrupted = EXIT_INTERRUPTED;
        if (turn == GDB_WAIT && !*interrupted)
            continue;
        if (r->history.now->state > SESSION_STOPPED)
            return;
        if (timeline_is_new(&r->time)) /* perhaps another future */
            r->shown = r->said;
        gdb_limit(r->gdb, &slice);
        enum timeline_state state = timeline_advance(&r->time, &slice);
        gdb_ran(r->gdb, state);
    }
}

void run_gdb_close(struct run_gdb *r, int exit_code)
{
    gdb_close(r->gdb, exit_code);
    timeline_close(&r->time);
}
