/* SPDX-License-Identifier: Apache-2.0 */
/* See tlb.h. */
#include "mmu/translate/tlb.h"

struct tlb_leaf tlb_leaf_of(uint64_t satp, uint32_t asid, uint64_t va,
                            const struct walk *walk)
{
    uint64_t mask = (1ULL << walk->page_shift) - 1;
    return (struct tlb_leaf){
        .entry = { .first = va & ~mask,
                   .last = va | mask,
                   .context = asid,
                   .valid = 1,
                   .global = walk->global,
                   .rights = (uint8_t)walk->pte },
        .payload = { .pa = walk->pa, .pte = walk->pte, .space = satp },
    };
}

struct miss_key tlb_key(const struct assoc_entry *entry,
                        const struct assoc_payload *payload)
{
    return (struct miss_key){ entry->first,
                              entry->global ? UINT64_MAX : payload->space };
}

int32_t tlb_fill(struct lookaside *u, struct unit_stats *stats,
                 const struct tlb_leaf *leaf, uint32_t who)
{
    struct assoc_entry victim;
    struct assoc_payload payload;
    int32_t index =
        assoc_fill(&u->array, &leaf->entry, &leaf->payload, &victim, &payload);
    stats->fills++;
    if (victim.valid) {
        stats->evictions++;
        miss_left(&u->history, tlb_key(&victim, &payload), LOST_REPLACED, who);
    }
    struct miss_key key = tlb_key(&leaf->entry, &leaf->payload);
    miss_filled(&u->history, key);
    miss_used(&u->history, index, key);
    return index;
}

uint32_t tlb_invalidate(struct lookaside *u, struct unit_stats *stats,
                        const struct assoc_match *match,
                        enum lost_reason reason, uint32_t who)
{
    uint32_t n = 0;
    for (int32_t i = assoc_next(&u->array, match, 0); i >= 0;
         i = assoc_next(&u->array, match, i + 1), n++) {
        miss_left(&u->history,
                  tlb_key(&u->array.entry[i], &u->array.payload[i]), reason,
                  who);
        assoc_drop(&u->array, i);
    }
    stats->invalidations += n;
    return n;
}
