/* SPDX-License-Identifier: Apache-2.0 */
/* See timing.h, which says exactly what is charged and predicted. */
#include "cpu/timing.h"

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

/* ---- return-address stack ---------------------------------------------- */

static bool is_link(unsigned reg)
{
    return reg == 1 || reg == 5;
}

static void ras_push(struct timing *t, uint64_t address)
{
    if (!t->ras_size)
        return;
    t->ras_top = (t->ras_top + 1) % t->ras_size;
    t->ras[t->ras_top] = address;
    if (t->ras_count < t->ras_size)
        t->ras_count++;
}

static bool ras_pop(struct timing *t, uint64_t *address)
{
    if (!t->ras_count)
        return false;
    *address = t->ras[t->ras_top];
    t->ras_top = (t->ras_top + t->ras_size - 1) % t->ras_size;
    t->ras_count--;
    return true;
}

/* ---- prediction --------------------------------------------------------- */

static struct btb_entry *btb_slot(struct timing *t, uint64_t pc)
{
    return &t->btb[pc >> 1 & t->btb_mask];
}

/* What the table (or, statically, the direction) says comes after d. */
static uint64_t predict(struct timing *t, const struct decoded *d, uint64_t pc)
{
    uint64_t next = pc + d->length, target = pc + (uint64_t)d->imm;
    if (t->predictor == PREDICTOR_STATIC) {
        if (d->class == CLASS_JUMP || (d->class == CLASS_BRANCH && d->imm < 0))
            return target;
        /* An address no jalr goes to: its low bit is always clear. */
        return d->class == CLASS_INDIRECT ? 1 : next;
    }
    const struct btb_entry *entry = btb_slot(t, pc);
    if (entry->pc != pc)
        return next;
    if (t->predictor == PREDICTOR_NEXT)
        return entry->target;
    if (d->class == CLASS_BRANCH && entry->counter < 2)
        return next;
    return entry->target;
}

/* `after`: where it goes when not taken. */
static void train_next(struct timing *t, uint64_t pc, bool taken,
                       uint64_t target, uint64_t after)
{
    struct btb_entry *entry = btb_slot(t, pc);
    bool predict_taken = taken ? entry->counter > 0 : entry->counter == 3;
    entry->pc = pc;
    entry->target = predict_taken ? target : after;
    if (taken && entry->counter < 3)
        entry->counter++;
    else if (!taken && entry->counter > 0)
        entry->counter--;
}

static void train(struct timing *t, uint64_t pc, bool taken, uint64_t target)
{
    struct btb_entry *entry = btb_slot(t, pc);
    if (entry->pc != pc) {
        if (taken)
            *entry =
                (struct btb_entry){ .pc = pc, .target = target, .counter = 2 };
        return;
    }
    if (taken) {
        entry->target = target;
        if (entry->counter < 3)
            entry->counter++;
    } else if (entry->counter > 0) {
        entry->counter--;
    }
}

/* Was the next pc of a branch or jump predicted rightly? Learns. */
static bool predicted(struct timing *t, const struct decoded *d, uint64_t pc,
                      uint64_t next_pc)
{
    uint64_t after = pc + d->length;
    uint64_t guess = predict(t, d, pc);
    bool links = d->class != CLASS_BRANCH && is_link(d->rd);

    if (d->class == CLASS_INDIRECT && is_link(d->rs1) &&
        !(links && d->rd == d->rs1))
        ras_pop(t, &guess);
    if (links)
        ras_push(t, after);
    bool taken = d->class != CLASS_BRANCH || next_pc != after;
    if (t->predictor == PREDICTOR_BTB)
        train(t, pc, taken, next_pc);
    else if (t->predictor == PREDICTOR_NEXT)
        train_next(t, pc, taken,
                   d->class == CLASS_BRANCH ? pc + (uint64_t)d->imm : next_pc,
                   after);
    return guess == next_pc;
}

/* ---- charging ----------------------------------------------------------- */

static uint32_t significant_bits(uint64_t value)
{
    return value ? 64 - (uint32_t)__builtin_clzll(value) : 0;
}

/* Beyond div_cycles. Serial with divisor 0: one less. */
static uint32_t division(const struct timing *t)
{
    uint64_t q = t->quotient;
    uint32_t bits = significant_bits(q);
    if (t->divider == DIVIDER_QUOTIENT)
        return t->div_per_bit * bits;
    if (t->divisor_zero)
        return (uint32_t)-1;
    if (!q)
        return 1;
    return bits + (uint32_t)__builtin_popcountll(q) + bits - 1 -
           (uint32_t)__builtin_ctzll(q);
}

uint32_t timing_serialize(struct timing *t)
{
    uint32_t wait = t->last == AFTER_SYSTEM ? 0 : t->serialize;
    t->last = AFTER_SYSTEM;
    return wait;
}

void timing_retire(struct timing *t, struct accounts *a,
                   const struct decoded *d, uint64_t pc, uint64_t next_pc)
{
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
        cycles += division(t);
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
        if (!predicted(t, d, pc, next_pc)) {
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
