/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See gdb/timeline.h. Where the goal is, is not known before it has been
 * passed: a stretch of the run before now is looked through to its end, the
 * last place that fits is noted, and the run begins once more to stop there. If
 * nothing fits, a longer stretch before that one is next. What is near is found
 * quickly.
 */
#include "sim/gdb/timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/gdb/target.h"

/* Instructions of the first stretch, and how much longer each next one is. */
#define STRETCH        20000
#define STRETCH_FACTOR 10

#define KEEP           2000 /* instructions before a target: a snapshot */

void timeline_open(struct timeline *t, const struct timeline_run *run,
                   struct heap *heap)
{
    memset(t, 0, sizeof *t);
    t->run = *run;
    t->heap = heap;
    t->next = heap_new(heap, 1, sizeof *t->next);
    if (!t->next)
        err_no_memory();
}

static void forget_inputs(struct timeline *t, size_t from)
{
    for (size_t i = from; i < t->count; i++)
        free((void *)(uintptr_t)t->inputs[i].bytes);
    t->count = from;
}

void timeline_close(struct timeline *t)
{
    forget_inputs(t, 0);
    free(t->inputs);
    heap_free(t->heap, t->next);
}

/* ---- moments --------------------------------------------------------------
 */

struct when when_now(const struct machine *m)
{
    return (struct when){ machine_instructions(m), m->event_count[EVENT_TRAP] };
}

bool when_before(struct when a, struct when b)
{
    return a.instructions != b.instructions ? a.instructions < b.instructions
                                            : a.traps < b.traps;
}

/* Where the timeline stands; a machine that is gone stands nowhere. */
static struct when now(const struct timeline *t)
{
    const struct machine *m = timeline_machine(t);
    return m ? when_now(m) : (struct when){ 0 };
}

static uint32_t all_harts(const struct machine *m)
{
    return (UINT32_C(1) << m->config.harts) - 1;
}

/* The last step did something: it retired, or trapped. */
static bool stepped(const struct cpu *c)
{
    return c->step.retired || (c->step.events & STEP_TRAP);
}

/* The moment before the step that led to `behind`. */
static struct when before_step(struct when behind, const struct cpu *c)
{
    if (c->step.retired)
        behind.instructions--;
    else
        behind.traps--;
    return behind;
}

/* ---- what comes from outside ----------------------------------------------
 */

static bool give_keys(struct machine *m, struct input *in)
{
    in->count = machine_console_input(m, in->bytes, in->count);
    return in->count > 0;
}

static bool give(const struct timeline *t, struct input *in)
{
    struct machine *m = timeline_machine(t);
    switch (in->kind) {
    case INPUT_KEYS:
        return give_keys(m, in);
    case INPUT_REGISTER:
        return gdb_target_set_register(&m->hart[in->hart], in->at, in->value);
    case INPUT_MEMORY:
        return gdb_target_write(m, &m->hart[in->hart], in->at, in->bytes,
                                in->count);
    case INPUT_RESET:
        return t->run.reset(t->run.context);
    }
    return false;
}

/* Gives the machine what it got at this moment before. False: that was possible
 * then, so this is not the same run. */
static bool feed(struct timeline *t)
{
    struct when at = now(t);
    while (timeline_machine(t) && *t->next < t->count &&
           !when_before(at, t->inputs[*t->next].when))
        if (!give(t, &t->inputs[(*t->next)++]))
            return false;
    return true;
}

static void keep(struct timeline *t, const struct input *in)
{
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 16;
        t->inputs = realloc(t->inputs, t->room * sizeof *t->inputs);
    }
    void *bytes = malloc(in->count + 1);
    if (!t->inputs || !bytes)
        err_no_memory();
    if (in->count)
        memcpy(bytes, in->bytes, in->count);
    struct input *kept = &t->inputs[t->count++];
    *kept = *in;
    kept->bytes = bytes;
    kept->when = now(t);
}

bool timeline_input(struct timeline *t, const struct input *in)
{
    struct input given = *in;
    if (!timeline_machine(t) || !give(t, &given))
        return false;
    forget_inputs(t, *t->next);
    keep(t, &given);
    *t->next = t->count;
    t->frontier = now(t);
    if (t->run.branch)
        t->run.branch(t->run.context);
    return true;
}

bool timeline_is_new(const struct timeline *t)
{
    return !when_before(now(t), t->frontier);
}

/* ---- forward --------------------------------------------------------------
 */

static uint64_t smaller_limit(uint64_t a, uint64_t b)
{
    return a && a < b ? a : b;
}

/* Runs on, not beyond `end`. Where only traps are left until then, step by
 * step: points is the caller's copy, which limits->points may become. */
