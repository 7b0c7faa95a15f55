/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A companion: a second run of the same scenario, beside the one that is looked
 * at. It may have another personality, preset or option, or be looked at
 * through another machine of the scenario; it is led to the same point of the
 * program, so that the two can be compared. It is a session of its own, prints
 * nothing, writes no file, and the present run never knows of it.
 * runner/beside.c gives it its share of time; companion_show hands its figures
 * to the model.
 */
#pragma once

#include "sim/session/session.h"
#include "viz/model/model.h"

enum { COMPANION_SETS = 64, COMPANION_TEXT = 200 };

/* By what two runs are at the same point: the number of one of these. */
enum sync {
    SYNC_PROGRAM, /* instructions of programs: of kernel's they may differ */
    SYNC_FAULT,
    SYNC_SWITCH,
    SYNC_MARK,
    SYNC_CYCLE,
    SYNC_END /* of the scenario; it has no number */
};

struct sync_point {
    size_t machine; /* its number in the session, from 1; 0 = none yet */
    bool booted;    /* a kernel is up there */
    enum sync by;
    uint64_t number;
    uint64_t calls; /* SYNC_PROGRAM: system calls so far, */
    bool user;      /* and back in user mode */
    uint64_t clock; /* of the run that it is a point of */
};

struct companion {
    struct session *session; /* NULL = there is none */
    enum other_state state;
    struct err error;            /* OTHER_FAILED */
    char label[MODEL_NAME];      /* what is different: "mas-asid" */
    char machine[MODEL_NAME];    /* look at this one; "" = the same number */
    struct model *model;         /* what it looks like */
    struct sync_point begin, to; /* the window's ends; where it is led */
    bool begun;                  /* it has been at `begin` */

    /* how it is opened */
    struct session_options options;
    char text[COMPANION_TEXT]; /* the words, cut at blanks */
    const char *set[COMPANION_SETS];
    char protection[MODEL_NAME + 16]; /* "protection=..." */
};

/*
 * Opens a run with these options and changes to them: words with blanks between
 * them, each a personality, "preset=NAME", "KEY=VALUE" as of --set, or the name
 * of a machine of the scenario; none = the same run once more. now: the present
 * run, or NULL. False: *err says which word is wrong. What base points to must
 * stay. The companion must be zero, and must stay where it is.
 */
MUST_CHECK
bool companion_open(struct companion *c, const struct session_options *base,
                    const char *words, const struct session *now,
                    struct err *err);
/* Ends it; zero again. May be called twice. */
void companion_close(struct companion *c);

/* Where a session stands: at an event that it has just come to, else by the
 * instructions of its programs. */
struct sync_point sync_now(const struct session *s);
/* A window begins there. */
void companion_begin(struct companion *c, const struct sync_point *at);
/* Leads it to this point; when it has been there already, from the beginning
 * of the scenario. */
void companion_lead(struct companion *c, const struct sync_point *to);
/* Is it still on its way? */
bool companion_is_behind(const struct companion *c);
/* Runs about so many instructions towards its point. */
void companion_advance(struct companion *c, uint64_t instructions);
/* What the panes see of it, wherever it is. */
void companion_show(struct companion *c, struct other_run *to);
