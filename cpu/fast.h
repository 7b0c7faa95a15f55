/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast engine: runs of ordinary instructions, exactly as the readable
 * engine (cpu.c) would do them, but many at a time. Ordinary is what raises no
 * event but a DTLB miss: no trap, no ITLB or RPLB miss, no device, no CSR, no
 * system instruction or atomic. Everything else it leaves, untouched, to
 * cpu_step. See fast.c and docs/engine.md.
 */
#pragma once

#include "cpu/cpu.h"
#include "mmu/point.h"

struct fast;

/* Where a run must be back. */
struct fast_limits {
    uint64_t until;             /* clock: no instruction starts at it */
    uint64_t stop;              /* clock: the run ends below it */
    uint64_t instructions;      /* it retires fewer */
    uint64_t pc_first, pc_span; /* ends at the first pc outside */
};

/* Attaches an engine to the hart. Its memory is no state of the machine. */
MUST_CHECK bool fast_open(struct cpu *c, struct err *err);
void fast_close(struct cpu *c);

/* What comes to these points, or touches what they watch, is not ordinary from
 * now on. Copies them; 0 = none. Cheap when they are those of before. */
void fast_set_points(struct cpu *c, const struct point *at, size_t count);

/*
 * Runs from c->pc and returns how many instructions retired; 0 = the next one
 * is not ordinary, or a limit is too near. Afterwards registers, pc, clock,
 * accounts and counters are those of the machine; of c->step only retired,
 * privilege and events are. A run ends behind an instruction that missed in the
 * DTLB: then events is STEP_TLB_MISS, and pc and data tell of it. Interrupts
 * are the caller's: `until` is at most c->attention.
 */
uint64_t fast_run(struct cpu *c, const struct fast_limits *limits);
