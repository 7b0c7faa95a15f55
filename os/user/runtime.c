/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the assembly's numbers (numbers.h) and the contract (os/abi) in step;
 * no code of its own.
 */
#include "os/abi/abi.h"

/* The contract's values, before numbers.h hides their names. */
enum {
    IS_YIELD = SYS_yield,
    IS_THREAD_EXIT = SYS_thread_exit,
    IS_SCRIPT_NEXT = SYS_script_next,
    IS_LOAD = SCRIPT_LOAD,
    IS_STORE = SCRIPT_STORE,
    IS_CALL = SCRIPT_CALL,
    IS_JUMP = SCRIPT_JUMP,
    IS_WAIT = SCRIPT_WAIT
};

#include "os/user/numbers.h"

#define AGREE(a, b) _Static_assert((int)(a) == (int)(b), "numbers.h is wrong")

AGREE(SYS_yield, IS_YIELD);
AGREE(SYS_thread_exit, IS_THREAD_EXIT);
AGREE(SYS_script_next, IS_SCRIPT_NEXT);
AGREE(SCRIPT_LOAD, IS_LOAD);
AGREE(SCRIPT_STORE, IS_STORE);
AGREE(SCRIPT_CALL, IS_CALL);
AGREE(SCRIPT_JUMP, IS_JUMP);
AGREE(SCRIPT_WAIT, IS_WAIT);
