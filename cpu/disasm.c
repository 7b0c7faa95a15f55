/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See disasm.h. The format of a row says how its operands are printed; the
 * text is meant to equal what GNU objdump prints, which a test checks.
 */
#include "cpu/disasm.h"

#include <inttypes.h>
#include <stdio.h>

#include "cpu/csr.h"
#include "cpu/decode.h"

const char *const register_names[32] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"
};

/* "iorw" of a fence's set: i = 8, o = 4, r = 2, w = 1. */
static void fence_set(char out[8], unsigned set)
{
    char *p = out;
    for (unsigned i = 0; i < 4; i++)
        if (set & 8u >> i)
            *p++ = "iorw"[i];
    *p = '\0';
    if (!set)
        snprintf(out, 8, "unknown");
}

static void csr_text(char out[24], unsigned number)
{
    const char *name = csr_name((uint16_t)number);
    if (name)
        snprintf(out, 24, "%s", name);
    else
        snprintf(out, 24, "0x%x", number);
}

static void print_csr(const struct decoded *d, const char *name, char *out,
                      size_t n, bool immediate)
{
    char csr[24];
    csr_text(csr, d->imm & 0xfff);
    const char *rd = register_names[d->rd];
    if (immediate)
        snprintf(out, n, "%s %s,%s,%u", name, rd, csr,
                 (unsigned)(d->imm >> 12));
    else
        snprintf(out, n, "%s %s,%s,%s", name, rd, csr, register_names[d->rs1]);
}

static void print_fence(const struct decoded *d, const char *name, char *out,
                        size_t n)
{
    char before[8], after[8];
    fence_set(before, d->imm >> 4 & 15);
    fence_set(after, d->imm & 15);
    snprintf(out, n, "%s %s,%s", name, before, after);
}

static void print_atomic(const struct decoded *d, const char *name, char *out,
                         size_t n, bool has_source)
{
    static const char *const order[] = { "", ".rl", ".aq", ".aqrl" };
    const char *suffix = order[d->word >> 25 & 3];
    const char *rd = register_names[d->rd], *rs1 = register_names[d->rs1];
    if (has_source)
        snprintf(out, n, "%s%s %s,%s,(%s)", name, suffix, rd,
                 register_names[d->rs2], rs1);
    else
        snprintf(out, n, "%s%s %s,(%s)", name, suffix, rd, rs1);
}

static void print(const struct decoded *d, uint64_t pc, char *out, size_t n)
{
    const char *name = insn_rows[d->insn].mnemonic;
    const char *rd = register_names[d->rd];
    const char *rs1 = register_names[d->rs1];
    const char *rs2 = register_names[d->rs2];
    int imm = (int)d->imm;
    uint64_t target = pc + (uint64_t)d->imm;

    switch (insn_rows[d->insn].format) {
    case FORMAT_R:
        snprintf(out, n, "%s %s,%s,%s", name, rd, rs1, rs2);
        break;
    case FORMAT_I:
    case FORMAT_CADDI4SPN:
        snprintf(out, n, "%s %s,%s,%d", name, rd, rs1, imm);
        break;
    case FORMAT_SHIFT:
        snprintf(out, n, "%s %s,%s,0x%x", name, rd, rs1, (unsigned)imm);
        break;
    case FORMAT_LOAD:
    case FORMAT_CLW:
    case FORMAT_CLD:
    case FORMAT_CLWSP:
    case FORMAT_CLDSP:
        snprintf(out, n, "%s %s,%d(%s)", name, rd, imm, rs1);
        break;
    case FORMAT_S:
    case FORMAT_CSW:
    case FORMAT_CSD:
    case FORMAT_CSWSP:
    case FORMAT_CSDSP:
        snprintf(out, n, "%s %s,%d(%s)", name, rs2, imm, rs1);
        break;
    case FORMAT_B:
        snprintf(out, n, "%s %s,%s,0x%" PRIx64, name, rs1, rs2, target);
        break;
    case FORMAT_U:
    case FORMAT_CLUI:
        snprintf(out, n, "%s %s,0x%x", name, rd, (unsigned)imm >> 12);
        break;
    case FORMAT_J:
        snprintf(out, n, "%s %s,0x%" PRIx64, name, rd, target);
        break;
    case FORMAT_CJ:
        snprintf(out, n, "%s 0x%" PRIx64, name, target);
        break;
    case FORMAT_CB:
        snprintf(out, n, "%s %s,0x%" PRIx64, name, rs1, target);
        break;
    case FORMAT_CSR:
        print_csr(d, name, out, n, false);
        break;
    case FORMAT_CSRI:
        print_csr(d, name, out, n, true);
        break;
    case FORMAT_FENCE:
        print_fence(d, name, out, n);
        break;
    case FORMAT_AMO:
        print_atomic(d, name, out, n, true);
        break;
    case FORMAT_LR:
        print_atomic(d, name, out, n, false);
        break;
    case FORMAT_RS1_RS2:
        snprintf(out, n, "%s %s,%s", name, rs1, rs2);
        break;
    case FORMAT_RS1:
    case FORMAT_CJR:
    case FORMAT_CJALR:
        snprintf(out, n, "%s %s", name, rs1);
        break;
    case FORMAT_CI:
    case FORMAT_CLI:
    case FORMAT_CBI:
    case FORMAT_CADDI16SP:
        snprintf(out, n, "%s %s,%d", name, rd, imm);
        break;
    case FORMAT_CSHIFT:
    case FORMAT_CBSHIFT:
        snprintf(out, n, "%s %s,0x%x", name, rd, (unsigned)imm);
        break;
    case FORMAT_CMV:
    case FORMAT_CADD:
    case FORMAT_CA:
        snprintf(out, n, "%s %s,%s", name, rd, rs2);
        break;
    default:
        snprintf(out, n, "%s", name);
    }
}

void disasm(uint32_t word, uint64_t pc, char *out, size_t n)
{
    struct decoded d = decode_by_rows(word);
    if (d.insn != INSN_illegal)
        print(&d, pc, out, n);
    else if (d.length == 2)
        snprintf(out, n, ".2byte 0x%x", (unsigned)d.word);
    else
        snprintf(out, n, ".4byte 0x%x", (unsigned)d.word);
}
