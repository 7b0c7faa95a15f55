/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's physical memory map (that of the `virt` board, so that software
 * written for it runs) and the registers of the scenario mailbox. Only
 * #defines: the guest kernel includes this file too.
 */
#pragma once

#define MEM_ROM 0x00001000 /* reset vector */
/* 0x5555 = off, 0x7777 = reset, 0x3333 | code << 16 = failure */
#define MEM_FINISHER 0x00100000
#define MEM_RTC      0x00101000 /* Goldfish RTC */
#define MEM_CLINT    0x02000000 /* msip, +0x4000 mtimecmp, +0xbff8 mtime */
#define MEM_PLIC     0x0c000000
#define MEM_UART     0x10000000 /* 16550 */
#define MEM_VIRTIO   0x10001000 /* 8 x 0x1000 */
#define MEM_MAILBOX  0x10100000 /* scenario mailbox, S-mode and above */
#define MEM_RAM      0x80000000

/* Lines of the PLIC. */
#define IRQ_VIRTIO 1 /* 1 to 8 */
#define IRQ_UART   10
#define IRQ_RTC    11

/*
 * The scenario mailbox. The host posts one request at a time (op = a system
 * call number of os/abi/syscall.def); the device raises the S-mode external
 * interrupt; a kernel thread reads op and arguments, performs the call, writes
 * RESULT, then DONE, which takes the interrupt back. All registers are 8 bytes
 * wide and are accessed as such.
 * The second half serves scripted threads: the kernel writes SCRIPT_THREAD and
 * SCRIPT_RESULT, then SCRIPT_NEXT; the host answers before the next instruction
 * and SCRIPT_OP.. hold the operation to perform.
 */
#define MAILBOX_MAGIC         0x000 /* reads 0x4f50414c49544531 "OPALITE1" */
#define MAILBOX_STATUS        0x008 /* 1 = a request waits */
#define MAILBOX_OP            0x010
#define MAILBOX_ARG           0x018 /* six arguments, 0x018 .. 0x047 */
#define MAILBOX_RESULT        0x048
#define MAILBOX_DONE          0x050 /* any write: request finished */
#define MAILBOX_SCRIPT_THREAD 0x080 /* thread id asking */
#define MAILBOX_SCRIPT_RESULT 0x088 /* value of the last operation */
#define MAILBOX_SCRIPT_NEXT   0x098 /* any write: give me the next one */
#define MAILBOX_SCRIPT_OP     0x0a0 /* enum script_op of os/abi/abi.h */
#define MAILBOX_SCRIPT_ARG    0x0a8 /* four arguments, 0x0a8 .. 0x0c7 */
#define MAILBOX_WINDOW        0x800 /* 2 KiB of data: names, argument strings */
#define MAILBOX_SIZE          0x1000
#define MAILBOX_MAGIC_VALUE   0x4f50414c49544531
