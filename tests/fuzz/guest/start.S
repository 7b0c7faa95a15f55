/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz program's way in and out of the random code: every trap into M-mode
 * saves all registers, lets runtime.c note it and choose the next block, and
 * goes there. S-mode's handler only asks for M-mode.
 */
    .section .text.init, "ax"
    .globl _start
_start:
    csrr t0, mhartid /* QEMU has real AMOs only with two harts */
1:  beqz t0, 2f
    wfi
    j 1b
2:
    la sp, __stack_top
    call fuzz_start
    j resume

    .balign 4
    .globl machine_trap
machine_trap:
    csrrw sp, mscratch, sp
saved_sp:
    .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sd x\n, 8 * \n(sp)
    .endr
    csrr t0, mscratch
    sd t0, 16(sp)
    la sp, __stack_top
    call fuzz_trap
resume:
    la sp, fuzz_saved
    csrw mscratch, sp
    .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld x\n, 8 * \n(sp)
    .endr
    ld sp, 16(sp)
    mret

    .balign 4
    .globl supervisor_trap
supervisor_trap:
    ecall
    j supervisor_trap

/* Vectored mode: who came in by which vector. M-mode's go in fuzz_saved[32],
 * S-mode's show in the pc of their ecall. */
    .balign 256
    .globl machine_vectors
machine_vectors:
    .option push
    .option norvc
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    j vector_\n
    .endr
    .option pop
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
vector_\n:
    csrrw sp, mscratch, sp
    sd t0, 40(sp)
    li t0, \n
    j vector_known
    .endr
vector_known:
    sd t0, 256(sp)
    ld t0, 40(sp)
    j saved_sp

    .balign 256
    .globl supervisor_vectors
supervisor_vectors:
    .rept 17
    ecall
    .endr
    j supervisor_trap
