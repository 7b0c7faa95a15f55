/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traps and interrupts: delegation, the status stack, priority (Priv 3.1.6 to
 * 3.1.9, 3.3.2, 4.1.1). After exec.c refused an instruction, read trap_take.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpu;

/* Enters the handler: CSRs, privilege, pc, step record, cycles. */
void trap_take(struct cpu *c, bool interrupt, uint64_t cause, uint64_t tval);
/* mret and sret without their privilege checks and without the jump. */
void trap_return_m(struct cpu *c);
void trap_return_s(struct cpu *c);

/* mip as software reads it: lines, written bits and stimecmp together. */
uint64_t interrupts_pending(const struct cpu *c);
/* The interrupt to take now, or -1: highest priority, enabled, delegated. */
int interrupt_choose(const struct cpu *c);

/* To be called after a change of ... */
void interrupts_changed(struct cpu *c); /* mip, mie, mideleg, waiting */
void status_changed(struct cpu *c);     /* mstatus, privilege */
void timer_changed(struct cpu *c);      /* stimecmp, menvcfg.STCE, mtime */
