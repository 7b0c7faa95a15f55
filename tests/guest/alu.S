/* SPDX-License-Identifier: Apache-2.0 */
/* RV64I computation: every register and immediate form, W forms, x0. */
#include "tests/guest/lib/test.h"

#define RR(n, op, a, b, result)                                                \
    CASE(n)                                                                    \
    li a1, a;                                                                  \
    li a2, b;                                                                  \
    op a0, a1, a2;                                                             \
    EXPECT(a0, result)
#define RI(n, op, a, imm, result)                                              \
    CASE(n)                                                                    \
    li a1, a;                                                                  \
    op a0, a1, imm;                                                            \
    EXPECT(a0, result)

.option norvc
TEST_BEGIN
    RR(1, add, 0x7fffffffffffffff, 1, 0x8000000000000000)
    RR(2, add, -1, 1, 0)
    RR(3, sub, 0, 1, -1)
    RR(4, sub, 0x8000000000000000, 1, 0x7fffffffffffffff)
    RR(5, and, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f000f000f000f00)
    RR(6, or, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xfff0fff0fff0fff0)
    RR(7, xor, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xf0f0f0f0f0f0f0f0)
    RR(8, sll, 1, 63, 0x8000000000000000)
    RR(9, sll, 0x123456789abcdef0, 68, 0x23456789abcdef00)
    RR(10, srl, 0x8000000000000000, 63, 1)
    RR(11, sra, 0x8000000000000000, 63, -1)
    RR(12, sra, 0x7000000000000000, 124, 7)
    RR(13, slt, -1, 0, 1)
    RR(14, slt, 0x7fffffffffffffff, 0x8000000000000000, 0)
    RR(15, sltu, -1, 0, 0)
    RR(16, sltu, 0, -1, 1)
    RR(17, addw, 0x7fffffff, 1, 0xffffffff80000000)
    RR(18, addw, 0x1234567800000001, 0x1111111100000002, 3)
    RR(19, subw, 0xffffffff80000000, 1, 0x7fffffff)
    RR(20, sllw, 1, 31, 0xffffffff80000000)
    RR(21, sllw, 0x12345678ffffffff, 36, 0xfffffffffffffff0)
    RR(22, srlw, 0xffffffff80000000, 31, 1)
    RR(23, srlw, 0xffffffff80000000, 32, 0xffffffff80000000)
    RR(24, sraw, 0x0000000080000000, 31, -1)
    RR(25, sraw, 0xffffffff7fffffff, 4, 0x07ffffff)

    RI(30, addi, 0x7ff, -2048, -1)
    RI(31, addi, -1, 2047, 2046)
    RI(32, slti, -5, -4, 1)
    RI(33, slti, 5, -4, 0)
    RI(34, sltiu, 5, -1, 1)
    RI(35, sltiu, -1, 2047, 0)
    RI(36, xori, 0x0f0f, -1, 0xfffffffffffff0f0)
    RI(37, ori, 0x0f0f, -2048, 0xffffffffffffff0f)
    RI(38, andi, 0x123456789abcdeff, -256, 0x123456789abcde00)
    RI(39, slli, 1, 63, 0x8000000000000000)
    RI(40, slli, 0x1234, 32, 0x0000123400000000)
    RI(41, srli, 0x8000000000000000, 33, 0x40000000)
    RI(42, srai, 0x8000000000000000, 33, 0xffffffffc0000000)
    RI(43, addiw, 0x7fffffff, 1, 0xffffffff80000000)
    RI(44, addiw, 0xfffffffff0000000, 0, 0xfffffffff0000000)
    RI(45, slliw, 0x1, 31, 0xffffffff80000000)
    RI(46, srliw, 0xffffffffffffffff, 1, 0x7fffffff)
    RI(47, sraiw, 0x80000000, 4, 0xfffffffff8000000)

    CASE(50)
    lui a0, 0x80000
    EXPECT(a0, 0xffffffff80000000)
    lui a0, 0x7ffff
    EXPECT(a0, 0x7ffff000)
    CASE(51)
1:  auipc a0, 0
    la a1, 1b
    EXPECT_SAME(a0, a1)
2:  auipc a0, 0xfffff
    la a1, 2b
    li a2, 0x1000
    sub a1, a1, a2
    EXPECT_SAME(a0, a1)

    CASE(52) /* x0 stays 0, whoever writes it */
    li a0, 77
    add zero, a0, a0
    lui zero, 0x12345
    addi zero, a0, 1
    EXPECT(zero, 0)
    CASE(53) /* rd = rs1 = rs2 */
    li a0, 21
    add a0, a0, a0
    EXPECT(a0, 42)
    CASE(54) /* all registers hold what is put there */
    .irp r, x1, x2, x4, x5, x6, x7, x8, x10, x11, x12, x13, x14, x15, x16, x17, x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, x29, x30, x31
    li \r, 0x5a5a0000
    addi \r, \r, 0x11
    .endr
    li x9, 0x5a5a0011
    .irp r, x1, x2, x4, x5, x6, x7, x8, x10, x11, x12, x13, x14, x15, x16, x17, x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, x29, x30, x31
    EXPECT_SAME(\r, x9)
    .endr
TEST_END
