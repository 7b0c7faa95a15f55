/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wfi in every mode (Priv 3.3.3): it goes on when an interrupt that mie enables
 * is pending, whether or not it is taken; TW makes it illegal below M-mode,
 * even when it would not wait; in U-mode it is illegal in any case, since our
 * limit of the wait is 0 (Priv 3.1.6.5).
 */
#include "tests/guest/lib/test.h"

#define SSIP 0x2
#define STIP 0x20
#define INT  (1 << 63)

TEST_BEGIN
    CASE(1) /* M-mode, pending and enabled in mie, but MIE = 0: no trap */
    csrci mstatus, MSTATUS_MIE
    li a0, SSIP
    csrw mip, a0
    csrw mie, a0
    wfi
    csrr a1, mip
    andi a1, a1, SSIP
    EXPECT(a1, SSIP)
    CASE(2) /* M-mode, delegated: never taken in M-mode, even with MIE */
    csrw mideleg, a0
    csrsi mstatus, MSTATUS_MIE
    wfi
    csrci mstatus, MSTATUS_MIE
    CASE(3) /* S-mode, delegated, SIE = 0: wfi goes on, no trap */
    csrci mstatus, MSTATUS_SIE
    WORKS_IN(MODE_S, wfi)
    CASE(4) /* S-mode, SIE = 1: taken, before the wfi */
    la a1, s_handler
    csrw stvec, a1
    li a2, 0
    csrsi mstatus, MSTATUS_SIE
    la s1, 1f
    TO_MODE(MODE_S)
    wfi
    ecall
1:  li s1, 0
    EXPECT(s2, 9)
    EXPECT(a2, INT | 1)
    CASE(5) /* U-mode: a delegated one is taken before it, whatever SIE says */
    csrci mstatus, MSTATUS_SIE
    li a2, 0
    la s1, 1f
    TO_MODE(MODE_U)
    wfi
    ecall
1:  li s1, 0
    EXPECT(s2, 9) /* the handler's ecall, from S-mode */
    EXPECT(a2, INT | 1)
    CASE(6) /* TW: illegal in S and U, though it would not have to wait */
    csrw mie, zero
    li a1, MSTATUS_TW
    csrs mstatus, a1
    TRAPS_IN(MODE_S, 2, wfi)
    EXPECT(s4, 0x10500073)
    TRAPS_IN(MODE_U, 2, wfi)
    li a0, SSIP
    csrw mie, a0
    csrci mstatus, MSTATUS_SIE
    TRAPS_IN(MODE_S, 2, wfi)
    CASE(7) /* not in M-mode */
    wfi
    li a1, MSTATUS_TW
    csrc mstatus, a1
    CASE(8) /* pending, but not in mie: that does not wake, another does */
    csrw mideleg, zero
    li a0, SSIP
    csrw mip, a0
    li a0, 0x80 /* MTIP */
    csrw mie, a0
    li t0, 0x200bff8
    li t1, 0x2004000
    ld a0, (t0)
    addi a0, a0, 100
    sd a0, (t1)
    wfi
    ld a2, (t0)
    FAIL_UNLESS(bgeu, a2, a0)
    CASE(9) /* the same from S-mode: the timer is M-mode's, and is taken */
    ld a0, (t0)
    addi a0, a0, 100
    sd a0, (t1)
    la s1, 1f
    TO_MODE(MODE_S)
    wfi
    nop
    ecall
1:  li s1, 0
    EXPECT(s2, INT | 7)
    CASE(10) /* and mepc is behind the wfi */
    la a1, 1b
    addi a1, a1, -6 /* c.nop, ecall */
    EXPECT_SAME(s3, a1)
    li a0, -1
    sd a0, (t1)
    csrw mip, zero
    csrw mie, zero
    CASE(11) /* U-mode, nothing pending, no TW */
    TRAPS_IN(MODE_U, 2, wfi)
    EXPECT(s4, 0x10500073)
    j finished

    .balign 4
s_handler:
    csrr a2, scause
    ecall
finished:
TEST_END
