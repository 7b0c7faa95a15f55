/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a session with breakpoints and watches; see stops/stops.h. The
 * machine stops wherever one of them may be met; what a condition, a domain or
 * a goal then does not want goes on at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/stops/stops.h"

/* ---- was that one wanted? ---------------------------------------------------
 */

static bool is_domain(const struct machine *m, uint32_t id, const char *name)
{
    char buffer[NAME_BYTES];
    return strcmp(registry_domain_name(&m->registry, id, buffer, sizeof buffer),
                  name) == 0;
}

static bool is_in(const struct machine *m, const char *domain)
{
    return !domain[0] || is_domain(m, machine_domain(m), domain);
}

/* Is this address that segment's, for whoever runs now? */
static bool is_segment(const struct machine *m, uint64_t base, uint64_t va)
{
    uint64_t offset;
    const struct registry_segment *s =
        registry_segment_at(&m->registry, machine_domain(m), va, &offset);
    return s && s->base == base;
}

static bool is_bare(const struct cpu *c)
{
    return c->privilege == PRIV_M || !c->mmu.levels;
}

static bool is_met(const struct stops *s, const struct machine *m, size_t i)
{
    const struct stop_place *place = &s->place[i];
    const struct cpu *c = &m->now->cpu;
    return point_is_met(&s->at[i], c) && (!place->bare || is_bare(c)) &&
           (!place->in_segment ||
            is_segment(m, place->segment,
                       point_is_code(&s->at[i]) ? c->pc : c->step.data.va)) &&
           is_in(m, s->point[place->point].domain);
}

static void failed(struct stops *s, const char *what, const char *text,
                   const struct err *why)
{
    s->reason = STOPS_FAILED;
    snprintf(s->why, sizeof s->why, "%s %.80s: %.120s", what, text, why->text);
}

/* Its condition holds, or cannot be judged. */
static bool holds(struct stops *s, const struct machine *m,
                  const struct stop_point *p)
{
    struct err err;
    enum expression_value value =
        p->expression ? expression_ask(p->expression, m, &err) : EXPRESSION_YES;
    if (value == EXPRESSION_FAILED && s->reason == STOPS_NONE) {
        s->number = p->number;
        failed(s, "if", p->condition, &err);
    }
    return value == EXPRESSION_YES;
}

/* Each counts once, however many of its places were met; the first is told. */
static void judge_points(struct stops *s, const struct machine *m)
{
    const struct stop_point *last = NULL;
    for (size_t i = 0; i < s->live; i++) {
        struct stop_point *p = &s->point[s->place[i].point];
        if (p == last || !is_met(s, m, i))
            continue;
        last = p;
        if (!holds(s, m, p))
            continue;
        p->hits++;
        if (s->reason == STOPS_POINT)
            continue;
        s->reason = STOPS_POINT;
        s->number = p->number;
        stops_tell(m, p, &s->at[i], s->why, sizeof s->why);
    }
}

static void judge_until(struct stops *s, const struct machine *m)
{
    struct err err;
    if (!s->until)
        return;
    enum expression_value value = expression_ask(s->until, m, &err);
    if (value == EXPRESSION_FAILED)
        failed(s, "until", s->until_text, &err);
    if (value != EXPRESSION_YES)
        return;
    s->reason = STOPS_UNTIL;
    snprintf(s->why, sizeof s->why, "it holds: %.200s", s->until_text);
}

/* A switch is of both domains. */
static bool is_wanted(const struct stops *s, const struct machine *m,
                      const struct event *e)
{
    const char *domain = s->event_domain;
    return !domain[0] || is_domain(m, e->domain, domain) ||
           (e->kind == EVENT_SWITCH && is_domain(m, e->other, domain));
}

/* The first event of these kinds, from number `first` on, that the domain
 * allows. */
static bool find_event(struct stops *s, const struct machine *m, uint64_t first,
                       uint32_t kinds)
{
    struct event_cursor cursor = { .next = first };
    const struct event *e;
    while (kinds && (e = event_next(&m->events, &cursor)))
        if (kinds & EVENT_BIT(e->kind) && is_wanted(s, m, e)) {
            s->event = *e;
            return true;
        }
    return false;
}

