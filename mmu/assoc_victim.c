/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacement: which way of a set gives room to a new entry (assoc.h). All that
 * the policies know of the past are times of use and of fill.
 */
#include "mmu/assoc.h"

static inline __attribute__((always_inline)) uint64_t
newest(const uint64_t *stamp, uint32_t ways)
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
        way += newest(stamp + way, half) > newest(stamp + way + half, half)
                   ? half
                   : 0;
    return way;
}

/* The usual sizes as constants: the host does these without a loop. */
static uint32_t victim_tree(const struct assoc *a, uint32_t start)
{
    const uint64_t *stamp = a->stamp + start;
    switch (a->ways) {
    case 4:
        return victim_tree_of(stamp, 4);
    case 8:
        return victim_tree_of(stamp, 8);
    case 16:
        return victim_tree_of(stamp, 16);
    default:
        return victim_tree_of(stamp, a->ways);
    }
}

static uint32_t victim_random(struct assoc *a)
{
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (uint32_t)((a->random >> 32) % a->ways);
}

/* By time of last use (LRU) or of fill (FIFO). */
static uint32_t victim_oldest(const struct assoc *a, uint32_t start)
{
    const uint64_t *stamp = (a->filled ? a->filled : a->stamp) + start;
    uint64_t oldest = stamp[0];
    uint32_t way = 0;
    for (uint32_t w = 1; w < a->ways; w++)
        if (stamp[w] < oldest) {
            oldest = stamp[w];
            way = w;
        }
    return way;
}

static uint32_t choose_victim(struct assoc *a, uint32_t start)
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

static uint32_t victim_rotate(struct assoc *a)
{
    uint32_t way = a->turn;
    a->turn = way + 1 < a->ways ? way + 1 : 0;
    return way;
}

uint32_t assoc_choose_way(struct assoc *a, uint32_t start)
{
    if (a->policy == POLICY_ROTATE)
        return victim_rotate(a);
    const struct assoc_entry *e = a->entry + start;
    if (a->valid < assoc_entries(a) && a->tag) {
        for (uint32_t w = 0; w < a->ways; w++)
            if (!a->tag[start + w])
                return w;
    } else if (a->valid < assoc_entries(a))
        for (uint32_t w = 0; w < a->ways; w++)
            if (!e[w].valid)
                return w;
    return choose_victim(a, start);
}
