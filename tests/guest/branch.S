/* SPDX-License-Identifier: Apache-2.0 */
/* Branches both ways with signed and unsigned operands; jal and jalr. */
#include "tests/guest/lib/test.h"

#define TAKEN(n, op, a, b)                                                     \
    CASE(n)                                                                    \
    li a1, a;                                                                  \
    li a2, b;                                                                  \
    op a1, a2, 1f;                                                             \
    j test_fail;                                                               \
1:
#define NOT_TAKEN(n, op, a, b)                                                 \
    CASE(n)                                                                    \
    li a1, a;                                                                  \
    li a2, b;                                                                  \
    op a1, a2, 1f;                                                             \
    j 2f;                                                                      \
1:                                                                             \
    j test_fail;                                                               \
2:

.option norvc
TEST_BEGIN
    TAKEN(1, beq, -1, -1)
    NOT_TAKEN(2, beq, 0, 0x100000000)
    TAKEN(3, bne, 0, 0x100000000)
    NOT_TAKEN(4, bne, 7, 7)
    TAKEN(5, blt, -1, 0)
    NOT_TAKEN(6, blt, 0, 0)
    NOT_TAKEN(7, blt, 0, -1)
    TAKEN(8, bge, 0, -1)
    TAKEN(9, bge, 3, 3)
    NOT_TAKEN(10, bge, -2, -1)
    TAKEN(11, bltu, 0, -1)
    NOT_TAKEN(12, bltu, -1, 0)
    TAKEN(13, bgeu, -1, 0)
    TAKEN(14, bgeu, 0, 0)
    NOT_TAKEN(15, bgeu, 1, 2)

    CASE(20) /* a loop runs backwards the right number of times */
    li a0, 0
    li a1, 1000
1:  addi a0, a0, 3
    addi a1, a1, -1
    bnez a1, 1b
    EXPECT(a0, 3000)

    CASE(21) /* jal links to the next instruction */
    jal ra, 1f
0:  j test_fail
1:  la a0, 0b
    EXPECT_SAME(a0, ra)
    CASE(22) /* jalr reads rs1 before it writes rd; bit 0 is dropped */
    la a0, 1f
    addi a0, a0, 17
    jalr a0, -16(a0)
0:  j test_fail
1:  la a1, 0b
    EXPECT_SAME(a0, a1)
    CASE(23) /* call and return, both link registers */
    li a0, 5
    jal ra, double
    EXPECT(a0, 10)
    jal t0, double_t0
    EXPECT(a0, 20)
    CASE(24) /* nested calls, deeper than a return stack of 8 */
    li a0, 0
    li a1, 20
    call deep
    EXPECT(a0, 20)
    CASE(25) /* branch over a long way, both directions */
    j 2f
1:  j 3f
    .skip 4000
2:  beq zero, zero, 1b
    j test_fail
3:
    j finished
double:
    add a0, a0, a0
    ret
double_t0:
    add a0, a0, a0
    jr t0
deep:
    addi sp, sp, -16
    sd ra, (sp)
    addi a0, a0, 1
    beq a0, a1, 1f
    call deep
1:  ld ra, (sp)
    addi sp, sp, 16
    ret
finished:
TEST_END
