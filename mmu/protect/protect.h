/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the protection unit is asked, and what it says. It is asked for every
 * U-mode access, and for S-mode data accesses to U=1 pages under SUM=1, as the
 * current domain; the right of the page table (R, W, X of U=1 leaves) then
 * does not count. M-mode, other S-mode accesses and the walkers are exempt.
 * MXR means nothing here. An access across two ranges needs both to allow it.
 */
#pragma once

#include "mmu/mmu.h"
#include "mmu/xsas.h"

/* Does a protection unit decide instead of the page table? */
static inline bool protect_selected(const struct mmu_regs *regs)
{
    return (regs->sprot & SPROT_UNIT_MASK) == SPROT_RPLB;
}

/*
 * Checks the `size` bytes at va for a->kind; refills in hardware when
 * sprot says so. Adds to a->protection and a->rights. *covered (may be NULL)
 * gets the range [first, last] of the last entry used. False: refused.
 */
bool protect_check(struct mmu *m, struct access *a, uint64_t va, unsigned size,
                   struct assoc_entry *covered);

/* The part of it after a hit in entry `index`, which was touched: what the
 * alone copy learns of it. Adds to *l. */
void protect_hit(struct mmu *m, enum unit unit, int32_t index, uint64_t va,
                 struct lookup *l);

/* Rights an access needs, and the causes of its refusal; shared with peek. */
uint8_t protect_needs(enum access_kind kind);
bool protect_refuse(struct access *a, enum refusal why, uint64_t va);
