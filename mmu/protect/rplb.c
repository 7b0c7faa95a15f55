/* SPDX-License-Identifier: Apache-2.0 */
/* See rplb.h. */
#include "mmu/protect/rplb.h"

int32_t rplb_fill(struct lookaside *u, struct unit_stats *stats,
                  const struct assoc_entry *range, uint32_t who)
{
    struct assoc_entry victim;
    int32_t index = assoc_fill(&u->array, range, NULL, &victim, NULL);
    stats->fills++;
    if (victim.valid) {
        stats->evictions++;
        miss_range_left(&u->history, &victim, LOST_REPLACED, who);
    }
    miss_range_filled(&u->history, range);
    return index;
}

uint32_t rplb_invalidate(struct lookaside *u, struct unit_stats *stats,
                         const struct assoc_match *match, uint32_t who)
{
    uint32_t n = 0;
    for (int32_t i = assoc_next(&u->array, match, 0); i >= 0;
         i = assoc_next(&u->array, match, i + 1), n++) {
        miss_range_left(&u->history, &u->array.entry[i], LOST_INVALIDATED, who);
        assoc_drop(&u->array, i);
    }
    stats->invalidations += n;
    return n;
}
