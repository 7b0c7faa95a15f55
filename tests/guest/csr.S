/* SPDX-License-Identifier: Apache-2.0 */
/* Zicsr: the six instructions, read-only and absent CSRs, WARL fields. */
#include "tests/guest/lib/test.h"

#define WRITES(n, csr, value, result)                                          \
    CASE(n)                                                                    \
    li a1, value;                                                              \
    csrw csr, a1;                                                              \
    csrr a0, csr;                                                              \
    EXPECT(a0, result)

TEST_BEGIN
    CASE(1)
    li a1, 0xff00
    csrw mscratch, a1
    li a2, 0x0ff0
    csrrs a0, mscratch, a2
    EXPECT(a0, 0xff00)
    csrrc a0, mscratch, a1
    EXPECT(a0, 0xfff0)
    csrrw a0, mscratch, a2
    EXPECT(a0, 0x00f0)
    csrrwi a0, mscratch, 21
    EXPECT(a0, 0x0ff0)
    csrrsi a0, mscratch, 10
    EXPECT(a0, 21)
    csrrci a0, mscratch, 7
    EXPECT(a0, 31)
    csrr a0, mscratch
    EXPECT(a0, 24)
    CASE(2) /* rd = rs1 */
    li a0, 5
    csrrw a0, mscratch, a0
    EXPECT(a0, 24)
    csrr a0, mscratch
    EXPECT(a0, 5)
    CASE(3) /* no write: allowed on a read-only CSR; a write is not */
    csrrs a0, mhartid, zero
    csrrci a0, mhartid, 0
    TRAPS(2, csrrs a0, mhartid, a1)
    EXPECT(s4, 0xf145a573)
    TRAPS(2, csrrw zero, cycle, zero)
    TRAPS(2, csrrsi a0, instret, 1)
    CASE(4) /* absent CSRs */
    TRAPS(2, csrr a0, 0x744)
    TRAPS(2, csrr a0, 0x3c0)
    TRAPS(2, csrr a0, 0x001)
    TRAPS(2, csrw 0x5ff, a0)

    WRITES(12, mtval, 0x123456789abcdef0, 0x123456789abcdef0)
    WRITES(13, stval, -1, -1)
    WRITES(14, sscratch, -1, -1)
    WRITES(15, stvec, 0x80000400, 0x80000400)
    WRITES(16, stvec, 0x80000401, 0x80000401)
    CASE(17) /* mode 2 and 3 are reserved: never read back */
    li a1, 0x80000802
    csrw stvec, a1
    csrr a0, stvec
    andi a0, a0, 2
    EXPECT(a0, 0)
    CASE(18) /* mideleg: S-mode interrupts only */
    li a1, -1
    csrw mideleg, a1
    csrr a0, mideleg
    li a2, 0x888
    and a0, a0, a2
    EXPECT(a0, 0)
    csrr a0, mideleg
    andi a0, a0, 0x222
    EXPECT(a0, 0x222)
    CASE(19) /* medeleg: what the standard lets S-mode handle */
    csrw medeleg, a1
    csrr a0, medeleg
    li a2, 0xb1ff
    and a0, a0, a2
    EXPECT_SAME(a0, a2)
    csrw medeleg, zero
    CASE(20) /* sie is the delegated part of mie */
    li a1, 0x222
    csrw mideleg, a1
    csrw mie, zero
    li a1, -1
    csrw sie, a1
    csrr a0, mie
    EXPECT(a0, 0x222)
    csrw mideleg, zero
    csrr a0, sie
    EXPECT(a0, 0)
    csrw mie, zero

    CASE(30) /* MPP: the modes there are */
    li a1, MSTATUS_MPP
    csrs mstatus, a1
    csrr a0, mstatus
    and a0, a0, a1
    EXPECT(a0, MSTATUS_MPP)
    csrc mstatus, a1
    csrr a0, mstatus
    and a0, a0, a1
    EXPECT(a0, 0)
    CASE(31) /* sstatus: a view */
    li a1, MSTATUS_SUM | MSTATUS_MXR | MSTATUS_SPP | MSTATUS_SPIE
    csrw sstatus, a1
    csrr a0, mstatus
    and a0, a0, a1
    EXPECT_SAME(a0, a1)
    csrr a0, sstatus
    and a0, a0, a1
    EXPECT_SAME(a0, a1)
    li a2, MSTATUS_MPP | MSTATUS_MIE | MSTATUS_MPRV
    csrs sstatus, a2
    csrr a0, mstatus
    and a0, a0, a2
    EXPECT(a0, 0)
    csrw sstatus, zero
    CASE(32) /* UXL and SXL: 64 bits */
    csrr a0, mstatus
    srli a0, a0, 32
    andi a0, a0, 15
    EXPECT(a0, 10)
    CASE(33) /* misa: RV64 with at least I M A C S U */
    csrr a0, misa
    srli a1, a0, 62
    EXPECT(a1, 2)
    li a2, 1 << 0 | 1 << 2 | 1 << 8 | 1 << 12 | 1 << 18 | 1 << 20
    and a0, a0, a2
    EXPECT_SAME(a0, a2)
    CASE(34) /* satp: an unknown mode leaves it alone */
    li a1, 8 << 60 | 0x80001
    csrw satp, a1
    csrr a0, satp
    EXPECT_SAME(a0, a1)
    li a2, 5 << 60 | 0x80002
    csrw satp, a2
    csrr a0, satp
    EXPECT_SAME(a0, a1)
    csrw satp, zero
    WRITES(35, mcounteren, 7, 7)
    WRITES(36, scounteren, 5, 5)

    CASE(50) /* PMP registers are there */
    li a1, 0x3fffffffffffff
    csrw pmpaddr0, a1
    csrr a0, pmpaddr0
    EXPECT_SAME(a0, a1)
    csrw pmpaddr15, a1
    csrr a0, pmpaddr15
    EXPECT_SAME(a0, a1)
    csrr a0, pmpcfg0
    csrr a0, pmpcfg2
    TRAPS(2, csrr a0, pmpcfg1)
TEST_END
