/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points: what somebody who debugs waits for at virtual addresses, of whichever
 * space. They are no part of the machine. Whoever runs many instructions at a
 * time (l0.h, cpu/fast.h) leaves those that may meet a point to be run one by
 * one; sim/point.h says whether one did.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum point_kind {
    POINT_PC,     /* the hart came to an instruction that begins there */
    POINT_STORE,  /* it wrote one of these bytes */
    POINT_LOAD,   /* read */
    POINT_ACCESS, /* either */
    POINT_STEP    /* it retired an instruction, or took a trap */
};

struct point {
    enum point_kind kind;
    uint64_t va, bytes; /* bytes: of POINT_PC 0 means 1; not of POINT_STEP */
};

static inline bool point_is_code(const struct point *p)
{
    return p->kind == POINT_PC;
}

static inline bool point_is_data(const struct point *p)
{
    return p->kind == POINT_STORE || p->kind == POINT_LOAD ||
           p->kind == POINT_ACCESS;
}

static inline bool point_is_at(const struct point *p, uint64_t pc)
{
    return point_is_code(p) && (pc == p->va || pc - p->va < p->bytes);
}

static inline bool point_touches(const struct point *p, uint64_t va,
                                 uint64_t bytes)
{
    return point_is_data(p) && (va - p->va < p->bytes || p->va - va < bytes);
}

/* Is there a point of code at this pc? */
static inline bool points_hold_pc(const struct point *at, size_t count,
                                  uint64_t pc)
{
    for (size_t i = 0; i < count; i++)
        if (point_is_at(&at[i], pc))
            return true;
    return false;
}

/* Is one of these bytes watched? */
static inline bool points_watch(const struct point *at, size_t count,
                                uint64_t va, uint64_t bytes)
{
    for (size_t i = 0; i < count; i++)
        if (point_touches(&at[i], va, bytes))
            return true;
    return false;
}
