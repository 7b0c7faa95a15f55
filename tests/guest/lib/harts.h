/* SPDX-License-Identifier: Apache-2.0 */
/* For bare-metal C programs on several harts: how many there are, barriers,
 * interrupts to each other, numbers on the console. See harts.S. */
#pragma once

#include <stdbool.h>

#include "tests/guest/lib/guest.h"

enum { HARTS_MAX = 8, LINE = 64, MIE_MSIE = 1 << 3, MIE_MTIE = 1 << 7 };

#define CLINT_MSIP(hart)     ((volatile uint32_t *)0x02000000 + (hart))
#define CLINT_MTIMECMP(hart) ((volatile uint64_t *)0x02004000 + (hart))
#define CLINT_MTIME          ((volatile uint64_t *)0x0200bff8)

/* A word that has its line of memory for itself. */
struct line {
    volatile uint64_t value;
    uint64_t unused[LINE / 8 - 1];
} __attribute__((aligned(LINE)));

static inline void fence(void)
{
    __asm__ volatile("fence rw, rw" ::: "memory");
}

static inline uint64_t fetch_add(volatile uint64_t *at, uint64_t n)
{
    return __atomic_fetch_add(at, n, __ATOMIC_SEQ_CST);
}

/* Out of reset every mtimecmp is all ones; that of a hart which does not exist
 * reads 0. */
static inline unsigned count_harts(void)
{
    unsigned n = 0;
    while (n < HARTS_MAX && *CLINT_MTIMECMP(n))
        n++;
    return n;
}

/* All `harts` come together; the last one lets all go. */
static inline void barrier(struct line *b, unsigned harts)
{
    uint64_t round = b[1].value;
    fence();
    if (fetch_add(&b[0].value, 1) + 1 == harts) {
        b[0].value = 0;
        fence();
        b[1].value = round + 1;
    } else {
        while (b[1].value == round)
            ;
    }
    fence();
}

static inline void print_number(uint64_t n, unsigned width)
{
    char text[24];
    unsigned at = sizeof text - 1;
    text[at] = 0;
    do {
        text[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    while (sizeof text - 1 - at < width && at)
        text[--at] = ' ';
    guest_print(text + at);
}
