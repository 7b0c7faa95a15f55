/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a run stops for somebody who debugs: before an instruction at an
 * address, behind an access to some bytes, behind a step of a hart. Part of the
 * run's limits (machine.h), which check them after every step; nothing of them
 * is in the guest's memory.
 */
#pragma once

#include "cpu/cpu.h"
#include "mmu/point.h"

struct points {
    const struct point *at;
    size_t count;
    uint32_t step;      /* bit h: stop behind each step of hart h, */
    uint8_t step_below; /* which leads to a mode below this one; 0 = any */
    uint32_t harts;     /* bit h: what hart h does counts */
};

/* Did the hart's last step meet this point, which is no POINT_STEP? */
bool point_is_met(const struct point *p, const struct cpu *c);
/* Did the hart's last step meet one of them? *met is that; of several an access
 * rather than an instruction, and that rather than the step. */
bool points_met(const struct points *p, const struct cpu *c, struct point *met);
