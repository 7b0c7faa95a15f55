/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that a debugger can go back in, whoever makes it: a scenario, a bare
 * program, firmware. It knows of the run how it goes on and how it begins again
 * (struct timeline_run), and keeps what came from outside: keys, and what the
 * debugger changed, each with its moment. A run that begins again, at its
 * beginning or at a snapshot (history/history.h), and is fed the same is the
 * same run, to the cycle. So an earlier moment is reached by beginning again
 * before it and stopping there, and from there forward the same future comes
 * again.
 *
 * What comes from outside in the past begins a branch: the inputs behind it,
 * and with them the future, are forgotten.
 */
#pragma once

#include "sim/machine.h"

/* A moment of a machine: its name is how many steps its harts have made.
 * Between two instructions that retire there may be several, one behind each
 * trap. */
struct when {
    uint64_t instructions, traps;
};

struct when when_now(const struct machine *m);
bool when_before(struct when a, struct when b);

enum timeline_state {
    TIMELINE_ON,      /* the run can go on */
    TIMELINE_WAITING, /* only an input lets it go on */
    TIMELINE_OVER     /* it has ended */
};

/* How a run is made. */
struct timeline_run {
    void *context;
    /* The machine that is looked at; NULL = not there yet, or not any more. */
    struct machine *(*machine)(void *context);
    /* Runs on, within these limits as far as they concern that machine. */
    enum timeline_state (*advance)(void *context,
                                   const struct run_limits *limits);
    /* Goes back, at once, to a moment at which that machine had retired at most
     * so many instructions: the beginning, where it has run nothing, or a later
     * one. False: err says why not, and nothing has changed. */
    bool (*rewind)(void *context, uint64_t instructions, struct err *err);
    /* This moment will be gone back to soon. NULL: the beginning must do. */
    void (*keep)(void *context);
    /* What came after this moment will not come again. NULL likewise. */
    void (*branch)(void *context);
    /* Loads everything anew, as the user asked; NULL = cannot be asked. */
    bool (*reset)(void *context);
};

enum input_kind {
    INPUT_KEYS,     /* bytes for the console */
    INPUT_REGISTER, /* register `at` of the hart is `value` (gdb/target.h) */
    INPUT_MEMORY,   /* bytes to the hart's virtual address `at` */
    INPUT_RESET
};

/* What comes from outside. */
struct input {
    enum input_kind kind;
    uint64_t hart, at, value;
    const void *bytes;
    size_t count;
    struct when when; /* timeline_input sets it */
};

/* What a way back leads to. */
struct timeline_goal {
    uint32_t step;        /* before the last step of these harts, */
    uint8_t step_below;   /* which began in a mode below this one, 0 = any, */
    uint64_t step_key;    /* and in this domain (mmu_domain_key), 0 = any; */
    struct points points; /* to the last of these; behind an access, */
    const struct event_filter *event; /* behind the last such event, */
    uint64_t cycle;                   /* to this clock; 0 = none, */
    bool at_moment;                   /* or to this one: */
    struct when moment;
};

enum travel {
    TRAVEL_ON,        /* call again */
    TRAVEL_THERE,     /* timeline.found */
    TRAVEL_BEGINNING, /* there is no such moment: the machine is at the first */
    TRAVEL_FAILED     /* err; the machine is somewhere in the past */
};

/* Where the way back has led. */
struct timeline_found {
    struct when when;
    uint32_t hart;      /* that made the step */
    bool at_point;      /* a point was met: */
    struct point point; /* this one */
};

struct timeline {
    struct timeline_run run;
    struct heap *heap;    /* that a snapshot puts back; NULL = there are none */
    struct input *inputs; /* owned, bytes too */
    size_t count, room;
    size_t *next;         /* the first one that is still to come; in the heap */
    struct when frontier; /* the furthest moment of this branch so far */

    /* The way back: timeline_travel's. */
    bool travels; /* it is under way */
    struct timeline_goal goal;
    struct when left;   /* where it began: later moments do not count */
    struct when target; /* it runs to here, then */
    bool kept;          /* a snapshot near it */
    bool looks;         /* looks for the goal from there on, up to */
    struct when end;    /* here */
    uint64_t stretch;   /* instructions looked through at once */
    bool clock_ahead;   /* goal.cycle is in the rest of the stretch */
    bool any;           /* there is one: */
    struct timeline_found found;
};

/* Before the first snapshot of the heap is taken, and before the heap closes.
 */
void timeline_open(struct timeline *t, const struct timeline_run *run,
                   struct heap *heap);
void timeline_close(struct timeline *t);

static inline struct machine *timeline_machine(const struct timeline *t)
{
    return t->run.machine(t->run.context);
}

/* Runs on, and feeds the machine what it got at these moments before. */
enum timeline_state timeline_advance(struct timeline *t,
                                     const struct run_limits *limits);

/* Between two runs: the machine gets this now; of keys, as many as fit. In the
 * past it begins a branch. False = it cannot be. */
MUST_CHECK
bool timeline_input(struct timeline *t, const struct input *in);

/* Is the present the furthest moment so far? What the guest says from here on
 * was never said before. */
bool timeline_is_new(const struct timeline *t);

/* Begins to go back, to the last moment before now that is the goal. False:
 * err. What the goal points to must stay meanwhile. */
MUST_CHECK
bool timeline_back(struct timeline *t, const struct timeline_goal *goal,
                   struct err *err);
/* Goes on with it, for at most so many instructions (at least one). */
enum travel timeline_travel(struct timeline *t, uint64_t instructions,
                            struct err *err);
/* Gives up the way back: the present is wherever it has led so far. */
void timeline_stay(struct timeline *t);
