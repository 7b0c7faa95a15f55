/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few numbers that assembly needs, which cannot read an enum. runtime.c
 * asserts that they agree with os/abi.
 */
#pragma once

#define SYS_yield       1
#define SYS_thread_exit 2
#define SYS_script_next 63

#define SCRIPT_LOAD     1
#define SCRIPT_STORE    2
#define SCRIPT_CALL     3
#define SCRIPT_JUMP     4
#define SCRIPT_WAIT     5
