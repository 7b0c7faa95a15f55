/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: products of two matrices of 64-bit integers, 32 x 32 (24 KiB in
 * all: L1), by rows and columns: multiplications and strided loads.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0x9479ab6107bb0226u, 0x2f5ec1b84e17817eu)
#define N        32
#define ROUNDS   SIZED(1600, 4)

static uint64_t left[N][N], right[N][N], product[N][N];

static void fill(uint64_t seed)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            left[i][k] = seed >> 40;
            right[i][k] = seed >> 17 & 0xffffff;
        }
}

static void multiply(void)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            uint64_t sum = 0;
            for (int j = 0; j < N; j++)
                sum += left[i][j] * right[j][k];
            product[i][k] = sum;
        }
}

/* product x ones = left x (right x ones): the sums of the rows. */
static int rows_agree(void)
{
    static uint64_t of_right[N];
    for (int j = 0; j < N; j++) {
        of_right[j] = 0;
        for (int k = 0; k < N; k++)
            of_right[j] += right[j][k];
    }
    for (int i = 0; i < N; i++) {
        uint64_t a = 0, b = 0;
        for (int j = 0; j < N; j++) {
            a += left[i][j] * of_right[j];
            b += product[i][j];
        }
        if (a != b)
            return 0;
    }
    return 1;
}

int main(void)
{
    uint64_t sum = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        fill(round);
        multiply();
        if (!rows_agree())
            return 2;
        for (int i = 0; i < N; i++)
            sum = checksum_add(sum, product[i][(i * 7) % N]);
    }
    return checksum_end(sum, EXPECTED);
}
