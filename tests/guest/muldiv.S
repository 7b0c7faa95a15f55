/* SPDX-License-Identifier: Apache-2.0 */
/* M: products, quotients, division by zero, overflow, W forms. */
#include "tests/guest/lib/test.h"

#define RR(n, op, a, b, result)                                                \
    CASE(n)                                                                    \
    li a1, a;                                                                  \
    li a2, b;                                                                  \
    op a0, a1, a2;                                                             \
    EXPECT(a0, result)
#define MIN64 0x8000000000000000
#define MIN32 0xffffffff80000000

TEST_BEGIN
    RR(1, mul, 0x123456789, 0x987654321, 0xd77d742cce1833a9)
    RR(2, mul, -3, 7, -21)
    RR(3, mulh, -1, -1, 0)
    RR(4, mulh, MIN64, MIN64, 0x4000000000000000)
    RR(5, mulh, MIN64, 2, -1)
    RR(6, mulhu, -1, -1, 0xfffffffffffffffe)
    RR(7, mulhu, MIN64, 2, 1)
    RR(8, mulhsu, -1, -1, -1)
    RR(9, mulhsu, MIN64, 2, -1)
    RR(10, mulhsu, 2, MIN64, 1)
    RR(11, mulw, 0x7fffffff, 2, -2)
    RR(12, mulw, 0x1234567800010000, 0x10000, 0)
    RR(20, div, 20, 6, 3)
    RR(21, div, -20, 6, -3)
    RR(22, div, 20, -6, -3)
    RR(23, div, 5, 0, -1)
    RR(24, div, MIN64, -1, MIN64)
    RR(25, divu, -20, 6, 0x2aaaaaaaaaaaaaa7)
    RR(26, divu, 5, 0, -1)
    RR(27, divu, MIN64, -1, 0)
    RR(28, rem, -20, 6, -2)
    RR(29, rem, 20, -6, 2)
    RR(30, rem, 5, 0, 5)
    RR(31, rem, MIN64, -1, 0)
    RR(32, remu, -20, 6, 2)
    RR(33, remu, 5, 0, 5)
    RR(34, divw, -20, 6, -3)
    RR(35, divw, MIN32, -1, MIN32)
    RR(36, divw, 0x100000014, 0x700000006, 3)
    RR(37, divw, 5, 0x100000000, -1)
    RR(38, divuw, -20, 6, 0x2aaaaaa7)
    RR(39, divuw, 0x80000000, 1, MIN32)
    RR(40, divuw, 5, 0, -1)
    RR(41, remw, -20, 6, -2)
    RR(42, remw, MIN32, -1, 0)
    RR(43, remw, 0x80000000, 0, MIN32)
    RR(44, remuw, -20, 7, 5)
    RR(45, remuw, 0x80000000, 0, MIN32)
TEST_END
