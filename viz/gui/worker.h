/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's own thread. The worker owns the runner: nobody else touches
 * session or machine while it lives. Wishes go in, copies of the model come
 * out, so the window never waits for the machine, and the machine waits for the
 * window no longer than a copy takes. Without a reader nothing is copied.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "viz/runner/runner.h"

enum { WORKER_WISHES = 64 };

struct worker {
    struct runner *runner;       /* the worker's alone */
    void (*tell)(void *context); /* a new copy is there; called by the thread */
    void *context;
    pthread_t thread;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t wake;
    struct wish wishes[WORKER_WISHES];
    int wish_count;
    bool quit, look; /* a copy is asked for */
    struct model shared;
    uint64_t serial;  /* of the copy, from 1 */
    atomic_int hurry; /* there is something to obey: leave the machine */
};

/* Starts the thread. The runner is open and must stay. */
MUST_CHECK
bool worker_start(struct worker *w, struct runner *runner,
                  void (*tell)(void *context), void *context, struct err *err);
/* Wishes, in order; they are obeyed soon. */
void worker_ask(struct worker *w, const struct wish *wishes, int count);
/* A fresh copy, please. */
void worker_look(struct worker *w);
/* Copies the newest model when it is newer than *serial. False: it is not. */
bool worker_take(struct worker *w, struct model *to, uint64_t *serial);
/* Ends the thread; a scenario under way is interrupted. */
void worker_stop(struct worker *w);
