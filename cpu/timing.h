/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline's clock: single issue, in order. Between two instructions it
 * remembers only the register of the last load, or that the last one was a
 * system instruction, and the predictor tables. The
 * cycles of fetches and data accesses are charged by mmu/.
 *
 * Price of a retired instruction, FOR_EXECUTE: 1, or its parameter for mul,
 * amo (LR, SC), csr, fence, fence.i; stores, SC and AMOs pay store_extra
 * too. A division, by the magnitude q of its quotient:
 * - quotient: div_cycles + div_per_bit x significant bits of q (0 for q = 0
 *   and for divisor 0);
 * - serial: the divisor is shifted up until it passes the dividend and back
 *   down, a cycle for each place, one more where a 1 of q is subtracted:
 *   div_cycles + bits(q) + ones(q) + (bits(q) - 1 - trailing zeros of q);
 *   q = 0: div_cycles + 1; divisor 0: div_cycles - 1.
 * FOR_STALL: load_use when an instruction reads the rd of the load (or LR, AMO)
 * just before it; mispredict when the next pc was predicted wrongly; serialize
 * when a system instruction (csr, fence, fence.i, sfence.vma, rplb.*, wfi,
 * mret, sret) comes after another kind, so that the pipeline must empty first.
 * FOR_TRAP: trap_entry for a trap (the instruction that trapped pays nothing
 * else) and serialize under the same rule, trap_illegal when an illegal
 * instruction is the cause; trap_exit for mret and sret. A trap counts as a
 * system instruction for what follows.
 *
 * Prediction of the next pc:
 * - static: a conditional branch is taken when its target lies below it; jal
 *   is always right; jalr is right only as a return from the stack below.
 * - btb: a direct-mapped table indexed by pc / 2, tagged with the rest of the
 *   pc; an entry holds the last target and a 2-bit counter. No entry: falls
 *   through. A conditional branch follows the target when its counter is 2 or
 *   3; jal and jalr always. Afterwards: a taken branch or jump without entry
 *   makes one (counter 2), replacing what was there; with an entry the counter
 *   moves one step towards the outcome, and a taken one stores its target.
 * - next: a direct-mapped table, tagged in the same way, of whole next pcs (not
 *   targets with a direction); beside it a 2-bit counter per index, untagged, 0
 *   at reset. No entry: falls through. Afterwards every branch and jump writes
 *   its entry: a taken one the target, unless its counter was 0; one not taken
 *   falls through, unless its counter was 3; then the counter moves one step.
 *   (So a jal that is met for the first time is missed twice.)
 * - all: with ras_entries > 0, jal and jalr that write x1 or x5 push the
 *   address after them on the return-address stack, and a jalr through x1 or
 *   x5 is predicted by popping it (Unpriv 2.5.1; rd and rs1 both links and
 *   different: pop, then push). The stack is circular and forgets its oldest;
 *   popping an empty one gives no prediction (static: wrong; else: the table).
 * Trap entry, mret and sret redirect at their own price and train nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cpu/config.h"
#include "cpu/insn.h"
#include "mmu/account.h"

#define BTB_MAX 4096
#define RAS_MAX 64

enum { AFTER_SYSTEM = 32 }; /* in timing.last: no register */

struct btb_entry {
    uint64_t pc; /* whole, as tag; 1 = empty (no pc is odd) */
    uint64_t target;
    uint8_t counter; /* 0..3 */
};

struct timing {
    uint32_t cost[CLASS_COUNT]; /* FOR_EXECUTE cycles, from the config */
    uint32_t load_use, div_per_bit, mispredict, store_extra, serialize;
    uint8_t predictor, divider;
    uint8_t last;      /* rd of the last instruction, a load; AFTER_SYSTEM; 0 */
    bool divisor_zero; /* of the division just executed */
    uint64_t quotient; /* its magnitude, likewise */
    uint32_t btb_mask;
    uint32_t ras_size, ras_top, ras_count;
    uint64_t branches, mispredicts;
    uint64_t ras[RAS_MAX];
    struct btb_entry btb[BTB_MAX]; /* next: counter is not under the tag */
};

void timing_init(struct timing *t, const struct cpu_config *config);
/* Empties predictor and pipeline; parameters stay. */
void timing_reset(struct timing *t);
/* What a system instruction or a trap waits now for the pipeline to empty; the
 * next one will not. */
uint32_t timing_serialize(struct timing *t);
/* Charges a retired instruction. */
void timing_retire(struct timing *t, struct accounts *a,
                   const struct decoded *d, uint64_t pc, uint64_t next_pc);
