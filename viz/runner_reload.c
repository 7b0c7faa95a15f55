// SPDX-License-Identifier: Apache-2.0
/*
 * The scenario from its beginning, as its file is now. Breakpoints, watches,
 * stop mask and whatever the view remembers stay; the model begins a new page.
 * A file that cannot be read leaves the run there was.
 */
#include <string.h>

#include "viz/runner.h"

/* Nothing of the old run is shown any more. */
static void begin_page(struct runner *r)
{
    struct model *m = &r->model;
    char scenario[sizeof m->scenario];
    uint32_t stops = m->stops;
    int speed = m->speed;

    memcpy(scenario, m->scenario, sizeof scenario);
    model_free(m);
    model_init(m, r->root);
    memcpy(m->scenario, scenario, sizeof scenario);
    m->stops = stops;
    m->speed = speed;
    model_read_notes(m, r->history.options.path);
}

void runner_reload(struct runner *r)
{
    struct history fresh;
    struct err err;

    runner_back_give_up(r);
    if (!history_open(&fresh, &r->history.options, &err)) {
        runner_notice(r, "not loaded: %.140s", err.text);
        return;
    }
    runner_arrive(r);
    runner_beside_close(r);
    (void)history_close(&r->history); /* no verdict on the new run */
    r->history = fresh;
    r->session = r->history.now;
    stops_forget_machine(&r->stops);
    for (size_t i = 0; i < r->stops.count; i++)
        r->stops.point[i].hits = 0;
    begin_page(r);
    runner_obey(r, &r->first);
}
