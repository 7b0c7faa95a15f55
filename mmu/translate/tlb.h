/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLB: a lookaside unit whose entries are pages. Context = ASID; rights =
 * low byte of the leaf PTE; A and D are cached with it. A TLB never holds two
 * entries for one address of one space: a fill removes what it overlaps (Priv
 * 4.2.1 leaves the choice to us). Next: translate.h (the order of things).
 */
#pragma once

#include "mmu/lookaside.h"
#include "mmu/translate/walk.h"

/* A leaf as a TLB entry and its payload. */
struct tlb_leaf {
    struct assoc_entry entry;
    struct assoc_payload payload;
    struct miss_key key;
};

struct tlb_leaf tlb_leaf_of(uint64_t satp, uint32_t asid, uint64_t va,
                            const struct walk *walk);
/* The leaf that is entry i of a TLB. */
struct tlb_leaf tlb_leaf_at(const struct assoc *a, int32_t i);
/* Under which name miss causes know this leaf. */
struct miss_key tlb_key(const struct assoc_entry *entry,
                        const struct assoc_payload *payload);
/* Puts a leaf in, on behalf of the domain `who`; returns the index. */
int32_t tlb_fill(struct lookaside *u, struct unit_stats *stats,
                 const struct tlb_leaf *leaf, uint32_t who);
/* Removes what matches; returns how many. */
uint32_t tlb_invalidate(struct lookaside *u, struct unit_stats *stats,
                        const struct assoc_match *match,
                        enum lost_reason reason, uint32_t who);