/* Did the last step meet anything that somebody waits for? */
static bool judge(struct stops *s, const struct machine *m, uint64_t seen,
                  uint32_t kinds)
{
    if (m->at_point) {
        judge_points(s, m);
        if (s->reason == STOPS_NONE)
            judge_until(s, m);
        if (s->reason == STOPS_NONE && s->has_goal && m->now->cpu.pc == s->goal)
            s->reason = STOPS_GOAL;
    }
    if (s->reason == STOPS_NONE && find_event(s, m, seen, kinds))
        s->reason = STOPS_EVENT;
    return s->reason != STOPS_NONE;
}

/* ---- running ---------------------------------------------------------------
 */

/* For the machine: the points switched on, and the goal. */
static void arm(struct stops *s, struct points *p)
{
    s->armed = realloc(s->armed, (s->live + 1) * sizeof *s->armed);
    if (!s->armed)
        err_no_memory();
    *p = (struct points){ .at = s->armed, .harts = UINT32_MAX };
    for (size_t i = 0; i < s->live; i++)
        s->armed[p->count++] = s->at[i];
    if (s->has_goal)
        s->armed[p->count++] = (struct point){ POINT_PC, s->goal, 0 };
    if (s->until)
        p->step = UINT32_MAX;
}

enum session_state stops_advance(struct stops *s, struct session *session,
                                 const struct run_limits *slice)
{
    struct run_limits limits = *slice;
    struct points points;
    limits.points = &points;
    s->reason = STOPS_NONE;
    for (;;) {
        const struct machine *m = session->machine;
        uint64_t done = session_instructions(session);
        uint64_t seen = m ? m->events.next : 0;
        stops_resolve(s, m);
        arm(s, &points);
        limits.stop_events = slice->stop_events | s->news;
        limits.points = points.count || points.step ? &points : NULL;
        session->stop_at_machine = true;
        enum session_state state = s->history
                                       ? history_run(s->history, &limits)
                                       : session_advance(session, &limits);
        session->stop_at_machine = false;
        if (state != SESSION_STOPPED)
            return state;
        if (m && session->machine == m && judge(s, m, seen, slice->stop_events))
            return state;
        uint64_t ran = session_instructions(session) - done;
        if (slice->max_insns && ran >= limits.max_insns)
            return SESSION_RUNNING;
        limits.max_insns -= slice->max_insns ? ran : 0;
    }
}

/* ---- in the past ------------------------------------------------------------
 */

static bool is_of_kind(const struct stops *s, size_t place)
{
    bool watch = s->point[s->place[place].point].watch;
    return s->wanted == STOPS_BOTH || watch == (s->wanted == STOPS_WATCHES);
}

/* The first place of the wanted kind that is met, or s->live. */
static size_t met_place(struct stops *s, const struct machine *m)
{
    size_t i = 0;
    while (i < s->live && !(is_of_kind(s, i) && is_met(s, m, i) &&
                            holds(s, m, &s->point[s->place[i].point])))
        i++;
    return i;
}

static bool would_stop(void *context, const struct machine *m)
{
    struct stops *s = context;
    return met_place(s, m) < s->live;
}

bool stops_want(struct stops *s, enum stops_kind kind, struct history_wanted *w,
                struct err *err)
{
    static const char *const names[] = { "breakpoint", "watch",
                                         "breakpoint or watch" };
    size_t count = 0;
    s->wanted = kind;
    s->has_goal = false;
    arm(s, &s->past);
    s->past.step = 0;
    for (size_t i = 0; i < s->live; i++)
        count += is_of_kind(s, i);
    if (!count)
        return err_set(err, EXIT_USAGE, "no %s is there and switched on",
                       names[kind]);
    *w = (struct history_wanted){ .points = &s->past,
                                  .is_it = would_stop,
                                  .context = s };
    return true;
}

bool stops_are_met(struct stops *s, const struct machine *m)
{
    size_t i = met_place(s, m);
    if (i < s->live)
        stops_tell(m, &s->point[s->place[i].point], &s->at[i], s->why,
                   sizeof s->why);
    return i < s->live;
}
