/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Misaligned accesses over the end of a page under Sv39: to two frames that are
 * not neighbours, and with a fault in the first page, the second, or both.
 * Where they trap instead (causes 4 and 6) that comes before any page fault.
 */
#include "tests/guest/lib/test.h"

#define V 0x01
#define R 0x02
#define W 0x04
#define A 0x40
#define D 0x80
#define RW V | R | W | A | D

#define FIRST  0x08000000 /* slot 0 of the leaves */
#define SECOND 0x08001000 /* slot 1 */
#define SV39   8 << 60

#define MAP(slot, label, rights)                                               \
    la t0, label;                                                              \
    srli t0, t0, 2;                                                            \
    ori t0, t0, (rights) & 0xff;                                               \
    la t1, leaves;                                                             \
    sd t0, 8 * (slot)(t1);                                                     \
    sfence.vma

/* In S-mode: a7 = 0: it traps with `cause`, tval = at; else as misaligned. */
#define FAULTS(cause, at, misaligned, ...)                                     \
    li s6, cause;                                                              \
    mv s7, at;                                                                 \
    beqz a7, 80f;                                                              \
    li s6, misaligned;                                                         \
    mv s7, a0;                                                                 \
80: la s1, 82f;                                                                \
    TO_MODE(MODE_S)                                                            \
81: __VA_ARGS__;                                                               \
    ecall;                                                                     \
82: li s1, 0;                                                                  \
    EXPECT_SAME(s2, s6);                                                       \
    EXPECT_SAME(s4, s7);                                                       \
    la t6, 81b;                                                                \
    EXPECT_SAME(s3, t6)

TEST_BEGIN
    la s6, root
    la s7, middle
    la s8, leaves
    srli t0, s7, 2
    ori t0, t0, V
    sd t0, 0(s6)
    li t0, 0x80000000 >> 2 | V | R | W | 0x08 | A | D
    sd t0, 16(s6)
    srli t0, s8, 2
    ori t0, t0, V
    sd t0, 512(s7)
    srli t0, s6, 12
    li t1, SV39
    or t0, t0, t1
    csrw satp, t0
    sfence.vma
    /* a7 = 1 where misaligned accesses trap. */
    li a7, 1
    la s1, 1f
    la a0, low
    ld a1, 1(a0)
    li a7, 0
1:  li s1, 0
    li a0, FIRST + 4096 - 3 /* 3 bytes in the first page, 5 in the second */
    li a4, SECOND
    la s10, low + 4096 - 8
    la s11, high

    CASE(1) /* both pages there: the bytes of both frames */
    MAP(0, low, RW)
    MAP(1, high, RW)
    li a1, 0x1112131415161718
    sd a1, 0(s10)
    li a1, 0x2122232425262728
    sd a1, 0(s11)
    bnez a7, 1f
    WORKS_IN(MODE_S, ld a2, (a0))
    EXPECT(a2, 0x2425262728111213)
    WORKS_IN(MODE_S, lw a2, (a0))
    EXPECT(a2, 0x28111213)
    CASE(2)
    li a1, 0xa1a2a3a4a5a6a7a8
    WORKS_IN(MODE_S, sd a1, (a0))
    ld a2, 0(s10)
    EXPECT(a2, 0xa6a7a81415161718)
    ld a2, 0(s11)
    EXPECT(a2, 0x212223a1a2a3a4a5)
    j 2f
1:  FAULTS(0, a0, 4, ld a2, (a0))
    FAULTS(0, a0, 6, sd a1, (a0))
    ld a2, 0(s11) /* nothing was written */
    EXPECT(a2, 0x2122232425262728)
2:
    CASE(3) /* a hole in the second: tval is where it begins */
    la t1, leaves
    sd zero, 8(t1)
    sfence.vma
    ld a5, 0(s10)
    FAULTS(13, a4, 4, ld a2, (a0))
    FAULTS(15, a4, 6, sd a1, (a0))
    ld a2, 0(s10)
    EXPECT_SAME(a2, a5) /* no byte of the first was written */
    CASE(4) /* a hole in the first: tval is the address */
    MAP(1, high, RW)
    la t1, leaves
    sd zero, 0(t1)
    sfence.vma
    ld a5, 0(s11)
    FAULTS(13, a0, 4, ld a2, (a0))
    FAULTS(15, a0, 6, sd a1, (a0))
    ld a2, 0(s11)
    EXPECT_SAME(a2, a5)
    CASE(5) /* in both: the first counts */
    la t1, leaves
    sd zero, 8(t1)
    sfence.vma
    FAULTS(13, a0, 4, ld a2, (a0))
    FAULTS(15, a0, 6, sd a1, (a0))
    CASE(6) /* the second may only be read */
    MAP(0, low, RW)
    MAP(1, high, V | R | A | D)
    ld a5, 0(s10)
    FAULTS(15, a4, 6, sd a1, (a0))
    ld a2, 0(s10)
    EXPECT_SAME(a2, a5)
    bnez a7, 1f
    WORKS_IN(MODE_S, ld a2, (a0))
1:
    CASE(7) /* the registers of a refused load stay as they were */
    la t1, leaves
    sd zero, 8(t1)
    sfence.vma
    li a2, 0x5a
    FAULTS(13, a4, 4, ld a2, (a0))
    EXPECT(a2, 0x5a)
TEST_END
    .bss
    .balign 4096
root:
    .skip 4096
middle:
    .skip 4096
leaves:
    .skip 4096
low:
    .skip 4096
between:
    .skip 4096 /* so that the frames are no neighbours */
high:
    .skip 4096
