/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slow, plain oracles for tests of mmu/: everything in a line, nothing clever,
 * written from the description of each unit and not from its code.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ORACLE_MAX = 512 };

struct oracle_entry {
    uint64_t first, last, used, filled; /* used, filled: serial numbers */
    uint32_t context;
    unsigned rights; /* of a range */
    bool global, valid;
};

/* A set-associative array of ranges with LRU or FIFO replacement. */
struct oracle_array {
    struct oracle_entry e[ORACLE_MAX];
    int sets, ways;
    bool fifo;
    uint64_t time;
};

/* How many entries match; *which is the last of them. Changes nothing. */
int oracle_array_find(const struct oracle_array *o, uint64_t address,
                      uint32_t context, int *which);
/* A hit counts as a use. */
bool oracle_array_lookup(struct oracle_array *o, uint64_t address,
                         uint32_t context);
/* Lines and pages: drops what overlaps, then fills. */
void oracle_array_fill_page(struct oracle_array *o, struct oracle_entry e);
/* Ranges: only the very same range of the same context is replaced. */
void oracle_array_fill_range(struct oracle_array *o, struct oracle_entry e);
