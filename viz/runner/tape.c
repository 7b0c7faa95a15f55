// SPDX-License-Identifier: Apache-2.0
/*
 * Time in a recorded trace: a wish moves the place, and that is all. Only "run
 * at a speed" takes time; everything else is there at once, forward or back.
 */
#include <stdlib.h>
#include <string.h>

#include "viz/model/tape.h"
#include "viz/runner/runner.h"

static const char not_there[] =
    "not in a trace: open the scenario itself to ask its machine";

/* ---- finding events ---------------------------------------------------------
 */

/* What is looked for. */
struct sought {
    uint32_t kinds;
    uint64_t segment;   /* of rights; 0 = any */
    const char *domain; /* whose; NULL or "" = any */
};

static bool is_sought(const struct tape *t, const struct tape_event *e,
                      const struct sought *s)
{
    return s->kinds & EVENT_BIT(e->kind) &&
           (!s->segment || e->segment == s->segment) &&
           (!s->domain || !*s->domain ||
            strcmp(t->text + e->domain, s->domain) == 0);
}

/* What the stop mask waits for. */
static struct sought of_mask(const struct runner *r)
{
    return (struct sought){ .kinds = runner_stop_events(r),
                            .domain = r->stop_domain };
}

/* The first such event behind a place; NULL = none. */
static const struct tape_event *next_event(const struct tape *t, uint64_t place,
                                           const struct sought *s)
{
    for (size_t i = tape_events_at(t, place); i < t->event_count; i++)
        if (is_sought(t, &t->events[i], s))
            return &t->events[i];
    return NULL;
}

/* The last one that had happened before this place was reached. */
static const struct tape_event *last_event(const struct tape *t, uint64_t place,
                                           const struct sought *s)
{
    for (size_t i = tape_events_at(t, place); i-- > 0;)
        if (t->events[i].tick < place && is_sought(t, &t->events[i], s))
            return &t->events[i];
    return NULL;
}

/* ---- moving
 * -------------------------------------------------------------------
 */

static void stand(struct runner *r)
{
    r->going = GOING_NOWHERE;
    r->model.state =
        r->place == tape_length(r->tape) ? MODEL_ENDED : MODEL_PAUSED;
}

static void go(struct runner *r, uint64_t place)
{
    uint64_t end = tape_length(r->tape);

    if (place != r->place) {
        memcpy(r->model.x_before, r->model.x, sizeof r->model.x);
        r->place = place < end ? place : end;
    }
    stand(r);
    if (place >= end)
        runner_notice(r, "the end of the trace");
}

/* To an event, and says what it is. */
static void go_to_event(struct runner *r, const struct tape_event *e,
                        const char *else_says)
{
    if (!e) {
        runner_notice(r, "%s", else_says);
        stand(r);
        return;
    }
    go(r, e->tick);
    runner_notice(r, "at: %s", r->tape->text + e->text);
}

static void forward_to(struct runner *r, const struct sought *s)
{
    if (s->kinds)
        go_to_event(r, next_event(r->tape, r->place, s),
                    "no such event any more in the trace");
    else
        runner_notice(r, "the stop mask is empty: m edits it");
}

static void back_to(struct runner *r, const struct sought *s)
{
    if (s->kinds)
        go_to_event(r, last_event(r->tape, r->place, s),
                    "there is no such event before now");
    else
        runner_notice(r, "the stop mask is empty: m edits it");
}

static void back_to_rights(struct runner *r)
{
    const struct sought fault = { .kinds = EVENT_BIT(EVENT_FAULT) };
    struct sought rights = { .kinds = EVENT_BIT(EVENT_RIGHTS) };
    const struct tape_event *e = last_event(r->tape, r->place + 1, &fault);

    if (e)
        rights.segment = e->segment;
    back_to(r, &rights);
}

static void go_to_cycle(struct runner *r, uint64_t cycle)
{
    struct err err;
    uint64_t place;

    if (tape_place_of_cycle(r->tape, cycle, &place, &err))
        go(r, place);
    else
        runner_notice(r, "%.150s", err.text);
}

/* ---- moments
 * ------------------------------------------------------------------
 */

static void go_to_insns(struct runner *r, uint64_t number)
{
    size_t i = 0;

    while (i < r->tape->event_count && r->tape->events[i].instructions < number)
        i++;
    if (i < r->tape->event_count)
        go(r, r->tape->events[i].tick);
    else
        go(r, tape_length(r->tape));
}

