/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going back in time, by running again. A session is deterministic, so an
 * earlier moment of it is the same moment of a fresh session of the same
 * scenario: that one runs, beside the present one, until it stands where the
 * user wants to be, and takes its place. Nothing is recorded, and forward runs
 * cost nothing; going back costs the run up to there (docs/history.md).
 *
 *     struct history h;
 *     if (history_open(&h, &options, &err) && ... history_back(&h, 1, &err))
 *         while (history_advance(&h, 20000, &err) == HISTORY_RUNNING)
 *             draw(h.now->machine);
 *     code = history_close(&h);
 */
#pragma once

#include "sim/session.h"

enum history_state {
    HISTORY_RUNNING, /* call again */
    HISTORY_THERE,   /* h->now is another session, at the wanted moment */
    HISTORY_NONE,    /* there is no such moment; h->now is as it was */
    HISTORY_FAILED   /* *err; h->now is as it was */
};

/* A name of a moment: instructions of all machines so far, and the clocks of
 * the present machine's harts, added up, since traps retire nothing. */
struct instant {
    uint64_t instructions, clock;
};

struct history {
    /* The present. Read it again after each history_advance. */
    struct session *now;
    /* On its way to the wanted moment; NULL = nothing is under way. */
    struct session *past;
    /* Events behind which history_advance returns on the way, for a caller that
     * looks at `past` there. */
    uint32_t looks;

    /* history.c's */
    struct session_options options;
    uint64_t scenario_bytes, scenario_time; /* of the file, when opened */
    struct instant to;          /* the way's end; zero = as past->until says */
    bool searching;             /* the way is to now, looking for an event, */
    struct event_filter wanted; /* this */
    struct instant last;        /* where the last one so far was; or zero */
};

/* Opens the session. What the options point to must stay. False: *err says why.
 */
MUST_CHECK
bool history_open(struct history *h, const struct session_options *options,
                  struct err *err);
/* Ends everything; the exit code of the present session. */
enum exit_code history_close(struct history *h);

/* The present is the beginning of the run, at once. False: *err; it is as it
 * was. */
MUST_CHECK
bool history_restart(struct history *h, struct err *err);

/*
 * Each begins to go back; history_advance does the way. False: *err says why
 * that cannot be. Meanwhile options.print is told everything the scenario has
 * said up to the wanted moment once more, from the beginning: a new page. Files
 * that the scenario has written are not written again.
 */

/* To the moment `count` instructions ago, of all machines. A trap is a moment
 * of its own; from there, 1 is the moment before it. */
MUST_CHECK
bool history_back(struct history *h, uint64_t count, struct err *err);
/* To the last event before now that matches. */
MUST_CHECK
bool history_back_to_event(struct history *h, const struct event_filter *f,
                           struct err *err);
/* To the first moment at which the present machine's clock says `cycle` or
 * more. */
MUST_CHECK
bool history_back_to_cycle(struct history *h, uint64_t cycle, struct err *err);

/* Runs at most so many instructions on the way, at least one. */
enum history_state history_advance(struct history *h, uint64_t instructions,
                                   struct err *err);
/* Stays in the present. */
void history_cancel(struct history *h);
