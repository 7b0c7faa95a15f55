/* SPDX-License-Identifier: Apache-2.0 */
/*
 * False sharing: every hart adds to a counter of its own, first with all
 * counters in one line, then each in a line for itself. The same instructions;
 * only the line differs. Prints the cycles of both; exit value 1 = the shared
 * line was not dearer.
 */
#include "tests/guest/lib/harts.h"

enum { ADDITIONS = 4000 };

static struct line together[2], apart[HARTS_MAX];
static struct {
    volatile uint64_t counter[HARTS_MAX];
} __attribute__((aligned(LINE))) shared;
static struct line took[2][HARTS_MAX];

static uint64_t add(volatile uint64_t *counter)
{
    uint64_t start = csr_read(mcycle);
    for (int i = 0; i < ADDITIONS; i++)
        (*counter)++;
    return csr_read(mcycle) - start;
}

static uint64_t largest(const struct line *of, unsigned harts)
{
    uint64_t most = 0;
    for (unsigned i = 0; i < harts; i++)
        if (of[i].value > most)
            most = of[i].value;
    return most;
}

int main(unsigned self)
{
    unsigned harts = count_harts();
    barrier(together, harts);
    took[0][self].value = add(&shared.counter[self]);
    barrier(together, harts);
    took[1][self].value = add(&apart[self].value);
    barrier(together, harts);
    if (self)
        return 0;
    uint64_t one = largest(took[0], harts), own = largest(took[1], harts);
    guest_print("cycles for ");
    print_number(ADDITIONS, 0);
    guest_print(" additions on each hart: one line ");
    print_number(one, 0);
    guest_print(", a line each ");
    print_number(own, 0);
    guest_print("\n");
    return harts > 1 && one <= own;
}
