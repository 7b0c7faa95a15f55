# SPDX-License-Identifier: Apache-2.0
#
# Into the kernel and out of it. In U-mode sscratch holds the current thread,
# in S-mode 0. All user registers go to the thread's frame; the kernel stack
# starts empty at each entry. Each phase is a section of its own, so that the
# ledger can tell what the cycles were for. (Priv 4.1.2, 12.1)

#include "os/kernel/offsets.h"

        .equ    CAUSE_ECALL_U, 8
        .equ    SYSCALL_LIMIT, 64
        .equ    SSTATUS_SUM, 0x40000

# ---- trap: the vector -----------------------------------------------------
        .section .text.phase.trap, "ax"
        .globl  trap_entry, trap_entry_kernel
        .balign 4
trap_entry:
        csrrw   tp, sscratch, tp
        beqz    tp, 1f
        sd      t0, 8*5(tp)
        sd      t1, 8*6(tp)
        csrr    t0, scause
        j       trap_save

# From S-mode: an access to user memory by user_copy, or a bug of ours. The
# kernel stack goes on below what is in use.
1:      csrrw   tp, sscratch, tp        # swap back: tp = thread, sscratch = 0
trap_entry_kernel:
        addi    sp, sp, -128
        sd      ra, 0(sp)
        sd      t0, 8(sp)
        sd      t1, 16(sp)
        sd      t2, 24(sp)
        sd      a0, 32(sp)
        sd      a1, 40(sp)
        sd      a2, 48(sp)
        sd      a3, 56(sp)
        sd      a4, 64(sp)
        sd      a5, 72(sp)
        sd      a6, 80(sp)
        sd      a7, 88(sp)
        sd      t3, 96(sp)
        sd      t4, 104(sp)
        sd      t5, 112(sp)
        sd      t6, 120(sp)
        csrr    a0, scause
        csrr    a1, sepc
        csrr    a2, stval
        mv      a3, sp
        call    fault_in_kernel         # a0 = where to go on
        csrw    sepc, a0
        ld      ra, 0(sp)
        ld      t0, 8(sp)
        ld      t1, 16(sp)
        ld      t2, 24(sp)
        ld      a0, 32(sp)
        ld      a1, 40(sp)
        ld      a2, 48(sp)
        ld      a3, 56(sp)
        ld      a4, 64(sp)
        ld      a5, 72(sp)
        ld      a6, 80(sp)
        ld      a7, 88(sp)
        ld      t3, 96(sp)
        ld      t4, 104(sp)
        ld      t5, 112(sp)
        ld      t6, 120(sp)
        addi    sp, sp, 128
        sret

# ---- save: user registers into the frame ----------------------------------
# tp = thread, t0 = scause; t0 and t1 are saved, sscratch = user tp.
        .section .text.phase.save, "ax"
        .globl  trap_save
trap_save:
        sd      ra, 8*1(tp)
        sd      sp, 8*2(tp)
        sd      gp, 8*3(tp)
        sd      t2, 8*7(tp)
        sd      s0, 8*8(tp)
        sd      s1, 8*9(tp)
        sd      a0, 8*10(tp)
        sd      a1, 8*11(tp)
        sd      a2, 8*12(tp)
        sd      a3, 8*13(tp)
        sd      a4, 8*14(tp)
        sd      a5, 8*15(tp)
        sd      a6, 8*16(tp)
        sd      a7, 8*17(tp)
        sd      s2, 8*18(tp)
        sd      s3, 8*19(tp)
        sd      s4, 8*20(tp)
        sd      s5, 8*21(tp)
        sd      s6, 8*22(tp)
        sd      s7, 8*23(tp)
        sd      s8, 8*24(tp)
        sd      s9, 8*25(tp)
        sd      s10, 8*26(tp)
        sd      s11, 8*27(tp)
        sd      t3, 8*28(tp)
        sd      t4, 8*29(tp)
        sd      t5, 8*30(tp)
        sd      t6, 8*31(tp)
        csrrw   t1, sscratch, zero
        sd      t1, 8*4(tp)
        csrr    t2, sepc
        sd      t2, THREAD_PC(tp)
        ld      sp, THREAD_STACK_TOP(tp)
        li      t1, CAUSE_ECALL_U
        beq     t0, t1, syscall_entry
        j       trap_other

# ---- entry: which part of the kernel is it for ----------------------------
        .section .entry, "ax"
syscall_entry:
        addi    t2, t2, 4
        sd      t2, THREAD_PC(tp)
        li      t1, SYSCALL_LIMIT
        bgeu    a7, t1, 1f
        la      t0, syscall_table
        slli    a7, a7, 3
        add     t0, t0, a7
        ld      t0, 0(t0)
        jalr    t0
2:      sd      a0, 8*10(tp)
        j       user_return
1:      call    syscall_unknown
        j       2b

trap_other:
        mv      a0, t0
        csrr    a1, stval
        call    trap_user
        j       user_return

# ---- restore: out of the kernel -------------------------------------------
        .section .text.phase.restore, "ax"
        .globl  user_return, user_resume
