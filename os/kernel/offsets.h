/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where assembly finds fields of struct thread and struct domain; thread.c
 * asserts each of them.
 */
#pragma once

/* struct thread: x1..x31 at 8 * n, the pc in the slot of x0 */
#define THREAD_PC        0
#define THREAD_STACK_TOP 256
#define THREAD_DOMAIN    264
#define THREAD_SCRATCH   272
#define THREAD_CONTEXT   304

/* struct domain */
#define DOMAIN_ID     0
#define DOMAIN_RANGES 8
