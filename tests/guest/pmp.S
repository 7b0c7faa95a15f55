/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PMP (Priv 3.7): matching, rights, priority, partial matches, locks, MPRV,
 * and the page-table walker. Entry 7 opens everything; entries below it are
 * set up case by case.
 * qemu: no (7.2 calls an AMO refused by PMP a load, cause 5; all else agrees)
 */
#include "tests/guest/lib/test.h"

/* Entry 0 (pmpcfg0 7:0) and entry 1 (15:8); entry 7 stays open. */
#define CONFIG(entries)                                                        \
    li t6, 0x1f << 56 | entries;                                               \
    csrw pmpcfg0, t6
#define OFF   0x00
#define TOR   0x08
#define NA4   0x10
#define NAPOT 0x18
#define LOCK  0x80
#define R     1
#define RW    3
#define X     4
#define RX    5
#define RWX   7
/* pmpaddr of a naturally aligned range */
#define RANGE(csr, label, bytes)                                               \
    la t6, label;                                                              \
    srli t6, t6, 2;                                                            \
    ori t6, t6, (bytes / 8 - 1);                                               \
    csrw csr, t6
#define ADDRESS(csr, label)                                                    \
    la t6, label;                                                              \
    srli t6, t6, 2;                                                            \
    csrw csr, t6

TEST_BEGIN
    li t6, -1
    csrw pmpaddr7, t6
    CONFIG(OFF)
    la a1, words

    CASE(1) /* everything is open through entry 7 */
    WORKS_IN(MODE_U, ld a0, 0(a1))
    WORKS_IN(MODE_S, sd a0, 0(a1))

    CASE(2) /* NA4 without rights: four bytes, for U and S, not for M */
    ADDRESS(pmpaddr0, words + 8)
    CONFIG(NA4)
    TRAPS_IN(MODE_U, 5, lw a0, 8(a1))
    la a2, words + 8
    EXPECT_SAME(s4, a2)
    TRAPS_IN(MODE_S, 7, sw a0, 8(a1))
    TRAPS_IN(MODE_U, 7, sb a0, 11(a1))
    TRAPS_IN(MODE_S, 7, amoadd.w a0, zero, (a2))
    TRAPS_IN(MODE_U, 5, lr.w a0, (a2))
    WORKS_IN(MODE_U, lw a0, 4(a1))
    WORKS_IN(MODE_U, lw a0, 12(a1))
    lw a0, 8(a1)
    sw a0, 8(a1)

    CASE(3) /* an access that only partly matches fails */
    CONFIG(NA4 | RWX)
    WORKS_IN(MODE_U, lw a0, 8(a1))
    TRAPS_IN(MODE_U, 5, ld a0, 8(a1))
    TRAPS_IN(MODE_U, 7, sd a0, 8(a1))
    CONFIG(NAPOT | RWX)
    RANGE(pmpaddr0, words + 8, 8)
    WORKS_IN(MODE_U, ld a0, 8(a1))

    CASE(4) /* rights, one by one */
    RANGE(pmpaddr0, words, 32)
    CONFIG(NAPOT | R)
    WORKS_IN(MODE_U, ld a0, 24(a1))
    TRAPS_IN(MODE_U, 7, sd a0, 24(a1))
    TRAPS_IN(MODE_U, 7, amoswap.w a0, a0, (a1))
    WORKS_IN(MODE_U, ld a0, 32(a1))
    WORKS_IN(MODE_U, sd a0, 32(a1))
    CONFIG(NAPOT | X)
    TRAPS_IN(MODE_U, 5, ld a0, 0(a1))
    CONFIG(NAPOT | RW)
    WORKS_IN(MODE_U, sd a0, 24(a1))
    WORKS_IN(MODE_U, amoswap.w a0, a0, (a1))

    CASE(5) /* TOR, from 0 and from the entry below; an empty one */
    ADDRESS(pmpaddr0, words + 16)
    ADDRESS(pmpaddr1, words + 32)
    CONFIG(TOR << 8)
    WORKS_IN(MODE_U, ld a0, 8(a1))
    TRAPS_IN(MODE_U, 5, ld a0, 16(a1))
    TRAPS_IN(MODE_U, 5, ld a0, 24(a1))
    WORKS_IN(MODE_U, ld a0, 32(a1))
    ADDRESS(pmpaddr1, words + 8)
    WORKS_IN(MODE_U, ld a0, 8(a1))
    CONFIG(TOR | RX)
    WORKS_IN(MODE_U, ld a0, 8(a1))
    TRAPS_IN(MODE_U, 7, sd a0, 8(a1))
    WORKS_IN(MODE_U, sd a0, 16(a1))

    CASE(6) /* the lowest number decides */
    RANGE(pmpaddr0, words, 16)
    RANGE(pmpaddr1, words, 64)
    CONFIG(NAPOT | RWX | NAPOT << 8)
    WORKS_IN(MODE_U, sd a0, 8(a1))
    TRAPS_IN(MODE_U, 7, sd a0, 16(a1))
    CONFIG(NAPOT | (NAPOT | RWX) << 8)
    TRAPS_IN(MODE_U, 7, sd a0, 8(a1))
    WORKS_IN(MODE_U, sd a0, 16(a1))

    CASE(7) /* fetch */
    RANGE(pmpaddr0, code, 64)
    CONFIG(NAPOT | RW)
    la a3, code
    la s1, 1f
    li s2, -1
    TO_MODE(MODE_U)
    jr a3
