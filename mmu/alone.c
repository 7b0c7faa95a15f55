/* SPDX-License-Identifier: Apache-2.0 */
/* See alone.h. */
#include "mmu/alone.h"

bool alone_init(struct alone *a, struct heap *heap, bool on,
                const struct assoc_shape shape[ALONE_UNITS], uint64_t *uses,
                assoc_lost *lost, void *owner, struct err *err)
{
    *a = (struct alone){
        .heap = heap, .on = on, .uses = uses, .lost = lost, .owner = owner
    };
    if (!on)
        return true;
    for (unsigned u = 0; u < ALONE_UNITS; u++) {
        a->shape[u] = shape[u];
        a->shape[u].payload = false;
        a->slot_bytes += assoc_bytes(&a->shape[u]);
    }
    /* The host gives zeroed pages only when a slot is first used. */
    a->slot = heap_new(heap, ALONE_SLOTS, sizeof *a->slot);
    a->memory = heap_new(heap, ALONE_SLOTS, a->slot_bytes);
    if (!a->slot || !a->memory) {
        alone_free(a);
        return err_set(err, EXIT_HOST_RESOURCE,
                       "out of memory for the alone copies (attribution)");
    }
    return true;
}

void alone_free(struct alone *a)
{
    heap_free(a->heap, a->slot);
    heap_free(a->heap, a->memory);
    *a = (struct alone){ 0 };
}

static void slot_start(struct alone *a, struct alone_slot *s, uint64_t key)
{
    uint8_t *at = (uint8_t *)a->memory + (size_t)(s - a->slot) * a->slot_bytes;
    for (unsigned u = 0; u < ALONE_UNITS; u++) {
        if (s->stamp) {
            assoc_clear(&s->unit[u]);
        } else {
            assoc_init(&s->unit[u], &a->shape[u], at);
            assoc_watch(&s->unit[u], a->uses, a->lost, a->owner, u);
        }
        at += assoc_bytes(&a->shape[u]);
    }
    s->key = key;
}

struct alone_slot *alone_find(const struct alone *a, uint64_t key)
{
    if (!a->on)
        return NULL;
    for (unsigned i = 0; i < ALONE_SLOTS; i++)
        if (a->slot[i].stamp && a->slot[i].key == key)
            return &a->slot[i];
    return NULL;
}

void alone_select(struct alone *a, uint64_t key)
{
    if (!a->on)
        return;
    struct alone_slot *s = alone_find(a, key);
    if (!s) {
        s = a->slot;
        for (unsigned i = 1; i < ALONE_SLOTS; i++)
            if (a->slot[i].stamp < s->stamp)
                s = &a->slot[i];
        slot_start(a, s, key);
    }
    s->stamp = ++a->clock;
    a->now = s;
}

void alone_invalidate(struct alone *a, enum unit unit,
                      const struct assoc_match *match)
{
    if (!a->on)
        return;
    for (unsigned i = 0; i < ALONE_SLOTS; i++)
        if (a->slot[i].stamp)
            assoc_invalidate(&a->slot[i].unit[unit], match);
}

void alone_drop(struct alone *a, enum unit unit, uint64_t address)
{
    for (unsigned i = 0; i < ALONE_SLOTS && a->on; i++) {
        struct assoc *copy = &a->slot[i].unit[unit];
        int32_t found =
            a->slot[i].stamp ? assoc_find(copy, address, 0) : ASSOC_NONE;
        if (found >= 0)
            assoc_drop(copy, found);
    }
}

void alone_fill(struct alone_slot *slot, enum unit unit,
                const struct assoc_entry *entry)
{
    assoc_fill(&slot->unit[unit], entry, NULL, NULL, NULL);
}
