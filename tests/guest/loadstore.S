/* SPDX-License-Identifier: Apache-2.0 */
/* Loads and stores of all widths, with both signs, offsets and rd = rs1. */
#include "tests/guest/lib/test.h"

#define LOAD(n, op, offset, result)                                            \
    CASE(n)                                                                    \
    op a0, offset(s6);                                                         \
    EXPECT(a0, result)

.option norvc
TEST_BEGIN
    la s6, data
    LOAD(1, lb, 0, 0xffffffffffffff88)
    LOAD(2, lbu, 0, 0x88)
    LOAD(3, lb, 7, 0x11)
    LOAD(4, lh, 0, 0xffffffffffff9988)
    LOAD(5, lhu, 0, 0x9988)
    LOAD(6, lh, 6, 0x1122)
    LOAD(7, lw, 0, 0xffffffffbbaa9988)
    LOAD(8, lwu, 0, 0xbbaa9988)
    LOAD(9, lw, 4, 0x11223344)
    LOAD(10, ld, 0, 0x11223344bbaa9988)
    LOAD(11, ld, 8, 0x8000000000000001)
    CASE(12)
    la a0, data + 2047
    ld a0, -2047(a0)
    EXPECT(a0, 0x11223344bbaa9988)

    CASE(20)
    la s7, room
    li a1, 0x0123456789abcdef
    sd a1, 0(s7)
    sd a1, 8(s7)
    li a2, 0xffffffffffffff5a
    sb a2, 1(s7)
    ld a0, 0(s7)
    EXPECT(a0, 0x0123456789ab5aef)
    CASE(21)
    sh a2, 2(s7)
    ld a0, 0(s7)
    EXPECT(a0, 0x01234567ff5a5aef)
    CASE(22)
    sw a2, 4(s7)
    ld a0, 0(s7)
    EXPECT(a0, 0xffffff5aff5a5aef)
    CASE(23)
    ld a0, 8(s7)
    EXPECT(a0, 0x0123456789abcdef)
    CASE(24) /* negative offset, store of the base itself */
    addi a3, s7, 16
    sd a3, -8(a3)
    ld a0, 8(s7)
    EXPECT_SAME(a0, a3)
    CASE(25) /* load into x0 still reads, and x0 stays 0 */
    ld zero, 0(s7)
    EXPECT(zero, 0)
    CASE(26) /* a store is seen by the next load, over many lines */
    la a1, room
    li a2, 256
1:  sd a2, (a1)
    ld a3, (a1)
    EXPECT_SAME(a2, a3)
    addi a1, a1, 16
    addi a2, a2, -1
    bnez a2, 1b
TEST_END
    .data
    .balign 8
data:
    .dword 0x11223344bbaa9988, 0x8000000000000001
    .balign 16
room:
    .skip 4096
