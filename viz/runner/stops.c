// SPDX-License-Identifier: Apache-2.0
/*
 * What stops a run: the stop mask, breakpoints, watches, an expression
 * (sim/stops/stops.h). They are the runner's, so they outlive a session and may
 * be changed while one runs.
 */
#include "viz/runner/runner.h"

#include <stdio.h>
#include <string.h>

/* ---- the stop mask ---------------------------------------------------------
 */

uint32_t runner_stop_events(const struct runner *r)
{
    static const uint32_t events[STOP_LETTERS] = {
        [STOP_ON_FAULT] = EVENT_BIT(EVENT_FAULT) | EVENT_BIT(EVENT_PANIC),
        [STOP_ON_TLB] = EVENT_BIT(EVENT_TLB_MISS),
        [STOP_ON_PROTECTION] = EVENT_BIT(EVENT_PROTECTION_MISS),
        [STOP_ON_SWITCH] = EVENT_BIT(EVENT_SWITCH),
        [STOP_ON_TRAP] = EVENT_BIT(EVENT_TRAP),
    };
    uint32_t mask = r->stop_kinds;

    for (int i = 0; i < STOP_LETTERS; i++)
        if (r->model.stops >> i & 1)
            mask |= events[i];
    return mask;
}

uint64_t runner_stops_number(uint32_t letters, uint32_t kinds)
{
    return letters | (uint64_t)kinds << 8;
}

static void change_mask(struct runner *r, const struct wish *w)
{
    bool masked = r->until != 0 && r->until == runner_stop_events(r);

    r->model.stops = (uint32_t)(w->number & ((1 << STOP_LETTERS) - 1));
    r->stop_kinds = (uint32_t)(w->number >> 8) & EVENT_ALL;
    snprintf(r->stop_domain, sizeof r->stop_domain, "%s", w->domain);
    if (r->going != GOING_RUN && !masked)
        return;
    r->until = runner_stop_events(r);
    snprintf(r->stops.event_domain, sizeof r->stops.event_domain, "%s",
             r->stop_domain);
}

/* ---- wishes ----------------------------------------------------------------
 */

static void until(struct runner *r, const char *text)
{
    struct err err;
    struct expression *e = expression_new(text, &err);

    if (!e)
        runner_notice(r, "until %.60s: %.90s", text, err.text);
    else if (runner_begin_masked(r, GOING_UNTIL))
        stops_set_until(&r->stops, e, text);
    else
        expression_free(e);
}

static void change_point(struct runner *r, const char *line)
{
    char answer[MODEL_LINE];
    struct err err;

    if (stops_obey(&r->stops, r->session->machine, line, answer, sizeof answer,
                   &err))
        runner_notice(r, "%s", answer);
    else
        runner_notice(r, "%.150s", err.text);
}

/* A name is looked up as a breakpoint's would be. */
static void look(struct runner *r, const char *text)
{
    struct stops found = { 0 };
    char line[STOPS_TEXT], answer[MODEL_LINE];
    struct err err;

    r->look.set = false;
    if (!text[0])
        return;
    snprintf(line, sizeof line, "break %.180s", text);
    if (!stops_obey(&found, r->session->machine, line, answer, sizeof answer,
                    &err))
        runner_notice(r, "code: %.140s", err.text);
    else if (!found.point[0].places)
        runner_notice(r, "code: there is no %.60s", text);
    else
        r->look = (struct model_look){ true, found.point[0].va };
    stops_free(&found);
}

void runner_stops_obey(struct runner *r, const struct wish *w)
{
    if (w->kind == WISH_STOPS)
        change_mask(r, w);
    else if (w->kind == WISH_UNTIL)
        until(r, w->text);
    else if (w->kind == WISH_POINT)
        change_point(r, w->text);
    else
        look(r, w->text);
}

/* ---- a stop ----------------------------------------------------------------
 */

bool runner_stops_tell(struct runner *r)
{
    const struct machine *m = r->session->machine;
    char text[MODEL_LINE];

    switch (r->stops.reason) {
    case STOPS_EVENT:
        model_event_line(m, &r->stops.event, text);
        runner_notice(r, "stopped: %.140s", text);
        return true;
    case STOPS_POINT:
    case STOPS_UNTIL:
    case STOPS_FAILED:
        runner_notice(r, "%.155s", r->stops.why);
        return true;
    default:
        return false;
    }
}

void runner_take_stops(struct runner *r, struct stops *s)
{
    stops_free(&r->stops);
    r->stops = *s;
    *s = (struct stops){ 0 };
}

/* ---- looking ---------------------------------------------------------------
 */

static void copy_point(struct stop_row *to, const struct stop_point *p)
{
    *to = (struct stop_row){ .number = p->number,
                             .watch = p->watch,
                             .off = p->off,
                             .hits = p->hits,
                             .places = p->places,
                             .va = p->va };
    stops_line(p, to->line, sizeof to->line);
    snprintf(to->place, sizeof to->place, "%s", p->found);
}

void runner_stops_look(struct runner *r)
{
    struct model *m = &r->model;

    stops_resolve(&r->stops, r->session->machine);
    m->stop_kinds = r->stop_kinds;
    snprintf(m->stop_domain, sizeof m->stop_domain, "%s", r->stop_domain);
    m->stop_point_count = (int)r->stops.count;
    for (int i = 0; i < m->stop_point_count; i++)
        copy_point(&m->stop_points[i], &r->stops.point[i]);
    for (int i = 0; i < m->code_count; i++) {
        const struct stop_point *p = stops_at(&r->stops, m->code[i].pc);
        bool instruction = !m->code[i].is_label && !m->code[i].is_source;
        m->code[i].stop = !p || !instruction ? ' ' : p->off ? 'o' : '*';
    }
}
