/* SPDX-License-Identifier: Apache-2.0 */
/* HINTs and fences change no register and do not trap. */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    /* s6: a mixture of all registers before; s7: after. */
    .macro mixture reg
    li \reg, 0
    .irp r, x1, x2, x4, x5, x6, x7, x8, x10, x11, x12, x13, x14, x15, x16, x17, x24, x25, x26, x27, x28, x29, x30
    slli t6, \reg, 3
    sub \reg, t6, \reg
    add \reg, \reg, \r
    .endr
    .endm
    .irp r, x1, x4, x5, x6, x7, x8, x10, x11, x12, x13, x14, x15, x16, x17, x24, x25, x26, x27, x28, x29, x30
    li \r, 0x1234567
    mul \r, \r, sp
    .endr
    mixture s6
    CASE(1)
    .option norvc
    slti zero, a0, 1
    slti zero, a0, 2047
    slti zero, sp, -1
    addi zero, a0, 5
    lui zero, 1
    auipc zero, 1
    add zero, a0, a1
    sltiu zero, a0, 1
    xori zero, a0, 1
    slli zero, a0, 1
    addiw zero, a0, 1
    sraw zero, a0, a1
    .option rvc
    CASE(2)
    .2byte 0x0005 /* c.addi x0, 1 */
    .2byte 0x0501 /* c.addi a0, 0 */
    .2byte 0x4005 /* c.li x0, 1 */
    .2byte 0x6005 /* c.lui x0, 1 */
    .2byte 0x802a /* c.mv x0, a0 */
    .2byte 0x902a /* c.add x0, a0 */
    .2byte 0x0006 /* c.slli x0, 1 */
    .2byte 0x0502 /* c.slli a0, 0 */
    .2byte 0x8101 /* c.srli a0, 0 */
    .2byte 0x8501 /* c.srai a0, 0 */
    CASE(3)
    fence
    fence r, w
    fence.tso
    .4byte 0x0100000f /* pause: fence w, 0 */
    fence.i
    CASE(4)
    mixture s7
    EXPECT_SAME(s6, s7)
TEST_END
