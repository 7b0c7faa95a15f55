/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Id tables. A free slot keeps the id it will give next and the next free
 * slot; both fit beside a mark in bit 0 that no pointer has.
 */
#include "os/kernel/id.h"

static uint64_t free_word(uint32_t id, uint32_t next)
{
    return (uint64_t)id << 32 | (uint64_t)next << 1 | 1;
}

void id_init(struct id_table *t, uint64_t *slot, uint32_t slots, bool plain)
{
    *t = (struct id_table){
        .slots = slots, .plain = plain, .fresh = 1, .slot = slot
    };
}

static bool has_fresh(const struct id_table *t)
{
    return t->fresh < t->slots;
}

bool id_add(struct id_table *t, struct object *o)
{
    uint32_t index = t->first;
    if (has_fresh(t) && (!index || !t->plain)) {
        index = t->fresh++;
        o->id = index;
    } else if (index) {
        o->id = (uint32_t)(t->slot[index] >> 32);
        t->first = (uint32_t)t->slot[index] >> 1;
    } else {
        return false;
    }
    t->slot[index] = (uint64_t)(uintptr_t)o;
    t->count++;
    return true;
}

void id_remove(struct id_table *t, struct object *o)
{
    uint32_t index = o->id & (t->slots - 1);
    t->count--;
    if (t->plain) {
        t->slot[index] = free_word(index, t->first);
        t->first = index;
        return;
    }
    t->slot[index] = free_word(o->id + t->slots, 0);
    if (t->first)
        t->slot[t->last] |= (uint64_t)index << 1;
    else
        t->first = index;
    t->last = index;
}

void *id_find(const struct id_table *t, uint64_t id)
{
    uint64_t word = t->slot[id & (t->slots - 1)];
    struct object *o = (struct object *)(uintptr_t)word;
    if (word == 0 || word & 1 || o->id != id)
        return 0;
    return o;
}

bool id_is_stale(const struct id_table *t, uint64_t id)
{
    uint64_t word = t->slot[id & (t->slots - 1)];
    if (word == 0)
        return false;
    if (word & 1)
        return id < word >> 32;
    return id < ((struct object *)(uintptr_t)word)->id;
}
