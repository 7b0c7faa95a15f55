/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Posted stores: what a write-through L1D has handed to memory. The core goes
 * on at once; memory takes the stores one after the other. A store starts when
 * it is made or when memory is free, whichever is later; it keeps memory busy
 * for stores.drain cycles, or for stores.same in the block of the store before
 * it (then a third one to that block may start stores.next cycles after it),
 * and is acknowledged stores.ack cycles after its end. With stores.depth of
 * them unacknowledged the next one waits for the oldest. Under stores.order =
 * drain a refill of L1D and a data page walk wait for all: with the values of
 * Flute a load that misses right behind one store waits 21 cycles.
 */
#pragma once

#include <stdint.h>

#include "mmu/account.h"

struct mmu;

enum { STORES_MAX = 64 };

/* Times are clocks of the hart. */
struct stores {
    uint64_t free;            /* memory can start a store to another block */
    uint64_t free_same;       /* or one to the same */
    uint64_t settled;         /* the last one is acknowledged */
    uint64_t block;           /* the block of the last one */
    uint64_t ack[STORES_MAX]; /* ring: of acknowledgement, rising */
    uint32_t oldest, count;
};

/* Hands a store to memory; waits, charged to `purpose`, if there is no room. */
void stores_post(struct mmu *m, uint64_t pa, enum purpose purpose);
/* Waits for every acknowledgement, if stores.order says so. */
void stores_settle(struct mmu *m, enum purpose purpose);
