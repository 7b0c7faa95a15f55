/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A moment of a scenario, as --at names it, and the run up to there. What is
 * asked about is one machine of the scenario; all others run as they must.
 *
 *   cycle:N     the first instruction boundary at clock N or later
 *   insns:N     when N instructions have retired
 *   KIND        behind the first event of that kind: fault, switch, booted ...
 *   KIND:N      behind the Nth, counted from reset (docs/trace.md: the kinds)
 *   end         the end of the scenario
 *
 * "event:" may stand before KIND.
 */
#pragma once

#include "sim/session/session.h"

enum moment_kind { MOMENT_END, MOMENT_CYCLE, MOMENT_INSNS, MOMENT_EVENT };

struct run_moment {
    enum moment_kind kind; /* zero: the end */
    enum event_kind event;
    uint64_t number; /* clock, instructions, or which event, from 1 */
};

/* False: *err says what is wrong (EXIT_USAGE). */
MUST_CHECK
bool moment_parse(struct run_moment *at, const char *text, struct err *err);
/* "cycle 379019", "the end" ... for titles. */
void moment_text(const struct run_moment *at, char *to, size_t room);

/* The machine that moments are about: of this name, NULL = the first. NULL: it
 * is not made yet, or never. */
const struct session_machine *moment_machine(const struct session *s,
                                             const char *name);
/* How far a session may go at once on its way there: `most` instructions, or
 * less, so that the moment is not missed. m may be NULL: not made yet. */
struct run_limits moment_slice(const struct run_moment *at,
                               const struct machine *m, uint64_t most);
/* Is the machine there, or beyond? Never at the end: only the session knows. */
bool moment_is_reached(const struct run_moment *at, const struct machine *m);

/*
 * What a reader of events sees while the session runs to a moment: called with
 * the machine stopped behind each event of `kinds`, registers included.
 */
struct moment_watch {
    uint32_t kinds; /* EVENT_BIT of each; 0 = nobody watches */
    void (*see)(void *context, const struct machine *m, const struct event *e);
    void *context;
    struct event_cursor cursor; /* zero at first */
};

/*
 * Runs the session until the machine named `machine` (NULL = the first) is
 * there; it is returned, and may be looked at until the session goes on. NULL:
 * *err; the scenario ended before, or failed. watch may be NULL. Call it again
 * for a later moment.
 */
MUST_CHECK
const struct machine *moment_reach(struct session *s,
                                   const struct run_moment *at,
                                   const char *machine,
                                   struct moment_watch *watch, struct err *err);
