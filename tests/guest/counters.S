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
    CASE(45) /* they count what is selected: lines that miss the L1D */
    csrw mhpmcounter4, zero
    li a1, 5
    csrw mhpmevent4, a1
    la a2, far
    li a3, 16
1:  ld a0, (a2)
    addi a2, a2, 1024
    addi a3, a3, -1
    bnez a3, 1b
    csrr a0, mhpmcounter4
    csrr a1, hpmcounter4
    EXPECT_SAME(a0, a1)
    li a2, 17
    FAIL_UNLESS(bltu, a0, a2)
    CASE(46) /* branches and jumps: exactly, and not while inhibited */
    li a1, 9
    csrw mhpmevent31, a1
    csrw mhpmcounter31, zero
    j 1f
1:  beqz zero, 1f
1:  bnez zero, 1f
1:  csrr a0, mhpmcounter31
    EXPECT(a0, 3)
    li a1, 1 << 31
    csrw mcountinhibit, a1
    csrr a2, mhpmcounter31
    j 1f
1:  csrr a3, mhpmcounter31
    EXPECT_SAME(a2, a3)
    csrw mhpmcounter31, a1 /* it can be written while it stands still */
    csrr a3, mhpmcounter31
    EXPECT_SAME(a1, a3)
    csrw mcountinhibit, zero
    j 1f
1:  csrr a3, mhpmcounter31
    addi a1, a1, 1
    EXPECT_SAME(a1, a3)
    CASE(47) /* another event, or none: the value stays */
    csrw mhpmevent31, zero
    csrr a2, mhpmcounter31
    j 1f
1:  csrr a3, mhpmcounter31
    EXPECT_SAME(a2, a3)
    CASE(48) /* mcounteren and scounteren let S and U read it, or not */
    csrw mcounteren, zero
    TRAPS_IN(MODE_S, 2, csrr a0, hpmcounter31)
    li a1, 1 << 31
    csrw mcounteren, a1
    csrw scounteren, zero
    WORKS_IN(MODE_S, csrr a0, hpmcounter31)
    TRAPS_IN(MODE_S, 2, csrr a0, hpmcounter30)
    TRAPS_IN(MODE_U, 2, csrr a0, hpmcounter31)
    csrw scounteren, a1
    WORKS_IN(MODE_U, csrr a0, hpmcounter31)
    TRAPS_IN(MODE_U, 2, csrr a0, cycle)
    TRAPS_IN(MODE_U, 2, csrw hpmcounter31, a0)
    csrw mcounteren, zero
    TRAPS_IN(MODE_U, 2, csrr a0, hpmcounter31)
    CASE(44) /* an ecall and an ebreak do not count as retired */
    la s1, 1f
    csrr a0, instret
    ecall
1:  csrr a1, instret /* handler: 8 instructions, see test.h */
    sub a1, a1, a0
    EXPECT(a1, 9)
    li s1, 0

TEST_END
    .bss
    .balign 64
far:
    .skip 16 * 1024

