/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the benchmark programs: their size, and their end. Each is built twice:
 * at full size for `make bench` (some hundred million instructions), and with
 * SMALL for the tests (a few million). Each ends with a checksum of all it
 * computed; the program itself compares it with what the same work gave on
 * other machines (docs/bench.md), so a wrong machine does not get a score.
 */
#pragma once

#include "tests/guest/lib/guest.h"

#ifdef SMALL
#define SIZED(full, small) (small)
#else
#define SIZED(full, small) (full)
#endif

/* Mixes one more result into a checksum; the order matters. */
static inline uint64_t checksum_add(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
    return sum ^ sum >> 29;
}

/* Prints the checksum; what main returns: 0 if it is the expected one. */
static inline int checksum_end(uint64_t sum, uint64_t expected)
{
    guest_print("checksum ");
    for (int shift = 60; shift >= 0; shift -= 4) {
        char digit[2] = { "0123456789abcdef"[sum >> shift & 15], 0 };
        guest_print(digit);
    }
    guest_print("\n");
    return sum != expected;
}
