/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults on purpose, in one of several ways, to show that only its own domain
 * dies and what the fault story says.
 *
 * main(kind, address): address is where kinds 0 to 2 aim. Returns only when
 * the access was allowed after all: the word read, or 0.
 */
#include "os/user/opalite.h"

enum kind {
    FAULT_LOAD,    /* reads a word */
    FAULT_STORE,   /* writes a word */
    FAULT_JUMP,    /* calls the address */
    FAULT_NULL,    /* reads through a null pointer */
    FAULT_TEXT,    /* writes into its own text */
    FAULT_STACK,   /* runs off the end of its stack */
    FAULT_ILLEGAL, /* an instruction that does not exist */
    FAULT_CSR,     /* reads a register of the kernel */
    FAULT_BREAK,   /* a breakpoint nobody waits for */
    FAULT_MISALIGN /* a word that is not on a word boundary */
};

/* Pushes words without end. */
static void overrun_stack(void)
{
    __asm__ volatile("1: addi sp, sp, -256\n"
                     "sd zero, 0(sp)\n"
                     "j 1b");
}

int64_t main(uint64_t kind, uint64_t address)
{
    volatile uint64_t seed = 0;

    switch (kind) {
    case FAULT_LOAD:
        return (int64_t)load_word((const void *)address);
    case FAULT_STORE:
        store_word((void *)address, 1);
        break;
    case FAULT_JUMP:
        ((void (*)(void))address)();
        break;
    case FAULT_NULL:
        address = seed; /* kept from the compiler's view: it would trap */
        return (int64_t)load_word((const void *)address);
    case FAULT_TEXT:
        store_word((void *)((uint64_t)&main & ~(uint64_t)7), 0);
        break;
    case FAULT_STACK:
        overrun_stack();
        break;
    case FAULT_ILLEGAL:
        __asm__ volatile(".word 0");
        break;
    case FAULT_CSR:
        __asm__ volatile("csrr %0, sstatus" : "=r"(address));
        break;
    case FAULT_BREAK:
        __asm__ volatile("ebreak");
        break;
    default:
        return -ERR_VALUE;
    }
    return 0;
}
