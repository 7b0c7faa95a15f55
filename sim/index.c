/* SPDX-License-Identifier: Apache-2.0 */
/* See index.h. */
#include "sim/index.h"

#include "mmu/err.h"

enum { FIRST_SLOTS = 32 };

static size_t home(const struct index *x, uint64_t a, uint64_t b)
{
    uint64_t h = (a + 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    h = (h ^ h >> 32 ^ b) * 0xD6E8FEB86659FD93u;
    return (size_t)(h ^ h >> 32) & (x->slots - 1);
}

/* The slot of (a, b), or the empty one where it would go. */
static struct index_slot *slot_of(const struct index *x, uint64_t a, uint64_t b)
{
    size_t i = home(x, a, b);
    while (x->slot[i].place && (x->slot[i].a != a || x->slot[i].b != b))
        i = (i + 1) & (x->slots - 1);
    return &x->slot[i];
}

size_t index_find(const struct index *x, uint64_t a, uint64_t b)
{
    if (!x->used)
        return INDEX_NONE;
    return (size_t)slot_of(x, a, b)->place - 1; /* 0 - 1: INDEX_NONE */
}

static void grow(struct index *x)
{
    struct index old = *x;
    x->slots = old.slots ? 2 * old.slots : FIRST_SLOTS;
    x->slot = heap_new(x->heap, x->slots, sizeof x->slot[0]);
    if (!x->slot)
        err_no_memory();
    for (size_t i = 0; i < old.slots; i++)
        if (old.slot[i].place)
            *slot_of(x, old.slot[i].a, old.slot[i].b) = old.slot[i];
    heap_free(x->heap, old.slot);
}

void index_set(struct index *x, uint64_t a, uint64_t b, size_t place)
{
    if (2 * x->used >= x->slots)
        grow(x);
    struct index_slot *s = slot_of(x, a, b);
    x->used += s->place == 0;
    *s = (struct index_slot){ a, b, place + 1 };
}

void index_remove(struct index *x, uint64_t a, uint64_t b)
{
    if (index_find(x, a, b) == INDEX_NONE)
        return;
    size_t hole = (size_t)(slot_of(x, a, b) - x->slot);
    /* Whoever probed past the hole moves into it. */
    for (size_t i = (hole + 1) & (x->slots - 1); x->slot[i].place;
         i = (i + 1) & (x->slots - 1)) {
        size_t from = home(x, x->slot[i].a, x->slot[i].b);
        size_t mask = x->slots - 1;
        if (((i - from) & mask) < ((i - hole) & mask))
            continue;
        x->slot[hole] = x->slot[i];
        hole = i;
    }
    x->slot[hole].place = 0;
    x->used--;
}

void index_free(struct index *x)
{
    heap_free(x->heap, x->slot);
    *x = (struct index){ .heap = x->heap };
}

/* ---- queue: a ring that doubles ---------------------------------------- */

void place_queue_add(struct place_queue *q, size_t place)
{
    if (q->count == q->room) {
        size_t room = q->room ? 2 * q->room : FIRST_SLOTS;
        size_t *larger = heap_new(q->heap, room, sizeof *larger);
        if (!larger)
            err_no_memory();
        for (size_t i = 0; i < q->count; i++)
            larger[i] = q->place[(q->first + i) & (q->room - 1)];
        heap_free(q->heap, q->place);
        *q = (struct place_queue){ larger, 0, q->count, room, q->heap };
    }
    q->place[(q->first + q->count++) & (q->room - 1)] = place;
}

size_t place_queue_take(struct place_queue *q)
{
    size_t place = q->place[q->first];
    q->first = (q->first + 1) & (q->room - 1);
    q->count--;
    return place;
}

void place_queue_free(struct place_queue *q)
{
    heap_free(q->heap, q->place);
    *q = (struct place_queue){ .heap = q->heap };
}
