/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One lookaside unit of the machine: its array, and the memory that explains
 * its misses. Units differ in their keys (tlb.h, rplb.h, cache.h), not in
 * their build, so one pane draws them all. entries = 0 sets = not there.
 */
#pragma once

#include "mmu/assoc.h"
#include "mmu/miss.h"
#include "mmu/stats.h"

struct lookaside {
    struct assoc array;
    struct miss_history history;
};

/* Is the unit there at all? */
static inline bool lookaside_present(const struct lookaside *u)
{
    return u->array.entry != NULL;
}

/* Notes where an entry is, for the record of the access. */
static inline void lookaside_note(struct lookup *l, const struct assoc *a,
                                  int32_t index)
{
    l->set = (int32_t)assoc_set(a, index);
    l->way = index - l->set * (int32_t)a->ways;
}
