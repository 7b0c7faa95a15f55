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
    t->slots = slots;
    t->plain = plain;
    t->free = 1;
    t->count = 0;
    t->slot = slot;
    slot[0] = free_word(0, 0);
    for (uint32_t i = 1; i < slots; i++)
        slot[i] = free_word(i, i + 1 < slots ? i + 1 : 0);
}

bool id_add(struct id_table *t, struct object *o)
{
    uint32_t index = t->free;
    uint64_t word = t->slot[index];
    if (index == 0)
        return false;
    o->id = (uint32_t)(word >> 32);
    t->free = (uint32_t)word >> 1;
    t->slot[index] = (uint64_t)(uintptr_t)o;
    t->count++;
    return true;
}

void id_remove(struct id_table *t, struct object *o)
{
    uint32_t index = o->id & (t->slots - 1);
    uint32_t next_id = t->plain ? index : o->id + t->slots;
    t->slot[index] = free_word(next_id, t->free);
    t->free = index;
    t->count--;
}

void *id_find(const struct id_table *t, uint64_t id)
{
    uint64_t word = t->slot[id & (t->slots - 1)];
    struct object *o = (struct object *)(uintptr_t)word;
    if (word & 1 || o->id != id)
        return 0;
    return o;
}
