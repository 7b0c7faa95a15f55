/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for self-checking tests in assembly. A file is
 *     #include "tests/guest/lib/test.h"
 *     TEST_BEGIN
 *     CASE(1)  add a0, a1, a2;  EXPECT(a0, 3)
 *     TEST_END
 * Registers of the words: gp = number of the case, s1 = where an expected trap
 * goes on (0 = no trap is expected), t6 = scratch. After a trap into M-mode
 * s2..s5 hold mcause, mepc, mtval, mstatus, and the test goes on in M-mode.
 */
/* clang-format off */
#pragma once

#include "tests/guest/lib/tohost.h"

#define MSTATUS_SIE  0x2
#define MSTATUS_MIE  0x8
#define MSTATUS_SPIE 0x20
#define MSTATUS_MPIE 0x80
#define MSTATUS_SPP  0x100
#define MSTATUS_MPP  0x1800
#define MSTATUS_MPRV 0x20000
#define MSTATUS_SUM  0x40000
#define MSTATUS_MXR  0x80000
#define MSTATUS_TVM  0x100000
#define MSTATUS_TW   0x200000
#define MSTATUS_TSR  0x400000

#define MODE_U       0
#define MODE_S       1
#define MODE_M       3

#define TEST_BEGIN                                                             \
    .section .text.init, "ax";                                                  \
    .globl _start;                                                             \
_start:                                                                        \
    li gp, 0;                                                                  \
    li s1, 0;                                                                  \
    la t6, test_trap;                                                          \
    csrw mtvec, t6;                                                            \
    li t6, -1;                                                                 \
    csrw pmpaddr0, t6;                                                         \
    li t6, 0x1f;                                                               \
    csrw pmpcfg0, t6;                                                          \
    csrw medeleg, zero;                                                        \
    csrw mideleg, zero;                                                        \
    csrw mie, zero;                                                            \
    la sp, __stack_top

#define TEST_END                                                               \
    li a0, 0;                                                                  \
    FINISH;                                                                    \
test_fail:                                                                     \
    mv a0, gp;                                                                 \
    bnez a0, 1f;                                                               \
    li a0, 999;                                                                \
1:  FINISH;                                                                    \
    .balign 4;                                                                 \
test_trap:                                                                     \
    csrr s2, mcause;                                                           \
    csrr s3, mepc;                                                             \
    csrr s4, mtval;                                                            \
    csrr s5, mstatus;                                                          \
    li t6, MSTATUS_MPRV;                                                       \
    csrc mstatus, t6;                                                          \
    beqz s1, test_fail;                                                        \
    jr s1;                                                                     \
    TOHOST_PAGE

#define CASE(n) li gp, n;

#define FAIL_UNLESS(condition, a, b)                                           \
    condition a, b, 70f;                                                       \
    j test_fail;                                                               \
70:

/* reg must hold the constant; the same for two registers. */
#define EXPECT(reg, value)                                                     \
    li t6, value;                                                              \
    FAIL_UNLESS(beq, reg, t6)
#define EXPECT_SAME(a, b) FAIL_UNLESS(beq, a, b)
#define EXPECT_NOT(reg, value)                                                 \
    li t6, value;                                                              \
    FAIL_UNLESS(bne, reg, t6)

/* The one instruction must trap to M-mode with this cause; in M-mode. */
#define TRAPS(cause, ...)                                                      \
    la s1, 72f;                                                                \
    li s2, -1;                                                                 \
71: __VA_ARGS__;                                                               \
72: li s1, 0;                                                                  \
    EXPECT(s2, cause);                                                         \
    la t6, 71b;                                                                \
    EXPECT_SAME(s3, t6)

/* Goes on in another mode. */
#define TO_MODE(mode)                                                          \
    li t6, MSTATUS_MPP;                                                        \
    csrc mstatus, t6;                                                          \
    li t6, mode << 11;                                                         \
    csrs mstatus, t6;                                                          \
    la t6, 73f;                                                                \
    csrw mepc, t6;                                                             \
    mret;                                                                      \
73:

/* Comes back to M-mode (by ecall, which must not be delegated). */
#define TO_M                                                                   \
    la s1, 74f;                                                                \
    ecall;                                                                     \
74: li s1, 0

/* One instruction in a lower mode that must trap to M-mode; and one that must
 * not, so that the ecall after it is what traps. */
#define TRAPS_IN(mode, cause, ...)                                             \
    la s1, 76f;                                                                \
    TO_MODE(mode)                                                              \
75: __VA_ARGS__;                                                               \
    ecall;                                                                     \
76: li s1, 0;                                                                  \
    EXPECT(s2, cause);                                                         \
    la t6, 75b;                                                                \
    EXPECT_SAME(s3, t6)
#define WORKS_IN(mode, ...)                                                    \
    la s1, 76f;                                                                \
    TO_MODE(mode)                                                              \
    __VA_ARGS__;                                                               \
    ecall;                                                                     \
76: li s1, 0;                                                                  \
    EXPECT(s2, 8 + mode)
