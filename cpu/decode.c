/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See decode.h. The operand layouts are those of Unpriv 2.2, 2.3 and, for
 * compressed instructions, 16.2: one function per immediate, one case per
 * format. Next: exec.c.
 */
#include "cpu/decode.h"

#include <string.h>

#include "mmu/err.h"

const struct insn_row insn_rows[INSN_COUNT] = {
    [INSN_illegal] = { "illegal", "illegal", 0, 0, FORMAT_NONE, CLASS_SYSTEM,
                       NEED_ANY, INSN_illegal },
#define INSN(name, mnemonic, format, match, mask, class, ...)                  \
    [INSN_##name] = { #name,           mnemonic,      match,    mask,          \
                      FORMAT_##format, CLASS_##class, NEED_ANY, INSN_##name },
#define CINSN(name, mnemonic, format, match, mask, need, base)                 \
    [INSN_##name] = { #name,           mnemonic, match,       mask,            \
                      FORMAT_##format, 0,        NEED_##need, INSN_##base },
#include "cpu/insn.def"
};

/* ---- pieces of a word -------------------------------------------------- */

/* Bits high:low of word. */
static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((2u << (high - low)) - 1);
}

/* The same, moved to bit position `to`. */
static uint32_t put(uint32_t word, unsigned high, unsigned low, unsigned to)
{
    return bits(word, high, low) << to;
}

/* The low `width` bits of value, sign-extended. */
static int64_t sign(uint32_t value, unsigned width)
{
    return (int32_t)(value << (32 - width)) >> (32 - width);
}

static int64_t imm_i(uint32_t w)
{
    return sign(bits(w, 31, 20), 12);
}

static int64_t imm_s(uint32_t w)
{
    return sign(put(w, 31, 25, 5) | put(w, 11, 7, 0), 12);
}

static int64_t imm_b(uint32_t w)
{
    return sign(put(w, 31, 31, 12) | put(w, 7, 7, 11) | put(w, 30, 25, 5) |
                    put(w, 11, 8, 1),
                13);
}

static int64_t imm_j(uint32_t w)
{
    return sign(put(w, 31, 31, 20) | put(w, 19, 12, 12) | put(w, 20, 20, 11) |
                    put(w, 30, 21, 1),
                21);
}

static uint32_t imm_c6(uint32_t w)
{
    return put(w, 12, 12, 5) | put(w, 6, 2, 0);
}

static int64_t imm_caddi16sp(uint32_t w)
{
    return sign(put(w, 12, 12, 9) | put(w, 4, 3, 7) | put(w, 5, 5, 6) |
                    put(w, 2, 2, 5) | put(w, 6, 6, 4),
                10);
}

static int64_t imm_caddi4spn(uint32_t w)
{
    return put(w, 10, 7, 6) | put(w, 12, 11, 4) | put(w, 5, 5, 3) |
           put(w, 6, 6, 2);
}

static int64_t imm_clw(uint32_t w)
{
    return put(w, 5, 5, 6) | put(w, 12, 10, 3) | put(w, 6, 6, 2);
}

static int64_t imm_cld(uint32_t w)
{
    return put(w, 6, 5, 6) | put(w, 12, 10, 3);
}

static int64_t imm_clwsp(uint32_t w)
{
    return put(w, 3, 2, 6) | put(w, 12, 12, 5) | put(w, 6, 4, 2);
}

static int64_t imm_cldsp(uint32_t w)
{
    return put(w, 4, 2, 6) | put(w, 12, 12, 5) | put(w, 6, 5, 3);
}

static int64_t imm_cswsp(uint32_t w)
{
    return put(w, 8, 7, 6) | put(w, 12, 9, 2);
}

static int64_t imm_csdsp(uint32_t w)
{
    return put(w, 9, 7, 6) | put(w, 12, 10, 3);
}

static int64_t imm_cj(uint32_t w)
{
    return sign(put(w, 12, 12, 11) | put(w, 8, 8, 10) | put(w, 10, 9, 8) |
                    put(w, 6, 6, 7) | put(w, 7, 7, 6) | put(w, 2, 2, 5) |
                    put(w, 11, 11, 4) | put(w, 5, 3, 1),
                12);
}

static int64_t imm_cb(uint32_t w)
{
    return sign(put(w, 12, 12, 8) | put(w, 6, 5, 6) | put(w, 2, 2, 5) |
                    put(w, 11, 10, 3) | put(w, 4, 3, 1),
                9);
}

/* ---- operands by format ------------------------------------------------- */

static void operands(struct decoded *d, unsigned rd, unsigned rs1, unsigned rs2,
                     int64_t imm)
{
    d->rd = (uint8_t)rd;
    d->rs1 = (uint8_t)rs1;
    d->rs2 = (uint8_t)rs2;
    d->imm = imm;
}

static void operands_32(struct decoded *d, uint32_t w, enum format format)
{
    unsigned rd = bits(w, 11, 7), rs1 = bits(w, 19, 15), rs2 = bits(w, 24, 20);

    switch (format) {
    case FORMAT_R:
    case FORMAT_AMO:
        operands(d, rd, rs1, rs2, 0);
        break;
    case FORMAT_LR:
        operands(d, rd, rs1, 0, 0);
        break;
    case FORMAT_I:
    case FORMAT_LOAD:
        operands(d, rd, rs1, 0, imm_i(w));
        break;
    case FORMAT_SHIFT:
        operands(d, rd, rs1, 0, bits(w, 25, 20));
        break;
    case FORMAT_S:
        operands(d, 0, rs1, rs2, imm_s(w));
        break;
    case FORMAT_B:
        operands(d, 0, rs1, rs2, imm_b(w));
        break;
    case FORMAT_U:
        operands(d, rd, 0, 0, sign(w & 0xfffff000, 32));
        break;
    case FORMAT_J:
        operands(d, rd, 0, 0, imm_j(w));
        break;
    case FORMAT_CSR:
        operands(d, rd, rs1, 0, bits(w, 31, 20) | rs1 << 12);
        break;
    case FORMAT_CSRI:
        operands(d, rd, 0, 0, bits(w, 31, 20) | rs1 << 12);
        break;
    case FORMAT_RS1_RS2:
        operands(d, 0, rs1, rs2, 0);
        break;
    case FORMAT_RS1:
        operands(d, 0, rs1, 0, 0);
        break;
    case FORMAT_FENCE:
        operands(d, 0, 0, 0, bits(w, 27, 20));
        break;
    default:
        operands(d, 0, 0, 0, 0);
    }
}

enum { X0 = 0, RA = 1, SP = 2 };

static void operands_16(struct decoded *d, uint32_t w, enum format format)
{
    unsigned rd = bits(w, 11, 7), rs2 = bits(w, 6, 2);
    unsigned rd_low = 8 + bits(w, 4, 2), rs1_low = 8 + bits(w, 9, 7);
    unsigned rs2_low = rd_low;
    int64_t imm6 = sign(imm_c6(w), 6);

    switch (format) {
    case FORMAT_CI:
        operands(d, rd, rd, 0, imm6);
        break;
    case FORMAT_CLI:
        operands(d, rd, X0, 0, imm6);
        break;
    case FORMAT_CLUI:
        operands(d, rd, 0, 0, imm6 * 4096);
        break;
    case FORMAT_CADDI16SP:
        operands(d, SP, SP, 0, imm_caddi16sp(w));
        break;
    case FORMAT_CADDI4SPN:
        operands(d, rd_low, SP, 0, imm_caddi4spn(w));
        break;
    case FORMAT_CSHIFT:
        operands(d, rd, rd, 0, imm_c6(w));
        break;
    case FORMAT_CBSHIFT:
        operands(d, rs1_low, rs1_low, 0, imm_c6(w));
        break;
    case FORMAT_CBI:
        operands(d, rs1_low, rs1_low, 0, imm6);
        break;
    case FORMAT_CMV:
        operands(d, rd, X0, rs2, 0);
        break;
    case FORMAT_CADD:
        operands(d, rd, rd, rs2, 0);
        break;
    case FORMAT_CA:
        operands(d, rs1_low, rs1_low, rs2_low, 0);
        break;
    case FORMAT_CLW:
        operands(d, rd_low, rs1_low, 0, imm_clw(w));
        break;
    case FORMAT_CLD:
        operands(d, rd_low, rs1_low, 0, imm_cld(w));
        break;
    case FORMAT_CSW:
        operands(d, 0, rs1_low, rs2_low, imm_clw(w));
        break;
    case FORMAT_CSD:
        operands(d, 0, rs1_low, rs2_low, imm_cld(w));
        break;
    case FORMAT_CLWSP:
        operands(d, rd, SP, 0, imm_clwsp(w));
        break;
    case FORMAT_CLDSP:
        operands(d, rd, SP, 0, imm_cldsp(w));
        break;
    case FORMAT_CSWSP:
        operands(d, 0, SP, rs2, imm_cswsp(w));
        break;
    case FORMAT_CSDSP:
        operands(d, 0, SP, rs2, imm_csdsp(w));
        break;
    case FORMAT_CJ:
        operands(d, X0, 0, 0, imm_cj(w));
        break;
    case FORMAT_CB:
        operands(d, 0, rs1_low, X0, imm_cb(w));
        break;
    case FORMAT_CJR:
        operands(d, X0, rd, 0, 0);
        break;
    case FORMAT_CJALR:
        operands(d, RA, rd, 0, 0);
        break;
    default:
        operands(d, 0, 0, 0, 0);
    }
}

static bool need_met(const struct decoded *d, enum need need)
{
    switch (need) {
    case NEED_RD:
        return d->rd != 0;
    case NEED_RS1:
        return d->rs1 != 0;
    case NEED_IMM:
        return d->imm != 0;
    default:
        return true;
    }
}

/* ---- the row ------------------------------------------------------------ */

static unsigned bucket_of(uint32_t word)
{
    if (insn_is_compressed(word))
        return 256 + (bits(word, 1, 0) << 3 | bits(word, 15, 13));
    return bits(word, 6, 2) << 3 | bits(word, 14, 12);
}

/* Some word of the bucket, and the bits that all its words share. */
static uint32_t bucket_word(unsigned bucket, uint32_t *mask)
{
    if (bucket >= 256) {
        *mask = 0xe003;
        return (bucket - 256) >> 3 | (bucket & 7) << 13;
    }
    *mask = 0x707f;
    return (bucket >> 3) << 2 | 3 | (bucket & 7) << 12;
}

void decoder_init(struct decoder *d)
{
    memset(d, 0, sizeof *d);
    for (unsigned bucket = 0; bucket < DECODE_BUCKETS; bucket++) {
        uint32_t mask, word = bucket_word(bucket, &mask);
        unsigned n = 0;
        for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++) {
            const struct insn_row *row = &insn_rows[i];
            if (insn_is_compressed(row->match) != (bucket >= 256) ||
                (row->match ^ word) & row->mask & mask)
                continue;
            if (n == DECODE_CANDIDATES - 1)
                bug("more than %u instructions share an opcode", n);
            d->candidate[bucket][n++] = (uint16_t)i;
        }
    }
    /* An empty slot must be right too: it holds the word 0. */
    for (unsigned i = 0; i < 1u << DECODE_MEMO_BITS; i++)
        d->memo[i] = decode_word(d, 0);
}

