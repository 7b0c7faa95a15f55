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

/* slots: power of two; slot 0 is never used, so that id 0 is no object. */
struct id_table {
    uint32_t slots;
    bool plain;     /* no generations: ids stay below `slots` */
    uint32_t free;  /* first free slot, 0 = full */
    uint32_t count; /* objects in it */
    uint64_t *slot; /* even: pointer; odd: id to give next << 32 | next free
                       slot << 1 | 1 */
};

/* `slot` must hold `slots` words. */
void id_init(struct id_table *t, uint64_t *slot, uint32_t slots, bool plain);
/* Gives o an id and enters it; false when the table is full. */
bool id_add(struct id_table *t, struct object *o);
void id_remove(struct id_table *t, struct object *o);
/* The object, or NULL. */
void *id_find(const struct id_table *t, uint64_t id);
