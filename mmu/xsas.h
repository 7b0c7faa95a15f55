/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Xsas as numbers: the CSRs, opcodes, causes and memory formats of Opalite's
 * single-address-space extension. Only #defines, so that the host (mmu/, cpu/)
 * and the guest kernel (os/) read the same file. The prose, and what is
 * reserved for later, is docs/isa.md.
 */
#pragma once

/* ---- M-mode CSR: the master switch (docs/isa.md 2.1) ---------------- */
#define CSR_MXSAS    0x7C0 /* bit 0: Xsas on. 0 at reset */
#define MXSAS_ENABLE 0x1

/* ---- S-mode CSRs (docs/isa.md 2.2) ---------------------------------- */
#define CSR_SDOMAIN 0x5C0 /* current domain, 16 bits */
#define CSR_SPROT   0x5C1 /* which protection unit decides */
#define CSR_SRTABLE 0x5C2 /* physical base of the range-root table */
#define CSR_SRBASE  0x5C3 /* operand: first byte of a range */
#define CSR_SRLIMIT 0x5C4 /* operand: first byte after a range */

/* sprot: unit in bits 3:0, hardware refill in bit 8 */
#define SPROT_UNIT_MASK 0xF
#define SPROT_PAGETABLE 0x0 /* R, W, X of the leaf decide (reset) */
#define SPROT_RPLB      0x1
#define SPROT_PLB       0x2 /* reserved */
#define SPROT_GROUP     0x3 /* reserved */
#define SPROT_KEY       0x4 /* reserved */
#define SPROT_HWREFILL  0x100

#define DOMAIN_BITS     16

/*
 * srtable: bits 55:12 = physical page number << 12 of a table of 8-byte
 * roots, indexed by domain id; bits 4:0 = log2 of the number of roots. A domain
 * beyond the table has no ranges. 0 = no table.
 */
#define SRTABLE_LOG2_MASK 0x1F
#define SRTABLE_BASE_MASK 0x00FFFFFFFFFFF000

/* ---- rights: the same four bits in CSRs, tree, kernel and Lua ------- */
#define RIGHT_R    0x1
#define RIGHT_W    0x2
#define RIGHT_X    0x4
#define RIGHT_M    0x8 /* may change rights; software's */
#define RIGHT_MASK 0xF

/* ---- instructions: custom-0, funct3 = 0, R-type (docs/isa.md 3) ------ */
/*
 *  31     25 24  20 19  15 14  12 11   7 6      0
 * +---------+------+------+------+------+---------+
 * | funct7  | rs2  | rs1  | 000  |  rd=0| 0001011 |
 * +---------+------+------+------+------+---------+
 * rplb.fill  rs1        insert [srbase, srlimit); rs1 = meta (below)
 * rplb.inv   rs1        rs1 = x0: every entry; else entries of domain x[rs1]
 * rplb.invr  rs1        as rplb.inv, but only entries that touch
 *                       [srbase, srlimit)
 */
#define OPCODE_CUSTOM0   0x0B
#define FUNCT7_RPLB_FILL 0x00
#define FUNCT7_RPLB_INV  0x01
#define FUNCT7_RPLB_INVR 0x02

/* meta of rplb.fill and of a tree node's second-to-last word */
#define RPLB_RIGHTS_SHIFT 0     /* bits 3:0 */
#define RPLB_DOMAIN_SHIFT 16    /* bits 31:16 */
#define RPLB_FILL_I       0x100 /* into the I unit */
#define RPLB_FILL_D       0x200 /* into the D unit */

/* ---- causes (scause, docs/isa.md 4) ---------------------------------- */
#define CAUSE_RPLB_MISS_FETCH  24 /* no entry for (domain, va) */
#define CAUSE_RPLB_MISS_LOAD   25
#define CAUSE_RPLB_MISS_STORE  26 /* stores and AMOs */
#define CAUSE_RPLB_FAULT_FETCH 28 /* an entry, but not this right */
#define CAUSE_RPLB_FAULT_LOAD  29
#define CAUSE_RPLB_FAULT_STORE 30
#define CAUSE_HARDWARE_ERROR   19 /* standard; here: several entries match */

/*
 * ---- the range tree that the refill hardware walks (docs/isa.md 5) -----
 * A node is 32 bytes, 32-byte aligned, in physical memory:
 *   +0  base    first byte of the range
 *   +8  limit   first byte after it
 *   +16 left    bits 55:5 physical address of the left child, 0 = none;
 *               bits 3:0 rights of this range
 *   +24 right   bits 55:5 physical address of the right child, 0 = none
 * All ranges left of a node lie below base, all right of it at or above
 * limit. The walker reads base and limit (one 16-byte access), then one child
 * word (8 bytes): two data accesses a level; on the node that holds va it
 * reads the left word for the rights.
 */
#define RANGE_NODE_SIZE      32
#define RANGE_NODE_BASE      0
#define RANGE_NODE_LIMIT     8
#define RANGE_NODE_LEFT      16
#define RANGE_NODE_RIGHT     24
#define RANGE_CHILD_MASK     0x00FFFFFFFFFFFFE0
#define RANGE_TREE_MAX_DEPTH 64
