/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/run.h. */
#include "sim/gdb/run.h"

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
    struct run_gdb *r = context;
    return history_run(&r->history, limits) <= SESSION_STOPPED ? TIMELINE_ON
                                                               : TIMELINE_OVER;
}

/* To where a machine is going to run for the first time. */
static void begin(struct session *s)
{
    s->bounded = "";
    s->stop_at_machine = true;
    (void)session_advance(s, NULL); /* its state says how that went */
}

static uint64_t retired(const struct machine *m)
{
    return m ? machine_instructions(m) : 0;
}

/* The first machine is one of several: so many instructions before its present
 * were, at the latest, as many before the present of all. */
static bool rewind_run(void *context, uint64_t instructions, struct err *err)
{
    struct run_gdb *r = context;
    struct history *h = &r->history;
    uint64_t now = retired(machine(r)), bound = history_instructions(h);
    bound -= now > instructions ? now - instructions : 0;
    for (;;) {
        if (!history_rewind(h, bound, err))
            return false;
        if (retired(machine(r)) <= instructions)
            break;
        bound = history_instructions(h) - 1;
    }
    if (machine(r))
        return true;
    begin(h->now);
    return true;
}

static void keep(void *context)
{
    history_keep(&((struct run_gdb *)context)->history);
}

static void branch(void *context)
{
    history_branch(&((struct run_gdb *)context)->history);
}

/* What was printed before one went back is not printed once more. */
static void print_new(void *context, const char *text, size_t bytes)
{
    struct run_gdb *r = context;
    size_t old = r->shown > *r->said ? r->shown - *r->said : 0;
    *r->said += bytes;
    if (old >= bytes)
        return;
    fwrite(text + old, 1, bytes - old, r->to);
    r->shown = *r->said;
}

static bool open_session(struct run_gdb *r,
                         const struct session_options *options, struct err *err)
{
    static const struct history_options keeping = { .bytes = HISTORY_BYTES };
    struct session_options o = *options;
    o.print = print_new;
    o.print_context = r;
    o.heap = r->heap;
    return history_open(&r->history, &keeping, &o, err);
}

bool run_gdb_open(struct run_gdb *r, const struct session_options *options,
                  const char *where, struct err *err)
{
    const struct timeline_run run = { .context = r,
                                      .machine = machine,
                                      .advance = advance,
                                      .rewind = rewind_run,
                                      .keep = keep,
                                      .branch = branch };
    *r = (struct run_gdb){ .to = options->print ? stderr : stdout };
    r->heap = heap_open(err);
    if (!r->heap)
        return false;
    timeline_open(&r->time, &run, r->heap);
    r->said = heap_new(r->heap, 1, sizeof *r->said);
    if (!r->said)
        err_no_memory();
    if (open_session(r, options, err)) {
        r->gdb = gdb_open(where, &r->time, err);
        if (r->gdb)
            return true;
        (void)history_close(&r->history); /* nothing has run */
    }
    timeline_close(&r->time);
    heap_close(r->heap);
    return false;
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
            r->shown = *r->said;
        gdb_limit(r->gdb, &slice);
        enum timeline_state state = timeline_advance(&r->time, &slice);
        gdb_ran(r->gdb, state);
    }
}

enum exit_code run_gdb_end(struct run_gdb *r)
{
    return history_close(&r->history);
}

void run_gdb_close(struct run_gdb *r, int exit_code)
{
    gdb_close(r->gdb, exit_code);
    timeline_close(&r->time);
    heap_close(r->heap);
}