static enum timeline_state run_until(struct timeline *t,
                                     struct run_limits *limits,
                                     struct points *points, struct when end)
{
    struct machine *m = timeline_machine(t);
    uint64_t left = end.instructions - now(t).instructions;
    *points = limits->points ? *limits->points : (struct points){ 0 };
    if (!left) {
        points->step = points->harts = all_harts(m);
        limits->points = points;
    }
    limits->max_insns = smaller_limit(limits->max_insns, left ? left : 1);
    m->at_point = false;
    return t->run.advance(t->run.context, limits);
}

/* To the next input, when there is one before `end`. */
static struct when next_stop(const struct timeline *t, struct when end)
{
    if (*t->next < t->count && when_before(t->inputs[*t->next].when, end))
        return t->inputs[*t->next].when;
    return end;
}

enum timeline_state timeline_advance(struct timeline *t,
                                     const struct run_limits *limits)
{
    struct run_limits l = *limits;
    struct points points;
    enum timeline_state state;
    if (*t->next < t->count && timeline_machine(t)) {
        state = run_until(t, &l, &points, t->inputs[*t->next].when);
        struct machine *m = timeline_machine(t);
        /* A step that only we wanted to see is no stop. */
        if (m && m->at_point && m->point.kind == POINT_STEP &&
            !(limits->points && limits->points->step >> (m->now - m->hart) & 1))
            m->at_point = false;
        if (!feed(t))
            forget_inputs(t, *t->next);
    } else {
        state = t->run.advance(t->run.context, &l);
    }
    if (when_before(t->frontier, now(t)))
        t->frontier = now(t);
    return state;
}

/* ---- back -----------------------------------------------------------------
 */

static bool lost_the_way(struct err *err)
{
    return err_set(err, EXIT_CANNOT_LOAD,
                   "cannot go back: the run goes otherwise now; has a file "
                   "that it reads changed?");
}

/* Begins again before that moment. */
static bool begin_before(struct timeline *t, struct when target,
                         struct err *err)
{
    uint64_t instructions = target.instructions;
    do {
        if (!t->run.rewind(t->run.context, instructions, err))
            return false;
    } while (when_before(target, now(t)) && instructions--);
    if (!t->heap)
        *t->next = 0;
    return true;
}

/* Begins again, to run to there. */
static bool go_to(struct timeline *t, struct when target, struct err *err)
{
    t->target = target;
    t->kept = false;
    if (!begin_before(t, target, err))
        return false;
    return feed(t) || lost_the_way(err);
}

/* The next stretch ends where the last one began. */
static bool look_before(struct timeline *t, struct when end, struct err *err)
{
    struct when from = { 0 };
    if (end.instructions > t->stretch)
        from.instructions = end.instructions - t->stretch;
    t->stretch *= STRETCH_FACTOR;
    t->end = end;
    t->looks = true;
    return go_to(t, from, err);
}

/* Is the hart's last step one to go back over? */
static bool is_step(const struct timeline_goal *goal, uint32_t hart,
                    const struct cpu *c)
{
    return goal->step >> hart & 1 && stepped(c) &&
           (!goal->step_below || c->step.privilege < goal->step_below) &&
           (!goal->step_key || c->mmu.domain_key == goal->step_key);
}

bool timeline_back(struct timeline *t, const struct timeline_goal *goal,
                   struct err *err)
{
    const struct machine *m = timeline_machine(t);
    t->goal = *goal;
    t->left = now(t);
    t->stretch = STRETCH;
    t->any = t->looks = false;
    t->travels = true;
    t->found = (struct timeline_found){ .hart = (uint32_t)(m->now - m->hart) };
    bool possible;
    bool step = m->config.harts == 1 && !goal->points.count &&
                is_step(goal, 0, &m->now->cpu);
    if (goal->at_moment || step) { /* no need to look for it */
        t->any = true;
        t->found.when =
            step ? before_step(t->left, &m->now->cpu) : goal->moment;
        possible = go_to(t, t->found.when, err);
    } else {
        possible = look_before(t, t->left, err);
    }
    t->travels = possible;
    return possible;
}

static void note(struct timeline *t, struct when when, const struct point *p)
{
    const struct machine *m = timeline_machine(t);
    t->any = true;
    t->found.when = when;
    t->found.hart = (uint32_t)(m->now - m->hart);
    t->found.at_point = p != NULL;
    if (p)
        t->found.point = *p;
}

/* A point that the last step met. An access just made counts even now: gdb, to
 * which RISC-V's watchpoints strike before the access, goes back over it
 * itself. */
static void look_at_points(struct timeline *t, struct when here,
                           const struct cpu *c)
{
    struct points p = t->goal.points;
    struct point met;
    p.step = 0;
    p.harts = UINT32_MAX;
    if (points_met(&p, c, &met) &&
        (met.kind != POINT_PC || when_before(here, t->left)))
        note(t, here, &met);
}

