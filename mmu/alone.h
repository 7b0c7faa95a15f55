/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Late misses and gifts: what would this domain have seen had it run alone?
 * Each recently run domain (64, the least recently run is forgotten) has a
 * tag-only copy of the L1 and L2 TLBs, the RPLBs and the L1 caches, of the
 * same geometry and policy, which sees only the accesses made while that
 * domain is the hardware's current one, kernel work and walker reads included.
 *
 *   real miss + alone hit  = late: another domain or a switch's flush did it
 *   real hit  + alone miss = gift: another domain had brought it in
 *
 * The domain is what the hardware knows: sdomain when a protection unit is
 * selected, else satp without its ASID. Invalidations reach all copies, except
 * a switch's own flush. The L2 cache has no copy: there, a miss is late when
 * the line was displaced by another domain's fill (miss.h). Under the random
 * policy the copies draw their own numbers, so late and gift are estimates.
 * They explain; they never change what the machine does.
 */
#pragma once

#include "mmu/access.h"
#include "mmu/assoc.h"
#include "mmu/err.h"
#include "mmu/heap.h"

#define ALONE_SLOTS 64
#define ALONE_UNITS UNIT_L2 /* every unit before the L2 cache */

struct alone_slot {
    uint64_t key;   /* the domain */
    uint64_t stamp; /* when it last became current; 0 = slot never used */
    struct assoc unit[ALONE_UNITS];
};

struct alone {
    struct heap *heap; /* where slot and memory lie, or NULL */
    bool on;
    uint64_t *uses;   /* clock of all arrays */
    assoc_lost *lost; /* watches them */
    void *owner;      /* likewise */
    uint64_t clock;
    struct alone_slot *now; /* copy of the current domain */
    struct assoc_shape shape[ALONE_UNITS];
    size_t slot_bytes;
    struct alone_slot *slot; /* [ALONE_SLOTS] */
    void *memory;            /* of all arrays; the host backs what is used */
};

/* shape[u].entries = 0: the machine has no such unit. The rest is what the
 * arrays are watched with (assoc_watch). */
MUST_CHECK bool alone_init(struct alone *a, struct heap *heap, bool on,
                           const struct assoc_shape shape[ALONE_UNITS],
                           uint64_t *uses, assoc_lost *lost, void *owner,
                           struct err *err);
void alone_free(struct alone *a);
/* The domain `key` runs from now on. */
void alone_select(struct alone *a, uint64_t key);
/* An invalidation that reaches every copy of the unit. */
void alone_invalidate(struct alone *a, enum unit unit,
                      const struct assoc_match *match);
/* One entry leaves every copy of a unit that has it. */
void alone_drop(struct alone *a, enum unit unit, uint64_t address);
/* The copy of the domain `key`, or NULL. */
struct alone_slot *alone_find(const struct alone *a, uint64_t key);
/* Puts a range into a copy. */
void alone_fill(struct alone_slot *slot, enum unit unit,
                const struct assoc_entry *entry);

/* Does the current domain's own copy hold it? Counts as a use there. */
static inline bool alone_lookup(struct alone *a, enum unit unit,
                                uint64_t address, uint32_t context)
{
    return assoc_lookup(&a->now->unit[unit], address, context) != ASSOC_NONE;
}
