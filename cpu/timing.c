/* SPDX-License-Identifier: Apache-2.0 */
/* See timing.h, which says exactly what is charged and predicted. */
#include "cpu/timing.h"

#include "cpu/predict.h"

#include <string.h>

void timing_init(struct timing *t, const struct cpu_config *config)
{
    memset(t, 0, sizeof *t);
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        t->cost[i] = 1;
    t->cost[CLASS_MUL] = (uint32_t)config->mul_cycles;
    t->cost[CLASS_DIV] = (uint32_t)config->div_cycles;
    t->cost[CLASS_LR] = (uint32_t)config->amo_cycles;
    t->cost[CLASS_AMO] = (uint32_t)config->amo_cycles;
    t->cost[CLASS_CSR] = (uint32_t)config->csr_cycles;
    t->cost[CLASS_FENCE] = (uint32_t)config->fence_cycles;
    t->cost[CLASS_FENCEI] = (uint32_t)config->fencei_cycles;
    t->load_use = (uint32_t)config->load_use;
    t->div_per_bit = (uint32_t)config->div_per_bit;
    t->store_extra = (uint32_t)config->store_extra;
    t->cost[CLASS_STORE] += t->store_extra;
    t->cost[CLASS_AMO] += t->store_extra;
    t->serialize = (uint32_t)config->serialize;
    t->divider = (uint8_t)config->divider;
    t->mispredict = (uint32_t)config->mispredict;
    t->predictor = (uint8_t)config->predictor;
    t->btb_mask = (uint32_t)config->btb_entries - 1;
    t->ras_size = (uint32_t)config->ras_entries;
    timing_reset(t);
}

void timing_reset(struct timing *t)
{
    t->last = 0;
    t->ras_top = 0;
    t->ras_count = 0;
    for (unsigned i = 0; i < BTB_MAX; i++)
        t->btb[i] = (struct btb_entry){ .pc = 1 };
}

/* ---- charging ----------------------------------------------------------- */

uint32_t timing_serialize(struct timing *t)
{
    uint32_t wait = t->last == AFTER_SYSTEM ? 0 : t->serialize;
    t->last = AFTER_SYSTEM;
    return wait;
}

void timing_retire(struct timing *t, struct accounts *a,
                   const struct decoded *d, uint64_t pc, uint64_t next_pc)
{
    const struct branch branch = { d->class, d->rd, d->rs1, d->length, d->imm };
    uint32_t cycles = t->cost[d->class], stall = 0;
    uint8_t last = t->last;
    if (last) {
        if (d->rs1 == last || d->rs2 == last)
            stall = t->load_use;
        t->last = 0;
    }
    switch (d->class) {
    case CLASS_LOAD:
    case CLASS_LR:
    case CLASS_AMO:
        t->last = d->rd;
        break;
    case CLASS_DIV:
        cycles += division_cycles(t);
        break;
    case CLASS_CSR:
    case CLASS_FENCE:
    case CLASS_FENCEI:
    case CLASS_SYSTEM:
    case CLASS_RETURN:
        t->last = AFTER_SYSTEM;
        if (last != AFTER_SYSTEM)
            stall += t->serialize;
        break;
    case CLASS_BRANCH:
    case CLASS_JUMP:
    case CLASS_INDIRECT:
        t->branches++;
        if (!predicted(t, &branch, pc, next_pc)) {
            t->mispredicts++;
            stall += t->mispredict;
        }
        break;
    default:
        break;
    }
    account_charge(a, FOR_EXECUTE, IN_CORE, cycles);
    if (stall)
        account_charge(a, FOR_STALL, IN_CORE, stall);
}
