/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a bare-metal program ends: the value of tohost goes to whoever watches
 * that symbol (1 = passed, n << 1 | 1 = failure n); for a board on which
 * nobody does, the test finisher gets the same message and powers off.
 */
#pragma once

#define FINISHER      0x100000
#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x3333

#ifdef __ASSEMBLER__
/* a0 = 0: passed, else number of the failure. Does not return. */
.macro finish la t0, tohost slli t1, a0, 1 ori t1, t1, 1 sd t1,
    (t0)li t0, FINISHER li t1, FINISHER_PASS beqz a0, 1f slli t1, a0,
    16 li t2, FINISHER_FAIL or t1, t1, t2 1 : sw t1,
                                              (t0)2
    : j 2b.endm

          .macro tohost_page.section.tohost,
                                              "aw".balign
                                              64.globl tohost tohost
    :.dword 0.balign 64.globl fromhost fromhost :.dword 0.text.endm
#endif
