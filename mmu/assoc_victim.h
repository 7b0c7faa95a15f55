/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacement: which way of a set gives room to a new entry (assoc.h). All that
 * the policies know of the past are times of use and of fill. In a header,
 * since every miss of the machine comes here.
 */
#pragma once

#include "mmu/assoc.h"

static inline __attribute__((always_inline)) uint64_t
victim_newest(const uint64_t *stamp, uint32_t ways)
{
    uint64_t n = stamp[0];
#pragma GCC unroll 8
    for (uint32_t w = 1; w < ways; w++)
        n = stamp[w] > n ? stamp[w] : n;
    return n;
}

/*
 * Tree-PLRU: a node of the tree points away from the half of its ways that was
 * used last, so the tree need not be stored: the times of use tell it. A half
 * never used is like one used before all time; of two such the left one goes.
 */
static inline __attribute__((always_inline)) uint32_t
victim_tree_of(const uint64_t *stamp, uint32_t ways)
{
    uint32_t way = 0;
#pragma GCC unroll 4
    for (uint32_t half = ways / 2; half; half /= 2)
        way += victim_newest(stamp + way, half) >
                       victim_newest(stamp + way + half, half)
                   ? half
                   : 0;
    return way;
}

/* Where the tree is kept: down to where its nodes point. */
static inline uint32_t victim_kept(const struct assoc *a, uint32_t set)
{
    uint64_t tree = a->tree[set];
    uint32_t node = 1, ways = a->ways;
    do
        node = 2 * node + (tree >> node & 1);
    while (node < ways);
    return node - ways;
}

/* The usual sizes as constants: the host does these without a loop. */
static inline uint32_t victim_tree(const struct assoc *a, uint32_t start)
{
    const uint64_t *stamp = a->stamp + start;
    switch (a->ways) {
    case 4:
        return victim_tree_of(stamp, 4);
    case 8:
        return victim_tree_of(stamp, 8);
    default:
        return victim_tree_of(stamp, a->ways);
    }
}

static inline uint32_t victim_random(struct assoc *a)
{
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (uint32_t)((a->random >> 32) % a->ways);
}

/* By time of last use (LRU) or of fill (FIFO). */
static inline uint32_t victim_oldest(const struct assoc *a, uint32_t start)
{
    const uint64_t *stamp = (a->filled ? a->filled : a->stamp) + start;
    uint64_t oldest = stamp[0];
    uint32_t way = 0;
#pragma GCC unroll 8
    for (uint32_t w = 1; w < a->ways; w++)
        if (__builtin_expect(stamp[w] < oldest, 0)) {
            oldest = stamp[w];
            way = w;
        }
    return way;
}

static inline uint32_t victim_choose(struct assoc *a, uint32_t start)
{
    switch (a->policy) {
    case POLICY_PLRU:
        return victim_tree(a, start);
    case POLICY_RANDOM:
        return victim_random(a);
    default:
        return victim_oldest(a, start);
    }
}

static inline uint32_t victim_rotate(struct assoc *a)
{
    uint32_t way = a->turn;
    a->turn = way + 1 < a->ways ? way + 1 : 0;
    return way;
}

/* The way of the set at `start` (its first index) that the policy gives up, or
 * an empty one. */
static inline uint32_t victim_way(struct assoc *a, uint32_t start)
{
    if (a->policy == POLICY_ROTATE)
        return victim_rotate(a);
    const struct assoc_entry *e = a->entry + start;
    if (a->valid < assoc_entries(a) && a->tag) {
        int32_t way = tags_find(a->tag + start, a->ways, 0);
        if (way >= 0)
            return (uint32_t)way;
    } else if (a->valid < assoc_entries(a))
        for (uint32_t w = 0; w < a->ways; w++)
            if (!e[w].valid)
                return w;
    return victim_choose(a, start);
}
