/* SPDX-License-Identifier: Apache-2.0 */
/* C: every compressed instruction, by value and by length. */
#include "tests/guest/lib/test.h"

.option rvc
TEST_BEGIN
    CASE(1)
    c.li a0, -32
    EXPECT(a0, -32)
    c.li a0, 31
    EXPECT(a0, 31)
    c.addi a0, -32
    EXPECT(a0, -1)
    c.nop
    CASE(2)
    li a0, 0x7fffffff
    c.addiw a0, 1
    EXPECT(a0, 0xffffffff80000000)
    c.addiw a0, 0
    EXPECT(a0, 0xffffffff80000000)
    CASE(3)
    c.lui a0, 0x1f
    EXPECT(a0, 0x1f000)
    c.lui a0, 0xfffe0
    EXPECT(a0, 0xfffffffffffe0000)
    CASE(4)
    mv s6, sp
    c.addi16sp sp, -512
    sub a0, s6, sp
    EXPECT(a0, 512)
    c.addi16sp sp, 496
    c.addi16sp sp, 16
    EXPECT_SAME(sp, s6)
    CASE(5)
    c.addi4spn a0, sp, 4
    sub a0, a0, sp
    EXPECT(a0, 4)
    c.addi4spn a5, sp, 1020
    sub a5, a5, sp
    EXPECT(a5, 1020)
    CASE(6)
    li a0, 0x8000000000000010
    c.srai a0, 4
    EXPECT(a0, 0xf800000000000001)
    c.srli a0, 60
    EXPECT(a0, 15)
    c.slli a0, 33
    EXPECT(a0, 0x1e00000000)
    c.andi a0, -16
    EXPECT(a0, 0x1e00000000)
    CASE(7)
    li a0, 0xff0
    li a1, 0x0ff
    mv s0, a0
    c.and s0, a1
    EXPECT(s0, 0xf0)
    mv s0, a0
    c.or s0, a1
    EXPECT(s0, 0xfff)
    mv s0, a0
    c.xor s0, a1
    EXPECT(s0, 0xf0f)
    mv s0, a0
    c.sub s0, a1
    EXPECT(s0, 0xef1)
    CASE(8)
    li a0, 0x7fffffff
    li a1, 1
    c.addw a0, a1
    EXPECT(a0, 0xffffffff80000000)
    c.subw a0, a1
    EXPECT(a0, 0x7fffffff)
    CASE(9)
    li t3, 40
    c.mv t4, t3
    c.add t4, t3
    EXPECT(t4, 80)

    CASE(20)
    la s0, room
    li a1, 0x8123456789abcdef
    c.sd a1, 0(s0)
    c.sd a1, 248(s0)
    c.ld a2, 248(s0)
    EXPECT_SAME(a1, a2)
    c.lw a2, 4(s0)
    EXPECT(a2, 0xffffffff81234567)
    c.sw a1, 124(s0)
    c.lw a2, 124(s0)
    EXPECT(a2, 0xffffffff89abcdef)
    lw a2, 120(s0)
    EXPECT(a2, 0)
    CASE(21)
    mv s6, sp
    mv sp, s0
    c.sdsp a1, 504(sp)
    c.swsp a1, 252(sp)
    c.ldsp t3, 504(sp)
    c.lwsp t4, 252(sp)
    ld t5, 504(s0)
    mv sp, s6
    EXPECT_SAME(t3, a1)
    EXPECT_SAME(t5, a1)
    EXPECT(t4, 0xffffffff89abcdef)

    CASE(30)
    c.j 1f
0:  j test_fail
    c.nop
1:  li a0, 0
    c.beqz a0, 2f
    j test_fail
2:  c.bnez a0, 0b
    li a1, 5
    c.bnez a1, 3f
    j test_fail
3:  c.beqz a1, 0b
    CASE(31) /* c.jalr links pc + 2; c.jr goes there */
    la a0, 5f
    c.jalr a0
4:  j 6f
5:  la a1, 4b
    EXPECT_SAME(ra, a1)
    c.jr ra
6:
    CASE(32) /* a 4-byte instruction at an address not a multiple of 4 */
    .balign 4
    c.nop
    .option norvc
    addi a0, zero, 1234
    .option rvc
    EXPECT(a0, 1234)
    CASE(33)
    la s1, 8f
7:  c.ebreak
8:  li s1, 0
    EXPECT(s2, 3)
    la a0, 7b
    EXPECT_SAME(s3, a0)
    CASE(34) /* the same across the end of a page */
    j 1f
    .balign 4096
    .skip 4096 - 6
1:  .option norvc
    addi a0, zero, 99
    addi a0, a0, 1
    .option rvc
    EXPECT(a0, 100)
TEST_END
    .data
    .balign 16
room:
    .skip 1024
