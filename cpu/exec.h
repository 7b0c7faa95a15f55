/* SPDX-License-Identifier: Apache-2.0 */
/* Execution: a decoded instruction has its effect, as its row says. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cpu/insn.h"

struct cpu;

/* What a meaning leaves for the commit in cpu_step. */
struct effect {
    uint64_t rd_value; /* for x[d->rd], when that is not x0 */
    uint64_t next_pc;
    unsigned quotient_bits; /* divisions: see timing.h */
};

/*
 * Does everything but write rd and pc. e->next_pc comes in as the sequential
 * one. False: it traps; c->step.cause and tval say why, nothing has changed.
 */
bool execute(struct cpu *c, const struct decoded *d, struct effect *e);
