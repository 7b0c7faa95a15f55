/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries for portals, to try out what a portal call promises and what happens
 * when it goes wrong. A scenario makes portals of them by name
 * ("portal_lab.elf:lab_sum"); starting the program first gives the domain its
 * text and statics.
 *
 * main(portal, 0): 0 = does nothing; else calls the portal with all registers
 * filled and returns a bit for each that came back wrong.
 */
#include "os/user/opalite.h"

PRIVATE uint64_t calls;

#define ENTRY __attribute__((noreturn, used, retain)) void

__attribute__((noreturn)) static void give_back(uint64_t result)
{
    sys_portal_return(result);
    __builtin_unreachable();
}

/* The sum of its arguments. */
ENTRY lab_sum(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    give_back(a + b + c + d);
}

/* Who called. */
ENTRY lab_caller(uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                 uint64_t caller)
{
    (void)a, (void)b, (void)c, (void)d;
    give_back(caller);
}

/* In which domain it runs. */
ENTRY lab_self(void)
{
    give_back((uint64_t)sys_self() >> 32);
}

/* How often it was called: a private static of the callee. */
ENTRY lab_count(void)
{
    give_back(++calls);
}

/* The word at an address, read with the callee's rights. */
ENTRY lab_load(const uint64_t *at)
{
    give_back(load_word(at));
}

/* Ends the thread, it thinks. */
ENTRY lab_exit(void)
{
    sys_thread_exit(5);
    __builtin_unreachable();
}

/* Waits for a semaphore, then gives `value` back. */
ENTRY lab_wait(uint64_t semaphore, uint64_t value)
{
    int64_t error = sys_semaphore_wait(semaphore);

    give_back(error < 0 ? (uint64_t)error : value);
}

/* Calls on through another portal; its result + 1000, or its error. */
ENTRY lab_nest(uint64_t portal, uint64_t a, uint64_t b)
{
    int64_t result = sys_portal_call(portal, a, b, 0, 0);

    give_back((uint64_t)(result < 0 ? result : result + 1000));
}

/* Ends its own domain while the caller is inside. */
ENTRY lab_destroy(void)
{
    sys_domain_destroy((uint64_t)sys_self() >> 32);
    give_back(77);
}

/* The registers it was started with that no argument explains, or'ed. */
__attribute__((naked, used, retain)) void lab_registers(void)
{
    __asm__ volatile("or   a0, a5, a6\n"
                     "or   a0, a0, a7\n"
                     "or   a0, a0, ra\n"
                     "or   a0, a0, gp\n"
                     "or   a0, a0, t0\n"
                     "or   a0, a0, t1\n"
                     "or   a0, a0, t2\n"
                     "or   a0, a0, t3\n"
                     "or   a0, a0, t4\n"
                     "or   a0, a0, t5\n"
                     "or   a0, a0, t6\n"
                     "or   a0, a0, s0\n"
                     "or   a0, a0, s1\n"
                     "or   a0, a0, s2\n"
                     "or   a0, a0, s3\n"
                     "or   a0, a0, s4\n"
                     "or   a0, a0, s5\n"
                     "or   a0, a0, s6\n"
                     "or   a0, a0, s7\n"
                     "or   a0, a0, s8\n"
                     "or   a0, a0, s9\n"
                     "or   a0, a0, s10\n"
                     "or   a0, a0, s11\n"
                     "li   a7, 34\n" /* portal_return */
                     "ecall");
}

/* Leaves a value in every register it may change, and its callee-saved ones. */
__attribute__((naked, used, retain)) void lab_dirty(void)
{
    __asm__ volatile(
        ".irp r, t0, t1, t2, t3, t4, t5, t6, a1, a2, a3, a4, a5, a6\n"
        "li   \\r, 77\n"
        ".endr\n"
        ".irp r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, ra, gp\n"
        "li   \\r, 78\n"
        ".endr\n"
        "li   a7, 34\n" /* portal_return */
        "ecall");
}

/*
 * Calls a portal with n in s<n> and in the other registers; returns a bit for
 * each register that came back wrong: s0..s11 must be kept (bits 0..11), the
 * others cleared (bit 12: one of them was not).
 */
__attribute__((naked)) static uint64_t call_with_registers_full(uint64_t portal)
{
    (void)portal;
    __asm__ volatile(
        "addi sp, sp, -112\n"
        "sd   ra, 0(sp)\n"
        ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"
        "sd   s\\n, 8+8*\\n(sp)\n"
        "li   s\\n, 100+\\n\n"
        ".endr\n"
        ".irp r, t0, t1, t2, t3, t4, t5, t6, a1, a2, a3, a4, a5, a6\n"
        "li   \\r, 55\n"
        ".endr\n"
        "li   a7, 33\n" /* portal_call */
        "ecall\n"
        "or   t0, t0, t1\n"
        ".irp r, t2, t3, t4, t5, t6, a1, a2, a3, a4, a5, a6, a7\n"
        "or   t0, t0, \\r\n"
        ".endr\n"
        "snez t0, t0\n"
        "slli a0, t0, 12\n"
        ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"
        "addi s\\n, s\\n, -100-\\n\n"
        "snez s\\n, s\\n\n"
        "slli s\\n, s\\n, \\n\n"
        "or   a0, a0, s\\n\n"
        "ld   s\\n, 8+8*\\n(sp)\n"
        ".endr\n"
        "ld   ra, 0(sp)\n"
        "addi sp, sp, 112\n"
        "ret");
}

int64_t main(uint64_t portal, uint64_t unused)
{
    (void)unused;
    return portal ? (int64_t)call_with_registers_full(portal) : 0;
}
