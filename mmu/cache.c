/* SPDX-License-Identifier: Apache-2.0 */
/* See cache.h. */
#include "mmu/cache.h"

int32_t cache_put_untagged(struct assoc *a, uint64_t line, bool dirty,
                           struct line_victim *victim)
{
    uint64_t bytes = UINT64_C(1) << a->index_shift;
    struct assoc_entry old, entry = {
        .first = line, .last = line + (bytes - 1), .valid = 1, .dirty = dirty
    };
    int32_t index = assoc_fill(a, &entry, NULL, &old, NULL);
    *victim = (struct line_victim){ old.first, old.valid, old.dirty };
    return index;
}

uint32_t cache_invalidate_all(struct lookaside *u, struct unit_stats *stats,
                              uint32_t who)
{
    const struct assoc_match all = { 0 };
    uint32_t n = 0;
    for (int32_t i = assoc_next(&u->array, &all, 0); i >= 0;
         i = assoc_next(&u->array, &all, i + 1), n++) {
        uint64_t first = u->array.entry[i].first;
        struct miss_key line = cache_key(first, u->history.shift);
        miss_left(&u->history, &line, LOST_INVALIDATED, who);
        assoc_drop(&u->array, i);
    }
    stats->invalidations += n;
    return n;
}
