/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Misaligned atomics trap in every configuration: LR as a load, SC and AMO as
 * stores (Priv table 3.6). AMOs refused by the bus are stores too.
 * qemu: no (7.2 reports AMOs as loads)
 */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    la s6, cell
    addi s7, s6, 4
    CASE(1)
    TRAPS(6, amoadd.d a0, a1, (s7))
    EXPECT_SAME(s4, s7)
    CASE(2)
    TRAPS(4, lr.d a0, (s7))
    EXPECT_SAME(s4, s7)
    CASE(3)
    TRAPS(6, sc.d a0, a1, (s7))
    EXPECT_SAME(s4, s7)
    addi s7, s6, 2
    CASE(4)
    TRAPS(6, amomaxu.w a0, a1, (s7))
    EXPECT_SAME(s4, s7)
    CASE(5)
    TRAPS(4, lr.w a0, (s7))
    EXPECT_SAME(s4, s7)
    CASE(6) /* a word needs no more than word alignment */
    addi s7, s6, 4
    li a1, 3
    sw a1, (s7)
    amoadd.w a0, a1, (s7)
    lw a0, (s7)
    EXPECT(a0, 6)
    CASE(7) /* an AMO on nothing is a refused store */
    li a0, 0x09000008
    TRAPS(7, amoadd.d a1, a1, (a0))
    EXPECT_SAME(s4, a0)
    TRAPS(5, lr.d a1, (a0))
TEST_END
    .data
    .balign 64
cell:
    .dword 0, 0
