/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sv39 as a program sees it: 4 KiB, 2 MiB and 1 GiB pages, R W X U, SUM, MXR,
 * MPRV, A and D, page faults with their addresses, sfence.vma, ASIDs.
 * The program itself stays mapped 1:1 by a gigapage for S-mode; U-mode code
 * runs at USER.
 */
#include "tests/guest/lib/test.h"

#define V 0x01
#define R 0x02
#define W 0x04
#define X 0x08
#define U 0x10
#define G 0x20
#define A 0x40
#define D 0x80

#define DATA  0x08000000 /* page of the table `leaves`, slot 0 */
#define USER  0x08001000 /* slot 1: the page user_code */
#define OTHER 0x08002000 /* slot 2 */
#define LAST  0x08003000 /* slot 3 */
#define MEGA  0x08200000
#define SV39  8 << 60

/* Slot n of leaves: page at label, with rights; then forget old entries. */
#define MAP(slot, label, rights)                                               \
    la t0, label;                                                              \
    srli t0, t0, 2;                                                            \
    ori t0, t0, (rights) & 0xff;                                               \
    la t1, leaves;                                                             \
    sd t0, 8 * (slot)(t1);                                                     \
    sfence.vma
#define LEAF(slot, reg)                                                        \
    la t1, leaves;                                                             \
    ld reg, 8 * (slot)(t1)

TEST_BEGIN
    la s6, root
    la s7, middle
    la s8, leaves
    srli t0, s7, 2 /* root[0] -> middle */
    ori t0, t0, V
    sd t0, 0(s6)
    li t0, 0x80000000 >> 2 | V | R | W | X | A | D /* root[2]: 1:1 gigapage */
    sd t0, 16(s6)
    srli t0, s8, 2 /* middle[64] -> leaves */
    ori t0, t0, V
    sd t0, 512(s7)
    srli t0, s6, 12
    li t1, SV39
    or t0, t0, t1
    csrw satp, t0
    sfence.vma

    CASE(1) /* S-mode reads and writes through two addresses of a page */
    MAP(0, page, V | R | W | A | D)
    MAP(2, page, V | R | W | A | D)
    li a0, DATA
    li a1, OTHER
    li a2, 0x1122334455667788
    WORKS_IN(MODE_S, sd a2, 8(a0); ld a3, 8(a1))
    EXPECT_SAME(a3, a2)
    la a4, page
    ld a3, 8(a4)
    EXPECT_SAME(a3, a2)
    CASE(2) /* not mapped: 13, 15, 12, with the address */
    li a0, LAST + 24
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    EXPECT_SAME(s4, a0)
    TRAPS_IN(MODE_S, 15, sb a3, (a0))
    EXPECT_SAME(s4, a0)
    TRAPS_IN(MODE_S, 13, lr.d a3, (a0))
    la s1, 1f
    TO_MODE(MODE_S)
    jr a0
1:  li s1, 0
    EXPECT(s2, 12)
    EXPECT_SAME(s3, a0)
    EXPECT_SAME(s4, a0)
    CASE(3) /* no root entry, and a non-canonical address */
    li a0, 0x3000000000
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    li a0, 0x0000008000000000
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    EXPECT_SAME(s4, a0)
    li a0, 0xffffff7fc0000000
    TRAPS_IN(MODE_S, 15, sd a3, (a0))
    CASE(4) /* M-mode does not translate */
    li a0, DATA
    TRAPS(5, ld a3, (a0))

    CASE(10) /* rights: read-only */
    MAP(0, page, V | R | A | D)
    li a0, DATA
    WORKS_IN(MODE_S, ld a3, (a0))
    TRAPS_IN(MODE_S, 15, sd a3, (a0))
    CASE(11) /* W without R is reserved */
    MAP(0, page, V | W | A | D)
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    TRAPS_IN(MODE_S, 15, sd a3, (a0))
    CASE(12) /* execute-only; MXR makes it readable */
    MAP(0, page, V | X | A | D)
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    li a1, MSTATUS_MXR
    csrs mstatus, a1
    WORKS_IN(MODE_S, ld a3, (a0))
    TRAPS_IN(MODE_S, 15, sd a3, (a0))
    li a1, MSTATUS_MXR
    csrc mstatus, a1
    CASE(13) /* a page without X is not executed */
    MAP(0, user_code, V | R | W | A | D)
    la s1, 1f
    TO_MODE(MODE_S)
    jr a0
