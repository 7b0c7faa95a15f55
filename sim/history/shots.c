/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which snapshots there are: taken by cost, packed and thinned by age within
 * the budget. Costs are nanoseconds of a host, estimated from counts of the
 * run, so that they are the same wherever it runs; tests/bench/history.c
 * measures how true they are.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/history/parts.h"

enum {
    COST_INSTRUCTION = 3,
    COST_MISS = 250, /* of a unit: what the fast engine leaves to the other */
    COST_TRAP = 1500,
    COST_COMPARE = 100, /* of a page of objects */
    COST_COPY = 1100,   /* of a page that has changed, caches included */
    SHARE = 12,         /* running : taking, at least */
    YOUNG = 10,         /* times the spacing: younger ones are not packed */
    STRETCH = 100000,   /* instructions between two questions, at most */
    SHOTS_MAX = 1000
};
#define SPACING UINT64_C(20000000) /* between two, at least */

/* ---- now --------------------------------------------------------------------
 */

struct machine *history_machine(const struct history *h)
{
    return h->subject->machine(h->context);
}

uint64_t history_instructions(const struct history *h)
{
    return h->subject->instructions(h->context);
}

struct instant history_instant(const struct history *h)
{
    struct instant i = { .instructions = history_instructions(h) };
    for (size_t n = 0; n < h->subject->count(h->context); n++) {
        const struct machine *m = h->subject->at(h->context, n);
        for (uint64_t k = 0; m && k < m->config.harts; k++)
            i.clock += m->hart[k].cpu.mmu.accounts.total;
        if (!m && h->now)
            i.clock += h->now->machines[n].cycles;
    }
    return i;
}

uint64_t history_spent(const struct machine *m)
{
    uint64_t misses = 0;
    for (uint64_t i = 0; m && i < m->config.harts; i++)
        for (unsigned u = 0; u < UNIT_COUNT; u++)
            misses += m->hart[i].cpu.mmu.stats[u].misses;
    return m ? machine_instructions(m) * COST_INSTRUCTION + misses * COST_MISS +
                   m->event_count[EVENT_TRAP] * COST_TRAP
             : 0;
}

/* ---- taking, putting back
 * ------------------------------------------------------ */

struct history_shot history_shoot(struct history *h)
{
    const struct machine *focus = history_machine(h);
    struct history_shot shot = {
        .at = history_instant(h),
        .cost = h->cost,
        .machine = h->subject->machine_number(h->context),
        .cycle = focus ? machine_clock(focus) : 0,
    };
    if (h->options.save)
        h->options.save(h->options.context);
    shot.snapshot = snapshot_take(&h->snapshots);
    for (size_t i = 0; i < h->subject->count(h->context); i++) {
        struct machine *m = h->subject->at(h->context, i);
        if (m)
            machine_forget_stores(m);
    }
    return shot;
}

void history_put_back(struct history *h, const struct history_shot *shot)
{
    for (size_t i = 0; i < h->subject->count(h->context); i++) {
        struct machine *m = h->subject->at(h->context, i);
        if (m)
            machine_caches_close(m);
    }
    snapshot_restore(&h->snapshots, &shot->snapshot);
    for (size_t i = 0; i < h->subject->count(h->context); i++) {
        struct machine *m = h->subject->at(h->context, i);
        if (m)
            machine_caches_open(m);
    }
    h->cost = shot->cost;
    h->subject->restored(h);
    if (h->options.restored)
        h->options.restored(h->options.context);
}

/* Cost between two snapshots: that of taking one is to be a small share. */
static uint64_t spacing(const struct history *h)
{
    uint64_t objects = h->heap->books->used / HEAP_PAGE * COST_COMPARE;
    uint64_t least = SHARE * (objects + h->changed * COST_COPY);
    if (h->options.spacing)
        return h->options.spacing;
    return least > SPACING ? least : SPACING;
}

/* ---- the list
 * ------------------------------------------------------------------- */

size_t history_shot_before(const struct history *h, struct instant at)
{
    size_t i = h->shot_count;
    while (i > 1 && instant_before(at, h->shot[i - 1].at))
        i--;
    return i - 1;
}

void history_drop(struct history *h, size_t i)
{
    snapshot_drop(&h->snapshots, &h->shot[i].snapshot);
    memmove(&h->shot[i], &h->shot[i + 1],
            (--h->shot_count - i) * sizeof *h->shot);
}

