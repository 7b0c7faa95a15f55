/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline's clock: single issue, in order. Between two instructions it
 * remembers only the register of the last load and the predictor tables. The
 * cycles of fetches and data accesses are charged by mmu/.
 *
 * Price of a retired instruction, FOR_EXECUTE: 1, or its parameter for mul,
 * amo (LR, SC), csr, fence, fence.i; a division costs div_cycles +
 * div_per_bit x significant bits of the quotient's magnitude (0 for quotient
 * 0 and for divisor 0). FOR_STALL: load_use when an instruction reads the rd
 * of the load (or AMO) just before it; mispredict when the next pc was
 * predicted wrongly. FOR_TRAP: trap_entry for a trap (the instruction that
 * trapped pays nothing else), trap_exit for mret and sret.
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
 * - both: with ras_entries > 0, jal and jalr that write x1 or x5 push the
 *   address after them on the return-address stack, and a jalr through x1 or
 *   x5 is predicted by popping it (Unpriv 2.5.1; rd and rs1 both links and
 *   different: pop, then push). The stack is circular and forgets its oldest;
 *   popping an empty one gives no prediction (static: wrong; btb: the table).
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

struct btb_entry {
    uint64_t pc; /* whole, as tag; 1 = empty (no pc is odd) */
    uint64_t target;
    uint8_t counter; /* 0..3 */
};

struct timing {
    uint32_t cost[CLASS_COUNT]; /* FOR_EXECUTE cycles, from the config */
    uint32_t load_use, div_per_bit, mispredict;
    uint8_t predictor;
    uint8_t load_rd;        /* rd of the last instruction, a load; or 0 */
    uint32_t quotient_bits; /* of the division just executed */
    uint32_t btb_mask;
    uint32_t ras_size, ras_top, ras_count;
    uint64_t branches, mispredicts;
    uint64_t ras[RAS_MAX];
    struct btb_entry btb[BTB_MAX];
};

void timing_init(struct timing *t, const struct cpu_config *config);
/* Empties predictor and pipeline; parameters stay. */
void timing_reset(struct timing *t);
/* Charges a retired instruction. */
void timing_retire(struct timing *t, struct accounts *a,
                   const struct decoded *d, uint64_t pc, uint64_t next_pc);
