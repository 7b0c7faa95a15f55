/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of bare-metal C programs: M-mode, one hart. Clears .bss, sets up the
 * stack, opens PMP, and calls main; what main returns is the exit value (0 =
 * passed). A trap nobody planned is failure 100 + mcause.
 */
#include "tests/guest/lib/tohost.h"

    .section .text.init, "ax"
    .globl _start
_start:
    la t0, unplanned_trap
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    la sp, __stack_top
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sd zero, (t0)
    addi t0, t0, 8
    j 1b
2:  call main
    .globl guest_exit /* may be called too */
guest_exit:
    FINISH

    .balign 4
unplanned_trap:
    csrr a0, mcause
    slli a0, a0, 1 /* the interrupt bit goes */
    srli a0, a0, 1
    addi a0, a0, 100
    j guest_exit

    TOHOST_PAGE
