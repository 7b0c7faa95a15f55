/* SPDX-License-Identifier: Apache-2.0 */
/*
 * menvcfg.ADUE: set, the hardware sets A and D (Svadu); clear, a clear A, or a
 * clear D on a store, is a page fault and memory stays as it is (Svade).
 * qemu: no (7.2 has no ADUE)
 */
#include "tests/guest/lib/test.h"

#define PTE_LEAF 0x0f /* V R W X of S-mode */
#define A        0x40
#define D        0x80

/* The leaf of `page` gets these flags; and must have them. */
#define SET_LEAF(flags)                                                        \
    la t6, page;                                                               \
    srli t6, t6, 2;                                                            \
    ori t6, t6, flags;                                                         \
    sd t6, (s7);                                                               \
    sfence.vma
#define EXPECT_LEAF(flags)                                                     \
    ld t5, (s7);                                                               \
    andi t5, t5, 0xff;                                                         \
    EXPECT(t5, flags)
/* Data accesses as S-mode, from M-mode. */
#define AS_S                                                                   \
    li a5, MSTATUS_MPP;                                                        \
    csrc mstatus, a5;                                                          \
    li a5, MSTATUS_MPRV | 1 << 11;                                             \
    csrs mstatus, a5
#define AS_M                                                                   \
    li a5, MSTATUS_MPRV;                                                       \
    csrc mstatus, a5

TEST_BEGIN
    /* 0x40000000 -> page, in three levels */
    la a1, root
    la a2, middle
    la a3, last
    srli a4, a2, 2
    ori a4, a4, 1
    sd a4, 8(a1)
    srli a4, a3, 2
    ori a4, a4, 1
    sd a4, 0(a2)
    mv s7, a3
    li s8, 0x40000000 /* code */
    addi s11, s8, 8   /* data */
    srli a1, a1, 12
    li a4, 8 << 60
    or a1, a1, a4
    csrw satp, a1
    li s9, 1 << 61

    CASE(1) /* Svadu: a load sets A, a store A and D */
    csrs menvcfg, s9
    SET_LEAF(PTE_LEAF)
    AS_S
    ld a0, (s11)
    AS_M
    EXPECT_LEAF(PTE_LEAF | A)
    AS_S
    sd zero, (s11)
    AS_M
    EXPECT_LEAF(PTE_LEAF | A | D)
    SET_LEAF(PTE_LEAF)
    AS_S
    amoadd.d a0, zero, (s11)
    AS_M
    EXPECT_LEAF(PTE_LEAF | A | D)
    CASE(2) /* a fetch sets A */
    SET_LEAF(PTE_LEAF)
    la s1, 1f
    li t6, MSTATUS_MPP
    csrc mstatus, t6
    li t6, 1 << 11
    csrs mstatus, t6
    csrw mepc, s8
    mret
1:  li s1, 0
    EXPECT(s2, 9)
    EXPECT_SAME(s3, s8)
    EXPECT_LEAF(PTE_LEAF | A)

    CASE(3) /* Svade: faults, and nothing is written */
    csrc menvcfg, s9
    SET_LEAF(PTE_LEAF)
    AS_S
    TRAPS(13, ld a0, (s11))
    EXPECT_SAME(s4, s11)
    AS_S
    TRAPS(15, sd a0, (s11))
    AS_S
    TRAPS(15, amoadd.d a0, zero, (s11))
    EXPECT_LEAF(PTE_LEAF)
    SET_LEAF(PTE_LEAF | D)
    AS_S
    TRAPS(15, sd a0, (s11))
    EXPECT_LEAF(PTE_LEAF | D)
    SET_LEAF(PTE_LEAF | A)
    AS_S
    ld a0, (s11)
    TRAPS(15, sd a0, (s11))
    EXPECT_LEAF(PTE_LEAF | A)
    SET_LEAF(PTE_LEAF | A | D)
    AS_S
    sd a0, (s11)
    AS_M
    CASE(4) /* a fetch */
    SET_LEAF(PTE_LEAF)
    la s1, 1f
    li t6, MSTATUS_MPP
    csrc mstatus, t6
    li t6, 1 << 11
    csrs mstatus, t6
    csrw mepc, s8
    mret
1:  li s1, 0
    EXPECT(s2, 12)
    EXPECT_LEAF(PTE_LEAF)
    CASE(5) /* an entry that was clean when it was cached, ADUE set later */
    SET_LEAF(PTE_LEAF | A)
    AS_S
    ld a0, (s11)
    AS_M
    csrs menvcfg, s9
    AS_S
    sd zero, (s11)
    AS_M
    EXPECT_LEAF(PTE_LEAF | A | D)
TEST_END
    .data
    .balign 4096
root:
    .skip 4096
middle:
    .skip 4096
last:
    .skip 4096
page:
    ecall
    .skip 4092
