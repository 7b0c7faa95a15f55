/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of bare-metal C programs, in M-mode. Hart 0 clears .bss, sets up the
 * stack, opens PMP, and calls main; what main returns is the exit value (0 =
 * passed). Then other harts call other_main, on stacks of 8 KiB below that of
 * hart 0; without one they sleep. A trap nobody planned is failure 100 + mcause.
 *
 * With USER_MODE, main runs in U-mode under Sv39: RAM in 2 MiB pages at its own
 * addresses. With RPLB too, the protection unit of Xsas decides what domain 1
 * may do, by ranges it refills from a tree: devices, code, data, stack.
 */
#include "mmu/xsas.h"
#include "tests/guest/lib/tohost.h"

#define PTE_V         0x01
#define PTE_USER_PAGE 0xdf /* D A U X W R V */
#define PAGE_BYTES    0x200000
#define RAM_PAGES     64

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
    csrr t0, mhartid
    bnez t0, other_hart
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sd zero, (t0)
    addi t0, t0, 8
    j 1b
2:  la t0, started
    fence rw, rw
    sd sp, (t0)
#ifdef USER_MODE
    la t0, ram_pages
    li t1, 0x80000000 >> 2 | PTE_USER_PAGE
    li t2, RAM_PAGES
3:  sd t1, (t0)
    addi t0, t0, 8
    li t3, PAGE_BYTES >> 2
    add t1, t1, t3
    addi t2, t2, -1
    bnez t2, 3b
    la t0, root
    li t1, PTE_USER_PAGE /* the first gigabyte: devices */
    sd t1, (t0)
    la t1, ram_pages
    srli t1, t1, 2
    ori t1, t1, PTE_V
    sd t1, 16(t0)
    srli t0, t0, 12
    li t1, 8 << 60 /* Sv39 */
    or t0, t0, t1
    csrw satp, t0
    sfence.vma
#ifdef RPLB
    csrwi CSR_MXSAS, MXSAS_ENABLE
    la t0, trees
    ori t0, t0, 1 /* two of them */
    csrw CSR_SRTABLE, t0
    csrwi CSR_SDOMAIN, 1
    li t0, SPROT_RPLB | SPROT_HWREFILL
    csrw CSR_SPROT, t0
#endif
    li t0, 3 << 11 /* mstatus.MPP = U */
    csrc mstatus, t0
    la t0, 4f
    csrw mepc, t0
    mret
4:
#endif
    call main
    .globl guest_exit /* may be called too */
guest_exit:
    FINISH

other_hart: /* t0 = which */
    slli t0, t0, 13
    sub sp, sp, t0
    la t0, started
1:  ld t1, (t0)
    beqz t1, 1b
    fence rw, rw
    call other_main
    .weak other_main
other_main:
    wfi
    j other_main

    .balign 4
unplanned_trap:
    csrr a0, mcause
    slli a0, a0, 1 /* the interrupt bit goes */
    srli a0, a0, 1
    addi a0, a0, 100
    j guest_exit

    TOHOST_PAGE

    .data
    .balign 8
started: /* by hart 0; not in .bss, which it clears */
    .dword 0

#ifdef USER_MODE
    .bss
    .balign 4096
root:
    .skip 4096
ram_pages:
    .skip 4096
#ifdef RPLB
    /* A node: base, limit, left child | rights, right child (docs/isa.md 5) */
    .data
    .balign 4096
trees:
    .dword 0, data
    .balign 32
data:
    .dword __data_start, __bss_end, code + RIGHT_R + RIGHT_W, stack
code:
    .dword _start, __text_end, devices + RIGHT_R + RIGHT_X, 0
devices:
    .dword 0x100000, 0x20000000, RIGHT_R + RIGHT_W, 0
stack:
    .dword __bss_end, __stack_top, RIGHT_R + RIGHT_W, 0
#endif
#endif
