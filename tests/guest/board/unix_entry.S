/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The assembly of unix.c: the M-mode timer, the kernel's trap vector, the
 * trampoline page that is mapped at the same address in every space, and the
 * program that runs in U-mode.
 */
#include "tests/guest/board/unix.h"

    .text
    .balign 4
    .globl machine_timer
machine_timer: /* mscratch: three words to save in, mtimecmp, interval */
    csrrw a0, mscratch, a0
    sd a1, 0(a0)
    sd a2, 8(a0)
    sd a3, 16(a0)
    ld a1, 24(a0)
    ld a2, 32(a0)
    ld a3, (a1)
    add a3, a3, a2
    sd a3, (a1)
    li a1, 2
    csrw sip, a1 /* a software interrupt for S-mode */
    ld a3, 16(a0)
    ld a2, 8(a0)
    ld a1, 0(a0)
    csrrw a0, mscratch, a0
    mret

    .globl to_supervisor /* a0 = where to go on in S-mode */
to_supervisor:
    csrw mepc, a0
    mret

    .balign 4
    .globl kernel_vector
kernel_vector:
    addi sp, sp, -128
    sd ra, 0(sp)
    sd t0, 8(sp)
    sd t1, 16(sp)
    sd t2, 24(sp)
    sd t3, 32(sp)
    sd t4, 40(sp)
    sd t5, 48(sp)
    sd t6, 56(sp)
    sd a0, 64(sp)
    sd a1, 72(sp)
    sd a2, 80(sp)
    sd a3, 88(sp)
    sd a4, 96(sp)
    sd a5, 104(sp)
    sd a6, 112(sp)
    sd a7, 120(sp)
    call kernel_trap
    ld ra, 0(sp)
    ld t0, 8(sp)
    ld t1, 16(sp)
    ld t2, 24(sp)
    ld t3, 32(sp)
    ld t4, 40(sp)
    ld t5, 48(sp)
    ld t6, 56(sp)
    ld a0, 64(sp)
    ld a1, 72(sp)
    ld a2, 80(sp)
    ld a3, 88(sp)
    ld a4, 96(sp)
    ld a5, 104(sp)
    ld a6, 112(sp)
    ld a7, 120(sp)
    addi sp, sp, 128
    sret

    /* Registers x1 to x31 but a0 to or from the frame at a0. */
    .macro frame op
    .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    \op x\n, FRAME_X + 8 * \n(a0)
    .endr
    .endm

    .section .text.trampoline, "ax"
    .balign 4096
    .globl trampoline
trampoline:
user_vector: /* from U-mode, in the process's space */
    csrw sscratch, a0
    li a0, FRAME_AT
    frame sd
    csrr t0, sscratch
    sd t0, FRAME_X + 80(a0)
    ld sp, FRAME_STACK(a0)
    ld t0, FRAME_HANDLER(a0)
    ld t1, FRAME_SATP(a0)
    sfence.vma zero, zero
    csrw satp, t1
    sfence.vma zero, zero
    jr t0
    .globl user_return
user_return: /* a0 = satp of the process */
    sfence.vma zero, zero
    csrw satp, a0
    sfence.vma zero, zero
    li a0, FRAME_AT
    frame ld
    ld a0, FRAME_X + 80(a0)
    sret
    .balign 4096

    .section .text.process, "ax"
    .globl process_code
process_code: /* at 0 in its space; sp is the end of its stack */
    li a7, CALL_PUT
    li a0, 'U'
    ecall
    addi sp, sp, -16 /* the stack: dirties its page */
    sd a0, 8(sp)
    ld a1, 8(sp)
    bne a0, a1, wrong
    li t0, LAZY_AT /* memory that comes when it is touched */
    ld t1, 16(t0)
    bnez t1, wrong
    li t1, 0x5a5a
    sd t1, 2040(t0)
    ld t2, 2040(t0)
    bne t1, t2, wrong
    rdtime t0 /* allowed by mcounteren and scounteren */
1:  rdtime t1
    beq t0, t1, 1b
    li a7, CALL_TICKS /* timer interrupts come in here too */
    ecall
    addi s1, a0, 3
1:  li a7, CALL_TICKS
    ecall
    bltu a0, s1, 1b
    li s0, HOLE_AT
    jr s0 /* the end: no page is there */
wrong:
    li a7, CALL_FAIL
    ecall
    .balign 4096
