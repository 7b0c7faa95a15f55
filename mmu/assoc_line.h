/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line goes into an array that has tags (assoc.h: caches with several sets).
 * In a header, since every miss of the machine comes here.
 */
#pragma once

#include "mmu/assoc_victim.h"

/* The line that had to go. */
struct line_victim {
    uint64_t first;
    bool valid, dirty;
};

static inline uint32_t line_victim_way(struct assoc *a, struct assoc_slot s)
{
    if (a->tree && a->valid == assoc_entries(a))
        return victim_kept(a, s.set);
    return victim_way(a, s.start);
}

/* Puts the line at `first`, which is not there yet, into its slot. Returns the
 * index. `tell`: a->lost is told of what has to go. */
static inline __attribute__((always_inline)) int32_t
line_put(struct assoc *a, struct assoc_slot s, uint64_t first, bool dirty,
         bool tell, struct line_victim *victim)
{
    uint32_t way = line_victim_way(a, s);
    int32_t index = (int32_t)(s.start + way);
    struct assoc_entry *e = &a->entry[index];
    uint32_t old = a->tag[index];
    *victim = (struct line_victim){
        .first = (uint64_t)(old - 1) << a->index_shift,
        .valid = old != 0,
        .dirty = e->dirty,
    };
    if (!old)
        a->valid++;
    else if (tell && a->lost)
        a->lost(a->owner, a, index);
    e->first = first;
    e->last = first | ((UINT64_C(1) << a->index_shift) - 1);
    e->valid = 1;
    e->dirty = dirty;
    a->tag[index] = s.tag;
    assoc_touch_line(a, s, way);
    if (a->filled)
        a->filled[index] = a->stamp[index];
    return index;
}
