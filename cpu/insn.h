/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an instruction is, as data: the names, formats and timing classes that
 * the rows of insn.def use. decode.c turns a word into a struct decoded,
 * exec.c gives it its effect, disasm.c its text; all three read the rows.
 */
#pragma once

#include <stdint.h>

/* Row numbers: INSN_add, INSN_c_addi ... INSN_illegal = no row matches. */
enum insn {
    INSN_illegal,
#define INSN(name, mnemonic, format, match, mask, class, ...)  INSN_##name,
#define CINSN(name, mnemonic, format, match, mask, need, base) INSN_##name,
#include "cpu/insn.def"
    INSN_COUNT
};

/* Where the operands are in the word, and how they are printed. */
enum format {
    FORMAT_NONE,    /* no operands */
    FORMAT_R,       /* rd, rs1, rs2 */
    FORMAT_I,       /* rd, rs1, imm */
    FORMAT_SHIFT,   /* rd, rs1, 6-bit amount */
    FORMAT_LOAD,    /* rd, imm(rs1) */
    FORMAT_S,       /* rs2, imm(rs1) */
    FORMAT_B,       /* rs1, rs2, target */
    FORMAT_U,       /* rd, upper 20 bits */
    FORMAT_J,       /* rd, target */
    FORMAT_CSR,     /* rd, csr, rs1: imm = csr | rs1 << 12 */
    FORMAT_CSRI,    /* rd, csr, 5-bit value: imm = csr | value << 12 */
    FORMAT_FENCE,   /* predecessor set, successor set */
    FORMAT_AMO,     /* rd, rs2, (rs1); .aq, .rl */
    FORMAT_LR,      /* rd, (rs1); .aq, .rl */
    FORMAT_RS1_RS2, /* rs1, rs2 */
    FORMAT_RS1,     /* rs1 */
    FORMAT_CI,      /* rd = rd op imm6 */
    FORMAT_CLI,     /* rd = imm6 */
    FORMAT_CLUI,    /* rd = imm6 << 12 */
    FORMAT_CADDI16SP,
    FORMAT_CADDI4SPN,
    FORMAT_CSHIFT,  /* rd = rd op amount */
    FORMAT_CBSHIFT, /* the same, rd in x8..x15 */
    FORMAT_CBI,     /* rd' = rd' op imm6 */
    FORMAT_CMV,     /* rd = rs2 */
    FORMAT_CADD,    /* rd = rd + rs2 */
    FORMAT_CA,      /* rd' = rd' op rs2' */
    FORMAT_CLW,
    FORMAT_CLD,
    FORMAT_CSW,
    FORMAT_CSD,
    FORMAT_CLWSP,
    FORMAT_CLDSP,
    FORMAT_CSWSP,
    FORMAT_CSDSP,
    FORMAT_CJ,    /* target */
    FORMAT_CB,    /* rs1', target */
    FORMAT_CJR,   /* rs1 */
    FORMAT_CJALR, /* rs1, links ra */
    FORMAT_CNONE, /* c.nop, c.ebreak */
    FORMAT_COUNT
};

/* What a compressed row needs beyond its match, else the word is reserved. */
enum need {
    NEED_ANY,
    NEED_RD,  /* rd not x0 */
    NEED_RS1, /* rs1 not x0 */
    NEED_IMM  /* immediate not 0 */
};

/* What the pipeline does with it: timing.c gives each class its price. */
enum class {
    CLASS_ALU,
    CLASS_LOAD,
    CLASS_STORE,
    CLASS_BRANCH,   /* conditional, relative */
    CLASS_JUMP,     /* jal */
    CLASS_INDIRECT, /* jalr */
    CLASS_MUL,
    CLASS_DIV,
    CLASS_LR,
    CLASS_AMO, /* SC too */
    CLASS_CSR,
    CLASS_FENCE,
    CLASS_FENCEI,
    CLASS_SYSTEM, /* ecall, wfi, sfence.vma, rplb.*: one cycle */
    CLASS_RETURN, /* mret, sret */
    CLASS_COUNT
};

/* A row without its meaning. */
struct insn_row {
    const char *name;     /* C name: c_addi */
    const char *mnemonic; /* as printed: c.addi */
    uint32_t match, mask;
    uint8_t format, class, need;
    uint16_t base; /* row that executes it (itself unless compressed) */
};
extern const struct insn_row insn_rows[INSN_COUNT];

/* A word taken apart. Registers that the instruction does not use are 0. */
struct decoded {
    uint32_t word; /* 16 bits when length is 2 */
    uint16_t insn; /* row */
    uint16_t exec; /* row of the meaning */
    uint8_t rd, rs1, rs2;
    uint8_t class;
    uint8_t length; /* 2 or 4 */
    int64_t imm;    /* sign-extended; see FORMAT_CSR */
};
