// SPDX-License-Identifier: Apache-2.0
/* The machine's own thread; see gui/worker.h. */
#include "viz/gui/worker.h"

#include <string.h>
#include <time.h>

/* Seconds of simulation between two looks at the lock. */
#define STRETCH 0.004

/* Waits until there is something to do: a wish, a look, or time to pass. Takes
 * the wishes. */
static int wait_for_work(struct worker *w, struct wish *wishes, bool *look)
{
    const struct runner *r = w->runner;
    bool slow = r->going == GOING_RUN && runner_speeds[r->model.speed] > 0;
    int count;

    pthread_mutex_lock(&w->lock);
    while (!w->quit && !w->look && w->wish_count == 0 &&
           (slow || r->going == GOING_NOWHERE) && !runner_beside_is_busy(r)) {
        struct timespec until;
        if (!slow) {
            pthread_cond_wait(&w->wake, &w->lock);
            continue;
        }
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 4000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&w->wake, &w->lock, &until);
        break;
    }
    count = w->wish_count;
    memcpy(wishes, w->wishes, (size_t)count * sizeof *wishes);
    w->wish_count = 0;
    *look = w->look;
    w->look = false;
    atomic_store(&w->hurry, 0);
    pthread_mutex_unlock(&w->lock);
    return count;
}

static void publish(struct worker *w)
{
    runner_look(w->runner);
    pthread_mutex_lock(&w->lock);
    w->shared = w->runner->model;
    w->shared.memory = NULL; /* the worker's alone */
    w->shared.graph_mark = NULL;
    w->serial++;
    pthread_mutex_unlock(&w->lock);
    w->tell(w->context);
}

static void *work(void *context)
{
    struct worker *w = context;
    struct wish wishes[WORKER_WISHES];
    struct pace pace = { 0 };
    bool look, quit = false;

    while (!quit) {
        int count = wait_for_work(w, wishes, &look);
        enum going before = w->runner->going;
        bool beside = runner_beside_is_busy(w->runner);
        for (int i = 0; i < count; i++)
            runner_obey(w->runner, &wishes[i]);
        if (w->runner->going == GOING_NOWHERE)
            pace.last = 0;
        if (w->runner->going != GOING_NOWHERE ||
            runner_beside_is_busy(w->runner))
            pace_frame(&pace, w->runner, STRETCH, &w->hurry);
        bool stopped =
            before != GOING_NOWHERE && w->runner->going == GOING_NOWHERE;
        beside &= !runner_beside_is_busy(w->runner);
        if (look || count > 0 || stopped || beside)
            publish(w);
        pthread_mutex_lock(&w->lock);
        quit = w->quit;
        pthread_mutex_unlock(&w->lock);
    }
    return NULL;
}

bool worker_start(struct worker *w, struct runner *runner,
                  void (*tell)(void *context), void *context, struct err *err)
{
    memset(w, 0, sizeof *w);
    w->runner = runner;
    w->tell = tell;
    w->context = context;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    if (pthread_create(&w->thread, NULL, work, w) == 0)
        return true;
    return err_set(err, EXIT_HOST_RESOURCE, "cannot start a thread: %m");
}

void worker_ask(struct worker *w, const struct wish *wishes, int count)
{
    pthread_mutex_lock(&w->lock);
    for (int i = 0; i < count && w->wish_count < WORKER_WISHES; i++)
        w->wishes[w->wish_count++] = wishes[i];
    if (w->wish_count > 0) {
        atomic_store(&w->hurry, 1);
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
}

void worker_look(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->look = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

bool worker_take(struct worker *w, struct model *to, uint64_t *serial)
{
    bool newer;

    pthread_mutex_lock(&w->lock);
    newer = w->serial != *serial;
    if (newer) {
        *to = w->shared;
        *serial = w->serial;
    }
    pthread_mutex_unlock(&w->lock);
    return newer;
}

void worker_stop(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->quit = true;
    atomic_store(&w->hurry, 1);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    /* Lua that runs without letting time pass listens to this only */
    w->runner->interrupted = EXIT_INTERRUPTED;
    pthread_join(w->thread, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
}
