/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pipeline works out while it runs: where a branch will go, and how
 * long a division takes. The rules are told in timing.h. Used by both engines;
 * inline, so that the kind of branch may be a constant.
 */
#pragma once

#include "cpu/timing.h"

struct branch {
    uint8_t class; /* CLASS_BRANCH, CLASS_JUMP or CLASS_INDIRECT */
    uint8_t rd, rs1, length;
    int64_t imm; /* of a conditional branch or jal: to the target */
};

/* ---- return-address stack ---------------------------------------------- */

static inline bool is_link(unsigned reg)
{
    return reg == 1 || reg == 5;
}

static inline void ras_push(struct timing *t, uint64_t address)
{
    if (!t->ras_size)
        return;
    t->ras_top = t->ras_top + 1 == t->ras_size ? 0 : t->ras_top + 1;
    t->ras[t->ras_top] = address;
    if (t->ras_count < t->ras_size)
        t->ras_count++;
}

static inline bool ras_pop(struct timing *t, uint64_t *address)
{
    if (!t->ras_count)
        return false;
    *address = t->ras[t->ras_top];
    t->ras_top = (t->ras_top ? t->ras_top : t->ras_size) - 1;
    t->ras_count--;
    return true;
}

/* ---- prediction --------------------------------------------------------- */

static inline struct btb_entry *btb_slot(struct timing *t, uint64_t pc)
{
    return &t->btb[pc >> 1 & t->btb_mask];
}

/* What the table (or, statically, the direction) says comes after d. */
static inline uint64_t predict(struct timing *t, const struct branch *d,
                               uint64_t pc)
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
static inline void train_next(struct timing *t, uint64_t pc, bool taken,
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

static inline void train(struct timing *t, uint64_t pc, bool taken,
                         uint64_t target)
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
static inline __attribute__((always_inline)) bool
predicted(struct timing *t, const struct branch *d, uint64_t pc,
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

/* ---- division ------------------------------------------------------------ */

static inline uint32_t significant_bits(uint64_t value)
{
    return value ? 64 - (uint32_t)__builtin_clzll(value) : 0;
}

/* Beyond div_cycles. Serial with divisor 0: one less. */
static inline uint32_t division_cycles(const struct timing *t)
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
