/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables from small numbers to objects. An id is a slot number plus a
 * generation in the bits above it, so a stale id finds nothing. The table holds
 * pointers to objects whose first field is their `uint32_t id`. Pure code.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct object {
    uint32_t id;
};

struct id_table {
    uint32_t slots; /* power of two; slot 0 is never used: id 0 is no object */
    bool plain;     /* no generations: ids stay below `slots` */
    uint32_t fresh; /* first slot never used */
    uint32_t first, last; /* slots given back, 0 = none */
    uint32_t count;       /* objects in the table */
    /* 0: never used; even: pointer; odd: free, the id it gives next << 32 |
     * the free slot after it << 1 | 1 */
    uint64_t *slot;
};

/* `slot` must hold `slots` words, all 0. */
void id_init(struct id_table *t, uint64_t *slot, uint32_t slots, bool plain);
/* Gives o an id and enters it; false when the table is full. Ids are used again
 * as late as possible; plain ones as soon as possible, which keeps them small.
 */
bool id_add(struct id_table *t, struct object *o);
void id_remove(struct id_table *t, struct object *o);
/* The object, or NULL. */
void *id_find(const struct id_table *t, uint64_t id);
/* Was there such an object, and is it gone? (Not for plain tables.) */
bool id_is_stale(const struct id_table *t, uint64_t id);
