/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what: CSRs and privileged instructions from S- and U-mode, TVM,
 * TW, TSR, mcounteren and scounteren.
 */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    CASE(1) /* M-mode CSRs and mret are M-mode's */
    TRAPS_IN(MODE_S, 2, csrr a0, mstatus)
    TRAPS_IN(MODE_U, 2, csrr a0, mstatus)
    TRAPS_IN(MODE_S, 2, csrw mscratch, a0)
    TRAPS_IN(MODE_S, 2, mret)
    EXPECT(s4, 0x30200073)
    TRAPS_IN(MODE_U, 2, mret)
    CASE(2) /* S-mode CSRs and sret are S-mode's */
    WORKS_IN(MODE_S, csrr a0, sstatus)
    TRAPS_IN(MODE_U, 2, csrr a0, sstatus)
    TRAPS_IN(MODE_U, 2, csrw sscratch, a0)
    TRAPS_IN(MODE_U, 2, sret)
    TRAPS_IN(MODE_U, 2, sfence.vma)
    TRAPS_IN(MODE_U, 2, csrr a0, satp)
    CASE(3) /* TVM: satp and sfence.vma */
    WORKS_IN(MODE_S, csrr a0, satp)
    WORKS_IN(MODE_S, sfence.vma)
    li a1, MSTATUS_TVM
    csrs mstatus, a1
    TRAPS_IN(MODE_S, 2, csrr a0, satp)
    TRAPS_IN(MODE_S, 2, csrw satp, zero)
    TRAPS_IN(MODE_S, 2, sfence.vma a0, a1)
    csrr a0, satp
    sfence.vma
    li a1, MSTATUS_TVM
    csrc mstatus, a1
    CASE(4) /* TSR: sret */
    li a1, MSTATUS_TSR
    csrs mstatus, a1
    TRAPS_IN(MODE_S, 2, sret)
    li a1, MSTATUS_TSR
    csrc mstatus, a1
    CASE(5) /* TW: wfi; from U-mode it traps here anyway */
    li a1, 2
    csrw mip, a1
    csrw mie, a1
    csrw mideleg, a1
    WORKS_IN(MODE_S, wfi)
    li a1, MSTATUS_TW
    csrs mstatus, a1
    csrw mip, zero
    TRAPS_IN(MODE_S, 2, wfi)
    TRAPS_IN(MODE_U, 2, wfi)
    li a1, MSTATUS_TW
    csrc mstatus, a1
    csrw mie, zero
    CASE(6) /* counters: mcounteren for S, and scounteren too for U */
    csrwi mcounteren, 0
    csrwi scounteren, 7
    TRAPS_IN(MODE_S, 2, csrr a0, cycle)
    TRAPS_IN(MODE_U, 2, csrr a0, time)
    csrwi mcounteren, 4
    WORKS_IN(MODE_S, csrr a0, instret)
    TRAPS_IN(MODE_S, 2, csrr a0, cycle)
    WORKS_IN(MODE_U, csrr a0, instret)
    TRAPS_IN(MODE_U, 2, csrr a0, cycle)
    csrwi mcounteren, 7
    csrwi scounteren, 2
    WORKS_IN(MODE_S, csrr a0, cycle)
    WORKS_IN(MODE_U, csrr a0, time)
    TRAPS_IN(MODE_U, 2, csrr a0, cycle)
    TRAPS_IN(MODE_U, 2, csrr a0, instret)
    TRAPS_IN(MODE_U, 2, csrr a0, hpmcounter3)
    CASE(7) /* user code cannot write counters */
    TRAPS_IN(MODE_U, 2, csrw time, zero)
TEST_END
