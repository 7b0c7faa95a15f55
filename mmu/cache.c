/* SPDX-License-Identifier: Apache-2.0 */
/* See cache.h. */
#include "mmu/cache.h"

int32_t cache_put(struct assoc *a, uint64_t line, bool dirty,
                  struct assoc_victim *victim)
{
    if (a->tag)
        return assoc_fill_line(a, line, dirty, victim);
    uint64_t bytes = UINT64_C(1) << a->index_shift;
    struct assoc_entry old, entry = {
        .first = line, .last = line + (bytes - 1), .valid = 1, .dirty = dirty
    };
    int32_t index = assoc_fill(a, &entry, NULL, &old, NULL);
    *victim = (struct assoc_victim){ old.first, old.valid, old.dirty };
    return index;
}

int32_t cache_fill(struct lookaside *u, struct unit_stats *stats, uint64_t line,
                   bool dirty, uint32_t who, struct assoc_victim *victim)
{
    int32_t index = cache_put(&u->array, line, dirty, victim);
    stats->fills++;
    if (victim->valid) {
        stats->evictions++;
        miss_left(&u->history, cache_key(victim->first), LOST_REPLACED, who);
    }
    miss_filled(&u->history, cache_key(line));
    miss_used(&u->history, index, cache_key(line));
    return index;
}

uint32_t cache_invalidate_all(struct lookaside *u, struct unit_stats *stats,
                              uint32_t who)
{
    const struct assoc_match all = { 0 };
    uint32_t n = 0;
    for (int32_t i = assoc_next(&u->array, &all, 0); i >= 0;
         i = assoc_next(&u->array, &all, i + 1), n++) {
        miss_left(&u->history, cache_key(u->array.entry[i].first),
                  LOST_INVALIDATED, who);
        assoc_drop(&u->array, i);
    }
    stats->invalidations += n;
    return n;
}
