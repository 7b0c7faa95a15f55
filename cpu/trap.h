/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traps: delegation, the status stack, interrupt priority (Priv 3.1.6 to
 * 3.1.9, 4.1.1). After exec.c refused an instruction, read trap_take.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpu;

/* Enters the handler: CSRs, privilege, pc, step record, cycles. */
void trap_take(struct cpu *c, bool interrupt, uint64_t cause, uint64_t tval);
void trap_return_m(struct cpu *c); /* mret, without its privilege check */
void trap_return_s(struct cpu *c); /* sret, likewise */

/* mip as software reads it: lines, written bits and stimecmp together. */
uint64_t interrupts_pending(const struct cpu *c);
/* The interrupt to take now, or -1: highest priority, enabled, delegated. */
int interrupt_choose(const struct cpu *c);
/*
 * Recomputes c->attention, the clock at which cpu_step must look at
 * interrupts; to be called whenever anything they depend on has changed.
 */
void interrupts_changed(struct cpu *c);