/* The machine has come to this moment; events from number `seen` on are new. */
static void look(struct timeline *t, const struct machine *m, uint64_t seen)
{
    const struct cpu *c = &m->now->cpu;
    struct when here = when_now(m);
    struct event_cursor cursor = { .next = seen };
    const struct event *e;
    if (is_step(&t->goal, (uint32_t)(m->now - m->hart), c))
        note(t, before_step(here, c), NULL);
    look_at_points(t, here, c);
    while (t->goal.event && (e = event_next(&m->events, &cursor)) != NULL)
        if (event_filter_match(t->goal.event, e) && when_before(here, t->left))
            note(t, here, NULL);
}

/* Looking for a clock, and nothing else: the stretch ends here. */
static void cut_stretch(struct timeline *t, struct when here)
{
    if (t->goal.cycle && !t->goal.points.count && !t->goal.event)
        t->end = here;
}

static void look_at_clock(struct timeline *t, const struct machine *m)
{
    if (!t->clock_ahead || machine_clock(m) < t->goal.cycle)
        return;
    note(t, when_now(m), NULL);
    t->clock_ahead = false;
    cut_stretch(t, when_now(m));
}

/* The stretch begins here. */
static void begin_looking(struct timeline *t, const struct machine *m)
{
    t->clock_ahead = machine_clock(m) < t->goal.cycle;
    if (!t->clock_ahead)
        cut_stretch(t, t->target);
}

/* Looks on, for at most so many instructions. */
static enum timeline_state look_on(struct timeline *t, uint64_t instructions)
{
    const struct machine *m = timeline_machine(t);
    struct points points = t->goal.points, copy;
    struct run_limits limits = { .max_insns = instructions };
    struct when before = now(t);
    uint64_t seen = m->events.next;
    if (!when_before(t->target, before))
        begin_looking(t, m);
    if (t->clock_ahead)
        limits.until_cycle = t->goal.cycle;
    points.step = t->goal.step;
    points.harts = all_harts(m);
    if (points.count || points.step)
        limits.points = &points;
    if (t->goal.event)
        limits.stop_events = t->goal.event->kinds;
    enum timeline_state state =
        run_until(t, &limits, &copy, next_stop(t, t->end));
    m = timeline_machine(t);
    if (m && when_before(before, when_now(m)))
        look(t, m, seen);
    return state;
}

static enum travel failed(struct timeline *t)
{
    t->travels = false;
    return TRAVEL_FAILED;
}

/* The whole stretch has been looked through. */
static enum travel looked(struct timeline *t, struct err *err)
{
    t->looks = false;
    if (t->any)
        return go_to(t, t->found.when, err) ? TRAVEL_ON : failed(t);
    if (t->target.instructions)
        return look_before(t, t->target, err) ? TRAVEL_ON : failed(t);
    /* Nowhere. */
    t->found.when = (struct when){ 0 };
    return go_to(t, t->found.when, err) ? TRAVEL_ON : failed(t);
}

static enum travel arrived(struct timeline *t)
{
    t->travels = false;
    return t->any ? TRAVEL_THERE : TRAVEL_BEGINNING;
}

/* The place on the way where a snapshot is of use: one instruction back from
 * the target, and the next one, will be asked for soon. */
static struct when next_keep(const struct timeline *t)
{
    struct when at = { t->target.instructions, 0 };
    at.instructions -= at.instructions < KEEP ? at.instructions : KEEP;
    return at;
}

/* A piece of the way to the target. */
static enum timeline_state run_to_target(struct timeline *t,
                                         uint64_t instructions)
{
    struct run_limits limits = { .max_insns = instructions };
    struct points copy;
    struct when keep = next_keep(t);
    if (!t->kept && t->run.keep && when_before(now(t), keep))
        return run_until(t, &limits, &copy, next_stop(t, keep));
    if (!t->kept && t->run.keep && keep.instructions)
        t->run.keep(t->run.context);
    t->kept = true;
    return run_until(t, &limits, &copy, next_stop(t, t->target));
}

enum travel timeline_travel(struct timeline *t, uint64_t instructions,
                            struct err *err)
{
    enum timeline_state state = TIMELINE_ON;
    if (when_before(now(t), t->target))
        state = run_to_target(t, instructions);
    else if (t->looks && when_before(now(t), t->end))
        state = look_on(t, instructions);
    const struct machine *m = timeline_machine(t);
    if (!m || !feed(t))
        return lost_the_way(err), failed(t);
    if (t->looks)
        look_at_clock(t, m);
    if (!when_before(when_now(m), t->looks ? t->end : t->target))
        return t->looks ? looked(t, err) : arrived(t);
    if (state == TIMELINE_ON)
        return TRAVEL_ON;
    return lost_the_way(err), failed(t);
}

void timeline_stay(struct timeline *t)
{
    t->travels = false;
}
