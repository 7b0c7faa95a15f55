/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts: enables, delegation, vectors, wfi; software interrupts
 * by sip, timers by mtimecmp and stimecmp (Sstc).
 */
#include "tests/guest/lib/test.h"

#define CLINT_MTIMECMP 0x2004000
#define CLINT_MTIME    0x200bff8
#define STIMECMP       0x14d
#define MENVCFG        0x30a
#define INT            (1 << 63)

#define SSIP 0x2
#define STIP 0x20
#define MTIP 0x80
#define SEIP 0x200

/* Lets interrupts into M-mode for some instructions; s2 = mcause or -1. */
#define OPEN_M                                                                 \
    la s1, 77f;                                                                \
    li s2, -1;                                                                 \
    csrsi mstatus, MSTATUS_MIE;                                                \
    nop;                                                                       \
    nop;                                                                       \
    nop;                                                                       \
    nop;                                                                       \
    csrci mstatus, MSTATUS_MIE;                                                \
77: li s1, 0
/* The same from S- or U-mode, whose ecall ends it. */
#define OPEN_IN(mode)                                                          \
    la s1, 78f;                                                                \
    TO_MODE(mode)                                                              \
    nop;                                                                       \
    nop;                                                                       \
    ecall;                                                                     \
78: li s1, 0

TEST_BEGIN
    CASE(1) /* pending, but not enabled one way or the other */
    li a0, SSIP
    csrw mip, a0
    OPEN_M
    EXPECT(s2, -1)
    csrw mie, a0
    csrr a1, mip
    andi a1, a1, SSIP
    EXPECT(a1, SSIP)
    nop
    CASE(2) /* both: taken, at the instruction that enables it */
    OPEN_M
    EXPECT(s2, INT | 1)
    EXPECT(s4, 0)
    csrr a0, mstatus
    andi a0, a0, MSTATUS_MIE | MSTATUS_MPIE
    EXPECT(a0, MSTATUS_MPIE)
    CASE(3) /* less privileged modes are always open to M-mode */
    csrci mstatus, MSTATUS_MIE
    OPEN_IN(MODE_U)
    EXPECT(s2, INT | 1)
    OPEN_IN(MODE_S)
    EXPECT(s2, INT | 1)
    csrw mip, zero
    CASE(10) /* delegated: not in M-mode, in S-mode only with SIE */
    la a0, s_handler
    csrw stvec, a0
    li a0, SSIP | STIP | SEIP
    csrw mideleg, a0
    csrsi mip, SSIP
    OPEN_M
    EXPECT(s2, -1)
    li s6, 0
    csrci mstatus, MSTATUS_SIE
    OPEN_IN(MODE_S)
    EXPECT(s6, 0)
    EXPECT(s2, 9)
    CASE(11)
    csrsi mstatus, MSTATUS_SIE
    OPEN_IN(MODE_S)
    EXPECT(s6, INT | 1)
    CASE(12) /* in U-mode always */
    csrci mstatus, MSTATUS_SIE
    li s6, 0
    OPEN_IN(MODE_U)
    EXPECT(s6, INT | 1)
    CASE(13) /* sip: SSIP may be written, when delegated; SEIP not */
    csrci sip, SSIP
    csrr a0, mip
    andi a0, a0, SSIP
    EXPECT(a0, 0)
    csrsi sip, SSIP
    csrr a0, mip
    andi a0, a0, SSIP
    EXPECT(a0, SSIP)
    li a1, SEIP
    csrs sip, a1
    csrr a0, mip
    and a0, a0, a1
    EXPECT(a0, 0)
    csrw mideleg, zero
    csrci sip, SSIP
    csrr a0, mip
    andi a0, a0, SSIP
    EXPECT(a0, SSIP)
    csrr a0, sip
    EXPECT(a0, 0)
    CASE(14) /* vectored */
    la a0, vectors
    ori a0, a0, 1
    csrw mtvec, a0
    li s6, 0
    OPEN_M
    EXPECT(s6, 1)
    EXPECT(s2, INT | 1)
    la a0, test_trap
    csrw mtvec, a0
    CASE(15) /* stvec too */
    la a0, s_vectors
    ori a0, a0, 1
    csrw stvec, a0
    li a0, SSIP
    csrw mideleg, a0
    li s6, 0
    li s7, 0
    OPEN_IN(MODE_U)
    EXPECT(s7, 1)
    EXPECT(s6, INT | 1)
    csrw mip, zero
    csrw mideleg, zero

    CASE(20) /* wfi goes on when something enabled is pending, MIE or not */
    csrci mstatus, MSTATUS_MIE
    li t1, CLINT_MTIMECMP
    li t0, CLINT_MTIME
    ld a0, (t0)
    addi a0, a0, 200
    sd a0, (t1)
    li a1, MTIP
    csrw mie, a1
    wfi
    ld a2, (t0)
    FAIL_UNLESS(bgeu, a2, a0)
    csrr a1, mip
    andi a1, a1, MTIP
    EXPECT(a1, MTIP)
    CASE(21) /* with MIE it is taken after the wfi */
    ld a0, (t0)
    addi a0, a0, 200
    sd a0, (t1)
    la s1, 2f
    csrsi mstatus, MSTATUS_MIE
    wfi
