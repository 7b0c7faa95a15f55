/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decode: a word becomes operands and a row of insn.def. The row is found
 * through a table of candidates by opcode and funct3; a small direct-mapped
 * memo keyed by the word itself spares most of that. It is a pure function of
 * the word, so the memo is never stale and is no state of the machine.
 */
#pragma once

#include <stdbool.h>

#include "cpu/insn.h"

#define DECODE_BUCKETS    (32 * 8 + 4 * 8) /* 32-bit, then compressed */
#define DECODE_CANDIDATES 24
#define DECODE_MEMO_BITS  11

static inline bool insn_is_compressed(uint32_t word)
{
    return (word & 3) != 3;
}

struct decoder {
    uint16_t candidate[DECODE_BUCKETS][DECODE_CANDIDATES]; /* 0 ends */
    struct decoded memo[1u << DECODE_MEMO_BITS];
};

void decoder_init(struct decoder *d);
/* The definition: the first row of insn.def that matches. Slow. */
struct decoded decode_by_rows(uint32_t word);
/* The same through the candidates. Bits above a 16-bit word are ignored. */
struct decoded decode_word(const struct decoder *d, uint32_t word);
/* Fills a slot of the memo; for decode below. */
const struct decoded *decode_anew(struct decoder *d, struct decoded *memo,
                                  uint32_t word);

/* The same through the memo too; valid until the next call. */
static inline const struct decoded *decode(struct decoder *d, uint32_t word)
{
    if (insn_is_compressed(word))
        word &= 0xffff;
    uint32_t slot = (word * 0x9e3779b1u) >> (32 - DECODE_MEMO_BITS);
    struct decoded *memo = &d->memo[slot];
    return memo->word == word ? memo : decode_anew(d, memo, word);
}
