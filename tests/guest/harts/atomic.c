/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contention: all harts add to the same words, by AMO, by LR/SC, and under spin
 * locks made of both; no addition may be lost. Then what ends a reservation:
 * another hart's store to the same line, and nothing else it does.
 */
#include "tests/guest/lib/harts.h"

enum { ADDITIONS = 500 };

static struct line together[2], by_amo, by_lrsc, lock, under_lock, lrsc_lock,
    under_lrsc_lock;
static struct {
    volatile uint64_t word[LINE / 8];
} __attribute__((aligned(LINE))) reserved, elsewhere;
static struct line step;

static uint64_t load_reserved(volatile uint64_t *at)
{
    uint64_t value;
    __asm__ volatile("lr.d %0, (%1)" : "=r"(value) : "r"(at) : "memory");
    return value;
}

static bool store_conditional(volatile uint64_t *at, uint64_t value)
{
    uint64_t failed;
    __asm__ volatile("sc.d %0, %2, (%1)"
                     : "=&r"(failed)
                     : "r"(at), "r"(value)
                     : "memory");
    return !failed;
}

static void add_by_lrsc(volatile uint64_t *at)
{
    uint64_t value;
    do
        value = load_reserved(at);
    while (!store_conditional(at, value + 1));
}

static void take(volatile uint64_t *at)
{
    while (__atomic_exchange_n(at, 1, __ATOMIC_ACQUIRE))
        while (*at)
            ;
}

static void take_by_lrsc(volatile uint64_t *at)
{
    for (;;)
        if (load_reserved(at) == 0 && store_conditional(at, 1))
            break;
    fence();
}

static void give(volatile uint64_t *at)
{
    fence();
    *at = 0;
}

static void contend(void)
{
    for (int i = 0; i < ADDITIONS; i++) {
        fetch_add(&by_amo.value, 1);
        add_by_lrsc(&by_lrsc.value);
        take(&lock.value);
        under_lock.value++;
        give(&lock.value);
        take_by_lrsc(&lrsc_lock.value);
        under_lrsc_lock.value++;
        give(&lrsc_lock.value);
    }
}

static void wait_for(uint64_t n)
{
    while (step.value < n)
        ;
    fence();
}

/* Hart 0 holds a reservation while hart 1 makes the store that `at` says (or
 * only looks at the line). Does hart 0's SC succeed? */
static bool survives(unsigned hart, uint64_t n, volatile uint64_t *at)
{
    bool done = false;
    if (hart == 0) {
        load_reserved(&reserved.word[0]);
        step.value = n;
        wait_for(n + 1);
        done = store_conditional(&reserved.word[0], 1);
        step.value = n + 2;
    } else {
        wait_for(n);
        if (at)
            *at = n;
        else
            (void)reserved.word[1];
        step.value = n + 1;
        wait_for(n + 2);
    }
    return done;
}

/* 0, or the number of what went wrong. */
static int reservations(unsigned hart)
{
    bool same = survives(hart, 1, &reserved.word[0]);
    bool line = survives(hart, 11, &reserved.word[7]);
    bool other = survives(hart, 21, &elsewhere.word[0]);
    bool looked = survives(hart, 31, 0);
    return hart ? 0 : same ? 11 : line ? 12 : !other ? 13 : !looked ? 14 : 0;
}

int main(unsigned hart)
{
    unsigned harts = count_harts();
    barrier(together, harts);
    contend();
    barrier(together, harts);
    uint64_t all = (uint64_t)harts * ADDITIONS;
    int bad = harts > 1 && hart < 2 ? reservations(hart) : 0;
    return bad                            ? bad
           : by_amo.value != all          ? 1
           : by_lrsc.value != all         ? 2
           : under_lock.value != all      ? 3
           : under_lrsc_lock.value != all ? 4
                                          : 0;
}
