// SPDX-License-Identifier: Apache-2.0
/*
 * The runs beside the present one: a companion that follows it (WISH_COMPARE),
 * and a ruler that counts what lies between two cycles (WISH_MEASURE). They get
 * time, in slices, while the present run stands or goes slowly, so nothing
 * waits for them; the present run never knows of them.
 */
#include "viz/runner/runner.h"

#include <stdio.h>
#include <string.h>

static void compare(struct runner *r, const char *words)
{
    struct err err;

    companion_close(&r->other);
    if (strcmp(words, "off") == 0)
        return;
    if (!companion_open(&r->other, &r->base, words, r->session, &err)) {
        runner_notice(r, "compare: %.140s", err.text);
        snprintf(r->other.label, sizeof r->other.label, "%.31s", words);
        r->other.error = err;
        r->other.state = OTHER_FAILED; /* which the panes show */
        return;
    }
    companion_begin(&r->other, &r->began);
}

static void measure(struct runner *r, uint64_t from, uint64_t to)
{
    struct sync_point at = sync_now(r->session);
    struct err err;

    companion_close(&r->ruler);
    if (at.machine == 0)
        return;
    if (!companion_open(&r->ruler, &r->base, "", NULL, &err)) {
        runner_notice(r, "measure: %.140s", err.text);
        return;
    }
    at.by = SYNC_CYCLE;
    at.booted = false;
    at.number = at.clock = from;
    companion_begin(&r->ruler, &at);
    at.number = at.clock = to;
    companion_lead(&r->ruler, &at);
}

void runner_beside_obey(struct runner *r, const struct wish *w)
{
    if (w->kind == WISH_COMPARE)
        compare(r, w->text);
    else
        measure(r, w->number, w->until);
}

void runner_beside_begin(struct runner *r)
{
    r->began = sync_now(r->session);
    companion_begin(&r->other, &r->began);
}

static void look_at_ruler(struct runner *r)
{
    struct ruler *to = &r->model.ruler;
    struct companion *c = &r->ruler;
    struct other_run run;

    *to = (struct ruler){ .from = c->begin.number, .to = c->to.number };
    if (c->state == OTHER_NONE)
        return;
    companion_show(c, &run);
    to->at = run.run.cycle;
    to->state = c->state == OTHER_THERE    ? RULER_COUNTED
                : c->state == OTHER_BEHIND ? RULER_UNDER_WAY
                                           : RULER_FAILED;
    snprintf(to->why, sizeof to->why, "%.150s",
             run.why[0] ? run.why : "the scenario ended before");
    to->counted = sample_difference(&run.run.newest, &run.run.began);
}

/* Then a companion would only be in its way, and nobody could read what it
 * says. */
static bool is_fast(const struct runner *r)
{
    return r->going != GOING_NOWHERE &&
           (r->going != GOING_RUN || runner_speeds[r->model.speed] == 0);
}

void runner_beside_look(struct runner *r)
{
    struct sync_point at = sync_now(r->session);

    if (at.machine > 0 && !is_fast(r))
        companion_lead(&r->other, &at);
    companion_show(&r->other, &r->model.other);
    if (is_fast(r) && r->model.other.state == OTHER_THERE)
        r->model.other.state = OTHER_WAITS;
    look_at_ruler(r);
}

bool runner_beside_is_busy(const struct runner *r)
{
    return companion_is_behind(&r->other) || companion_is_behind(&r->ruler);
}

void runner_beside_advance(struct runner *r, uint64_t instructions)
{
    if (companion_is_behind(&r->other))
        companion_advance(&r->other, instructions);
    if (companion_is_behind(&r->ruler))
        companion_advance(&r->ruler, instructions);
}

void runner_beside_close(struct runner *r)
{
    companion_close(&r->other);
    companion_close(&r->ruler);
}
