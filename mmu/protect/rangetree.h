/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The range tree in memory that the RPLB's refill hardware walks; its format
 * is in mmu/xsas.h. Like the page walker, it reaches memory through a
 * callback, so that the timed walk and the peek are one code.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Reads `count` (1 or 2) aligned 64-bit words at pa in one access. */
struct rangetree_memory {
    bool (*read)(void *context, uint64_t pa, unsigned count, uint64_t *word);
    void *context;
};

struct rangetree_result {
    bool found;
    bool broken; /* a pointer outside RAM, or deeper than the limit */
    uint64_t base, limit;
    uint8_t rights;
    unsigned nodes; /* nodes visited */
};

/* The range of `domain` that holds va, under the root table `srtable`. */
struct rangetree_result rangetree_find(uint64_t srtable, uint16_t domain,
                                       uint64_t va,
                                       const struct rangetree_memory *memory);