static void go_to_moment(struct runner *r, const struct run_moment *at)
{
    const struct sought s = { .kinds = EVENT_BIT(at->event) };
    const struct tape_event *e = NULL;
    char text[64];

    moment_text(at, text, sizeof text);
    switch (at->kind) {
    case MOMENT_END:
        go(r, tape_length(r->tape));
        return;
    case MOMENT_CYCLE:
        go_to_cycle(r, at->number);
        return;
    case MOMENT_INSNS:
        go_to_insns(r, at->number);
        return;
    case MOMENT_EVENT:
        break;
    }
    uint64_t number = at->number;
    for (size_t i = 0; i < r->tape->event_count && number > 0; i++) {
        e = &r->tape->events[i];
        number -= is_sought(r->tape, e, &s);
    }
    if (number)
        go(r, tape_length(r->tape));
    if (number)
        runner_notice(r, "the trace ends before %s", text);
    else
        go_to_event(r, e, "");
}

/* As a scenario is shown: when the kernel is up, if that was recorded. */
static void begin(struct runner *r)
{
    const struct sought booted = { .kinds = EVENT_BIT(EVENT_BOOTED) };
    const struct tape_event *e = next_event(r->tape, 0, &booted);

    if (e)
        go_to_event(r, e, "");
    else
        go(r, tape_length(r->tape) ? 1 : 0);
}

/* ---- wishes
 * --------------------------------------------------------------------
 */

static void run(struct runner *r)
{
    if (r->place == tape_length(r->tape)) {
        runner_notice(r, "the end of the trace");
        return;
    }
    r->model.notice[0] = 0;
    r->model.state = MODEL_RUNNING;
    r->going = GOING_RUN;
}

/* True: it was one of those that move. */
static bool move(struct runner *r, const struct wish *w)
{
    const struct sought mask = of_mask(r),
                        switches = { .kinds = EVENT_BIT(EVENT_SWITCH) };

    switch (w->kind) {
    case WISH_BEGIN:
        begin(r);
        return true;
    case WISH_MOMENT:
        go_to_moment(r, &w->to->at);
        return true;
    case WISH_STEP:
        go(r, w->number < tape_length(r->tape) - r->place
                  ? r->place + w->number
                  : tape_length(r->tape));
        return true;
    case WISH_CYCLE:
        go_to_cycle(r, w->number);
        return true;
    case WISH_BACK:
        go(r, r->place > w->number ? r->place - w->number : 0);
        return true;
    case WISH_BACK_EVENT:
        back_to(r, &mask);
        return true;
    case WISH_BACK_RIGHTS:
        back_to_rights(r);
        return true;
    case WISH_EVENT:
        forward_to(r, &mask);
        return true;
    case WISH_SWITCH:
        forward_to(r, &switches);
        return true;
    case WISH_END:
        go(r, tape_length(r->tape));
        return true;
    default:
        return false;
    }
}

void runner_obey_tape(struct runner *r, const struct wish *w)
{
    if (w->kind != WISH_SPEED && w->kind != WISH_STOPS)
        r->model.notice[0] = 0;
    if (move(r, w))
        return;
    switch (w->kind) {
    case WISH_RUN:
        run(r);
        break;
    case WISH_PAUSE:
        if (r->going != GOING_NOWHERE)
            runner_notice(r, "paused");
        stand(r);
        break;
    case WISH_SPEED:
        r->model.speed = (int)w->number;
        break;
    case WISH_STOPS:
        runner_stops_obey(r, w);
        break;
    case WISH_GRAPH: /* the pane says it, */
    case WISH_MARK:  /* and time is measured all the same */
        break;
    default:
        runner_notice(r, "%s", not_there);
        break;
    }
}

void runner_advance_tape(struct runner *r, uint64_t ticks)
{
    const struct sought s = of_mask(r);
    const struct tape_event *e;

    if (r->going != GOING_RUN)
        return;
    e = s.kinds ? next_event(r->tape, r->place, &s) : NULL;
    if (e && e->tick <= r->place + ticks) {
        go_to_event(r, e, "");
    } else {
        go(r, r->place + ticks);
        if (r->place < tape_length(r->tape)) {
            r->going = GOING_RUN;
            r->model.state = MODEL_RUNNING;
        }
    }
}

void runner_look_tape(struct runner *r)
{
    struct err err;

    if (r->shown == r->place)
        return;
    r->shown = r->place;
    if (!model_read_tape(&r->model, r->tape, r->place, &err))
        runner_notice(r, "%.150s", err.text);
}

bool runner_open_tape(struct runner *r, const char *path, bool partial,
                      struct err *err)
{
    const char *name = strrchr(path, '/');

    memset(r, 0, sizeof *r);
    r->tape = tape_open(path, partial, err);
    if (!r->tape)
        return false;
    model_init(&r->model, NULL, NULL);
    snprintf(r->model.scenario, sizeof r->model.scenario, "%.60s",
             name ? name + 1 : path);
    model_tape_notes(&r->model, r->tape);
    r->model.speed = 3;
    r->model.stops = 1u << STOP_ON_FAULT;
    r->shown = UINT64_MAX;
    return true;
}

void runner_close_tape(struct runner *r)
{
    tape_close(r->tape);
    r->tape = NULL;
    model_free(&r->model);
}
