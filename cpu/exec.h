/* SPDX-License-Identifier: Apache-2.0 */
/* Execution: a decoded instruction has its effect, as its row says. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cpu/insn.h"

struct cpu;

/*
 * Does everything but write rd and pc, which cpu_step commits: the result for
 * rd goes to c->step.rd_value, a jump's target to c->step.next_pc (which comes
 * in as the sequential one), the length of a quotient to
 * c->timing.quotient. False: it traps; c->step.cause and tval say why,
 * nothing has changed.
 */
bool execute(struct cpu *c, const struct decoded *d);
