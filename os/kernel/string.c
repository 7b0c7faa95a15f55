/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few string functions the compiler and the kernel rely on, a word at a
 * time where both sides are aligned.
 */
#include "os/kernel/kernel.h"

/* Or gcc turns these loops into calls of themselves. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

void *memset(void *to, int value, size_t n)
{
    uint8_t *byte = to;
    uint64_t word = (uint8_t)value * 0x0101010101010101ul;

    while (n > 0 && (uint64_t)byte % 8 != 0) {
        *byte++ = (uint8_t)value;
        n--;
    }
    for (; n >= 64; n -= 64, byte += 64) {
        uint64_t *w = (uint64_t *)byte;
        w[0] = word;
        w[1] = word;
        w[2] = word;
        w[3] = word;
        w[4] = word;
        w[5] = word;
        w[6] = word;
        w[7] = word;
    }
    for (; n >= 8; n -= 8, byte += 8)
        *(uint64_t *)byte = word;
    while (n-- > 0)
        *byte++ = (uint8_t)value;
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((((uint64_t)t | (uint64_t)f) & 7) == 0) {
        for (; n >= 8; n -= 8, t += 8, f += 8)
            *(uint64_t *)t = *(const uint64_t *)f;
    }
    while (n-- > 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if (t <= f || t >= f + n)
        return memcpy(to, from, n);
    while (n-- > 0)
        t[n] = f[n];
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    for (; n > 0; n--, x++, y++) {
        if (*x != *y)
            return *x - *y;
    }
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (uint8_t)*a - (uint8_t)*b;
}

/* The rest is filled with zeros: names go out whole, in hint records. */
void name_copy(char to[NAME_BYTES], const char *from)
{
    unsigned n = 0;
    for (; n < NAME_BYTES - 1 && from[n]; n++)
        to[n] = from[n];
    memset(to + n, 0, NAME_BYTES - n);
}
