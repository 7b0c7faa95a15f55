/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The string functions of ISO C that programs need (the compiler calls memcpy
 * and memset by itself). Words where both sides are aligned, bytes elsewhere:
 * misaligned accesses are slow, or trap. Built with
 * -fno-strict-aliasing (words of other types are read) and
 * -fno-tree-loop-distribute-patterns (or the compiler would turn these loops
 * into calls of themselves).
 */
#include "os/user/opalite.h"

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if ((((uintptr_t)out | (uintptr_t)in) & 7) == 0) {
        for (; bytes >= 8; bytes -= 8, out += 8, in += 8)
            *(uint64_t *)out = *(const uint64_t *)in;
    }
    while (bytes--)
        *out++ = *in++;
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if (out <= in || out >= in + bytes) {
        for (size_t i = 0; i < bytes; i++)
            out[i] = in[i];
    } else {
        while (bytes--)
            out[bytes] = in[bytes];
    }
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    uint8_t *out = to;
    uint64_t word = (uint8_t)value * 0x0101010101010101u;

    if (((uintptr_t)out & 7) == 0) {
        for (; bytes >= 8; bytes -= 8, out += 8)
            *(uint64_t *)out = word;
    }
    while (bytes--)
        *out++ = (uint8_t)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
    const uint8_t *a = left;
    const uint8_t *b = right;

    for (size_t i = 0; i < bytes; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t bytes = 0;

    while (text[bytes])
        bytes++;
    return bytes;
}
