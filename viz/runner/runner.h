/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes time pass in a view: a session, its model, and what it runs for.
 * The user's keys become wishes (view/keys.c); a runner obeys them and advances
 * the session in slices. It knows neither keys, nor screen, nor clock, so the
 * terminal calls it between two looks at the keyboard, the window gives it a
 * thread of its own, and a script or a picture drives it without either.
 */
#pragma once

#include <stdatomic.h>

#include "sim/cmd/session.h"
#include "sim/history/history.h"
#include "sim/stops/stops.h"
#include "viz/runner/companion.h"

enum { RUNNER_TEXT = 200 }; /* of a wish */

/* What the machine is running for; NOWHERE = it stands. */
enum going {
    GOING_NOWHERE,
    GOING_STEPS,  /* so many instructions */
    GOING_RUN,    /* at the chosen speed, until something of the stop mask */
    GOING_EVENT,  /* as fast as can be, until runner.until happens */
    GOING_CYCLE,  /* as fast as can be, until the clock reaches a cycle */
    GOING_MOMENT, /* as fast as can be, to a moment as --at names it */
    GOING_OVER,   /* until the call at pc has returned */
    GOING_OUT,    /* until the function has returned */
    GOING_UNTIL,  /* until an expression holds */
    GOING_BACK    /* the past is run again, up to an earlier moment */
};

/* What a user can want of time. */
enum wish_kind {
    WISH_BEGIN,       /* to the moment the kernel is up */
    WISH_MOMENT,      /* to the moment of to->at */
    WISH_STEP,        /* number instructions */
    WISH_OVER,        /* one instruction, or the call it makes */
    WISH_RUN,         /* until something of the stop mask */
    WISH_PAUSE,       /* stand where you are */
    WISH_EVENT,       /* until something of the stop mask, whatever the speed */
    WISH_SWITCH,      /* until the next domain switch */
    WISH_CYCLE,       /* until the clock says number, or back to there */
    WISH_BACK,        /* number instructions back */
    WISH_BACK_EVENT,  /* to the last event of the stop mask before now */
    WISH_BACK_RIGHTS, /* to the last change of a right: on the segment of the
                         last fault, or on any when there was none */
    WISH_BACK_POINT,  /* to the last breakpoint or watch, number = enum
                         stops_kind, met before now */
    WISH_END,         /* to the end, past everything */
    WISH_MEASURE,     /* counts from cycle number to cycle until */
    WISH_COMPARE,     /* a companion, changed as text says; "off" = none */
    WISH_SPEED,       /* number = index in runner_speeds */
    WISH_STOPS,       /* number = runner_stops_number, of events of domain */
    WISH_OUT,         /* until the function has returned */
    WISH_UNTIL,       /* until the expression text holds */
    WISH_POINT,       /* text: a line for stops_obey */
    WISH_RELOAD,      /* the scenario from its beginning, as its file is now */
    WISH_LOOK,        /* the code panel shows text, as for break; "": pc */
    WISH_EXPLAIN,     /* the microscope shows the access number = va, by domain;
                         kind = r, w, x */
    WISH_GRAPH,       /* every look reads graph `number` of graph_kinds, a page
                         table of domain; WISH_NO_GRAPH: none */
    WISH_MARK         /* later graphs are compared with now */
};

enum { WISH_NO_GRAPH = 255 };

struct wish {
    enum wish_kind kind;
    uint64_t number;
    char access;                        /* 'r' 'w' 'x' */
    char domain[MODEL_NAME];            /* "" = the one that runs; of
                                            WISH_STOPS: any */
    const struct session_arguments *to; /* must stay */
    uint64_t until;
    char text[RUNNER_TEXT];
};

/* Where a function goes on when what it called returns. */
struct frame {
    uint64_t hart, pc, sp;
    uint8_t privilege;
    uint32_t thread;
    size_t machine; /* its number */
};

struct runner {
    struct tape *tape; /* a recorded trace instead of a session; or NULL */
    uint64_t place;    /* in it */
    uint64_t shown;    /* of which the model tells; UINT64_MAX = none yet */
    struct heap *heap; /* of the session and what the model remembers */
    struct history history;
    struct session *session;     /* history.now */
    struct session_options base; /* of a run like this one, in no heap */
    struct model model;
    struct companion other, ruler; /* runs beside it; zero = none */
    struct sync_point began;       /* where the last command began */
    struct model *past; /* in the heap: the page as it was at a snapshot and, on
                           a way back, as it is there */
    enum model_state left; /* what a way back that is given up returns to */
    char root[4096];       /* where relative source paths begin */
    /* A signal handler or another thread sets it to EXIT_INTERRUPTED: Lua that
     * lets no time pass ends, too. */
    volatile sig_atomic_t interrupted;
    /* With --replay, until its moment has come; else NULL. A caller may set it
     * behind runner_open. */
    const struct session_arguments *replay;
    enum going going;
    uint64_t steps;                     /* GOING_STEPS: left */
    uint64_t until_cycle;               /* GOING_CYCLE */
    const struct session_arguments *to; /* GOING_MOMENT */
    uint32_t until;               /* events that end this run (EVENT_BIT) */
    struct frame after;           /* GOING_OVER, OUT: where a call returns to */
    bool waits;                   /* GOING_OUT: for that */
    bool to_point;                /* GOING_BACK: to a breakpoint or watch */
    struct stops stops;           /* breakpoints and watches */
    uint32_t stop_kinds;          /* of the stop mask, beyond its letters */
    char stop_domain[MODEL_NAME]; /* of its events; "" = any */
    struct model_look look;
    struct wish first; /* where the view began; zero = at the boot */
};

