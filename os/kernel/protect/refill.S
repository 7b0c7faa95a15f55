# SPDX-License-Identifier: Apache-2.0
#
# Software refill of the RPLB: the trap vector when the rplb protection runs
# without hardware refill. A miss (causes 24..26) searches the current domain's
# range tree and fills the entry with four registers saved; everything else goes
# on to the common path in trap.S. The entry is filled whatever its rights: the
# retried access then faults if they do not suffice.

#include "mmu/xsas.h"
#include "os/kernel/offsets.h"

# Searches for stval from domain.ranges; t0..t3 are free. Falls through when
# the entry is in; jumps to \none when there is no range.
        .macro  REFILL none
        ld      t1, THREAD_DOMAIN(tp)
        csrr    t0, stval
        ld      t1, DOMAIN_RANGES(t1)
        li      t3, -1
        slli    t3, t3, 38              # DIRECT_MAP
        beqz    t1, \none
1:      add     t1, t1, t3
        ld      t2, RANGE_NODE_BASE(t1)
        bltu    t0, t2, 2f
        ld      t2, RANGE_NODE_LIMIT(t1)
        bltu    t0, t2, 3f
        ld      t1, RANGE_NODE_RIGHT(t1)
        bnez    t1, 1b
        j       \none
2:      ld      t1, RANGE_NODE_LEFT(t1)
        andi    t1, t1, -32             # rights off
        bnez    t1, 1b
        j       \none
3:      ld      t0, RANGE_NODE_BASE(t1)
        csrw    CSR_SRLIMIT, t2
        ld      t1, RANGE_NODE_LEFT(t1)
        csrw    CSR_SRBASE, t0
        csrr    t2, CSR_SDOMAIN
        csrr    t0, scause
        andi    t1, t1, RIGHT_MASK
        slli    t2, t2, RPLB_DOMAIN_SHIFT
        or      t1, t1, t2
        addi    t0, t0, -CAUSE_RPLB_MISS_FETCH
        ori     t1, t1, RPLB_FILL_D
        bnez    t0, 4f
        xori    t1, t1, RPLB_FILL_D | RPLB_FILL_I
4:      .insn r OPCODE_CUSTOM0, 0, FUNCT7_RPLB_FILL, x0, t1, x0
        .endm

        .section .text.phase.trap, "ax"
        .globl  refill_entry
        .balign 4
refill_entry:
        csrrw   tp, sscratch, tp
        beqz    tp, 1f
        sd      t0, 8*5(tp)
        sd      t1, 8*6(tp)
        csrr    t0, scause
        addi    t1, t0, -CAUSE_RPLB_MISS_FETCH
        sltiu   t1, t1, 3
        bnez    t1, 2f
        j       trap_save
1:      j       refill_kernel
2:      j       refill_user

        .section .text.phase.refill, "ax"
refill_user:
        sd      t2, 8*7(tp)
        sd      t3, 8*28(tp)
        REFILL  refill_none
        ld      t0, 8*5(tp)
        ld      t1, 8*6(tp)
        ld      t2, 8*7(tp)
        ld      t3, 8*28(tp)
        csrrw   tp, sscratch, tp
        sret
refill_none:
        ld      t2, 8*7(tp)
        ld      t3, 8*28(tp)
        csrr    t0, scause
        j       trap_save

# The kernel copies from or to user memory: registers go to thread.scratch,
# for the frame holds the user's.
refill_kernel:
        csrrw   tp, sscratch, tp
        sd      t0, THREAD_SCRATCH+0(tp)
        sd      t1, THREAD_SCRATCH+8(tp)
        csrr    t0, scause
        addi    t0, t0, -CAUSE_RPLB_MISS_FETCH
        sltiu   t0, t0, 3
        beqz    t0, refill_kernel_other
        sd      t2, THREAD_SCRATCH+16(tp)
        sd      t3, THREAD_SCRATCH+24(tp)
        REFILL  refill_kernel_none
        ld      t0, THREAD_SCRATCH+0(tp)
        ld      t1, THREAD_SCRATCH+8(tp)
        ld      t2, THREAD_SCRATCH+16(tp)
        ld      t3, THREAD_SCRATCH+24(tp)
        sret
refill_kernel_none:
        ld      t2, THREAD_SCRATCH+16(tp)
        ld      t3, THREAD_SCRATCH+24(tp)
refill_kernel_other:
        ld      t0, THREAD_SCRATCH+0(tp)
        ld      t1, THREAD_SCRATCH+8(tp)
        j       trap_entry_kernel
