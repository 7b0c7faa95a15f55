/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls as functions: sys_NAME(...) for each row of
 * os/abi/syscall.def, result >= 0 or -ERR_*. Number in a7, arguments in a0..a4,
 * result in a0. As with a function call, the registers that a callee may change
 * are taken as lost (portal_call really clears them, so that nothing leaks
 * between domains). Included by opalite.h.
 */
#pragma once

#include <stdint.h>

#include "os/abi/abi.h"

/* What no argument was in. */
#define CALL_LOST "memory", "a5", "a6", "t0", "t1", "t2", "t3", "t4", "t5", "t6"

static inline int64_t call_0(uint64_t number)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0");

    __asm__ volatile("ecall"
                     : "=r"(a0), "+r"(a7)
                     :
                     : "a1", "a2", "a3", "a4", CALL_LOST);
    return (int64_t)a0;
}

static inline int64_t call_1(uint64_t number, uint64_t arg0)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = arg0;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a7)
                     :
                     : "a1", "a2", "a3", "a4", CALL_LOST);
    return (int64_t)a0;
}

static inline int64_t call_2(uint64_t number, uint64_t arg0, uint64_t arg1)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a7)
                     :
                     : "a2", "a3", "a4", CALL_LOST);
    return (int64_t)a0;
}

static inline int64_t call_3(uint64_t number, uint64_t arg0, uint64_t arg1,
                             uint64_t arg2)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a7)
                     :
                     : "a3", "a4", CALL_LOST);
    return (int64_t)a0;
}

static inline int64_t call_4(uint64_t number, uint64_t arg0, uint64_t arg1,
                             uint64_t arg2, uint64_t arg3)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a3 __asm__("a3") = arg3;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a7)
                     :
                     : "a4", CALL_LOST);
    return (int64_t)a0;
}

static inline int64_t call_5(uint64_t number, uint64_t arg0, uint64_t arg1,
                             uint64_t arg2, uint64_t arg3, uint64_t arg4)
{
    register uint64_t a7 __asm__("a7") = number;
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a3 __asm__("a3") = arg3;
    register uint64_t a4 __asm__("a4") = arg4;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
                       "+r"(a7)
                     :
                     : CALL_LOST);
    return (int64_t)a0;
}

#define CALL_0(number, name)                                                   \
    static inline int64_t sys_##name(void)                                     \
    {                                                                          \
        return call_0(number);                                                 \
    }
#define CALL_1(number, name)                                                   \
    static inline int64_t sys_##name(uint64_t a)                               \
    {                                                                          \
        return call_1(number, a);                                              \
    }
#define CALL_2(number, name)                                                   \
    static inline int64_t sys_##name(uint64_t a, uint64_t b)                   \
    {                                                                          \
        return call_2(number, a, b);                                           \
    }
#define CALL_3(number, name)                                                   \
    static inline int64_t sys_##name(uint64_t a, uint64_t b, uint64_t c)       \
    {                                                                          \
        return call_3(number, a, b, c);                                        \
    }
#define CALL_4(number, name)                                                   \
    static inline int64_t sys_##name(uint64_t a, uint64_t b, uint64_t c,       \
                                     uint64_t d)                               \
    {                                                                          \
        return call_4(number, a, b, c, d);                                     \
    }
#define CALL_5(number, name)                                                   \
    static inline int64_t sys_##name(uint64_t a, uint64_t b, uint64_t c,       \
                                     uint64_t d, uint64_t e)                   \
    {                                                                          \
        return call_5(number, a, b, c, d, e);                                  \
    }

/* script_next returns its operation's arguments in a1..a4, which only script.S
 * can see. */
#define SYSCALL(number, name, arguments, doc) CALL_##arguments(number, name)
#include "os/abi/syscall.def"
#undef SYSCALL