/* Instructions per second of each speed; 0 = as fast as can be. */
extern const uint64_t runner_speeds[];
extern const int runner_speed_count;
/* "30/s", "max". */
const char *runner_speed_text(int speed);

/* options: path of the scenario and so on; print is set to the model's console,
 * interrupted to the runner's; what they point to must stay, as the runner.
 * history_bytes: of snapshots (history/history.h).
 * False: *err says why. The runner must stay where it is. */
MUST_CHECK
bool runner_open(struct runner *r, struct session_options *options,
                 uint64_t history_bytes, struct err *err);
/* Writes what --record asks for: the run up to where it stands. */
MUST_CHECK
bool runner_record(struct runner *r, const struct session_arguments *a,
                   struct err *err);
/* Ends the session; its exit code. */
enum exit_code runner_close(struct runner *r);

/* The list becomes the runner's; *s is empty then. */
void runner_take_stops(struct runner *r, struct stops *s);
void runner_obey(struct runner *r, const struct wish *w);
/* Advances by at most this many instructions towards what it is going for. */
void runner_advance(struct runner *r, uint64_t instructions);
/* Copies the machine's state into the model. */
void runner_look(struct runner *r);
/* Slices until it stands; a look every `instructions`. For scripts, pictures
 * and tests. */
void runner_finish(struct runner *r, uint64_t instructions);

/* ---- runner/runner.c for runner/back.c and back
 * -----------------------------------
 */

/* What the last line of the screen says. */
PRINTF_LIKE(2, 3)
void runner_notice(struct runner *r, const char *format, ...);
/* EVENT_BITs of the stop mask. */
uint32_t runner_stop_events(const struct runner *r);
/* A command begins; the mask's events end it, of its domain only. False: the
 * scenario is over. */
bool runner_begin_masked(struct runner *r, enum going going);
/* It stands now. */
void runner_arrive(struct runner *r);
/* One call of the session. False: the command is done. */
bool runner_advance_once(struct runner *r, uint64_t instructions);

/* ---- runner/step.c: over calls, out of functions --------------------------
 */

void runner_step_over(struct runner *r);
void runner_step_out(struct runner *r);
/* One slice of GOING_OVER or GOING_OUT. */
void runner_step_advance(struct runner *r, uint64_t instructions);

/* ---- runner/stops.c: what stops a run -------------------------------------
 */

/* Letters of the stop mask (1 << enum stop_letter) and other kinds of events
 * (EVENT_BIT) as the number of WISH_STOPS. */
uint64_t runner_stops_number(uint32_t letters, uint32_t kinds);
/* WISH_STOPS, WISH_UNTIL, WISH_POINT, WISH_LOOK. */
void runner_stops_obey(struct runner *r, const struct wish *w);
/* Something stopped the run: says it. False: nothing the command ends with. */
bool runner_stops_tell(struct runner *r);
/* Opens the history, in r->heap; what is said goes to the page. False: *err. */
MUST_CHECK
bool runner_open_history(struct runner *r, struct session_options *options,
                         uint64_t history_bytes, struct err *err);
/* WISH_RELOAD. When the file cannot be read, the run there is stays. */
void runner_reload(struct runner *r);
/* What the model shows of all that. */
void runner_stops_look(struct runner *r);
/* Begins to obey WISH_BACK, WISH_BACK_EVENT, WISH_BACK_RIGHTS, or WISH_CYCLE to
 * an earlier cycle; says why when that cannot be. */
void runner_back(struct runner *r, const struct wish *w);
/* One slice of GOING_BACK. */
void runner_back_advance(struct runner *r, uint64_t instructions);
/* The present stays. */
void runner_back_give_up(struct runner *r);
/* Before a snapshot: history_options.save. */
void runner_back_save(void *runner);

/* ---- runner/beside.c: runs beside the present one -------------------------
 */

void runner_beside_obey(struct runner *r, const struct wish *w);
/* A command begins: so does the window of the companion's accounts. */
void runner_beside_begin(struct runner *r);
/* Tells them where the present run stands, and the model how far they are. */
void runner_beside_look(struct runner *r);
/* Is one of them still on its way? Then time should pass for it. */
bool runner_beside_is_busy(const struct runner *r);
void runner_beside_advance(struct runner *r, uint64_t instructions);
void runner_beside_close(struct runner *r);

/* ---- runner/tape.c: the same for a recorded trace ---------------------------
 */

/* As runner_open, of a trace (model/tape.h). */
MUST_CHECK
bool runner_open_tape(struct runner *r, const char *path, bool partial,
                      struct err *err);
void runner_obey_tape(struct runner *r, const struct wish *w);
void runner_advance_tape(struct runner *r, uint64_t ticks);
void runner_look_tape(struct runner *r);
void runner_close_tape(struct runner *r);

/* ---- runner/pace.c: how much of that in one frame of wall-clock time
 * -------------
 */

struct pace {
    double last; /* when the last frame began; 0 = never */
    double owed; /* fractions of instructions */
};
/* Seconds of a clock that only goes forward. */
double pace_now(void);
/* Advances by the speed's share of the time since the last call or, at full
 * speed, for `seconds`; stops early when *hurry. */
void pace_frame(struct pace *p, struct runner *r, double seconds,
                const atomic_int *hurry);
