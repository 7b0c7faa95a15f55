# SPDX-License-Identifier: Apache-2.0
#
# From reset to C. The hart starts here in M-mode, a0 = hart, a1 = physical
# address of the boot information. M-mode gives everything away (delegation,
# counters, memory), has boot_tables() build the direct map, and returns into
# the upper half in S-mode. Next: main.c. (Priv 3.1, 3.7, 4.1)

#include "mmu/xsas.h"
#include "sim/memmap.h"

        .equ    DIRECT_MAP_SHIFT, 38
        .equ    MSTATUS_MPP_S, 1 << 11
        .equ    MSTATUS_MPP, 3 << 11

        .section .reset, "ax"
        .globl  _start
_start:
        la      t0, machine_trap
        csrw    mtvec, t0
        mv      s1, a1
        li      t0, -1                  # all memory for S and U
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, -1                  # all that can be delegated
        csrw    medeleg, t0
        li      t0, 0x222
        csrw    mideleg, t0
        li      t0, 7                   # cycle, time, instret
        csrw    mcounteren, t0
        li      t0, 5                   # STCE: stimecmp; ADUE: A and D bits
        slli    t0, t0, 61
        csrs    0x30a, t0               # menvcfg
        la      sp, boot_stack_top
        mv      a0, s1
        call    boot_tables             # a0 = satp, a1 = Xsas wanted
        beqz    a1, 1f
        csrwi   CSR_MXSAS, MXSAS_ENABLE
1:      csrw    satp, a0
        csrr    t0, satp
        srli    t0, t0, 60
        srli    t1, a0, 60
        bne     t0, t1, machine_trap    # this hart has no such mode
        sfence.vma
        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        li      t0, MSTATUS_MPP_S
        csrs    mstatus, t0
        li      t1, -1
        slli    t1, t1, DIRECT_MAP_SHIFT
        la      t0, supervisor_start
        add     t0, t0, t1
        csrw    mepc, t0
        mret

supervisor_start:
        add     sp, sp, t1
        la      t0, trap_entry
        csrw    stvec, t0
        csrw    sscratch, zero
        csrwi   scounteren, 7
        csrw    sie, zero
        la      tp, boot_thread
        mv      a0, s1
        tail    kernel_main

# Nothing traps into M-mode unless the machine lacks what we need.
        .balign 4
machine_trap:
        la      t0, machine_trap_text
        li      t1, MEM_UART
1:      lbu     t2, 0(t0)
        beqz    t2, 2f
        sb      t2, 0(t1)
        addi    t0, t0, 1
        j       1b
2:      li      t1, MEM_FINISHER
        li      t0, 0x13333
        sw      t0, 0(t1)
3:      wfi
        j       3b

        .section .rodata
machine_trap_text:
        .asciz  "kernel panic: trap in M-mode (Sv mode, Sstc or Xsas missing?)\n"

        .section .bss
        .balign 16
        .space  4096
boot_stack_top:
