/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end: the kernel has found itself in a state it cannot be in. It tells
 * what, where, for whom and by which calls, and stops the machine, which stays
 * inspectable; the host puts names to the addresses.
 */
#include "os/kernel/kernel.h"
#include "sim/memmap.h"

#define FINISHER_FAIL  0x3333
#define PANIC_CODE     1
#define BACKTRACE_MOST 16

extern char __text_start[], __text_end[];

/* Does a call instruction end at pc? jal, jalr or c.jalr that sets ra. */
static bool follows_call(uint64_t pc)
{
    const uint16_t *half = (const uint16_t *)pc;
    uint32_t word = half[-2] | (uint32_t)half[-1] << 16;
    bool is_call = (word & 0xfff) == 0x0ef || (word & 0x7fff) == 0x00e7;
    return is_call || ((half[-1] & 0xf07f) == 0x9002 && half[-1] != 0x9002);
}

/* No frame pointers: every word of the stack that looks like a return address
 * is printed, old ones too. */
static void backtrace(const uint64_t *stack)
{
    const uint64_t *end =
        (const uint64_t *)(((uint64_t)stack | (PAGE_SIZE - 1)) + 1);
    unsigned printed = 0;
    console_print("  called from:");
    for (; stack < end && printed < BACKTRACE_MOST; stack++) {
        if (*stack < (uint64_t)__text_start + 4 ||
            *stack > (uint64_t)__text_end || *stack % 2 ||
            !follows_call(*stack))
            continue;
        console_print(" %p", *stack);
        printed++;
    }
    console_print("\n");
}

_Noreturn void panic_at(const char *what, uint64_t cause, uint64_t pc,
                        uint64_t va, const uint64_t *stack)
{
    volatile uint32_t *finisher = from_physical(MEM_FINISHER);

    console_print("\nkernel panic: %s\n  scause %d, sepc %p, stval %p\n", what,
                  cause, pc, va);
    console_print("  domain %u (%s), thread %u\n",
                  (uint64_t)current->domain->id, current->domain->name,
                  (uint64_t)current->id);
    backtrace(stack);
    hint_object(PANIC, current->domain->id, current->id, pc, (uint64_t)stack, 0,
                what);
    *finisher = PANIC_CODE << 16 | FINISHER_FAIL;
    for (;;)
        wait_for_interrupt();
}

_Noreturn void panic(const char *what)
{
    panic_at(what, csr_read(CSR_SCAUSE), (uint64_t)__builtin_return_address(0),
             csr_read(CSR_STVAL), __builtin_frame_address(0));
}
