/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translation: virtual to physical, through L1 TLB, L2 TLB and walker. An L1
 * TLB miss costs l2tlb.latency if there is an L2 TLB, and if that misses too,
 * walk.step per level plus the walker's reads through L1D and L2; all of it is
 * charged to FOR_TLB. A store through an entry with D = 0 hits, and walks again
 * to set D. A leaf that refuses the access is not put into a TLB.
 * Privilege stays with translation (U, SUM, A, D) whoever protects; R, W and X
 * of U=1 leaves count only if the page table is the protection.
 */
#pragma once

#include "mmu/mmu.h"
#include "mmu/translate/walk.h"

/* Is the access translated at all (Priv 4.1.11, 4.4.1)? */
static inline bool translate_is_paged(uint64_t satp, uint8_t privilege)
{
    return privilege != PRIV_M && walk_levels(satp) != 0;
}

/* Does a leaf (low byte of its PTE) allow this? REFUSED_NOT = yes. Does not
 * look at A and D. `leaf_rights` = R, W, X of U=1 leaves count. */
enum refusal translate_refusal(const struct mmu_regs *regs, bool leaf_rights,
                               uint8_t kind, uint8_t privilege, uint8_t leaf);
/* Must A or D be set first? */
static inline bool translate_needs_ad(uint8_t kind, uint8_t leaf)
{
    return !(leaf & PTE_A) || (kind >= ACCESS_STORE && !(leaf & PTE_D));
}

/* Fills cause and fault_va as translation refuses; returns false. */
bool translate_refuse(struct access *a, enum refusal why, uint64_t va);

/* Translates va (paged accesses only). Adds to a->tlb, a->l2tlb; sets a->pte,
 * page_shift, rights; *user: the page has U=1. */
bool translate(struct mmu *m, struct access *a, uint64_t va, uint64_t *pa,
               bool *user);
/* The part of it after a hit in entry i of an L1 TLB, which was touched: what
 * shadow and alone copies learn of it. Adds to *l. */
void translate_hit(struct mmu *m, enum unit l1, int32_t i, uint64_t va,
                   struct lookup *l);