# void user_resume(void): the current thread goes on in U-mode with its frame.
user_resume:
user_return:
        ld      t0, THREAD_PC(tp)
        csrw    sscratch, tp
        csrw    sepc, t0
        ld      ra, 8*1(tp)
        ld      sp, 8*2(tp)
        ld      gp, 8*3(tp)
        ld      t0, 8*5(tp)
        ld      t1, 8*6(tp)
        ld      t2, 8*7(tp)
        ld      s0, 8*8(tp)
        ld      s1, 8*9(tp)
        ld      a0, 8*10(tp)
        ld      a1, 8*11(tp)
        ld      a2, 8*12(tp)
        ld      a3, 8*13(tp)
        ld      a4, 8*14(tp)
        ld      a5, 8*15(tp)
        ld      a6, 8*16(tp)
        ld      a7, 8*17(tp)
        ld      s2, 8*18(tp)
        ld      s3, 8*19(tp)
        ld      s4, 8*20(tp)
        ld      s5, 8*21(tp)
        ld      s6, 8*22(tp)
        ld      s7, 8*23(tp)
        ld      s8, 8*24(tp)
        ld      s9, 8*25(tp)
        ld      s10, 8*26(tp)
        ld      s11, 8*27(tp)
        ld      t3, 8*28(tp)
        ld      t4, 8*29(tp)
        ld      t5, 8*30(tp)
        ld      t6, 8*31(tp)
        ld      tp, 8*4(tp)
        sret

# ---- switch: from one kernel stack to another -----------------------------
        .section .text.phase.switch, "ax"
        .globl  thread_switch, thread_resume
# void thread_switch(struct thread *to): current = to; returns when someone
# switches back. The store-conditional ends a reservation of the old thread.
thread_switch:
        sd      ra, THREAD_CONTEXT+0(tp)
        sd      sp, THREAD_CONTEXT+8(tp)
        sd      s0, THREAD_CONTEXT+16(tp)
        sd      s1, THREAD_CONTEXT+24(tp)
        sd      s2, THREAD_CONTEXT+32(tp)
        sd      s3, THREAD_CONTEXT+40(tp)
        sd      s4, THREAD_CONTEXT+48(tp)
        sd      s5, THREAD_CONTEXT+56(tp)
        sd      s6, THREAD_CONTEXT+64(tp)
        sd      s7, THREAD_CONTEXT+72(tp)
        sd      s8, THREAD_CONTEXT+80(tp)
        sd      s9, THREAD_CONTEXT+88(tp)
        sd      s10, THREAD_CONTEXT+96(tp)
        sd      s11, THREAD_CONTEXT+104(tp)
# void thread_resume(struct thread *to): as above, but never comes back.
thread_resume:
        mv      tp, a0
        addi    t0, tp, THREAD_SCRATCH
        sc.d    zero, zero, (t0)
        ld      ra, THREAD_CONTEXT+0(tp)
        ld      sp, THREAD_CONTEXT+8(tp)
        ld      s0, THREAD_CONTEXT+16(tp)
        ld      s1, THREAD_CONTEXT+24(tp)
        ld      s2, THREAD_CONTEXT+32(tp)
        ld      s3, THREAD_CONTEXT+40(tp)
        ld      s4, THREAD_CONTEXT+48(tp)
        ld      s5, THREAD_CONTEXT+56(tp)
        ld      s6, THREAD_CONTEXT+64(tp)
        ld      s7, THREAD_CONTEXT+72(tp)
        ld      s8, THREAD_CONTEXT+80(tp)
        ld      s9, THREAD_CONTEXT+88(tp)
        ld      s10, THREAD_CONTEXT+96(tp)
        ld      s11, THREAD_CONTEXT+104(tp)
        ret

# ---- user memory ----------------------------------------------------------
# bool user_copy(void *to, const void *from, uint64_t bytes): one side is user
# memory, read or written with the rights of the current domain (sstatus.SUM).
# A refused access continues at user_copy_failed (fault_in_kernel).
        .section .text.user_copy, "ax"
        .globl  user_copy, user_copy_start, user_copy_end, user_copy_failed
user_copy:
        li      t0, SSTATUS_SUM
        csrs    sstatus, t0
user_copy_start:
        or      t1, a0, a1
        andi    t1, t1, 7
        bnez    t1, 3f
        addi    a2, a2, -32
        bltz    a2, 2f
1:      ld      t1, 0(a1)
        ld      t2, 8(a1)
        ld      t3, 16(a1)
        ld      t4, 24(a1)
        sd      t1, 0(a0)
        sd      t2, 8(a0)
        sd      t3, 16(a0)
        sd      t4, 24(a0)
        addi    a0, a0, 32
        addi    a1, a1, 32
        addi    a2, a2, -32
        bgez    a2, 1b
2:      addi    a2, a2, 24
        bltz    a2, 5f
4:      ld      t1, 0(a1)
        sd      t1, 0(a0)
        addi    a0, a0, 8
        addi    a1, a1, 8
        addi    a2, a2, -8
        bgez    a2, 4b
5:      addi    a2, a2, 8
3:      beqz    a2, 7f
6:      lbu     t1, 0(a1)
        sb      t1, 0(a0)
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        bnez    a2, 6b
7:
user_copy_end:
        csrc    sstatus, t0
        li      a0, 1
        ret
user_copy_failed:
        csrc    sstatus, t0
        li      a0, 0
        ret
