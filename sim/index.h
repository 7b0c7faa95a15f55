/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a pair of numbers to a place in an array: how registry and ledger find
 * a record among thousands in constant time. Open addressing with linear
 * probing; the table is never more than half full. Zeroed memory is an empty
 * index.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>

#include "mmu/heap.h"

#define INDEX_NONE SIZE_MAX

struct index_slot {
    uint64_t a, b;  /* the key */
    uint64_t place; /* + 1; 0 = the slot is empty */
};

struct index {
    struct index_slot *slot;
    size_t slots, used; /* slots: 0 or a power of two */
    struct heap *heap;  /* where slot lies */
};

/* The place of (a, b), or INDEX_NONE. */
size_t index_find(const struct index *x, uint64_t a, uint64_t b);
/* (a, b) is at `place` from now on. */
void index_set(struct index *x, uint64_t a, uint64_t b, size_t place);
/* Forgets (a, b), if it is known. */
void index_remove(struct index *x, uint64_t a, uint64_t b);
void index_free(struct index *x);

/* First in, first out: places of records that ended, the oldest first. Zeroed
 * memory is an empty queue. */
struct place_queue {
    size_t *place;
    size_t first, count, room;
    struct heap *heap; /* where place lies */
};

void place_queue_add(struct place_queue *q, size_t place);
/* Takes the oldest; count > 0. */
size_t place_queue_take(struct place_queue *q);
void place_queue_free(struct place_queue *q);
