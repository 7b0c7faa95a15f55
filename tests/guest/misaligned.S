/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Misaligned loads and stores either work, or trap with causes 4 and 6 and the
 * address in mtval, all alike: also across lines and pages.
 */
#include "tests/guest/lib/test.h"

/* The load or store in question; a7 counts those that trapped. */
#define MAYBE(cause, ...)                                                      \
    la s1, 78f;                                                                \
    li s2, -1;                                                                 \
    __VA_ARGS__;                                                               \
    j 79f;                                                                     \
78: EXPECT(s2, cause);                                                         \
    EXPECT_SAME(s4, s6);                                                       \
    addi a7, a7, 1;                                                            \
79: li s1, 0

#define LOADS(n, base, value8, value4, value2)                                 \
    CASE(n)                                                                    \
    la s6, base;                                                               \
    li a0, value8;                                                             \
    MAYBE(4, ld a0, (s6));                                                     \
    EXPECT(a0, value8);                                                        \
    li a0, value4;                                                             \
    MAYBE(4, lw a0, (s6));                                                     \
    EXPECT(a0, value4);                                                        \
    li a0, value2;                                                             \
    MAYBE(4, lhu a0, (s6));                                                    \
    EXPECT(a0, value2)

TEST_BEGIN
    li a7, 0
    LOADS(1, line_end - 1, 0x2726252423222110, 0x23222110, 0x2110)
    LOADS(2, page_end - 3, 0x3534333231121110, 0x31121110, 0x1110)
    CASE(3)
    la s6, page_end - 3
    la s7, page_end - 8
    li a0, 0xa1a2a3a4a5a6a7a8
    MAYBE(6, sd a0, (s6))
    bnez a7, 1f
    ld a1, 0(s7)
    EXPECT(a1, 0xa6a7a80000000000)
    ld a1, 8(s7)
    EXPECT(a1, 0x383736a1a2a3a4a5)
    CASE(4)
    sd zero, 0(s7)
    la s6, page_end - 5
    MAYBE(6, sw a0, (s6))
    MAYBE(6, sh a0, (s6))
    ld a1, 0(s7)
    EXPECT(a1, 0x00a5a6a7a8000000)
1:  beqz a7, 2f
    CASE(5)
    EXPECT(a7, 7) /* 2 x 3 loads - 1 (lhu at an even address) + 1 store */
2:
TEST_END
    .data
    .balign 4096
    .skip 4096 - 64 - 8
    .skip 7
    .byte 0x10
line_end:
    .byte 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28
    .skip 64 - 8 - 3
    .byte 0x10, 0x11, 0x12
page_end:
    .byte 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38
