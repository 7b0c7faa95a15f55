/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions: cause, epc, tval and the status stack; ecall from each mode;
 * delegation to S-mode; mret, sret and what they
 * restore.
 */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    CASE(1)
    TRAPS(11, ecall)
    EXPECT(s4, 0)
    CASE(2)
    .option norvc
    TRAPS(3, ebreak)
    .option rvc
    CASE(3)
    TRAPS_IN(MODE_U, 8, ecall)
    EXPECT(s4, 0)
    CASE(4)
    TRAPS_IN(MODE_S, 9, ecall)
    CASE(5) /* the status stack: MIE goes to MPIE, the mode to MPP */
    csrsi mstatus, MSTATUS_MIE
    TRAPS(11, ecall)
    li a1, MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MIE
    and a0, s5, a1
    EXPECT(a0, MSTATUS_MPP | MSTATUS_MPIE)
    csrci mstatus, MSTATUS_MIE
    TRAPS_IN(MODE_S, 9, ecall)
    li a1, MSTATUS_MPP
    and a0, s5, a1
    EXPECT(a0, MODE_S << 11)
    TRAPS_IN(MODE_U, 8, ecall)
    and a0, s5, a1
    EXPECT(a0, 0)
    CASE(6) /* mret: MIE from MPIE, MPIE = 1, MPP = U */
    li a1, MSTATUS_MPIE
    csrc mstatus, a1
    TO_MODE(MODE_M)
    csrr a0, mstatus
    li a1, MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MIE
    and a0, a0, a1
    EXPECT(a0, MSTATUS_MPIE)

    CASE(10) /* delegated: S-mode's handler runs, M-mode's CSRs are left */
    la a0, s_handler
    csrw stvec, a0
    li a0, 1 << 8 | 1 << 3 | 1 << 2
    csrw medeleg, a0
    li a0, 0x1234
    csrw mcause, a0
    li a0, MSTATUS_SIE | MSTATUS_SPP
    csrs mstatus, a0
    la s1, 2f
    TO_MODE(MODE_U)
1:  ecall
    j test_fail
s_handler:
    csrr a1, scause
    csrr a2, sepc
    csrr a3, sstatus
    csrr a4, stval
    ecall /* cause 9 is not delegated */
2:  li s1, 0
    EXPECT(a1, 8)
    la a0, 1b
    EXPECT_SAME(a2, a0)
    EXPECT(a4, 0)
    andi a0, a3, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP
    EXPECT(a0, MSTATUS_SPIE)
    EXPECT(s2, 9)
    CASE(11) /* from S-mode: SPP is set */
    la s1, 2f
    TO_MODE(MODE_S)
1:  .option norvc
    ebreak
    .option rvc
    j test_fail
2:  li s1, 0
    EXPECT(a1, 3)
    la a0, 1b
    EXPECT_SAME(a2, a0)
    andi a0, a3, MSTATUS_SPP
    EXPECT(a0, MSTATUS_SPP)
    CASE(12) /* an illegal instruction's bits are in stval */
    la s1, 2f
    TO_MODE(MODE_U)
    .4byte 0xffffffff
    j test_fail
2:  li s1, 0
    EXPECT(a1, 2)
    EXPECT(a4, 0xffffffff)
    CASE(13) /* never from M-mode */
    TRAPS(2, .4byte 0xffffffff)
    csrw medeleg, zero
    CASE(14) /* sret to U-mode and to S-mode */
    la s1, 2f
    TO_MODE(MODE_S)
    la a0, 1f
    csrw sepc, a0
    li a0, MSTATUS_SPP | MSTATUS_SPIE
    csrc sstatus, a0
    csrsi sstatus, MSTATUS_SIE
    sret
    j test_fail
1:  ecall
    j test_fail
2:  EXPECT(s2, 8)
    csrr a0, mstatus
    andi a0, a0, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP
    EXPECT(a0, MSTATUS_SPIE)
    CASE(15)
    la s1, 2f
    TO_MODE(MODE_S)
    la a0, 1f
    csrw sepc, a0
    li a0, MSTATUS_SPP | MSTATUS_SPIE
    csrs sstatus, a0
    sret
1:  ecall
2:  li s1, 0
    EXPECT(s2, 9)
    csrr a0, mstatus
    andi a0, a0, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP
    EXPECT(a0, MSTATUS_SIE | MSTATUS_SPIE)
    csrci mstatus, MSTATUS_SIE
    CASE(16) /* sret works in M-mode too, and goes to S or U */
    la s1, 2f
    la a0, 1f
    csrw sepc, a0
    li a0, MSTATUS_SPP
    csrc mstatus, a0
    sret
1:  ecall
2:  li s1, 0
    EXPECT(s2, 8)
    CASE(18) /* mret to M-mode leaves MPRV alone */
    li a0, MSTATUS_MPRV
    csrs mstatus, a0
    TO_MODE(MODE_M)
    csrr a1, mstatus
    csrc mstatus, a0
    and a0, a0, a1
    EXPECT_NOT(a0, 0)

    CASE(20) /* a jump to nowhere: the fault is at the target */
    la s1, 1f
    li a0, 0x09000000
    jalr ra, 2(a0)
0:  j test_fail
1:  li s1, 0
    EXPECT(s2, 1)
    EXPECT(s3, 0x09000002)
    EXPECT(s4, 0x09000002)
    la a0, 0b
    EXPECT_SAME(ra, a0)
    CASE(21) /* loads and stores of nothing */
    li a0, 0x09000008
    TRAPS(5, lw a1, (a0))
    EXPECT_SAME(s4, a0)
    TRAPS(7, sd a1, (a0))
    EXPECT_SAME(s4, a0)
    CASE(22) /* a refused load leaves rd */
    li a1, 55
    TRAPS(5, ld a1, (a0))
    EXPECT(a1, 55)

    CASE(30) /* vectored mode: exceptions still go to the base */
    la a0, vectors
    ori a0, a0, 1
    csrw mtvec, a0
    TRAPS(11, ecall)
    la a0, test_trap
    csrw mtvec, a0
    j finished
    .balign 256
vectors:
    j test_trap
    .rept 16
    j test_fail
    .endr
finished:
TEST_END
