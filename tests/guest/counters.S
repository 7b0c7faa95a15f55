/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters, exactly (Zicntr, Priv 3.1.10).
 * qemu: no (does not count exactly)
 */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    CASE(40) /* instret: a write takes effect for the next instruction */
    li a1, 1000
    csrw minstret, a1
    csrr a0, minstret
    EXPECT(a0, 1000)
    csrr a0, instret
    csrr a1, instret
    sub a1, a1, a0
    EXPECT(a1, 1)
    CASE(41) /* cycle runs */
    csrr a0, cycle
    csrr a1, mcycle
    FAIL_UNLESS(bltu, a0, a1)
    CASE(42) /* counters can be stopped */
    csrwi mcountinhibit, 5
    csrr a0, minstret
    csrr a2, mcycle
    nop
    csrr a1, minstret
    csrr a3, mcycle
    EXPECT_SAME(a0, a1)
    EXPECT_SAME(a2, a3)
    csrwi mcountinhibit, 0
    nop
    csrr a1, minstret
    FAIL_UNLESS(bltu, a0, a1)
    CASE(43) /* event counters may be read */
    csrr a0, mhpmcounter3
    csrr a0, hpmcounter31
    csrr a0, mhpmevent31
    CASE(44) /* an ecall and an ebreak do not count as retired */
    la s1, 1f
    csrr a0, instret
    ecall
1:  csrr a1, instret /* handler: 8 instructions, see test.h */
    sub a1, a1, a0
    EXPECT(a1, 9)
    li s1, 0

TEST_END
