// SPDX-License-Identifier: Apache-2.0
/*
 * Going back. The page (the model) goes with the time: before a snapshot it is
 * copied into the heap, and what comes back is the page of then. On the way
 * that copy follows what is seen, and when the way is done it becomes the page
 * that is shown. So the panels show an earlier moment as they did then; until
 * there, they show what was left.
 */
#include <string.h>

#include "viz/runner/runner.h"

void runner_back_save(void *runner)
{
    struct runner *r = runner;

    if (r->going != GOING_BACK)
        *r->past = r->model;
}

void runner_back_give_up(struct runner *r)
{
    history_cancel(&r->history);
    if (r->going != GOING_BACK)
        return;
    r->going = GOING_NOWHERE;
    r->model.state = r->left;
}

/* The views need looks on the way: so many, for the counters over time, and one
 * wherever a name may change its meaning. */
enum { LOOKS_BACK = 64 };
#define EVENTS_TO_LOOK_AT                                                      \
    (EVENT_BIT(EVENT_DOMAIN) | EVENT_BIT(EVENT_THREAD) | EVENT_BIT(EVENT_FAULT))

/* One of the history_back functions has been called. */
static void began_back(struct runner *r, bool possible, const struct err *err)
{
    if (!possible) {
        runner_back_give_up(r);
        runner_notice(r, "%.150s", err->text);
        return;
    }
    r->model.ask.set = r->to_point = false;
    r->history.looks = EVENTS_TO_LOOK_AT;
    r->left = r->going == GOING_NOWHERE ? r->model.state : MODEL_PAUSED;
    r->going = GOING_BACK;
    r->model.state = MODEL_RUNNING;
    runner_notice(r, "going back");
}

static void back(struct runner *r, uint64_t count)
{
    struct err err;

    runner_back_give_up(r);
    began_back(r, history_back(&r->history, count, &err), &err);
}

static void back_to_event(struct runner *r, const struct event_filter *f)
{
    struct err err;

    if (f->kinds == 0) {
        runner_notice(r, "the stop mask is empty: m edits it");
        return;
    }
    runner_back_give_up(r);
    began_back(r, history_back_to_event(&r->history, f, &err), &err);
}

static void back_to_cycle(struct runner *r, uint64_t cycle)
{
    struct err err;

    runner_back_give_up(r);
    began_back(r, history_back_to_cycle(&r->history, cycle, &err), &err);
}

static void back_to_point(struct runner *r, enum stops_kind kind)
{
    struct history_wanted w;
    struct err err;

    runner_back_give_up(r);
    stops_resolve(&r->stops, r->session->machine);
    began_back(r,
               stops_want(&r->stops, kind, &w, &err) &&
                   history_back_to(&r->history, &w, &err),
               &err);
    r->to_point = r->going == GOING_BACK;
}

/* The last event that is kept of this kind, or NULL. */
static const struct event *last_event(const struct machine *m,
                                      enum event_kind kind)
{
    const struct event_list *l = &m->events;
    uint64_t first = l->next > EVENT_RING ? l->next - EVENT_RING : 0;

    for (uint64_t n = l->next; n-- > first;)
        if (l->ring[n % EVENT_RING].kind == kind)
            return &l->ring[n % EVENT_RING];
    return NULL;
}

static void back_to_rights(struct runner *r)
{
    struct event_filter f = { .kinds = EVENT_BIT(EVENT_RIGHTS) };
    const struct machine *m = r->session->machine;
    const struct event *fault = m ? last_event(m, EVENT_FAULT) : NULL;

    if (fault && fault->segment_known) {
        f.by_range = true;
        f.first = f.last = fault->segment;
    }
    back_to_event(r, &f);
}

/* Says what happened at the moment that is now the present. */
static void tell_present(struct runner *r)
{
    const struct machine *m = r->session->machine;
    char text[MODEL_LINE];

    if (!m)
        return;
    runner_notice(r, "back at cycle %llu",
                  (unsigned long long)machine_clock(m));
    if (m->events.next == 0)
        return;
    const struct event *e = &m->events.ring[(m->events.next - 1) % EVENT_RING];
    if (e->cycle != machine_clock(m))
        return;
    model_event_line(m, e, text);
    runner_notice(r, "back at: %.140s", text);
}

/* The past has become the present. "Before" is what was just left: registers
 * that the undone instructions had changed are lit. */
static void turn_page(struct runner *r)
{
    struct model *to = r->past;
    uint64_t x[32];

    memcpy(x, r->model.x, sizeof x);
    to->state = MODEL_PAUSED;
    to->speed = r->model.speed;
    to->stops = r->model.stops;
    to->ruler = r->model.ruler;
    to->other = r->model.other;
    to->graph_ask = r->model.graph_ask;
    to->graph_mark = r->model.graph_mark;
    to->ask.set = false;
    to->notice[0] = 0;
    r->model = *to;
    r->session->bounded = NULL;
    stops_forget_machine(&r->stops);
    stops_resolve(&r->stops, r->session->machine);
    model_mark(&r->model, r->session);
    runner_beside_begin(r);
    memcpy(r->model.x_before, x, sizeof x);
    r->going = GOING_NOWHERE;
    tell_present(r);
    if (r->to_point && r->session->machine &&
        stops_are_met(&r->stops, r->session->machine))
        runner_notice(r, "back at: %.140s", r->stops.why);
}

void runner_back_advance(struct runner *r, uint64_t instructions)
{
    uint64_t stretch = session_instructions(r->session) / LOOKS_BACK + 1;
    struct err err;
    enum history_state state = history_advance(
        &r->history, stretch < instructions ? stretch : instructions, &err);

    if (state == HISTORY_RUNNING) {
        if (r->history.going == HISTORY_TO)
            model_refresh(r->past, r->session);
    } else if (state == HISTORY_THERE) {
        turn_page(r);
    } else {
        runner_back_give_up(r);
        runner_notice(r, "%.150s",
                      state == HISTORY_NONE
                          ? "there is no such event before now"
                          : err.text);
    }
}

void runner_back(struct runner *r, const struct wish *w)
{
    /* A key that is held must not begin the same way again and again. */
    if (r->going == GOING_BACK)
        return;
    if (w->kind == WISH_BACK)
        back(r, w->number);
    else if (w->kind == WISH_CYCLE)
        back_to_cycle(r, w->number);
    else if (w->kind == WISH_BACK_POINT)
        back_to_point(r, (enum stops_kind)w->number);
    else if (w->kind == WISH_BACK_EVENT)
        back_to_event(r,
                      &(struct event_filter){ .kinds = runner_stop_events(r) });
    else
        back_to_rights(r);
}
