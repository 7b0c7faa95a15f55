/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every CSR of the standard that we have can be read from M-mode; families are
 * complete; numbers next to them are absent and trap.
 * qemu: no (has no trigger and counter registers of the same kind)
 */
#include "tests/guest/lib/test.h"

/* Reads, or writes and reads back, `count` registers from `first` on. */
#define READ_ALL(first, count)                                                 \
    .set number, first;                                                        \
    .rept count;                                                               \
    csrr a0, number;                                                           \
    .set number, number + 1;                                                   \
    .endr
#define KEEP_ALL(first, count, value)                                          \
    .set number, first;                                                        \
    li a1, value;                                                              \
    .rept count;                                                               \
    csrw number, a1;                                                           \
    csrr a0, number;                                                           \
    FAIL_UNLESS(beq, a0, a1);                                                  \
    csrw number, zero;                                                         \
    .set number, number + 1;                                                   \
    .endr

TEST_BEGIN
    csrw mcounteren, zero
    CASE(1) /* supervisor */
    READ_ALL(0x100, 1)
    READ_ALL(0x104, 3)
    READ_ALL(0x10a, 1)
    READ_ALL(0x140, 5)
    READ_ALL(0x14d, 1)
    READ_ALL(0x180, 1)
    CASE(2) /* machine: who, traps */
    READ_ALL(0xf11, 5)
    READ_ALL(0x300, 7)
    READ_ALL(0x30a, 1)
    READ_ALL(0x340, 5)
    CASE(3) /* PMP: keep pmpaddr0 as it is */
    READ_ALL(0x3a0, 1)
    READ_ALL(0x3a2, 1)
    READ_ALL(0x3b0, 1)
    KEEP_ALL(0x3b1, 15, 0x123)
    CASE(4) /* event counters and selectors */
    KEEP_ALL(0x323, 29, 3)
    KEEP_ALL(0xb03, 29, 0x123456789abcdef)
    READ_ALL(0xc00, 32)
    READ_ALL(0xb00, 1)
    READ_ALL(0xb02, 1)
    READ_ALL(0x320, 1)
    CASE(5) /* triggers: present, none built */
    READ_ALL(0x7a0, 4)
    csrw tdata1, a1
    csrr a0, tdata1
    EXPECT(a0, 0)
    CASE(6) /* absent */
    TRAPS(2, csrr a0, 0x744) /* mnstatus */
    TRAPS(2, csrr a0, 0x3a1)
    TRAPS(2, csrr a0, 0x3a4)
    TRAPS(2, csrr a0, 0x3c0)
    TRAPS(2, csrr a0, 0x001)
    TRAPS(2, csrr a0, 0xb01)
    TRAPS(2, csrr a0, 0x321)
    TRAPS(2, csrr a0, 0x7b0)
    TRAPS(2, csrr a0, 0x200)
    TRAPS(2, csrr a0, 0x600)
    TRAPS(2, csrr a0, 0x015)
    CASE(7) /* read-only: a write traps, also of what it holds */
    TRAPS(2, csrw cycle, zero)
    TRAPS(2, csrw mhartid, zero)
    TRAPS(2, csrsi mvendorid, 1)
TEST_END
