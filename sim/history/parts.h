/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the files of the history share the work: history/history.c (ways back),
 * history/shots.c (which snapshots there are), history/subject.c (what runs).
 */
#pragma once

#include "sim/history/history.h"

/* Something with machines that can run. context: history.context. */
struct history_subject {
    /* Runs on; stops at *to, too (zero = nowhere), and only there when slice is
     * NULL. */
    enum session_state (*advance)(void *context, const struct run_limits *slice,
                                  const struct session_until *to);
    uint64_t (*instructions)(const void *context);
    struct machine *(*machine)(const void *context); /* in focus, or NULL */
    size_t (*machine_number)(const void *context);
    /* Machine i, or NULL when it was closed. */
    struct machine *(*at)(const void *context, size_t i);
    size_t (*count)(const void *context);
    /* Somebody goes back; the heap was put back; this is the way's end. */
    void (*leave)(struct history *h);
    void (*restored)(struct history *h);
    void (*stay)(struct history *h);
    /* Why a run that ended early did: false, for *err. */
    bool (*lost)(const void *context, struct err *err);
};

extern const struct history_subject history_of_session, history_of_machine;

/* ---- history/shots.c ----------------------------------------------------- */

struct instant history_instant(const struct history *h);
static inline bool instant_before(struct instant a, struct instant b)
{
    return a.instructions != b.instructions ? a.instructions < b.instructions
                                            : a.clock < b.clock;
}
static inline bool instant_equal(struct instant a, struct instant b)
{
    return a.instructions == b.instructions && a.clock == b.clock;
}

/* Are there to be any but the first one? */
bool history_takes(const struct history *h);
/* Adds a snapshot of this moment to the list, or finds the one there. */
void history_take(struct history *h);
/* Takes the next one if it is time to. */
void history_take_if_due(struct history *h);
/* Instructions that may pass before the next question whether it is. */
uint64_t history_stretch(const struct history *h);
/* This moment, beside the list. */
struct history_shot history_shoot(struct history *h);
void history_put_back(struct history *h, const struct history_shot *shot);
/* The last shot before `at`, or at it; the first one if there is none. */
size_t history_shot_before(const struct history *h, struct instant at);
void history_drop(struct history *h, size_t shot);
/* A way is over: nothing is held that the budget does not allow. */
void history_settle(struct history *h);
/* Forgets those later than `at` from the first one on to which running on from
 * `at` does not lead. */
void history_forget_changes(struct history *h, struct instant at);
/* Forgets all behind this moment, keys too. */
void history_forget_future(struct history *h);
/* Cost of what m has done so far. */
uint64_t history_spent(const struct machine *m);

/* ---- history/subject.c
 * ------------------------------------------------------- */

/* Runs on as subject->advance does, but types the keys on its way. */
enum session_state history_run_on(struct history *h,
                                  const struct run_limits *slice,
                                  const struct session_until *to);
