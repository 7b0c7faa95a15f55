/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mret and sret to less than M-mode clear MPRV (Priv 3.1.6.3).
 * qemu: no (7.2 does not know this yet)
 */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    CASE(1)
    la s1, 2f
    li a0, MSTATUS_MPRV
    csrs mstatus, a0
    TO_MODE(MODE_U)
    ecall
2:  li s1, 0
    li a0, MSTATUS_MPRV
    and a0, a0, s5
    EXPECT(a0, 0)
    CASE(2)
    la s1, 2f
    la a0, 1f
    csrw sepc, a0
    li a0, MSTATUS_SPP | MSTATUS_MPRV
    csrs mstatus, a0
    sret
1:  ecall
2:  li s1, 0
    EXPECT(s2, 9)
    li a0, MSTATUS_MPRV
    and a0, a0, s5
    EXPECT(a0, 0)
TEST_END
