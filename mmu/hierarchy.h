/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line's way through L1, L2 and DRAM, with its cycles charged. An L1 hit is
 * part of the pipeline and free. An L1 miss costs l2.latency in L2; an L2 miss
 * dram.latency in DRAM; then l1.fill, and l1.writeback if a dirty line had to
 * go, in L1. Without L2 the line comes from DRAM at once; without an L1 every
 * access goes to the next place. A write-back marks the line in L2 if it is
 * there and else goes to DRAM, as do L2's own; both are posted: they cost
 * nothing and are no look-up.
 */
#pragma once

#include "mmu/mmu.h"

/* Where a line is after an access: its entry in L1 and in the domain's alone
 * copy of L1, or ASSOC_NONE. (Wide, so that each comes back in a register.) */
struct hierarchy_place {
    int64_t real, alone;
};

/* Touches the line of pa through `l1` (UNIT_L1I or UNIT_L1D). Verdicts go to
 * *first and *second (L1, L2), or nowhere if these are NULL. */
struct hierarchy_place hierarchy_access(struct mmu *m, enum unit l1,
                                        uint64_t pa, bool write,
                                        enum purpose purpose,
                                        struct lookup *first,
                                        struct lookup *second);
/* A dirty line goes to L2 if it is there, else to DRAM. */
void hierarchy_write_back(struct mmu *m, uint64_t line);
/* Invalidates all of L1D, after writing its dirty lines back. */
void hierarchy_drop_l1d(struct mmu *m);
