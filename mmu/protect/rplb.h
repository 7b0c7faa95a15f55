/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The range protection lookaside buffer: a fully associative lookaside unit of
 * (domain, base, limit) -> rights. It knows nothing of pages or translation.
 * Two units, for fetches and for data. If entries of one domain overlap and
 * both match, the hardware says so (multi-hit); refilling the same range of
 * the same domain replaces the entry. Next: protect.h (when it is asked).
 */
#pragma once

#include "mmu/lookaside.h"

int32_t rplb_fill(struct lookaside *u, struct unit_stats *stats,
                  const struct assoc_entry *range, uint32_t who);
uint32_t rplb_invalidate(struct lookaside *u, struct unit_stats *stats,
                         const struct assoc_match *match, uint32_t who);
