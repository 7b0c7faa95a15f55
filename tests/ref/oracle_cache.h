/* SPDX-License-Identifier: Apache-2.0 */
/* A cache as a list per set, most recently used line first. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ORACLE_CACHE_SETS = 64, ORACLE_CACHE_WAYS = 16 };

struct oracle_cache {
    int sets, ways;
    struct {
        uint64_t line; /* line number + 1; 0 = empty */
        bool dirty;
    } set[ORACLE_CACHE_SETS][ORACLE_CACHE_WAYS];
};

/* Uses the line; *wrote_back: a dirty line had to go, *gone is its number. */
bool oracle_cache_use(struct oracle_cache *c, uint64_t line, bool write,
                      bool *wrote_back, uint64_t *gone);
