/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Xsas (docs/isa.md): off at reset; CSRs; the RPLB with misses refilled by a
 * handler in S-mode, rights, invalidations, domains, SUM; hardware refill from
 * a range tree.
 * qemu: no (the extension is ours)
 */
#include "mmu/xsas.h"
#include "tests/guest/lib/test.h"

#define RPLB_FILL(rs1) .insn r 0x0b, 0, 0x00, x0, rs1, x0
#define RPLB_INV(rs1)  .insn r 0x0b, 0, 0x01, x0, rs1, x0
#define RPLB_INVR(rs1) .insn r 0x0b, 0, 0x02, x0, rs1, x0

#define CODE 0x40000000 /* user_code, page table: U R W X */
#define DATA 0x40001000 /* page, likewise */

#define META(domain, rights, units) ((domain) << 16 | (units) | (rights))
#define BOTH (RPLB_FILL_I | RPLB_FILL_D)

/* One entry, from M-mode. */
#define FILL(base, limit, meta)                                                \
    li t0, base;                                                               \
    csrw CSR_SRBASE, t0;                                                       \
    li t0, limit;                                                              \
    csrw CSR_SRLIMIT, t0;                                                      \
    li t0, meta;                                                               \
    RPLB_FILL(t0)

/* Runs user_code in U-mode at CODE + offset until it traps to M-mode. */
#define RUN_USER(offset)                                                       \
    la s1, 78f;                                                                \
    li t6, MSTATUS_MPP;                                                        \
    csrc mstatus, t6;                                                          \
    li t6, CODE + (offset);                                                    \
    csrw mepc, t6;                                                             \
    mret;                                                                      \
78: li s1, 0
#define LOAD_CODE  0
#define STORE_CODE 8
#define AMO_CODE   16