1:  li s1, 0
    EXPECT(s2, 12)
    EXPECT_SAME(s4, a0)
    CASE(14) /* V = 0 */
    MAP(0, page, R | W | A | D)
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    CASE(15) /* a pointer at the last level */
    MAP(0, page, V)
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    CASE(16) /* reserved bits 60:54 */
    la t0, page
    srli t0, t0, 2
    ori t0, t0, V | R | W | A | D
    li t1, 1 << 54
    or t0, t0, t1
    sd t0, 0(s8)
    sfence.vma
    TRAPS_IN(MODE_S, 13, ld a3, (a0))

    CASE(20) /* user pages: U-mode runs there and reaches them */
    MAP(0, page, V | R | W | U | A | D)
    MAP(1, user_code, V | R | X | U | A | D)
    li s9, USER
    li a0, DATA
    li a2, 0x99
    la s1, 1f
    csrw mepc, s9
    li t6, MSTATUS_MPP
    csrc mstatus, t6
    mret
1:  li s1, 0
    EXPECT(s2, 8)
    EXPECT(a3, 0x99)
    CASE(21) /* S-mode does not, without SUM; it never executes there */
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    TRAPS_IN(MODE_S, 15, sd a3, (a0))
    li a1, MSTATUS_SUM
    csrs mstatus, a1
    WORKS_IN(MODE_S, ld a3, (a0); sd a3, (a0))
    la s1, 1f
    TO_MODE(MODE_S)
    jr s9
1:  li s1, 0
    EXPECT(s2, 12)
    EXPECT_SAME(s4, s9)
    li a1, MSTATUS_SUM
    csrc mstatus, a1
    CASE(22) /* U-mode does not reach S-mode's pages */
    MAP(0, page, V | R | W | A | D)
    la s1, 1f
    csrw mepc, s9
    li t6, MSTATUS_MPP
    csrc mstatus, t6
    mret
1:  li s1, 0
    EXPECT(s2, 15)
    EXPECT_SAME(s4, a0)
    CASE(23) /* MPRV: M-mode's data accesses as MPP would make them */
    li t6, MSTATUS_MPP
    csrc mstatus, t6
    li t6, MSTATUS_MPRV | MODE_S << 11
    la s1, 1f
    li s2, -1
    csrs mstatus, t6
    ld a3, (a0)
    csrc mstatus, t6
1:  li s1, 0
    EXPECT(s2, -1)
    EXPECT(a3, 0x99)
    li t6, MSTATUS_MPP
    csrc mstatus, t6
    li t6, MSTATUS_MPRV
    la s1, 1f
    csrs mstatus, t6 /* as U-mode: refused */
    ld a3, (a0)
    csrc mstatus, t6
1:  li s1, 0
    EXPECT(s2, 13)

    CASE(30) /* A and D: the hardware sets them, or traps until they are set */
    MAP(0, page, V | R | W)
    la s1, 1f
    li s2, -1
    TO_MODE(MODE_S)
    ld a3, (a0)
    ecall
1:  li s1, 0
    li t6, 13
    beq s2, t6, 2f
    LEAF(0, a4)
    andi a4, a4, A | D
    EXPECT(a4, A)
    WORKS_IN(MODE_S, sd a3, (a0))
    LEAF(0, a4)
    andi a4, a4, A | D
    EXPECT(a4, A | D)