static struct decoded undecoded(uint32_t word)
{
    bool compressed = insn_is_compressed(word);
    return (struct decoded){ .word = compressed ? word & 0xffff : word,
                             .length = compressed ? 2 : 4,
                             .insn = INSN_illegal,
                             .exec = INSN_illegal,
                             .class = CLASS_SYSTEM };
}

/* Fills d by a row that its word matches; reserved forms stay illegal. */
static void apply_row(struct decoded *d, unsigned insn)
{
    const struct insn_row *row = &insn_rows[insn];
    if (d->length == 2)
        operands_16(d, d->word, row->format);
    else
        operands_32(d, d->word, row->format);
    if (!need_met(d, row->need)) {
        operands(d, 0, 0, 0, 0);
        return;
    }
    d->insn = (uint16_t)insn;
    d->exec = row->base;
    d->class = insn_rows[row->base].class;
}

static bool row_matches(unsigned insn, const struct decoded *d)
{
    const struct insn_row *row = &insn_rows[insn];
    return (d->word & row->mask) == row->match &&
           insn_is_compressed(row->match) == (d->length == 2);
}

struct decoded decode_by_rows(uint32_t word)
{
    struct decoded d = undecoded(word);
    for (unsigned i = INSN_illegal + 1; i < INSN_COUNT; i++) {
        if (row_matches(i, &d)) {
            apply_row(&d, i);
            break;
        }
    }
    return d;
}

struct decoded decode_word(const struct decoder *decoder, uint32_t word)
{
    struct decoded d = undecoded(word);
    const uint16_t *candidate = decoder->candidate[bucket_of(d.word)];
    for (; *candidate; candidate++) {
        if (row_matches(*candidate, &d)) {
            apply_row(&d, *candidate);
            break;
        }
    }
    return d;
}

const struct decoded *decode_anew(struct decoder *d, struct decoded *memo,
                                  uint32_t word)
{
    *memo = decode_word(d, word);
    return memo;
}
