/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Something to debug: a loop, a function, a variable, a trap that is handled.
 * tests/sim/test_gdb_end.c stops in it at symbols and lines.
 */
#include "tests/guest/lib/guest.h"

static volatile uint64_t total;
static volatile uint64_t traps;

__attribute__((noinline)) static uint64_t square(uint64_t n)
{
    return n * n;
}

/* Its ecall comes back behind itself. */
__attribute__((aligned(4), interrupt("machine"))) static void on_trap(void)
{
    traps = traps + 1;
    csr_write(mepc, csr_read(mepc) + 4);
}

int main(void)
{
    csr_write(mtvec, (uint64_t)on_trap);
    for (uint64_t i = 1; i <= 5; i++)
        total = total + square(i);
    __asm__ volatile("ecall" ::: "memory");
    return total == 55 && traps == 1 ? 0 : 1;
}
