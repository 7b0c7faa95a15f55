/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The range tree: disjoint address ranges in the very format that the refill
 * hardware walks (mmu/xsas.h), kept balanced (AVL). The kernel finds
 * attachments and segments with it, the refill code and the hardware find
 * rights. Pure code: the tests compile it for the host.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "mmu/xsas.h"

/* Where physical address 0 is seen; tests see "physical" as it is. */
#ifdef __riscv
#define DIRECT_MAP 0xffffffc000000000
#else
#define DIRECT_MAP 0
#endif

/* The first four words are the hardware's node; 32-byte aligned. */
struct range {
    uint64_t base, limit; /* [base, limit) */
    uint64_t left;        /* physical address of the child | rights */
    uint64_t right;
    uint64_t height; /* of the subtree; the kernel's only */
} __attribute__((aligned(32)));

/* The root word: physical address of the top node, 0 = empty. */
struct range_tree {
    uint64_t root;
};

static inline struct range *range_at(uint64_t word)
{
    uint64_t pa = word & RANGE_CHILD_MASK;
    return pa ? (struct range *)(uintptr_t)(pa + DIRECT_MAP) : 0;
}

static inline unsigned range_rights(const struct range *r)
{
    return (unsigned)(r->left & RIGHT_MASK);
}

static inline void range_set_rights(struct range *r, unsigned rights)
{
    r->left = (r->left & ~(uint64_t)RIGHT_MASK) | (rights & RIGHT_MASK);
}

/* The range that holds va, or NULL. */
struct range *range_find(const struct range_tree *t, uint64_t va);
/* The lowest range that touches [base, limit), or NULL. */
struct range *range_overlap(const struct range_tree *t, uint64_t base,
                            uint64_t limit);
/* Adds r (base, limit and rights filled in). False: it overlaps another. */
bool range_insert(struct range_tree *t, struct range *r);
/* Takes r, which is in the tree, out of it. */
void range_remove(struct range_tree *t, struct range *r);
