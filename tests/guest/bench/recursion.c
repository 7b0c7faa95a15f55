/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: recursive calls. Fibonacci's numbers by their definition, and
 * Takeuchi's function: calls, returns, and the stack; little else.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0xc654764b8a233da7u, 0x0f38b34be70a192cu)
#define FIB_OF   SIZED(36, 20)
#define ROUNDS   SIZED(100, 1)

__attribute__((noinline)) static uint64_t fib(uint64_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

__attribute__((noinline)) static int64_t tak(int64_t x, int64_t y, int64_t z)
{
    if (y >= x)
        return z;
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

int main(void)
{
    uint64_t sum = checksum_add(0, fib(FIB_OF));
    for (int64_t round = 0; round < ROUNDS; round++)
        sum = checksum_add(sum, (uint64_t)tak(18 + (round & 1), 12, 6));
    return checksum_end(sum, EXPECTED);
}
