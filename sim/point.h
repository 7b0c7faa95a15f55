/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points: where a run stops for somebody who debugs: before an instruction at
 * an address, behind an access to some bytes, behind a step of a hart. Part of
 * the run's limits (machine.h), which check them after every step; nothing of
 * them is in the guest's memory. Addresses are virtual, of whichever space.
 */
#pragma once

#include "cpu/cpu.h"

enum point_kind {
    POINT_PC,     /* the hart came to this instruction */
    POINT_STORE,  /* it wrote one of these bytes */
    POINT_LOAD,   /* read */
    POINT_ACCESS, /* either */
    POINT_STEP    /* it retired an instruction, or took a trap */
};

struct point {
    enum point_kind kind;
    uint64_t va, bytes; /* bytes: not of POINT_PC and POINT_STEP */
};

struct points {
    const struct point *at;
    size_t count;
    uint32_t step;  /* bit h: stop behind each step of hart h */
    uint32_t harts; /* bit h: what hart h does counts */
};

/* Did the hart's last step meet one of them? *met is that; of several an access
 * rather than an instruction, and that rather than the step. */
bool points_met(const struct points *p, const struct cpu *c, struct point *met);