1:  li s1, 0
    EXPECT(s2, 1)
    EXPECT_SAME(s3, a3)
    EXPECT_SAME(s4, a3)
    CONFIG(NAPOT | X)
    la s1, 2f
    TO_MODE(MODE_U)
    jr a3
2:  li s1, 0
    EXPECT(s2, 8)
    EXPECT(a4, 77)

    CASE(8) /* MPRV: loads and stores as MPP, fetches as M */
    RANGE(pmpaddr0, words, 64)
    CONFIG(NAPOT | R)
    li a5, MSTATUS_MPP
    csrc mstatus, a5
    li a5, MSTATUS_MPRV
    csrs mstatus, a5
    ld a0, 0(a1)
    TRAPS(7, sd a0, 0(a1))
    csrc mstatus, a5
    sd a0, 0(a1)

    CASE(9) /* the walker needs R on the tables, and W to set A */
    la a2, table
    srli a6, a2, 12
    li a0, 8 << 60
    or a6, a6, a0
    li a0, 0x80000000 >> 2 | 0xcf /* 1:1 for S, A and D set */
    sd a0, 16(a2)
    RANGE(pmpaddr0, table, 4096)
    CONFIG(NAPOT)
    csrw satp, a6
    sfence.vma
    TRAPS_IN(MODE_S, 1, ld a0, 0(a1)) /* its own fetch */
    CONFIG(NAPOT | R)
    sfence.vma
    WORKS_IN(MODE_S, ld a0, 0(a1))
    CONFIG(NAPOT | X)
    sfence.vma
    li a5, MSTATUS_MPP
    csrc mstatus, a5
    li a5, MSTATUS_MPRV | 1 << 11
    csrs mstatus, a5
    TRAPS(5, ld a0, 0(a1))
    csrw satp, zero
    sfence.vma

    CASE(10) /* a lock binds M, and holds; keep it last */
    RANGE(pmpaddr2, words, 32)
    li a5, (LOCK | NAPOT | R) << 16 | 0x1f << 56
    csrw pmpcfg0, a5
    ld a0, 0(a1)
    TRAPS(7, sd a0, 24(a1))
    sd a0, 32(a1)
    csrr a2, pmpaddr2
    csrw pmpaddr2, zero
    csrr a3, pmpaddr2
    EXPECT_SAME(a2, a3)
    CONFIG(OFF)
    csrr a3, pmpcfg0
    EXPECT_SAME(a3, a5)
    TRAPS(7, sd a0, 24(a1))
    ADDRESS(pmpaddr3, words + 40) /* a locked TOR locks the base below it */
    ADDRESS(pmpaddr4, words + 48)
    li a0, (LOCK | TOR) << 32
    csrs pmpcfg0, a0
    TRAPS(5, ld a0, 40(a1))
    csrr a2, pmpaddr3
    csrw pmpaddr3, zero
    csrr a3, pmpaddr3
    EXPECT_SAME(a2, a3)
    TRAPS(5, ld a0, 40(a1))
    ld a0, 48(a1)
TEST_END
    .balign 64
code:
    li a4, 77
    ecall
    .skip 64
    .data
    .balign 64
words:
    .skip 128
    .balign 4096
table:
    .skip 4096
