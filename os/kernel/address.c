/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address allocator: a buddy system that only splits. It starts with one
 * block of each size and keeps that property: a block of order k is split only
 * when none smaller fits, and leaves one block of each order below k that had
 * none.
 */
#include "os/kernel/address.h"

void address_init(struct address_space *a, unsigned top)
{
    for (unsigned order = 0; order < ADDRESS_ORDERS; order++) {
        bool free = order >= ADDRESS_FIRST_ORDER && order < top;
        a->block[order] = free ? 1ul << order : 0;
    }
}

uint64_t address_alloc(struct address_space *a, uint64_t bytes)
{
    unsigned order = ADDRESS_MIN_ORDER, from;
    uint64_t base;

    while (order < ADDRESS_ORDERS && 1ul << order < bytes)
        order++;
    for (from = order; from < ADDRESS_ORDERS && !a->block[from];)
        from++;
    if (from >= ADDRESS_ORDERS)
        return 0;
    base = a->block[from];
    a->block[from] = 0;
    while (from > order) {
        from--;
        a->block[from] = base + (1ul << from);
    }
    return base;
}
