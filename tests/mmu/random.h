/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers for property tests: the same ones on every run. */
#pragma once

#include <stdint.h>

static uint64_t random_state = 1;

static inline void random_start(uint64_t seed)
{
    random_state = seed * 2654435761u + 88172645463325252ULL;
}

static inline uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static inline uint64_t random_below(uint64_t n)
{
    return (random_next() >> 11) % n;
}
