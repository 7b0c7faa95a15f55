/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breakpoints and watches as a user says them, for front ends that drive a
 * session (docs/stops.md). They are wishes, kept as text and looked up in the
 * machine that runs, again whenever a program is loaded or a segment made: what
 * is not there yet waits until it is. They outlive a session. stops_advance
 * stands where session_advance would; in between, a machine is stopped and
 * looked at, which changes nothing of its run.
 */
#pragma once

#include "sim/history/history.h"
#include "sim/lua/expression.h"

enum { STOPS_MOST = 64, STOPS_TEXT = 200 };

/* What `where` says. */
enum where_kind {
    WHERE_ADDRESS, /* number */
    WHERE_NAME,    /* name + number: function, segment, variable */
    WHERE_LINE     /* name = source file, line number */
};

struct stop_where {
    enum where_kind kind;
    char program[NAME_BYTES]; /* "" = any */
    char name[64];
    uint64_t number;
    uint64_t bytes; /* of a watch; 0 = all of what is named */
};

struct stop_point {
    unsigned number; /* 1, 2 ... of its list */
    bool watch;      /* else a breakpoint */
    bool off;
    uint8_t access; /* of a watch: RIGHT_R, RIGHT_W, RIGHT_X */
    char text[64];  /* where, as the user said it */
    struct stop_where where;
    char domain[NAME_BYTES]; /* only what happens in it; "" = any */
    char condition[STOPS_TEXT];
    struct expression *expression; /* the condition; NULL = none */
    uint64_t hits;
    /* In the machine it was looked up in last: */
    unsigned places;    /* 0 = it is not there */
    uint64_t va, bytes; /* the first */
    char found[96];     /* "kernel.elf: fault_kill (os/kernel/fault.c:110)" */
};

enum stops_reason {
    STOPS_NONE,
    STOPS_EVENT, /* an event of the slice's: stops.event */
    STOPS_POINT, /* breakpoint or watch: stops.number */
    STOPS_UNTIL, /* the expression holds */
    STOPS_GOAL,  /* a hart came to stops.goal */
    STOPS_FAILED /* an expression has no meaning */
};

/* Which of them somebody looks for in the past. */
enum stops_kind { STOPS_BREAKS, STOPS_WATCHES, STOPS_BOTH };

struct stop_place;

struct stops {
    struct stop_point point[STOPS_MOST];
    size_t count;
    unsigned last_number;

    char event_domain[NAME_BYTES]; /* events of this domain only; "" = any */
    struct expression *until;      /* asked behind each step; NULL = nothing */
    char until_text[STOPS_TEXT];
    bool has_goal; /* stops also before the instruction at */
    uint64_t goal;

    /* Runs the session, and takes snapshots; NULL = session_advance does. */
    struct history *history;

    /* Why the last stops_advance ended with SESSION_STOPPED. */
    enum stops_reason reason;
    unsigned number; /* of the breakpoint or watch */
    struct event event;
    char why[240]; /* one line: who, where, what */

    /* stops/resolve.c's: where they are in `machine` */
    struct stop_place *place;
    struct point *at;          /* likewise, for the machine */
    size_t places, live, room; /* the first `live` are switched on */
    struct point *armed;       /* of the last run */
    struct points past;        /* of stops_want, */
    enum stops_kind wanted;    /* likewise */
    const struct machine *machine;
    uint64_t known[5]; /* what of it was known then */
    bool stale;
    uint32_t news; /* events that may change it */
};

/* Zero is an empty list. */
void stops_free(struct stops *s);

/*
 * Obeys one line of the user's: "break WHERE [in DOMAIN] [if EXPRESSION]",
 * "watch WHAT [r|w|rw|x] [by DOMAIN] [if EXPRESSION]", "toggle WHERE", "delete
 * N|all", "enable N|all", "disable N|all". m: where names are looked up, may be
 * NULL. answer: a line for the user. False: *err says what was expected.
 */
MUST_CHECK
bool stops_obey(struct stops *s, const struct machine *m, const char *line,
                char *answer, size_t room, struct err *err);
/* What `until` is from now on, taken over; NULL = nothing. text: for the user.
 */
void stops_set_until(struct stops *s, struct expression *e, const char *text);
/* The line that would make this one. */
void stops_line(const struct stop_point *p, char *to, size_t room);
/* The machine looked at is gone, or another one is at its address. */
void stops_forget_machine(struct stops *s);
/* Breakpoint at this address in the machine looked at last, or NULL. */
const struct stop_point *stops_at(const struct stops *s, uint64_t pc);

/*
 * As session_advance with this slice (not NULL; its points are not used), but
 * stops at breakpoints and watches, when `until` holds, at the goal, and of
 * events only at those of event_domain: then the reason is in *s.
 */
enum session_state stops_advance(struct stops *s, struct session *session,
                                 const struct run_limits *slice);

/* For history_back_to: the last moment before now at which one of this kind
 * would have stopped a run. What *w points to stays until the next
 * stops_advance. False: there is none in the list that could. */
MUST_CHECK
bool stops_want(struct stops *s, enum stops_kind kind, struct history_wanted *w,
                struct err *err);
/* Does one of them stop here, behind the machine's last step? Then s->why says
 * who, where, what; it is not counted. */
bool stops_are_met(struct stops *s, const struct machine *m);

/* ---- shared by its files ---------------------------------------------------
 */

/* A place in the machine where a point is. */
struct stop_place {
    size_t point;    /* in stops.point */
    bool bare;       /* counts only while addresses are not translated */
    bool in_segment; /* counts only where this segment is, not another */
    uint64_t segment;
};

/* stops/parse.c: "break ..." or "watch ..." into *p. */
MUST_CHECK
bool stops_parse(const char *line, struct stop_point *p, struct err *err);
/* stops/resolve.c: looks all of them up in m, if anything may have changed. */
void stops_resolve(struct stops *s, const struct machine *m);
/* stops/tell.c: who met this point just now, and what happened there. */
void stops_tell(const struct machine *m, const struct stop_point *p,
                const struct point *at, char *to, size_t room);