2:
    CASE(31) /* a refused store sets nothing */
    MAP(0, page, V | R | A)
    TRAPS_IN(MODE_S, 15, sd a3, (a0))
    LEAF(0, a4)
    andi a4, a4, A | D
    EXPECT(a4, A)

    CASE(40) /* a megapage */
    la t0, megapage
    srli t0, t0, 2
    ori t0, t0, V | R | W | A | D
    sd t0, 520(s7)
    sfence.vma
    la a4, megapage
    li t0, 0x1ff000
    add a4, a4, t0
    li a2, 0x777
    sd a2, 16(a4)
    li a0, MEGA + 0x1ff000
    WORKS_IN(MODE_S, ld a3, 16(a0))
    EXPECT(a3, 0x777)
    CASE(41) /* misaligned: low page-number bits must be 0 */
    ld t0, 520(s7)
    ori t1, t0, 0x400
    sd t1, 520(s7)
    sfence.vma
    TRAPS_IN(MODE_S, 13, ld a3, 16(a0))
    EXPECT(s4, MEGA + 0x1ff010)

    CASE(50) /* sfence.vma by address is enough after a change of rights */
    MAP(0, page, V | R | W | A | D)
    li a0, DATA
    WORKS_IN(MODE_S, sd a2, (a0))
    la t1, leaves
    ld t0, (t1)
    andi t2, t0, W
    sub t0, t0, t2
    sd t0, (t1)
    sfence.vma a0
    TRAPS_IN(MODE_S, 15, sd a2, (a0))
    CASE(51) /* the same word of memory under two spaces */
    la t0, root2
    ld t1, 16(s6)
    sd t1, 16(t0) /* no DATA here */
    srli t0, t0, 12
    li t1, SV39 | 5 << 44
    or t0, t0, t1
    csrr s9, satp
    csrw satp, t0
    sfence.vma
    TRAPS_IN(MODE_S, 13, ld a3, (a0))
    csrw satp, s9
    sfence.vma
    WORKS_IN(MODE_S, ld a3, (a0))

    CASE(60) /* data across two pages that are not neighbours in memory */
    MAP(2, page, V | R | W | A | D)
    MAP(3, page2, V | R | W | A | D)
    la a4, page
    la a5, page2
    li a1, 0x0807060504030201
    li t0, 4088
    add a4, a4, t0
    sd a1, (a4)
    sd a1, (a5)
    li s6, LAST - 2
    la s1, 1f
    li s2, -1
    TO_MODE(MODE_S)
    lw a3, (s6)
    ecall
1:  li s1, 0
    li t6, 4 /* misaligned loads may trap */
    beq s2, t6, 2f
    EXPECT(a3, 0x02010807)
    CASE(61) /* the second page is missing: its address is reported */
    la t1, leaves
    sd zero, 24(t1)
    sfence.vma
    TRAPS_IN(MODE_S, 13, lw a3, (s6))
    EXPECT(s4, LAST)
2:
    CASE(70) /* an instruction across two pages, the second one missing */
    csrw satp, s9
    MAP(2, crossing, V | R | X | A | D)
    la t1, leaves
    sd zero, 24(t1)
    sfence.vma
    li a0, LAST - 2
    la s1, 1f
    TO_MODE(MODE_S)
    jr a0
1:  li s1, 0
    EXPECT(s2, 12)
    EXPECT_SAME(s3, a0)
    EXPECT(s4, LAST)
    CASE(71) /* and present, elsewhere in memory */
    MAP(3, crossing2, V | R | X | A | D)
    la s1, 1f
    TO_MODE(MODE_S)
    li s2, -1
    jr a0
1:  li s1, 0
    EXPECT(s2, 9)
    EXPECT(a1, 1234)
TEST_END
    .data
    .balign 4096
root:
    .skip 4096
root2:
    .skip 4096
middle:
    .skip 4096
leaves:
    .skip 4096
page:
    .skip 4096
page2:
    .skip 4096
user_code: /* position-independent */
    sd a2, (a0)
    ld a3, (a0)
    ecall
    .balign 4096
    /* addi a1, zero, 1234 = 0x4d200593, in two halves; then ecall */
crossing:
    .skip 4094
    .2byte 0x0593
    .skip 4096
crossing2:
    .2byte 0x4d20
    .4byte 0x00000073
    .bss
    .balign 0x200000
megapage:
    .skip 0x200000
