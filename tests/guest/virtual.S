/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TVM, TSR and TW, one instruction or CSR and one mode at a time: what each
 * traps, and what it leaves alone (Priv 3.1.6.5). And time, cycle and instret
 * below M-mode for every setting of mcounteren and scounteren (Priv 3.1.11).
 */
#include "tests/guest/lib/test.h"

#define SET(bit)   li a1, bit; csrs mstatus, a1
#define CLEAR(bit) li a1, bit; csrc mstatus, a1

/* sret in S-mode works: it goes to U-mode, as SPP = 0 says. */
#define SRET_WORKS                                                             \
    la s1, 71f;                                                                \
    la t6, 70f;                                                                \
    csrw sepc, t6;                                                             \
    TO_MODE(MODE_S)                                                            \
    sret;                                                                      \
70: ecall;                                                                     \
71: li s1, 0;                                                                  \
    EXPECT(s2, 8)

TEST_BEGIN
    CASE(1) /* TVM: every access to satp, both fences; nothing else */
    SET(MSTATUS_TVM)
    TRAPS_IN(MODE_S, 2, csrr a0, satp)
    TRAPS_IN(MODE_S, 2, csrw satp, zero)
    TRAPS_IN(MODE_S, 2, csrs satp, zero)
    TRAPS_IN(MODE_S, 2, csrwi satp, 0)
    TRAPS_IN(MODE_S, 2, csrrci a0, satp, 0)
    TRAPS_IN(MODE_S, 2, sfence.vma)
    TRAPS_IN(MODE_S, 2, sfence.vma a0, zero)
    TRAPS_IN(MODE_S, 2, sfence.vma zero, a0)
    WORKS_IN(MODE_S, csrr a0, sstatus)
    WORKS_IN(MODE_S, csrw sscratch, a0)
    WORKS_IN(MODE_S, csrr a0, stval)
    SRET_WORKS
    CASE(2) /* in U-mode they are illegal anyway, in M-mode never */
    TRAPS_IN(MODE_U, 2, csrr a0, satp)
    TRAPS_IN(MODE_U, 2, sfence.vma)
    csrr a0, satp
    csrw satp, a0
    sfence.vma a0, a1
    CLEAR(MSTATUS_TVM)
    TRAPS_IN(MODE_U, 2, csrr a0, satp)
    TRAPS_IN(MODE_U, 2, sfence.vma)
    CASE(3) /* TSR: sret in S-mode; not mret, not in M-mode */
    SET(MSTATUS_TSR)
    TRAPS_IN(MODE_S, 2, sret)
    EXPECT(s4, 0x10200073)
    TRAPS_IN(MODE_U, 2, sret)
    WORKS_IN(MODE_S, csrr a0, satp)
    WORKS_IN(MODE_S, sfence.vma)
    la t6, 1f
    csrw sepc, t6
    li t6, MSTATUS_SPP
    csrs mstatus, t6
    la s1, 2f
    sret
1:  ecall
2:  li s1, 0
    EXPECT(s2, 9) /* it went to S-mode */
    CLEAR(MSTATUS_TSR)
    SRET_WORKS /* that sret cleared SPP */
    TRAPS_IN(MODE_U, 2, sret)
    CASE(4) /* mret is M-mode's in every setting */
    SET(MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR)
    TRAPS_IN(MODE_S, 2, mret)
    TRAPS_IN(MODE_U, 2, mret)
    CASE(5) /* the three bits are M-mode's too: sstatus does not show them */
    WORKS_IN(MODE_S, csrr a0, sstatus)
    li a1, MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR
    and a0, a0, a1
    EXPECT(a0, 0)
    WORKS_IN(MODE_S, csrc sstatus, a1)
    csrr a0, mstatus
    and a0, a0, a1
    EXPECT_SAME(a0, a1)
    CLEAR(MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR)

    /* Counter `name` (bit n) for S-mode by mcounteren, for U-mode by both. */
#define COUNTER(name, bit)                                                     \
    csrwi mcounteren, 0;                                                       \
    csrwi scounteren, 7;                                                       \
    csrr a0, name;                                                             \
    TRAPS_IN(MODE_S, 2, csrr a0, name);                                        \
    TRAPS_IN(MODE_U, 2, csrr a0, name);                                        \
    csrwi mcounteren, 7 & ~(bit);                                              \
    TRAPS_IN(MODE_S, 2, csrr a0, name);                                        \
    TRAPS_IN(MODE_U, 2, csrr a0, name);                                        \
    csrwi mcounteren, bit;                                                     \
    csrwi scounteren, 7 & ~(bit);                                              \
    WORKS_IN(MODE_S, csrr a0, name);                                           \
    TRAPS_IN(MODE_U, 2, csrr a0, name);                                        \
    csrwi scounteren, bit;                                                     \
    WORKS_IN(MODE_U, csrr a0, name);                                           \
    TRAPS_IN(MODE_U, 2, csrw name, a0);                                        \
    TRAPS_IN(MODE_S, 2, csrw name, a0)
    CASE(10)
    COUNTER(cycle, 1)
    CASE(11)
    COUNTER(time, 2)
    CASE(12)
    COUNTER(instret, 4)
    CASE(13) /* scounteren is S-mode's, mcounteren is not */
    WORKS_IN(MODE_S, csrw scounteren, a0)
    TRAPS_IN(MODE_S, 2, csrr a0, mcounteren)
    TRAPS_IN(MODE_U, 2, csrr a0, scounteren)
    CASE(14) /* time is the CLINT's mtime */
    csrwi mcounteren, 2
    csrwi scounteren, 2
    li t0, 0x200bff8
    ld a1, (t0)
    WORKS_IN(MODE_U, csrr a0, time)
    FAIL_UNLESS(bgeu, a0, a1)
    ld a2, (t0)
    FAIL_UNLESS(bgeu, a2, a0)
TEST_END
