/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several L1 data caches over one L2, kept coherent: each cache is a plain list
 * (oracle_cache.h), and what an access does to the others is done by hand, as
 * mmu/coherence.h describes it.
 */
#pragma once

#include "tests/ref/oracle_cache.h"

enum { ORACLE_HARTS = 8 };

struct oracle_coherence {
    struct oracle_cache l1[ORACLE_HARTS], l2;
    int harts;
};

/* What one access did. */
struct oracle_answer {
    bool hit, l2_hit; /* l2_hit: when it missed in L1 */
    bool wrote_back;  /* a dirty line of its own had to go */
    bool upgraded;    /* one of several, it stored to a clean line of its own */
    bool had_dirty;   /* another cache had the line dirty */
    bool had_clean;   /* others had clean copies, which it invalidated */
};

struct oracle_answer oracle_coherence_use(struct oracle_coherence *c, int hart,
                                          uint64_t line, bool store);
/* Does the cache of this hart hold the line? */
bool oracle_coherence_holds(const struct oracle_coherence *c, int hart,
                            uint64_t line, bool *dirty);
