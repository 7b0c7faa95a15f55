/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameter block of toucher.c: 8-byte words in a segment that the toucher
 * may read and write; the scenario fills it in before the start.
 */
#pragma once

#include <stdint.h>

#define TOUCHER_SEGMENTS 64

struct toucher {
    uint64_t pages;          /* working set, at most TOUCHER_PAGES */
    uint64_t segments;       /* over how many of base[] it is spread, >= 1 */
    uint64_t rounds;         /* measured rounds */
    uint64_t warm_rounds;    /* rounds before them */
    uint64_t wait_semaphore; /* 0: yield after each round; else */
    uint64_t post_semaphore; /* ... post this one and wait for that one */
    uint64_t mark;   /* not 0: marks `mark` and `mark + 1` around rounds */
    uint64_t line;   /* cache line of its page that page 0 is touched at */
    uint64_t store;  /* 0 = loads, 1 = stores (the touched word + 1) */
    uint64_t result; /* out: sum of the words of the last round */
    uint64_t base[TOUCHER_SEGMENTS]; /* the segments, page aligned */
};

#define TOUCHER_PAGES 4096
