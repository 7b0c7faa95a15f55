/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stub of a scripted thread: asks the kernel for the next operation of its
 * Lua function (op in a0, arguments in a1..a4), performs it for real, and
 * reports the result with the next question. Everything between
 * script_fetch_start and script_fetch_end is fetching and goes to the account
 * `script`; the operations themselves, and the jump back, lie behind it. The
 * numbers below are those of enum script_op (os/abi/abi.h).
 *
 * s0 = result of the last operation. An access that faults is an ordinary
 * fault of the domain.
 */
#include "os/user/numbers.h"

    .text
    .globl main
main:
    li   s0, 0

    .globl script_fetch_start
script_fetch_start:
fetch:
    mv   a0, s0
    li   a7, SYS_script_next
    ecall
    mv   t0, a0
    mv   a0, a1
    mv   t2, a2
    li   t1, SCRIPT_LOAD
    beq  t0, t1, choose_load
    li   t1, SCRIPT_STORE
    beq  t0, t1, choose_store
    li   t1, SCRIPT_CALL
    beq  t0, t1, choose_call
    li   t1, SCRIPT_JUMP
    beq  t0, t1, choose_jump
    li   t1, SCRIPT_WAIT
    bne  t0, t1, perform_exit
    li   a7, SYS_yield
    ecall
    j    fetch
choose_load:
    li   t1, 8
    beq  t2, t1, perform_load8
    li   t1, 4
    beq  t2, t1, perform_load4
    li   t1, 2
    beq  t2, t1, perform_load2
    j    perform_load1
choose_store:
    li   t1, 8
    beq  t2, t1, perform_store8
    li   t1, 4
    beq  t2, t1, perform_store4
    li   t1, 2
    beq  t2, t1, perform_store2
    j    perform_store1
choose_call:
    mv   a7, a0
    mv   a0, a2
    mv   a1, a3
    mv   a2, a4
    li   a3, 0
    li   a4, 0
    li   a5, 0
    j    perform_call
choose_jump:
    mv   t0, a0
    mv   a0, a2
    mv   a1, a3
    j    perform_jump
    .globl script_fetch_end
script_fetch_end:

perform_load8:
    ld   s0, 0(a0)
    j    fetch
perform_load4:
    lwu  s0, 0(a0)
    j    fetch
perform_load2:
    lhu  s0, 0(a0)
    j    fetch
perform_load1:
    lbu  s0, 0(a0)
    j    fetch
perform_store8:
    sd   a3, 0(a0)
    j    fetch
perform_store4:
    sw   a3, 0(a0)
    j    fetch
perform_store2:
    sh   a3, 0(a0)
    j    fetch
perform_store1:
    sb   a3, 0(a0)
    j    fetch
perform_call:
    ecall
    mv   s0, a0
    j    fetch
perform_jump:
    jalr t0
    mv   s0, a0
    j    fetch
perform_exit:
    li   a7, SYS_thread_exit
    ecall
