/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: work shared by as many harts as there are. Each takes the next
 * piece from a common counter, works on its own stack, and adds its result to a
 * common sum; whoever finishes the last piece ends the program. The sum does
 * not depend on the number of harts.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0x6d363acbd5c98ddau, 0x4e7bf6a9dabcccbdu)
#define PIECES   SIZED(12800u, 64u)
#define WORDS    128

static uint64_t taken, finished, total;

void other_main(void);

/* Some sorting, some arithmetic, on the stack. */
static uint64_t work(uint64_t piece)
{
    uint64_t words[WORDS], sum = 0;
    for (int i = 0; i < WORDS; i++) {
        piece = piece * 6364136223846793005u + 1442695040888963407u;
        words[i] = piece >> 20;
    }
    for (int i = 1; i < WORDS; i++) {
        uint64_t word = words[i];
        int k = i;
        for (; k > 0 && words[k - 1] > word; k--)
            words[k] = words[k - 1];
        words[k] = word;
    }
    for (int i = 0; i < WORDS; i++)
        sum = checksum_add(sum, words[i]);
    return sum;
}

void other_main(void)
{
    for (;;) {
        uint64_t piece = __atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
        if (piece >= PIECES)
            break;
        __atomic_fetch_add(&total, work(piece), __ATOMIC_RELAXED);
        if (__atomic_add_fetch(&finished, 1, __ATOMIC_ACQ_REL) == PIECES)
            guest_exit(checksum_end(total, EXPECTED));
    }
    for (;;)
        __asm__ volatile("wfi");
}

int main(void)
{
    other_main();
    return 2;
}
