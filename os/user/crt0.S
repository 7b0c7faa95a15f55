/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a program's first thread begins. The kernel has set sp, tp (the
 * domain's private statics), a0 and a1; what main returns is the thread's exit
 * value. There is nothing to clear or copy: the kernel made the statics. A
 * plain program (os/user/plain.ld) reaches its statics through gp instead.
 */
#include "os/user/numbers.h"

    .section .text.start, "ax", @progbits
    .globl _start
_start:
#ifdef PLAIN
    .option push
    .option norelax
    la   gp, __global_pointer$
    .option pop
#endif
    call main
    li   a7, SYS_thread_exit
    ecall
    ebreak
