/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A moment of a scenario, as --at names it, and the run up to there. What is
 * asked about is one machine of the scenario; all others run as they must.
 *
 *   cycle:N         the first instruction boundary at clock N or later
 *   insns:N         when N instructions have retired
 *   event:KIND      behind the first event of that kind (docs/trace.md)
 *   event:KIND:N    behind the Nth
 *   end             the end of the scenario
 */
#pragma once

#include "sim/session.h"

enum moment_kind { MOMENT_END, MOMENT_CYCLE, MOMENT_INSNS, MOMENT_EVENT };

struct moment {
    enum moment_kind kind; /* zero: the end */
    enum event_kind event;
    uint64_t number; /* clock, instructions, or which event, from 1 */
};

/* False: *err says what is wrong (EXIT_USAGE). */
MUST_CHECK
bool moment_parse(struct moment *at, const char *text, struct err *err);
/* "cycle 379019", "the end" ... for titles. */
void moment_text(const struct moment *at, char *to, size_t room);

/* Is the machine there, or beyond? Never at the end: only the session knows. */
bool moment_is_reached(const struct moment *at, const struct machine *m);

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
const struct machine *moment_reach(struct session *s, const struct moment *at,
                                   const char *machine,
                                   struct moment_watch *watch, struct err *err);
