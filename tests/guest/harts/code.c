/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code that another hart changes: hart 0 writes a function, tells the others,
 * each of these does fence.i and calls it; again and again with another result.
 * Without the fence.i of the hart that runs the code, the specification lets it
 * run the old one.
 */
#include "tests/guest/lib/harts.h"

enum { ROUNDS = 200 };

static struct line together[2], bad;
static uint32_t code[LINE / 4] __attribute__((aligned(LINE)));

/* addi a0, zero, n; ret */
static void write_code(uint32_t n)
{
    volatile uint32_t *at = code;
    at[0] = n << 20 | 0x513;
    at[1] = 0x8067;
}

int main(unsigned self)
{
    unsigned harts = count_harts();
    int (*call)(void) = (int (*)(void))(uintptr_t)code;
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        if (self == 0)
            write_code(round);
        barrier(together, harts);
        __asm__ volatile("fence.i" ::: "memory");
        for (int i = 0; i < 3 && (self || harts == 1); i++)
            if (call() != (int)round)
                bad.value = round;
        barrier(together, harts);
    }
    return (int)bad.value;
}