static void drop_from(struct history *h, size_t i)
{
    while (h->shot_count > i)
        history_drop(h, h->shot_count - 1);
}

void history_forget_changes(struct history *h, struct instant at)
{
    for (size_t i = history_shot_before(h, at) + 1; i < h->shot_count; i++)
        if (h->shot[i].changed) {
            drop_from(h, i);
            return;
        }
}

void history_forget_future(struct history *h)
{
    drop_from(h, history_shot_before(h, history_instant(h)) + 1);
    h->key_count = *h->keys_typed;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a < b ? b - a : a - b;
}

/* How little a shot would be missed: the gap it would leave, by its age, or
 * distance from where the user is. */
static double worth(const struct history *h, size_t i)
{
    uint64_t cost = h->shot[i].cost;
    uint64_t age = distance(h->shot[h->shot_count - 1].cost, cost);
    uint64_t away = distance(h->cost, cost);
    uint64_t gap = h->shot[i + 1].cost - h->shot[i - 1].cost;
    return (double)gap / (double)((age < away ? age : away) + SPACING);
}

/* Drops the least worth. False: none is left to drop. */
static bool thin(struct history *h)
{
    size_t least = 0;
    for (size_t i = 1; i + 1 < h->shot_count; i++)
        if (!h->shot[i].changed && (!least || worth(h, i) < worth(h, least)))
            least = i;
    if (!least)
        return false;
    history_drop(h, least);
    return true;
}

/* Packs the oldest one that is not, unless it is too young: most of these are
 * going to be dropped. */
static void pack_one(struct history *h)
{
    uint64_t newest = h->shot[h->shot_count - 1].cost;
    for (size_t i = 0; i < h->shot_count; i++) {
        struct history_shot *s = &h->shot[i];
        if (s->cost + YOUNG * spacing(h) > newest)
            return;
        if (s->packed)
            continue;
        snapshot_pack(&h->snapshots, &s->snapshot);
        s->packed = true;
        return;
    }
}

/* Packs, thins; at last there may be none but the first. */
static void keep_budget(struct history *h)
{
    struct snapshots *s = &h->snapshots;
    uint64_t budget = h->options.bytes;
    if (s->bytes > budget / 2)
        pack_one(h);
    while ((s->bytes > budget || h->shot_count > SHOTS_MAX) && thin(h))
        continue;
    if (s->bytes <= budget)
        return;
    drop_from(h, 1);
    snapshots_rebase(s, &h->shot[0].snapshot);
    h->too_large = s->bytes <= budget || h->too_large;
}

void history_take(struct history *h)
{
    if (h->shot_count) {
        if (!history_takes(h))
            return;
        size_t i = history_shot_before(h, history_instant(h));
        if (instant_equal(h->shot[i].at, history_instant(h)))
            return;
    }
    struct history_shot shot = history_shoot(h);
    h->changed = h->snapshots.changed;
    size_t i = h->shot_count ? history_shot_before(h, shot.at) + 1 : 0;
    struct history_shot *list =
        realloc(h->shot, (h->shot_count + 1) * sizeof *list);
    if (!list)
        err_no_memory();
    h->shot = list;
    memmove(&list[i + 1], &list[i], (h->shot_count++ - i) * sizeof *list);
    list[i] = shot;
    if (h->shot_count > 1)
        keep_budget(h);
}

void history_settle(struct history *h)
{
    if (!history_takes(h))
        snapshots_rebase(&h->snapshots, &h->shot[0].snapshot);
}

/* ---- when
 * ----------------------------------------------------------------------- */

bool history_takes(const struct history *h)
{
    return h->options.bytes && !h->too_large;
}

/* The cost at which the next one is due; UINT64_MAX: none is. */
static uint64_t due(const struct history *h)
{
    size_t i = history_shot_before(h, history_instant(h));
    if (!history_takes(h) || i + 1 < h->shot_count)
        return UINT64_MAX; /* there are some ahead */
    return h->shot[i].cost + spacing(h);
}

void history_take_if_due(struct history *h)
{
    if (h->cost >= due(h))
        history_take(h);
}

uint64_t history_stretch(const struct history *h)
{
    uint64_t at = due(h);
    uint64_t left = at > h->cost ? (at - h->cost) / COST_INSTRUCTION : 0;
    return left < STRETCH ? left + 1 : STRETCH;
}
