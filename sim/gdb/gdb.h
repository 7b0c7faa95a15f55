/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A debugger on a machine: GDB's remote serial protocol (the manual's appendix
 * of that name). A thread of the debugger is a hart, numbered from 1. Reading
 * is peeking, breakpoints and watchpoints are limits of the run (point.h), so a
 * run that a debugger looks at is the run without it, to the cycle. What the
 * debugger changes is two functions of gdb/target.c.
 *
 * The loop that runs the machine is the caller's:
 *
 *     for (;;) {
 *         enum gdb_turn turn = gdb_serve(g, m);
 *         if (turn == GDB_KILL) break;
 *         if (turn == GDB_WAIT) continue;    // and look at signals, keys
 *         gdb_limit(g, &limits);
 *         stop = machine_run(m, &limits);
 *         gdb_ran(g, m, stop);
 *     }
 *     gdb_close(g, exit_code);
 *
 * All of them take g = NULL: no debugger, the machine may run.
 */
#pragma once

#include "sim/gdb/packet.h"
#include "sim/gdb/socket.h"
#include "sim/gdb/timeline.h"

#define GDB_POINTS 256 /* breakpoints and watchpoints at once */

/* What the machine may do now. */
enum gdb_turn {
    GDB_RUN,
    GDB_WAIT, /* stand still: the debugger has not come, says nothing, or goes
                 back */
    GDB_KILL  /* the debugger ends the run */
};

enum gdb_state {
    GDB_EXPECTED, /* nobody came yet */
    GDB_STOPPED,
    GDB_RUNNING,
    GDB_GOING_BACK,
    GDB_LEFT, /* detached, or the line broke: the machine runs on alone */
    GDB_KILLED
};

/* A text that is read in pieces. */
struct gdb_document {
    char *text; /* owned */
    size_t bytes;
};

struct gdb_points {
    struct point at[GDB_POINTS];
    size_t count;
};

/*
 * Only some harts were told to run: gdb steps one over a breakpoint, which it
 * takes away for that. The others run with it, for time is one for all, but gdb
 * would be at its wits' end if it heard of them now. When they have come to
 * points, the machine goes back to where that run began as soon as gdb lets all
 * of them run, and they come there again.
 */
struct gdb_alone {
    uint32_t harts;           /* 0 = all were told to run */
    struct gdb_points passed; /* by the others */
    struct when since;
};

/*
 * A step of one hart, under way. A trap to a higher mode is part of it: it ends
 * when the hart is back in the mode, or below, and in the domain, and has got
 * on.
 */
struct gdb_stepping {
    uint8_t privilege;
    uint64_t key; /* of the domain, 0 = any */
    uint64_t pc;
};

/* Where the next continue or reverse-continue is to lead: monitor back, cycle.
 */
struct gdb_wish {
    struct event_filter event; /* kinds 0 = none */
    uint64_t cycle;            /* 0 = none */
    bool ahead;                /* it is in the future */
};

/* Why the machine stands still, as `?` is told. */
struct gdb_stop {
    uint8_t signal;
    bool at_point;
    struct point point;  /* if so */
    const char *history; /* "begin", "end": there is no more of it; or NULL */
    bool programs;       /* there are more of them */
};

struct gdb {
    struct gdb_socket socket;
    struct gdb_reader reader;
    struct timeline *time;
    struct machine *machine; /* the timeline's, during gdb_serve */
    enum gdb_state state;
    bool no_ack;    /* packets are not acknowledged any more */
    bool been_back; /* it knows that time has two directions */
    bool told_end;  /* it was told that the guest cannot go on */
    struct gdb_stop stop;
    uint64_t hart;          /* registers and memory of this one */
    struct gdb_points set;  /* breakpoints and watchpoints */
    struct gdb_points gone; /* those taken away since the last run */
    struct point limit[2 * GDB_POINTS];
    struct points points;   /* what the run is limited by: those of limit */
    struct gdb_alone alone; /* of this run or, when it stands, the last one */
    struct gdb_stepping stepping;
    bool into_traps;           /* a step may end in a handler */
    struct gdb_wish wish;      /* done with when the machine stands still */
    struct timeline_goal goal; /* of the way back */
    bool again;                /* from there it is to run */
    struct gdb_document target, programs; /* gdb/target.h */
    size_t program_count;                 /* so many are in the latter, */
    bool knows_programs;                  /* if it was read */
    char answer[GDB_PACKET_BYTES + 1];
    size_t answer_bytes;
    char frame[GDB_FRAME_BYTES]; /* the last one sent */
    size_t frame_bytes;
};

/* Listens at `where` (gdb_socket_open) and says so. NULL: err. */
MUST_CHECK
struct gdb *gdb_open(const char *where, struct timeline *t, struct err *err);
/* A debugger that is there already, at the other end of this socket. */
struct gdb *gdb_open_link(int link, struct timeline *t);
/* Tells the debugger how the program ends. */
void gdb_close(struct gdb *g, int exit_code);

/* Listens to the debugger, for up to a fifth of a second while the machine
 * stands still, and goes a piece of a way back. */
enum gdb_turn gdb_serve(struct gdb *g);
/* What the debugger limits the next run by; the rest of *limits stays. */
void gdb_limit(struct gdb *g, struct run_limits *limits);
/* Tells the debugger that the run came to one of its points, or for the first
 * time to trouble, or to an end that one may go back from: true, gdb_serve is
 * next. */
bool gdb_ran(struct gdb *g, enum timeline_state state);
