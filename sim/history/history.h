/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going back in time. A run is deterministic, and all of its state lies in one
 * heap (mmu/heap.h); so an earlier moment is the nearest snapshot before it
 * (history/snapshot.h), put back, and run again from there. Snapshots are taken
 * while the present runs forward, by cost: of running from one to the next,
 * against that of taking it; and more closely on the way to a moment somebody
 * goes back to, where he will probably go back again. Beyond the budget they
 * are packed, then thinned: the older, the sparser. The first moment is always
 * kept, so any moment can be reached by running from there (docs/history.md).
 *
 *     struct history h;
 *     session.heap = heap_open(&err);
 *     if (history_open(&h, &options, &session, &err))
 *         history_run(&h, &slice);              // as session_advance
 *     if (history_back(&h, 1, &err))
 *         while (history_advance(&h, 20000, &err) == HISTORY_RUNNING)
 *             draw(history_machine(&h));        // on the way
 *     code = history_close(&h);
 *
 * What it is a history of, a session or a bare machine, stands in
 * history/subject.c. Whatever is not in the heap does not go back: results that
 * were printed, files written. A front end that keeps something of the run
 * (lines of a console) puts it into the heap when told to save (options.save).
 */
#pragma once

#include "sim/history/snapshot.h"
#include "sim/session/session.h"

enum history_state {
    HISTORY_RUNNING, /* call again */
    HISTORY_THERE,   /* this is the wanted moment */
    HISTORY_NONE,    /* there is no such moment; this is the present again */
    HISTORY_FAILED   /* *err; this is the present again */
};

#define HISTORY_BYTES (UINT64_C(256) << 20) /* default of options.bytes */

struct history_options {
    uint64_t bytes;   /* of snapshots at most; 0: only the first moment is kept,
                         going back is running from there */
    uint64_t spacing; /* nanoseconds of run (estimated) between two snapshots;
                         0: as large as makes taking them a small share */
    /* Before a snapshot: into h->heap with whatever is to come back. After the
     * heap was put back: out of it. Either may be NULL. */
    void (*save)(void *context);
    void (*restored)(void *context);
    void *context;
};

/* A name of a moment: instructions of all machines so far, and the clocks of
 * the present machine's harts, added up, since traps retire nothing. */
struct instant {
    uint64_t instructions, clock;
};

/* What somebody looks for in the past. */
struct history_wanted {
    struct event_filter events;  /* behind an event that matches */
    const struct points *points; /* or where one of these is met; NULL */
    /* And where this says so, of the machine as it stands there; NULL = yes. */
    bool (*is_it)(void *context, const struct machine *m);
    void *context;
};

/* A snapshot, and where it belongs. */
struct history_shot {
    struct snapshot snapshot;
    struct instant at;
    uint64_t cost; /* of the run up to there */
    bool packed;
    size_t machine; /* number of the one that ran, and its clock */
    uint64_t cycle;
    bool changed; /* somebody changed the guest here: running on from an earlier
                     one does not lead here */
};

/* Bytes that somebody typed into the machine's console. */
struct history_keys {
    struct instant at;
    size_t count;
    char bytes[64];
};

struct history_subject;

enum history_going { HISTORY_STANDS, HISTORY_TO, HISTORY_SEARCH };

struct history {
    struct heap *heap;
    /* The session at present or, on a way back, where that is; NULL: it is the
     * history of a machine. It stays at its address. */
    struct session *now;
    /* Events behind which history_advance returns on the way, for a caller that
     * looks at the machine there. */
    uint32_t looks;

    /* history*.c's */
    const struct history_subject *subject;
    void *context; /* of subject */
    struct history_options options;
    bool traced; /* a trace file is written: no way back */
    struct snapshots snapshots;
    struct history_shot *shot; /* in order of time */
    size_t shot_count;
    uint64_t changed;          /* pages that the last one in the list took */
    bool too_large;            /* not even one fits the budget: none is taken */
    uint64_t cost;             /* of the run so far: host time, estimated */
    struct history_keys *keys; /* typed, in order of time */
    size_t key_count;
    size_t *keys_typed; /* so many of them so far; in the heap */
    /* What a front end set in the session; not in force on a way back. */
    const char *bounded;
    bool stop_at_machine;
    uint64_t files; /* output files of the session that are written */

