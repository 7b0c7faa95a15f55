/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reserved encodings raise illegal instruction, with the instruction's bits in
 * mtval, and change nothing.
 */
#include "tests/guest/lib/test.h"

#define ILLEGAL4(n, word)                                                      \
    CASE(n)                                                                    \
    TRAPS(2, .4byte word);                                                     \
    EXPECT(s4, word)
#define ILLEGAL2(n, word)                                                      \
    CASE(n)                                                                    \
    TRAPS(2, .2byte word);                                                     \
    EXPECT(s4, word)

TEST_BEGIN
    ILLEGAL2(1, 0x0000)      /* defined illegal */
    ILLEGAL2(2, 0x0004)      /* c.addi4spn a1, 0: reserved */
    ILLEGAL2(3, 0x2001)      /* c.addiw x0 */
    ILLEGAL2(4, 0x6101)      /* c.addi16sp 0 */
    ILLEGAL2(5, 0x6501)      /* c.lui a0, 0 */
    ILLEGAL2(6, 0x8002)      /* c.jr x0 */
    ILLEGAL2(7, 0x4002)      /* c.lwsp x0 */
    ILLEGAL2(8, 0x6002)      /* c.ldsp x0 */
    ILLEGAL2(9, 0x9c41)      /* quadrant 1, reserved */
    ILLEGAL2(10, 0x8000)     /* quadrant 0, funct3 100 */
    ILLEGAL4(20, 0xffffffff)
    ILLEGAL4(21, 0x00007063 | 2 << 12 & 0x3000) /* branch funct3 010 or 011 */
    ILLEGAL4(22, 0x00007003) /* load funct3 111 */
    ILLEGAL4(23, 0x00004023) /* store funct3 100 */
    ILLEGAL4(24, 0x0200101b) /* slliw, amount 32 */
    ILLEGAL4(25, 0x4200501b) /* sraiw, amount 32 */
    ILLEGAL4(26, 0x40001013) /* slli with bit 30 */
    ILLEGAL4(27, 0x80000033) /* op, funct7 100.. */
    ILLEGAL4(28, 0x0200203b) /* mulw's neighbours: no mulhsuw */
    ILLEGAL4(29, 0x00001067) /* jalr funct3 001 */
    ILLEGAL4(30, 0x1010202f) /* lr.w with rs2 = x1 */
    ILLEGAL4(31, 0x0000102f) /* amo of 2 bytes */
    ILLEGAL4(32, 0x00004073) /* system funct3 100 */
    ILLEGAL4(33, 0x00200073) /* uret: gone */
    ILLEGAL4(34, 0x000000f3) /* ecall with rd = x1 */
    ILLEGAL4(35, 0x0000002b) /* custom-1 */
    ILLEGAL4(36, 0x0000000b) /* custom-0: Xsas is off */
    CASE(40) /* rd keeps its value */
    li a0, 1234
    TRAPS(2, .4byte 0xc0202553 | 0x80000000)
    EXPECT(a0, 1234)
TEST_END
