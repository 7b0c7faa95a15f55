// SPDX-License-Identifier: Apache-2.0
/*
 * Speed: turns wall-clock time into instructions. The only file of the views,
 * besides the programs themselves, that knows what time it is; the machine
 * never does.
 */
#include <time.h>

#include "viz/runner/runner.h"

enum { SLICE = 20000 };

double pace_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* slow: the present run has had its share; else it has all the time there is,
 * and the runs beside it wait until it stands. */
static bool has_work(const struct runner *r, bool slow)
{
    return (!slow && r->going != GOING_NOWHERE) || runner_beside_is_busy(r);
}

void pace_frame(struct pace *p, struct runner *r, double seconds,
                const atomic_int *hurry)
{
    uint64_t speed = runner_speeds[r->model.speed];
    double now = pace_now(), elapsed = p->last > 0 ? now - p->last : 0;
    bool slow = false;

    p->last = now;
    if (r->going == GOING_RUN && speed > 0) {
        p->owed += (double)speed * (elapsed < 0.25 ? elapsed : 0.25);
        uint64_t n = (uint64_t)p->owed;
        p->owed -= (double)n;
        if (n > 0) {
            if (!r->tape)
                model_mark_registers(&r->model, r->session);
            runner_advance(r, n);
        }
        slow = true;
    }
    while (has_work(r, slow) && !atomic_load(hurry) &&
           pace_now() < now + seconds) {
        if (!slow && r->going != GOING_NOWHERE)
            runner_advance(r, SLICE);
        else
            runner_beside_advance(r, SLICE);
    }
}
