/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters of one lookaside unit. Plain numbers, only ever added to;
 * sim/ledger names them and takes differences.
 * Invariants: lookups = hits + misses; misses = sum of by_cause.
 */
#pragma once

#include "mmu/access.h"

#include <stdint.h>

struct unit_stats {
    uint64_t lookups; /* one per access, however often it is retried */
    uint64_t hits;
    uint64_t misses;
    uint64_t by_cause[MISS_CAUSE_COUNT];
    uint64_t late;        /* misses that the domain alone would not have had */
    uint64_t late_cycles; /* charged for them by the hardware */
    uint64_t gifts;       /* hits that the domain alone would not have had */
    uint64_t invalidations; /* entries removed by flushes */
    uint64_t fills;
    uint64_t evictions; /* valid entries displaced by fills */
};

/* Counts the verdict of one access. */
static inline void unit_count(struct unit_stats *s, const struct lookup *l)
{
    if (l->result == LOOKUP_NONE)
        return;
    s->lookups++;
    if (l->result == LOOKUP_HIT) {
        s->hits++;
        s->gifts += l->gift;
    } else {
        s->misses++;
        s->by_cause[l->cause]++;
        s->late += l->late;
    }
}
