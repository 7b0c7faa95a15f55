/* SPDX-License-Identifier: Apache-2.0 */
/* Code written by the program runs after fence.i, also over code that ran. */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    la s6, room
    li s7, 0x00000513 /* addi a0, x0, imm */
    li s8, 0
    li s9, 100
    CASE(1)
1:  slli a1, s8, 20
    add a1, a1, s7
    sw a1, 0(s6)
    li a1, 0x00008067 /* ret */
    sw a1, 4(s6)
    fence.i
    jalr s6
    EXPECT_SAME(a0, s8)
    addi s8, s8, 1
    addi s9, s9, -1
    bnez s9, 1b
TEST_END
    .data
    .balign 64
room:
    .skip 64