1:  j test_fail
2:  li s1, 0
    EXPECT(s2, INT | 7)
    la a0, 1b
    EXPECT_SAME(s3, a0)
    li a0, -1
    sd a0, (t1)
    csrw mie, zero

    CASE(30) /* Sstc: stimecmp raises STIP while time is not below it */
    csrci mstatus, MSTATUS_MIE
    li a0, -1
    csrw STIMECMP, a0
    li a0, 1 << 63
    csrs MENVCFG, a0
    csrr a1, mip
    andi a1, a1, STIP
    EXPECT(a1, 0)
    rdtime a0
    addi a0, a0, 100
    csrw STIMECMP, a0
    li a1, STIP
    csrw mie, a1
    wfi
    rdtime a2
    FAIL_UNLESS(bgeu, a2, a0)
    csrr a1, mip
    andi a1, a1, STIP
    EXPECT(a1, STIP)
    CASE(31) /* STIP cannot be cleared by hand, but by stimecmp */
    li a1, STIP
    csrc mip, a1
    csrr a1, mip
    andi a1, a1, STIP
    EXPECT(a1, STIP)
    li a0, -1
    csrw STIMECMP, a0
    csrr a1, mip
    andi a1, a1, STIP
    EXPECT(a1, 0)
    CASE(32) /* to S-mode, from a loop in U-mode */
    li a0, STIP
    csrw mideleg, a0
    csrw mie, a0
    la a0, s_handler
    csrw stvec, a0
    li s6, 0
    rdtime a0
    addi a0, a0, 50
    csrw STIMECMP, a0
    la s1, 2f
    TO_MODE(MODE_U)
1:  j 1b
2:  li s1, 0
    EXPECT(s6, INT | 5)
    rdtime a1
    FAIL_UNLESS(bgeu, a1, a0)
    li a0, -1
    csrw STIMECMP, a0
    CASE(33) /* S-mode may use stimecmp only with TM and STCE */
    csrw mideleg, zero
    csrw mie, zero
    csrwi mcounteren, 2
    WORKS_IN(MODE_S, csrr a0, STIMECMP)
    csrwi mcounteren, 5
    TRAPS_IN(MODE_S, 2, csrr a0, STIMECMP)
    csrwi mcounteren, 7
    TRAPS_IN(MODE_U, 2, csrr a0, STIMECMP)
    li a0, 1 << 63
    csrc MENVCFG, a0
    TRAPS_IN(MODE_S, 2, csrr a0, STIMECMP)
    CASE(34) /* without STCE, STIP is software's again */
    li a1, STIP
    csrs mip, a1
    csrr a0, mip
    and a0, a0, a1
    EXPECT(a0, STIP)
    csrc mip, a1
    csrr a0, mip
    and a0, a0, a1
    EXPECT(a0, 0)
    j finished

    .balign 4
s_handler:
    csrr s6, scause
    li a7, 0
    ecall /* back to M-mode */
    .option norvc
    .balign 256
vectors:
    j test_trap
    j vector_1
    .rept 15
    j test_fail
    .endr
vector_1:
    li s6, 1
    j test_trap
    .balign 256
s_vectors:
    j s_handler
    j s_vector_1
    .rept 15
    j s_wrong
    .endr
s_vector_1:
    li s7, 1
    j s_handler
s_wrong:
    li s7, 2
    j s_handler
finished:
TEST_END
