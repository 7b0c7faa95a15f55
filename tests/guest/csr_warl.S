/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WARL fields: what cannot be written is not kept.
 * qemu: no (7.2 keeps bits that the standard fixes)
 */
#include "tests/guest/lib/test.h"

#define WRITES(n, csr, value, result)                                          \
    CASE(n)                                                                    \
    li a1, value;                                                              \
    csrw csr, a1;                                                              \
    csrr a0, csr;                                                              \
    EXPECT(a0, result)

TEST_BEGIN
    WRITES(1, mepc, 0x80000001, 0x80000000)
    WRITES(2, sepc, -1, -2)
    WRITES(3, mideleg, -1, 0x222)
    WRITES(4, mideleg, 0, 0)
    WRITES(5, mie, -1, 0xaaa)
    WRITES(6, mie, 0, 0)
    WRITES(7, medeleg, 0x800, 0)   /* an ecall from M-mode stays there */
    WRITES(8, medeleg, 0x4400, 0)  /* no such exceptions */
    WRITES(9, medeleg, 0x77080000, 0x77080000) /* Xsas, hardware error */
    WRITES(10, medeleg, 0, 0)
    CASE(11) /* MPP: 2 is no mode */
    li a1, MSTATUS_MPP
    csrc mstatus, a1
    li a2, 1 << 11
    csrs mstatus, a2
    li a2, 2 << 11
    csrw mstatus, a2
    csrr a0, mstatus
    and a0, a0, a1
    EXPECT(a0, 1 << 11)
    CASE(12) /* no F, no V: FS, VS, SD stay 0 */
    li a2, 0x6600
    csrs mstatus, a2
    csrr a0, mstatus
    and a0, a0, a2
    EXPECT(a0, 0)
    csrr a0, mstatus
    FAIL_UNLESS(bge, a0, zero)
    CASE(13)
    csrr a0, misa
    EXPECT(a0, 2 << 62 | 1 << 0 | 1 << 2 | 1 << 8 | 1 << 12 | 1 << 18 | 1 << 20)
    csrw misa, zero
    csrr a1, misa
    EXPECT_SAME(a0, a1)
    WRITES(14, menvcfg, -1, 0xa000000000000001) /* STCE, ADUE, FIOM */
    WRITES(15, senvcfg, -1, 1)
    WRITES(16, menvcfg, 0, 0)
    WRITES(17, pmpcfg2, 0x00000000000002ff, 0x9f)
    WRITES(18, mcountinhibit, -1, 0xfffffffd)
    WRITES(19, mcountinhibit, 0, 0)
    WRITES(20, stvec, 0x80000401, 0x80000401)
    WRITES(21, stvec, 0x80000802, 0x80000401)
    WRITES(22, tselect, 5, 0)
    WRITES(24, mhpmevent3, 5, 5)   /* l1d_miss */
    WRITES(25, mhpmevent3, 999, 0) /* no such event */
    WRITES(26, mhpmevent31, -1, 0)
    WRITES(27, scounteren, -1, 0xffffffff)
    WRITES(28, scounteren, 0, 0)
    CASE(23) /* satp: 44 bits of page number, the low bits of ASID there are */
    li a1, 8 << 60 | 0xffff << 44 | 0x12345
    csrw satp, a1
    csrr a0, satp
    slli a2, a0, 20
    srli a2, a2, 20
    EXPECT(a2, 0x12345)
    slli a2, a0, 4
    srli a2, a2, 48
    addi a3, a2, 1
    and a2, a2, a3
    EXPECT(a2, 0)
    csrw satp, zero
TEST_END
