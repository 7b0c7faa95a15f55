/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a bare-metal program ends: the value of tohost goes to whoever watches
 * that symbol (1 = passed, n << 1 | 1 = failure n); for a board on which
 * nobody does, the test finisher gets the same message and powers off.
 */
/* clang-format off */
#pragma once

#define FINISHER      0x100000
#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x3333

/* Assembly: a0 = 0 passed, else number of the failure. Does not return. */
#define FINISH                                                                 \
    la t0, tohost;                                                             \
    slli t1, a0, 1;                                                            \
    ori t1, t1, 1;                                                             \
    sd t1, (t0);                                                               \
    li t0, FINISHER;                                                           \
    li t1, FINISHER_PASS;                                                      \
    beqz a0, 68f;                                                              \
    slli t1, a0, 16;                                                           \
    li t2, FINISHER_FAIL;                                                      \
    or t1, t1, t2;                                                             \
    68 : sw t1, (t0);                                                          \
    69 : j 69b

#define TOHOST_PAGE                                                            \
    .section .tohost, "aw";                                                     \
    .balign 64;                                                                \
    .globl tohost;                                                             \
tohost:                                                                        \
    .dword 0;                                                                  \
    .balign 64;                                                                \
    .globl fromhost;                                                           \
fromhost:                                                                      \
    .dword 0;                                                                  \
    .text
