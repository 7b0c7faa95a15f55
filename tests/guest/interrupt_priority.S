/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All at once: MSI, MTI, SEI, SSI, STI, in this order (Priv 3.1.9).
 * qemu: no (7.2 takes the lowest number first)
 */
#include "tests/guest/lib/test.h"

#define CLINT_MSIP     0x2000000
#define CLINT_MTIMECMP 0x2004000
#define INT            (1 << 63)

#define SSIP 0x2
#define MSIP 0x8
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
TEST_BEGIN
    CASE(4) /* priority: MSI, MTI, SEI, SSI, STI */
    li t0, CLINT_MSIP
    li a0, 1
    sw a0, (t0)
    li t1, CLINT_MTIMECMP
    sd zero, (t1)
    li a0, SSIP | STIP | SEIP
    csrs mip, a0
    li a0, SSIP | MSIP | STIP | MTIP | SEIP
    csrw mie, a0
1:  csrr a1, mip /* the CLINT may take a while */
    andi a1, a1, MSIP | MTIP
    li a2, MSIP | MTIP
    bne a1, a2, 1b
    OPEN_M
    EXPECT(s2, INT | 3)
    sw zero, (t0)
    CASE(5)
    li t0, MSIP
    csrc mie, t0
    OPEN_M
    EXPECT(s2, INT | 7)
    li a0, -1
    sd a0, (t1)
    li t0, MTIP
    csrc mie, t0
    CASE(6)
    OPEN_M
    EXPECT(s2, INT | 9)
    li t0, SEIP
    csrc mip, t0
    CASE(7)
    OPEN_M
    EXPECT(s2, INT | 1)
    csrci mip, SSIP
    CASE(8)
    OPEN_M
    EXPECT(s2, INT | 5)
    li t0, STIP
    csrc mip, t0
    OPEN_M
    EXPECT(s2, -1)

    CASE(9) /* what M-mode keeps comes before what S-mode gets */
    la a0, s_handler
    csrw stvec, a0
    li a0, SEIP
    csrw mideleg, a0
    li a0, SSIP | SEIP
    csrw mie, a0
    csrw mip, a0
    la s1, 1f
    TO_MODE(MODE_U)
    nop
    j test_fail
1:  li s1, 0
    EXPECT(s2, INT | 1)
    csrci mip, SSIP
    la s1, 1f
    TO_MODE(MODE_U)
    nop
    j test_fail
    .balign 4
s_handler:
    csrr s6, scause
    ecall
1:  li s1, 0
    EXPECT(s6, INT | 9)
TEST_END
