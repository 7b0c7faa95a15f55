/* SPDX-License-Identifier: Apache-2.0 */
/* What unix.c and unix_entry.S share: addresses of a process's space, its
 * system calls, the frame its registers are saved in. */
#pragma once

#define TRAMPOLINE_AT 0x3ffffff000
#define FRAME_AT      0x3fffffe000
#define STACK_AT      0x2000
#define LAZY_AT       0x400000
#define HOLE_AT       0x800000

#define CALL_PUT      1 /* a0 = a letter for the console */
#define CALL_TICKS    2 /* timer interrupts so far, of the slower timer */
#define CALL_FAIL     3

/* struct frame */
#define FRAME_STACK   0
#define FRAME_HANDLER 8
#define FRAME_SATP    16
#define FRAME_PC      24
#define FRAME_X       32
