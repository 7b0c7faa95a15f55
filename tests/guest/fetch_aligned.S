/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way to an odd address, and none gets there: with C instructions are
 * aligned on 2 bytes, jalr drops bit 0, and mepc, sepc, mtvec and stvec hold no
 * such bit. So cause 0, instruction address misaligned, cannot be (Unpriv 16);
 * a target that is no multiple of 4 is fine.
 * qemu: no (7.2 keeps bit 0 of mepc)
 */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    CASE(1) /* C cannot be switched off */
    li a1, 4
    csrc misa, a1
    csrr a0, misa
    and a0, a0, a1
    EXPECT(a0, 4)
    CASE(2) /* jalr: bit 0 of the sum is dropped */
    li a3, 0
    la a0, two_mod_four
    jalr a2, 1(a0)
    EXPECT(a3, 1)
    addi a0, a0, 1
    jalr a2, 0(a0)
    EXPECT(a3, 2)
    CASE(3) /* mepc and sepc: bit 0 is always 0, bit 1 is kept */
    la a0, two_mod_four
    addi a1, a0, 1
    csrw mepc, a1
    csrr a2, mepc
    EXPECT_SAME(a2, a0)
    csrw sepc, a1
    csrr a2, sepc
    EXPECT_SAME(a2, a0)
    CASE(4) /* mret goes there */
    li t6, MSTATUS_MPP
    csrs mstatus, t6
    la a2, 1f
    mret
1:  EXPECT(a3, 3)
    CASE(5) /* sret too */
    li t6, MSTATUS_SPP
    csrs mstatus, t6
    li a2, 0
    la s1, 1f
    sret /* to S-mode; "jr a2" to address 0 is refused there */
1:  li s1, 0
    EXPECT(a3, 4)
    EXPECT(s2, 1)
    EXPECT(s3, 0)
    CASE(6) /* vectors: the base is a multiple of 4 whatever is written */
    csrr a1, mtvec
    ori a0, a1, 2
    csrw mtvec, a0
    csrr a0, mtvec
    andi a0, a0, 2
    EXPECT(a0, 0)
    csrw mtvec, a1
    li a0, 0x80000002
    csrw stvec, a0
    csrr a0, stvec
    andi a0, a0, 2
    EXPECT(a0, 0)
    j finished

    .balign 4
    c.nop
two_mod_four:
    addi a3, a3, 1
    jr a2
finished:
TEST_END
