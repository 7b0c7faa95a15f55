// SPDX-License-Identifier: Apache-2.0
/*
 * Going back: sim/history.h runs the past again; meanwhile a second model is
 * filled with what is seen on the way, and takes the place of the first when
 * the past has become the present. So the panels show an earlier moment as they
 * would have then.
 */
#include <stdlib.h>
#include <string.h>

#include "viz/runner.h"

void runner_back_give_up(struct runner *r)
{
    history_cancel(&r->history);
    if (r->past)
        model_free(r->past);
    free(r->past);
    r->past = NULL;
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

static void begin_page(struct runner *r)
{
    const struct model *m = &r->model;

    runner_back_give_up(r);
    r->past = malloc(sizeof *r->past);
    if (!r->past)
        err_no_memory();
    model_init(r->past, r->root);
    memcpy(r->past->scenario, m->scenario, sizeof m->scenario);
    memcpy(r->past->notes, m->notes, sizeof m->notes);
    memcpy(r->past->checks, m->checks, sizeof m->checks);
    r->past->check_count = m->check_count;
    for (int i = 0; i < m->check_count; i++)
        r->past->checks[i].passed = r->past->checks[i].failed = 0;
}

/* One of the history_back functions has been called. */
static void began_back(struct runner *r, bool possible, const struct err *err)
{
    if (!possible) {
        runner_back_give_up(r);
        runner_notice(r, "%.150s", err->text);
        return;
    }
    r->model.ask.set = false;
    r->history.looks = EVENTS_TO_LOOK_AT;
    r->left = r->going == GOING_NOWHERE ? r->model.state : MODEL_PAUSED;
    r->going = GOING_BACK;
    r->model.state = MODEL_RUNNING;
    runner_notice(r, "going back: the run is repeated up to there");
}

static void back(struct runner *r, uint64_t count)
{
    struct err err;

    begin_page(r);
    began_back(r, history_back(&r->history, count, &err), &err);
}

static void back_to_event(struct runner *r, const struct event_filter *f)
{
    struct err err;

    if (f->kinds == 0) {
        runner_notice(r, "the stop mask is empty: m edits it");
        return;
    }
    begin_page(r);
    began_back(r, history_back_to_event(&r->history, f, &err), &err);
}

static void back_to_cycle(struct runner *r, uint64_t cycle)
{
    struct err err;

    begin_page(r);
    began_back(r, history_back_to_cycle(&r->history, cycle, &err), &err);
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
    uint64_t x[32];

    memcpy(x, r->model.x, sizeof x);
    r->past->speed = r->model.speed;
    r->past->stops = r->model.stops;
    r->session = r->history.now;
    stops_forget_machine(&r->stops);
    model_free(&r->model);
    r->model = *r->past;
    free(r->past);
    r->past = NULL;
    model_mark(&r->model, r->session);
    runner_beside_begin(r);
    memcpy(r->model.x_before, x, sizeof x);
    r->going = GOING_NOWHERE;
    tell_present(r);
}

void runner_back_advance(struct runner *r, uint64_t instructions)
{
    uint64_t stretch = session_instructions(r->session) / LOOKS_BACK + 1;
    struct err err;
    enum history_state state = history_advance(
        &r->history, stretch < instructions ? stretch : instructions, &err);

    if (state == HISTORY_RUNNING) {
        if (!r->history.searching)
            model_refresh(r->past, r->history.past);
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
    else if (w->kind == WISH_BACK_EVENT)
        back_to_event(r,
                      &(struct event_filter){ .kinds = runner_stop_events(r) });
    else
        back_to_rights(r);
}