TEST_BEGIN
    CASE(1) /* off: nothing of it exists */
    TRAPS(2, csrr a0, CSR_SDOMAIN)
    TRAPS(2, csrw CSR_SPROT, zero)
    TRAPS(2, csrr a0, CSR_SRTABLE)
    TRAPS(2, csrr a0, CSR_SRBASE)
    TRAPS(2, csrr a0, CSR_SRLIMIT)
    TRAPS(2, RPLB_FILL(a0))
    TRAPS(2, RPLB_INV(a0))
    TRAPS(2, RPLB_INVR(a0))
    csrr a0, CSR_MXSAS
    EXPECT(a0, 0)
    TRAPS_IN(MODE_S, 2, csrw CSR_MXSAS, a0)
    CASE(2) /* on; only bit 0 is there */
    li a1, -1
    csrw CSR_MXSAS, a1
    csrr a0, CSR_MXSAS
    EXPECT(a0, 1)
    WORKS_IN(MODE_S, csrr a0, CSR_SDOMAIN)
    TRAPS_IN(MODE_U, 2, csrr a0, CSR_SDOMAIN)
    TRAPS_IN(MODE_U, 2, RPLB_INV(a0))
    WORKS_IN(MODE_S, RPLB_INV(x0))
    CASE(3) /* WARL */
    csrw CSR_SDOMAIN, a1
    csrr a0, CSR_SDOMAIN
    EXPECT(a0, 0xffff)
    csrw CSR_SPROT, a1 /* no unit 15 */
    csrr a0, CSR_SPROT
    EXPECT(a0, SPROT_HWREFILL)
    csrwi CSR_SPROT, SPROT_PLB
    csrr a0, CSR_SPROT
    EXPECT(a0, 0)
    csrw CSR_SRTABLE, a1
    csrr a0, CSR_SRTABLE
    EXPECT(a0, 0x00fffffffffff01f)
    csrw CSR_SRTABLE, zero
    csrw CSR_SRBASE, a1
    csrr a0, CSR_SRBASE
    EXPECT_SAME(a0, a1)
    CASE(4) /* reserved encodings */
    TRAPS(2, .insn r 0x0b, 0, 0x03, x0, a0, x0)
    TRAPS(2, .insn r 0x0b, 0, 0x00, a0, a0, x0)
    TRAPS(2, .insn r 0x0b, 0, 0x01, x0, a0, a0)
    TRAPS(2, .insn r 0x0b, 1, 0x00, x0, a0, x0)

    /* A space: CODE and DATA for U-mode, RAM 1:1 for S-mode. */
    la s6, root
    la s7, middle
    la s8, leaves
    srli t0, s7, 2
    ori t0, t0, 1
    sd t0, 8(s6)
    li t0, 0x80000000 >> 2 | 0xcf
    sd t0, 16(s6)
    srli t0, s8, 2
    ori t0, t0, 1
    sd t0, 0(s7)
    la t0, user_code
    srli t0, t0, 2
    ori t0, t0, 0xdf
    sd t0, 0(s8)
    la t0, page
    srli t0, t0, 2
    ori t0, t0, 0xdf
    sd t0, 8(s8)
    srli t0, s6, 12
    li t1, 8 << 60
    or t0, t0, t1
    csrw satp, t0
    sfence.vma
    csrwi CSR_SDOMAIN, 7

    CASE(10) /* without a unit the page table decides */
    li a0, DATA
    li a1, 0x55
    RUN_USER(STORE_CODE)
    EXPECT(s2, 8)
    CASE(11) /* RPLB: no entry for the code */
    csrwi CSR_SPROT, SPROT_RPLB
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_FETCH)
    EXPECT(s3, CODE)
    EXPECT(s4, CODE)
    CASE(12) /* an entry, but without x */
    FILL(CODE, CODE + 0x1000, META(7, RIGHT_R, BOTH))
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_FAULT_FETCH)
    EXPECT(s4, CODE)
    CASE(13) /* the code runs; its data has no entry */
    FILL(CODE, CODE + 0x1000, META(7, RIGHT_X, RPLB_FILL_I))
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_LOAD)
    EXPECT(s4, DATA)
    EXPECT(s3, CODE + LOAD_CODE)
    RUN_USER(STORE_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_STORE)
    RUN_USER(AMO_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_STORE)
    CASE(14) /* another domain's entry is none of ours */
    FILL(DATA, DATA + 0x1000, META(8, RIGHT_R | RIGHT_W, RPLB_FILL_D))
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_LOAD)
    CASE(15) /* r only */
    FILL(DATA, DATA + 0x1000, META(7, RIGHT_R, RPLB_FILL_D))
    li a2, 0
    RUN_USER(LOAD_CODE)
    EXPECT(s2, 8)
    EXPECT(a2, 0x55)
    RUN_USER(STORE_CODE)
    EXPECT(s2, CAUSE_RPLB_FAULT_STORE)
    EXPECT(s4, DATA)
    RUN_USER(AMO_CODE)
    EXPECT(s2, CAUSE_RPLB_FAULT_STORE)
    CASE(16) /* w only: a load and an AMO are refused */
    FILL(DATA, DATA + 0x1000, META(7, RIGHT_W, RPLB_FILL_D))
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_FAULT_LOAD)
    RUN_USER(STORE_CODE)
    EXPECT(s2, 8)
    RUN_USER(AMO_CODE)
    EXPECT(s2, CAUSE_RPLB_FAULT_STORE)
    CASE(17) /* a range need not be a page */
    csrwi CSR_SDOMAIN, 7
    li t0, 7
    RPLB_INV(t0)
    FILL(CODE, CODE + 0x1000, META(7, RIGHT_X, RPLB_FILL_I))
    FILL(DATA, DATA + 16, META(7, RIGHT_R | RIGHT_W, RPLB_FILL_D))
    RUN_USER(AMO_CODE)
    EXPECT(s2, 8)
    addi a0, a0, 16
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_LOAD)
    EXPECT(s4, DATA + 16)
    addi a0, a0, -16

    CASE(20) /* rplb.inv of another domain, of ours, of all */
    li t0, 8
    RPLB_INV(t0)
    RUN_USER(LOAD_CODE)
    EXPECT(s2, 8)
    li t0, 7
    RPLB_INV(t0)
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_FETCH)
    FILL(CODE, CODE + 0x1000, META(7, RIGHT_X, RPLB_FILL_I))
    RPLB_INV(x0)
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_FETCH)
    CASE(21) /* rplb.invr: what touches [srbase, srlimit) only */
    FILL(CODE, CODE + 0x1000, META(7, RIGHT_X, RPLB_FILL_I))
    FILL(DATA, DATA + 0x1000, META(7, RIGHT_R, RPLB_FILL_D))
    li t0, DATA + 0xfff
    csrw CSR_SRBASE, t0
    li t0, DATA + 0x2000
    csrw CSR_SRLIMIT, t0
    li t0, 8
    RPLB_INVR(t0)
    RUN_USER(LOAD_CODE)
    EXPECT(s2, 8)
    RPLB_INVR(x0)
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_LOAD)

    CASE(30) /* a switch of domains is one CSR write */
    FILL(CODE, CODE + 0x1000, META(9, RIGHT_X, RPLB_FILL_I))
    FILL(DATA, DATA + 0x1000, META(7, RIGHT_R, RPLB_FILL_D))
    FILL(DATA, DATA + 0x1000, META(9, RIGHT_R | RIGHT_W, RPLB_FILL_D))
    RUN_USER(STORE_CODE)
    EXPECT(s2, CAUSE_RPLB_FAULT_STORE)
    csrwi CSR_SDOMAIN, 9
    RUN_USER(STORE_CODE)
    EXPECT(s2, 8)
    csrr a3, CSR_SDOMAIN
    EXPECT(a3, 9) /* a trap does not change it */
    CASE(31) /* R, W, X of user leaves are ignored; U, V still hold */
    ld t0, 8(s8)
    andi t0, t0, ~0xe
    ori t0, t0, 2 /* the page table says read-only */
    sd t0, 8(s8)
    sfence.vma
    RUN_USER(STORE_CODE)
    EXPECT(s2, 8)
    ld t0, 8(s8)
    andi t0, t0, ~0x10 /* not a user page */
    sd t0, 8(s8)
    sfence.vma
    RUN_USER(STORE_CODE)
    EXPECT(s2, 15)
    ori t0, t0, 0x1e
    sd t0, 8(s8)
    sfence.vma

    CASE(40) /* S-mode on its own pages is not checked */
    la a4, page
    WORKS_IN(MODE_S, ld a3, (a4); sd a3, (a4))
    CASE(41) /* S-mode on user pages under SUM acts as the domain */
    li t6, MSTATUS_SUM
    csrs mstatus, t6
    WORKS_IN(MODE_S, sd a1, (a0))
    csrwi CSR_SDOMAIN, 7
    WORKS_IN(MODE_S, ld a3, (a0))
    TRAPS_IN(MODE_S, CAUSE_RPLB_FAULT_STORE, sd a1, (a0))
    csrwi CSR_SDOMAIN, 8
    TRAPS_IN(MODE_S, CAUSE_RPLB_MISS_LOAD, ld a1, (a0))
    li t6, MSTATUS_SUM
    csrc mstatus, t6
    csrwi CSR_SDOMAIN, 7

    CASE(50) /* delegated misses: S-mode refills, the program never knows */
    RPLB_INV(x0)
    li t0, 0x77000000
    csrw medeleg, t0
    la t0, refill
    csrw stvec, t0
    li a1, 0x1234
    li s10, 0
    RUN_USER(STORE_CODE)
    EXPECT(s2, 8)
    EXPECT(s10, 2) /* one for the code, one for the data */
    RUN_USER(LOAD_CODE)
    EXPECT(a2, 0x1234)
    EXPECT(s10, 2)

    CASE(60) /* hardware refill: code and data are nodes of domain 7's tree */
    csrw medeleg, zero
    RPLB_INV(x0)
    la t0, node_code
    la t1, node_data
    sd t1, RANGE_NODE_RIGHT(t0)
    li t2, RIGHT_X
    sd t2, RANGE_NODE_LEFT(t0)
    li t2, RIGHT_R | RIGHT_W
    sd t2, RANGE_NODE_LEFT(t1)
    la t2, roots
    sd t0, 56(t2)
    ori t2, t2, 4
    csrw CSR_SRTABLE, t2
    li t0, SPROT_RPLB | SPROT_HWREFILL
    csrw CSR_SPROT, t0
    li a1, 0x4321
    RUN_USER(STORE_CODE)
    EXPECT(s2, 8)
    RUN_USER(LOAD_CODE)
    EXPECT(a2, 0x4321)
    CASE(61) /* an address in no node misses, with a trap */
    li a0, DATA + 0x1000
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_LOAD)
    EXPECT_SAME(s4, a0)
    li a0, DATA
    CASE(62) /* a domain without a root, and one beyond the table */
    csrwi CSR_SDOMAIN, 8
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_FETCH)
    csrwi CSR_SDOMAIN, 16
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_RPLB_MISS_FETCH)
    csrwi CSR_SDOMAIN, 7
    CASE(63) /* a changed tree counts after rplb.invr */
    la t1, node_data
    li t2, RIGHT_R
    sd t2, RANGE_NODE_LEFT(t1)
    csrw CSR_SRBASE, a0
    addi t2, a0, 1
    csrw CSR_SRLIMIT, t2
    RPLB_INVR(x0)
    RUN_USER(STORE_CODE)
    EXPECT(s2, CAUSE_RPLB_FAULT_STORE)

    CASE(70) /* two entries match with different bounds: hardware error */
    csrwi CSR_SPROT, SPROT_RPLB
    RPLB_INV(x0)
    FILL(CODE, CODE + 0x1000, META(7, RIGHT_X, RPLB_FILL_I))
    FILL(DATA, DATA + 0x1000, META(7, RIGHT_R, RPLB_FILL_D))
    FILL(DATA, DATA + 0x2000, META(7, RIGHT_R, RPLB_FILL_D))
    RUN_USER(LOAD_CODE)
    EXPECT(s2, CAUSE_HARDWARE_ERROR)
    EXPECT_SAME(s4, a0)
    j finished

    .balign 4
refill: /* a 4 KiB range around stval, all rights, both units */
    csrr t0, stval
    srli t0, t0, 12
    slli t0, t0, 12
    csrw CSR_SRBASE, t0
    li t1, 0x1000
    add t0, t0, t1
    csrw CSR_SRLIMIT, t0
    li t0, META(7, RIGHT_R | RIGHT_W | RIGHT_X, BOTH)
    RPLB_FILL(t0)
    addi s10, s10, 1
    sret
finished:
TEST_END
    .data
    .balign 4096
root:
    .skip 4096
middle:
    .skip 4096
leaves:
    .skip 4096
page:
    .skip 4096
roots: /* 16 of them */
    .skip 4096
    .option norvc
user_code:
    ld a2, (a0)
    ecall
    sd a1, (a0)
    ecall
    amoadd.d a2, zero, (a0)
    ecall
    .balign 4096
    .balign 32
node_code:
    .dword CODE, CODE + 0x1000, 0, 0
node_data:
    .dword DATA, DATA + 0x1000, 0, 0
