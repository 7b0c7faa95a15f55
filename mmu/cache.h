/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache: a lookaside unit whose entries are lines of RAM. Physically indexed
 * and tagged, so no line can be stale: tags only, the data is RAM's. (Virtual
 * indexing will need data in the lines; it is refused by mmu_init.) L1D and L2
 * are write-back, write-allocate. Next: hierarchy.h (L1, L2, DRAM in a row).
 */
#pragma once

#include "mmu/lookaside.h"

/* Under which name miss causes know a line. */
static inline struct miss_key cache_key(uint64_t line)
{
    return (struct miss_key){ line, 0 };
}

/* Puts a line that is not there into an array; *victim is what had to go. */
int32_t cache_put(struct assoc *a, uint64_t line, bool dirty,
                  struct assoc_victim *victim);
/* Brings the line into the unit, with its history. */
int32_t cache_fill(struct lookaside *u, struct unit_stats *stats, uint64_t line,
                   bool dirty, uint32_t who, struct assoc_victim *victim);
/* Forgets all lines (fence.i on L1I: none is dirty). */
uint32_t cache_invalidate_all(struct lookaside *u, struct unit_stats *stats,
                              uint32_t who);