    enum history_going going;
    struct history_shot present; /* what a way given up leads back to */
    struct instant to; /* end of the way, or of the stretch searched */
    bool by_cycle;     /* or it ends when the clock */
    size_t to_machine; /* of this machine */
    uint64_t to_cycle; /* says this */
    uint64_t dense;    /* take a snapshot when so much of the way is left */
    struct history_wanted wanted;
    struct instant found; /* the last one in this stretch, or zero */
    size_t stretch;       /* begins at this shot */
    bool closing_in; /* first once to the present, for snapshots on the way */
};

/* Opens the session, in session->heap, which is the caller's. What the options
 * point to must stay. False: *err says why. */
MUST_CHECK
bool history_open(struct history *h, const struct history_options *options,
                  const struct session_options *session, struct err *err);
/*
 * The history of a machine, all of whose state lies in the heap
 * (machine_new_in) and which is ready to run. Both stay the caller's. What the
 * caller does with the guest goes through history_run, history_type,
 * history_changed; what else he keeps of the run goes into the heap.
 */
void history_open_machine(struct history *h,
                          const struct history_options *options,
                          struct heap *heap, struct machine *m);
/* Ends everything; the exit code of the present session (of a machine: 0). */
enum exit_code history_close(struct history *h);

/* The machine that runs now or ran last; NULL = the scenario has none yet. */
struct machine *history_machine(const struct history *h);
/* Instructions retired so far in all machines. */
uint64_t history_instructions(const struct history *h);

/* Runs on as session_advance or machine_run would, and takes snapshots. Of a
 * machine: RUNNING at the end of the budget, STOPPED at an event or point,
 * FINISHED at every other stop, for machine->stopped. */
enum session_state history_run(struct history *h,
                               const struct run_limits *slice);
/* Keys for the console of a machine; how many fitted. They are typed again when
 * the run comes here once more. */
size_t history_type(struct history *h, const char *bytes, size_t count);
/* Somebody has just changed registers or memory of the guest: a new future
 * begins; what was known of another one is forgotten. */
void history_changed(struct history *h);

/*
 * Each begins to go back; history_advance does the way. False: *err says why
 * that cannot be. On the way options.print is told again what the scenario says
 * between a snapshot and the wanted moment. Files that the scenario has written
 * are not written again.
 */

/* To the moment `count` instructions ago, of all machines. A trap is a moment
 * of its own; from there, 1 is the moment before it. */
MUST_CHECK
bool history_back(struct history *h, uint64_t count, struct err *err);
/* To the last moment before now that is wanted. Steps of a hart (points.step)
 * are found quickly near the present only. */
MUST_CHECK
bool history_back_to(struct history *h, const struct history_wanted *wanted,
                     struct err *err);
/* To the last event before now that matches. */
MUST_CHECK
bool history_back_to_event(struct history *h, const struct event_filter *f,
                           struct err *err);
/* To the last moment before now at which one of these points was met. They must
 * stay until the way is done. */
MUST_CHECK
bool history_back_to_point(struct history *h, const struct points *points,
                           struct err *err);
/* To the first moment at which the present machine's clock says `cycle` or
 * more. */
MUST_CHECK
bool history_back_to_cycle(struct history *h, uint64_t cycle, struct err *err);

/* Runs at most so many instructions on the way, at least one. */
enum history_state history_advance(struct history *h, uint64_t instructions,
                                   struct err *err);
/* Gives the way up: the present is put back. */
void history_cancel(struct history *h);

/*
 * For a debugger, which has a way of its own to look for a moment
 * (gdb/timeline.h): back at once to the last snapshot at which so many
 * instructions, or fewer, had retired in all machines; the first moment at
 * least. False: *err.
 */
MUST_CHECK
bool history_rewind(struct history *h, uint64_t instructions, struct err *err);
/* This moment will be gone back to soon. */
void history_keep(struct history *h);
/* What was known of later moments is another future: it is forgotten. */
void history_branch(struct history *h);
