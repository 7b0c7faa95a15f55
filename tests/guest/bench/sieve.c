/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: the sieve of Eratosthenes over one byte per number, 4 MiB: short
 * loops of stores with strides that grow, twice the size of the L2 cache.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0x791ab00c03d487bdu, 0x2da8a2538c2bf231u)
#define NUMBERS  SIZED(1u << 22, 1u << 16)
#define PRIMES   SIZED(295947u, 6542u) /* below 2^22, below 2^16 */
#define ROUNDS   SIZED(6, 1)

static uint8_t composite[NUMBERS];

static uint32_t sieve(void)
{
    uint32_t primes = 0;
    for (uint32_t i = 0; i < NUMBERS; i++)
        composite[i] = 0;
    for (uint32_t i = 2; i < NUMBERS; i++) {
        if (composite[i])
            continue;
        primes++;
        for (uint32_t k = i * 2; k < NUMBERS; k += i)
            composite[k] = 1;
    }
    return primes;
}

int main(void)
{
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t primes = sieve();
        if (primes != PRIMES)
            return 2;
        sum = checksum_add(sum, primes);
    }
    return checksum_end(sum, EXPECTED);
}
