/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: an integer mix that stays in the caches. A sieve, a CRC, a sort, a
 * matrix product and a string search by turns. Each result is checked as it
 * comes.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0x5690a9fec60365c7u, 0xaa4b822cc3d00391u)
#define ROUNDS   SIZED(600, 2)

static uint8_t sieve[8192];
static uint32_t numbers[512];
static uint64_t left[24][24], right[24][24], product[24][24];

static uint32_t count_primes(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < sizeof sieve; i++)
        sieve[i] = 1;
    for (uint32_t i = 2; i < sizeof sieve; i++) {
        if (!sieve[i])
            continue;
        count++;
        for (uint32_t k = i * 2; k < sizeof sieve; k += i)
            sieve[k] = 0;
    }
    return count;
}

static uint32_t crc(const uint8_t *data, uint32_t bytes)
{
    uint32_t value = 0xffffffff;
    while (bytes--) {
        value ^= *data++;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value;
}

static void sort(uint32_t *at, int count)
{
    if (count < 2)
        return;
    uint32_t pivot = at[count / 2];
    int low = 0, high = count - 1;
    while (low <= high) {
        while (at[low] < pivot)
            low++;
        while (at[high] > pivot)
            high--;
        if (low <= high) {
            uint32_t t = at[low];
            at[low++] = at[high];
            at[high--] = t;
        }
    }
    sort(at, high + 1);
    sort(at + low, count - low);
}

static int sort_random(uint32_t seed)
{
    for (int i = 0; i < 512; i++) {
        seed = seed * 1664525 + 1013904223;
        numbers[i] = seed >> 3;
    }
    sort(numbers, 512);
    for (int i = 1; i < 512; i++)
        if (numbers[i - 1] > numbers[i])
            return 0;
    return 1;
}

static uint64_t multiply(uint64_t round)
{
    for (uint64_t i = 0; i < 24; i++)
        for (uint64_t k = 0; k < 24; k++) {
            left[i][k] = i + k + round;
            right[i][k] = i == k; /* the unit matrix */
        }
    uint64_t trace = 0;
    for (int i = 0; i < 24; i++)
        for (int k = 0; k < 24; k++) {
            uint64_t sum = 0;
            for (int j = 0; j < 24; j++)
                sum += left[i][j] * right[j][k];
            product[i][k] = sum;
            trace += i == k ? sum : 0;
        }
    return trace;
}

static int find(const char *text, const char *word)
{
    for (int at = 0; text[at]; at++) {
        int n = 0;
        while (word[n] && text[at + n] == word[n])
            n++;
        if (!word[n])
            return at;
    }
    return -1;
}

int main(void)
{
    static const char text[] =
        "the quick brown fox jumps over the lazy dog, and the lazy dog gets "
        "up and jumps over the quick brown fox, which is no longer amused";
    uint64_t sum = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        if (count_primes() != 1028)
            return 2;
        if (crc((const uint8_t *)"123456789", 9) != 0xcbf43926)
            return 3;
        sum = checksum_add(sum, crc(sieve, sizeof sieve));
        if (!sort_random(round))
            return 4;
        sum = checksum_add(sum, numbers[round % 512]);
        /* trace = sum of 2 i + round */
        if (multiply(round) != 552 + 24 * round)
            return 5;
        for (int i = 0; i < 20; i++)
            if (find(text, "amused") != 125)
                return 6;
    }
    return checksum_end(sum, EXPECTED);
}
