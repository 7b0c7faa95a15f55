// SPDX-License-Identifier: Apache-2.0
/*
 * The scenario from its beginning, as its file is now. Breakpoints, watches,
 * stop mask and whatever the view remembers stay; the model begins a new page.
 * A file that cannot be read leaves the run there was.
 */
#include <stdlib.h>
#include <string.h>

#include "viz/runner/runner.h"

/* A new page in a new heap; what the user has chosen stays. */
static void begin_page(struct runner *r, const struct model *old)
{
    struct model *m = &r->model;

    model_init(m, r->heap, r->root);
    memcpy(m->scenario, old->scenario, sizeof m->scenario);
    m->stops = old->stops;
    m->speed = old->speed;
    m->graph_ask = old->graph_ask;
    m->graph_mark = old->graph_mark;
    model_read_notes(m, r->base.path);
}

static bool open_anew(struct runner *r, const struct runner *old,
                      struct err *err)
{
    struct session_options options = old->base;

    r->heap = heap_open(err);
    if (!r->heap)
        return false;
    begin_page(r, &old->model);
    if (runner_open_history(r, &options, old->history.options.bytes, err))
        return true;
    heap_close(r->heap);
    return false;
}

void runner_reload(struct runner *r)
{
    struct runner *old = malloc(sizeof *old);
    struct err err;

    if (!old)
        err_no_memory();
    runner_back_give_up(r);
    *old = *r;
    if (!open_anew(r, old, &err)) {
        old->interrupted = r->interrupted;
        *r = *old;
        runner_notice(r, "not loaded: %.140s", err.text);
        free(old);
        return;
    }
    runner_arrive(r);
    runner_beside_close(r);
    (void)history_close(&old->history); /* no verdict on the new run */
    heap_close(old->heap);
    free(old);
    r->session = r->history.now;
    stops_forget_machine(&r->stops);
    for (size_t i = 0; i < r->stops.count; i++)
        r->stops.point[i].hits = 0;
    runner_obey(r, &r->first);
}
