/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds up a matrix of 8-byte words, row by row (neighbours in memory) or
 * column by column (each step lands in another page once a row is a page
 * long): the same sum, very different numbers of TLB and cache misses.
 *
 * main(struct matrix *, 0): marks 1 and 2 around `rounds` walks; returns the
 * sum of one walk.
 */
#include "os/user/opalite.h"

struct matrix {
    uint64_t base; /* of the words, row after row */
    uint64_t rows, columns;
    uint64_t by_column; /* 0 = row by row */
    uint64_t rounds;
};

static uint64_t sum_by_row(const struct matrix *m)
{
    const volatile uint64_t *word = (const volatile uint64_t *)m->base;
    uint64_t sum = 0;

    for (uint64_t row = 0; row < m->rows; row++) {
        for (uint64_t column = 0; column < m->columns; column++)
            sum += word[row * m->columns + column];
    }
    return sum;
}

static uint64_t sum_by_column(const struct matrix *m)
{
    const volatile uint64_t *word = (const volatile uint64_t *)m->base;
    uint64_t sum = 0;

    for (uint64_t column = 0; column < m->columns; column++) {
        for (uint64_t row = 0; row < m->rows; row++)
            sum += word[row * m->columns + column];
    }
    return sum;
}

int64_t main(uint64_t matrix_at, uint64_t unused)
{
    struct matrix m = *(const struct matrix *)matrix_at;
    uint64_t sum = 0;

    (void)unused;
    mark(1);
    for (uint64_t round = 0; round < m.rounds; round++)
        sum = m.by_column ? sum_by_column(&m) : sum_by_row(&m);
    mark(2);
    return (int64_t)sum;
}
