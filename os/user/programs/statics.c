/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What private statics cost: a computation that lives in them. Built twice from
 * this file: as an ordinary program of ours (statics through tp) and as
 * `plain_statics` (statics at fixed addresses, only in a MAS); the difference
 * in cycles between the marks is the price of one image for all domains.
 *
 * main(rounds, 0): marks 1 and 2 around the rounds; returns a checksum that is
 * the same for both builds.
 */
#include "os/user/opalite.h"

#define CELLS 64

PRIVATE uint64_t cell[CELLS];
PRIVATE uint64_t state = 1;
PRIVATE uint64_t sum;
PRIVATE uint64_t steps;

/* One step of a generator that scatters over the table. */
__attribute__((noinline)) static void step(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    cell[state >> 58] += state;
    sum ^= cell[state >> 52 & (CELLS - 1)];
    steps++;
}

int64_t main(uint64_t rounds, uint64_t unused)
{
    (void)unused;
    mark(1);
    while (steps < rounds)
        step();
    mark(2);
    return (int64_t)(sum & INT64_MAX);
}
