/* SPDX-License-Identifier: Apache-2.0 */
/* See tlb.h. */
#include "mmu/translate/tlb.h"

enum { KEY_SHIFT = 12 /* as in the shape of all TLBs */ };

struct miss_key tlb_key(const struct assoc_entry *entry,
                        const struct assoc_payload *payload)
{
    return miss_key_of(entry->first,
                       entry->global ? UINT64_MAX : payload->space, KEY_SHIFT);
}

struct tlb_leaf tlb_leaf_of(uint64_t satp, uint32_t asid, uint64_t va,
                            const struct walk *walk)
{
    uint64_t mask = (1ULL << walk->page_shift) - 1;
    struct tlb_leaf leaf = {
        .entry = { .first = va & ~mask,
                   .last = va | mask,
                   .context = asid,
                   .valid = 1,
                   .global = walk->global,
                   .rights = (uint8_t)walk->pte },
        .payload = { .pa = walk->pa, .pte = walk->pte, .space = satp },
    };
    leaf.key = tlb_key(&leaf.entry, &leaf.payload);
    return leaf;
}

struct tlb_leaf tlb_leaf_at(const struct assoc *a, int32_t i)
{
    struct tlb_leaf leaf = { .entry = a->entry[i], .payload = a->payload[i] };
    leaf.key = tlb_key(&leaf.entry, &leaf.payload);
    return leaf;
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
        struct miss_key old = tlb_key(&victim, &payload);
        miss_left(&u->history, &old, LOST_REPLACED, who);
    }
    miss_filled(&u->history, &leaf->key);
    miss_used(&u->history, index, &leaf->key);
    return index;
}

uint32_t tlb_invalidate(struct lookaside *u, struct unit_stats *stats,
                        const struct assoc_match *match,
                        enum lost_reason reason, uint32_t who)
{
    uint32_t n = 0;
    for (int32_t i = assoc_next(&u->array, match, 0); i >= 0;
         i = assoc_next(&u->array, match, i + 1), n++) {
        struct miss_key key = tlb_key(&u->array.entry[i], &u->array.payload[i]);
        miss_left(&u->history, &key, reason, who);
        assoc_drop(&u->array, i);
    }
    stats->invalidations += n;
    return n;
}
