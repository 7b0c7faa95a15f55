/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic that C has no operator for, as the meanings in insn.def write it.
 * Used by both engines.
 */
#pragma once

#include "cpu/cpu.h"

static inline uint64_t high_unsigned(uint64_t a, uint64_t b)
{
    return (uint64_t)((unsigned __int128)a * b >> 64);
}

static inline uint64_t high_signed(uint64_t a, uint64_t b)
{
    return (uint64_t)((__int128)(int64_t)a * (int64_t)b >> 64);
}

static inline uint64_t high_mixed(uint64_t a, uint64_t b)
{
    return (uint64_t)((__int128)(int64_t)a * (__int128)b >> 64);
}

struct division {
    uint64_t quotient, remainder;
};

/* No trap: by 0 gives all ones and the dividend (Unpriv 7.2). */
static inline struct division divide_unsigned(struct cpu *c, uint64_t a,
                                              uint64_t b)
{
    c->timing.quotient = 0;
    c->timing.divisor_zero = b == 0;
    if (b == 0)
        return (struct division){ ~UINT64_C(0), a };
    c->timing.quotient = a / b;
    return (struct division){ a / b, a % b };
}

static inline uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* By magnitudes, so that the overflow -2^63 / -1 needs no case of its own. */
static inline struct division divide(struct cpu *c, int64_t a, int64_t b)
{
    if (b == 0)
        return divide_unsigned(c, (uint64_t)a, 0);
    struct division d = divide_unsigned(c, magnitude(a), magnitude(b));
    if ((a < 0) != (b < 0))
        d.quotient = -d.quotient;
    if (a < 0)
        d.remainder = -d.remainder;
    return d;
}

static inline uint64_t sign_extend_32(uint64_t value)
{
    return (uint64_t)(int64_t)(int32_t)(uint32_t)value;
}
