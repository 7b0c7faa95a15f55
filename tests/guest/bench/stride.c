/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: read and write over 32 MiB with several strides, from a word to
 * some pages: every cache is passed by, but the next address is known.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0xc7bc8ece98cacd1au, 0x32b9e684e44b8a14u)
#define WORDS    (SIZED(32u << 20, 1u << 18) / 8)
#define ROUNDS   SIZED(3, 1)

static uint64_t memory[WORDS];

/* Touches every word of one residue in each pass; as many as fit. */
static uint64_t pass(uint32_t stride, uint32_t passes)
{
    uint64_t sum = 0;
    for (uint32_t first = 0; first < passes; first++)
        for (uint32_t i = first; i < WORDS; i += stride) {
            sum += memory[i];
            memory[i] = sum ^ i;
        }
    return sum;
}

int main(void)
{
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        sum = checksum_add(sum, pass(1, 1));
        sum = checksum_add(sum, pass(8, 8));      /* a line */
        sum = checksum_add(sum, pass(9, 8));      /* a line and a word */
        sum = checksum_add(sum, pass(512, 256));  /* a page */
        sum = checksum_add(sum, pass(1544, 512)); /* three pages, a line */
    }
    return checksum_end(sum, EXPECTED);
}
