/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache: a lookaside unit whose entries are lines of RAM. Physically indexed
 * and tagged, so no line can be stale: tags only, the data is RAM's. (Virtual
 * indexing will need data in the lines; it is refused by mmu_init.) L1D and L2
 * are write-back, write-allocate. Next: hierarchy.h (L1, L2, DRAM in a row).
 */
#pragma once

#include "mmu/assoc_line.h"
#include "mmu/lookaside.h"

/* Under which name miss causes know a line; the same in all caches. */
static inline struct miss_key cache_key(uint64_t line, unsigned line_shift)
{
    return miss_key_of(line, 0, line_shift);
}

/* cache_put for an array without tags. */
int32_t cache_put_untagged(struct assoc *a, uint64_t line, bool dirty,
                           struct line_victim *victim);

/* Puts a line that is not there into an array; *victim is what had to go. */
static inline __attribute__((always_inline)) int32_t
cache_put(struct assoc *a, struct assoc_slot slot, uint64_t line, bool dirty,
          struct line_victim *victim)
{
    if (a->tag)
        return line_put(a, slot, line, dirty, true, victim);
    struct line_victim old; /* so that *victim need not be in memory */
    int32_t index = cache_put_untagged(a, line, dirty, &old);
    *victim = old;
    return index;
}

/* Brings the line into the unit, with its history. */
static inline __attribute__((always_inline)) int32_t
cache_fill(struct lookaside *u, struct unit_stats *stats,
           struct assoc_slot slot, const struct miss_key *line, bool dirty,
           uint32_t who, struct line_victim *victim)
{
    int32_t index = cache_put(&u->array, slot, line->first, dirty, victim);
    stats->fills++;
    stats->evictions += victim->valid;
    struct miss_key old = cache_key(victim->first, u->history.shift);
    miss_replaced(&u->history, index, line, victim->valid ? &old : NULL, who);
    return index;
}

/* Is the line of the address there? Counts as a use. `slot` is its place. */
static inline __attribute__((always_inline)) int32_t
cache_lookup(struct assoc *a, struct assoc_slot slot, uint64_t address)
{
    return a->tag ? assoc_lookup_line(a, slot) : assoc_lookup(a, address, 0);
}

/* Forgets all lines (fence.i on L1I: none is dirty). */
uint32_t cache_invalidate_all(struct lookaside *u, struct unit_stats *stats,
                              uint32_t who);
