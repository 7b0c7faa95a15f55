/* SPDX-License-Identifier: Apache-2.0 */
/* A: every AMO in both widths and orders, LR and SC. */
#include "tests/guest/lib/test.h"

#define AMO_D(n, op, old, src, new)                                            \
    CASE(n)                                                                    \
    li a1, old;                                                                \
    li a2, src;                                                                \
    sd a1, (s6);                                                               \
    op.d a0, a2, (s6);                                                         \
    EXPECT_SAME(a0, a1);                                                       \
    ld a0, (s6);                                                               \
    EXPECT(a0, new)
#define AMO_W(n, op, old, src, new)                                            \
    CASE(n)                                                                    \
    li a1, old;                                                                \
    li a2, src;                                                                \
    li a3, -1;                                                                 \
    sd a3, (s6);                                                               \
    sw a1, (s6);                                                               \
    op.w a0, a2, (s6);                                                         \
    sext.w a1, a1;                                                             \
    EXPECT_SAME(a0, a1);                                                       \
    lwu a0, (s6);                                                              \
    EXPECT(a0, new);                                                           \
    lw a0, 4(s6);                                                              \
    EXPECT(a0, -1)

TEST_BEGIN
    la s6, cell
    AMO_D(1, amoswap, 0x1111111111111111, 0x2222222222222222, 0x2222222222222222)
    AMO_D(2, amoadd, 0xffffffffffffffff, 2, 1)
    AMO_D(3, amoxor, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xf0f0f0f0f0f0f0f0)
    AMO_D(4, amoand, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f000f000f000f00)
    AMO_D(5, amoor, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xfff0fff0fff0fff0)
    AMO_D(6, amomin, -1, 1, -1)
    AMO_D(7, amomax, -1, 1, 1)
    AMO_D(8, amominu, -1, 1, 1)
    AMO_D(9, amomaxu, -1, 1, -1)
    AMO_W(11, amoswap, 0x11111111, 0xaaaaaaaa82222222, 0x82222222)
    AMO_W(12, amoadd, 0xffffffff, 2, 1)
    AMO_W(13, amoxor, 0xff00ff00, 0x0ff00ff0, 0xf0f0f0f0)
    AMO_W(14, amoand, 0xff00ff00, 0x0ff00ff0, 0x0f000f00)
    AMO_W(15, amoor, 0xff00ff00, 0x0ff00ff0, 0xfff0fff0)
    AMO_W(16, amomin, 0xffffffff, 0x1234567800000001, 0xffffffff)
    AMO_W(17, amomax, 0xffffffff, 0x8000000000000001, 1)
    AMO_W(18, amominu, 0xffffffff, 0xffffffff00000001, 1)
    AMO_W(19, amomaxu, 0x80000000, 0xffffffff00000001, 0x80000000)
    CASE(20) /* aq, rl, rd = x0 */
    li a1, 10
    sd a1, (s6)
    amoadd.d.aqrl zero, a1, (s6)
    amoadd.w.aq a0, a1, (s6)
    EXPECT(a0, 20)
    amoadd.d.rl a0, a1, (s6)
    EXPECT(a0, 30)
    EXPECT(zero, 0)

    CASE(30) /* LR then SC succeeds once */
    li a1, 0x123456789abcdef0
    sd a1, (s6)
    lr.d a0, (s6)
    EXPECT_SAME(a0, a1)
    li a2, 77
    sc.d a3, a2, (s6)
    EXPECT(a3, 0)
    ld a0, (s6)
    EXPECT(a0, 77)
    li a2, 78
    sc.d a3, a2, (s6)
    EXPECT_NOT(a3, 0)
    ld a0, (s6)
    EXPECT(a0, 77)
    CASE(31) /* word forms; the value is sign-extended */
    li a1, 0x80000001
    sw a1, (s6)
    lr.w.aq a0, (s6)
    EXPECT(a0, 0xffffffff80000001)
    li a2, 5
    sc.w.rl a3, a2, (s6)
    EXPECT(a3, 0)
    lw a0, (s6)
    EXPECT(a0, 5)
    CASE(32) /* SC elsewhere fails, and uses up the reservation */
    la s7, other
    sd zero, (s7)
    lr.d a0, (s6)
    li a2, 9
    sc.d a3, a2, (s7)
    EXPECT_NOT(a3, 0)
    ld a0, (s7)
    EXPECT(a0, 0)
    sc.d a3, a2, (s6)
    EXPECT_NOT(a3, 0)
    CASE(33) /* a counter by LR and SC */
    sd zero, (s6)
    li a4, 100
1:  lr.d a0, (s6)
    addi a0, a0, 1
    sc.d a1, a0, (s6)
    bnez a1, 1b
    addi a4, a4, -1
    bnez a4, 1b
    ld a0, (s6)
    EXPECT(a0, 100)
    CASE(34) /* a trap return between LR and SC breaks the pair */
    lr.d a0, (s6)
    TO_MODE(MODE_M)
    li a2, 9
    sc.d a3, a2, (s6)
    EXPECT_NOT(a3, 0)
TEST_END
    .data
    .balign 64
cell:
    .dword 0, 0
    .balign 64
other:
    .dword 0
