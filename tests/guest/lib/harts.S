/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of bare-metal C programs for several harts: M-mode, a0 = the hart's
 * number. Hart 0 clears .bss, then all call main(hart), each on 8 KiB of the
 * stack. What main returns on hart 0 is the exit value (0 = passed); the others
 * then wait for ever. A trap nobody planned is failure 100 + mcause.
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
    slli t0, a0, 13
    sub sp, sp, t0
    bnez a0, 3f
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sd zero, (t0)
    addi t0, t0, 8
    j 1b
2:  la t0, bss_is_clear
    li t1, 1
    fence rw, w
    sw t1, (t0)
    call main
    .globl guest_exit /* may be called too */
guest_exit:
    FINISH

3:  la t0, bss_is_clear
4:  lw t1, (t0)
    beqz t1, 4b
    fence r, rw
    call main
5:  wfi
    j 5b

    .balign 4
unplanned_trap:
    csrr a0, mcause
    slli a0, a0, 1 /* the interrupt bit goes */
    srli a0, a0, 1
    addi a0, a0, 100
    j guest_exit

    .data
    .balign 64
bss_is_clear:
    .word 0
    .balign 64

    TOHOST_PAGE
