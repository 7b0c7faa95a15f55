/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripted threads: the stub program `script` asks for its next operation here
 * and the scenario mailbox answers (sim/memmap.h). The answer is there with the
 * next instruction, so nothing waits; when the scenario has nothing to do yet
 * it answers SCRIPT_WAIT and the stub yields.
 */
#include "os/kernel/kernel.h"
#include "sim/memmap.h"

static volatile uint64_t *mailbox_register(uint64_t offset)
{
    return from_physical(MEM_MAILBOX + offset);
}

int64_t sys_script_next(uint64_t result, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (current->domain == kernel_domain())
        return -ERR_RIGHT;
    *mailbox_register(MAILBOX_SCRIPT_THREAD) = current->id;
    *mailbox_register(MAILBOX_SCRIPT_RESULT) = result;
    *mailbox_register(MAILBOX_SCRIPT_NEXT) = 1;
    for (unsigned i = 0; i < 4; i++)
        current->frame.x[REG_A1 + i] =
            *mailbox_register(MAILBOX_SCRIPT_ARG + 8 * i);
    return (int64_t)*mailbox_register(MAILBOX_SCRIPT_OP);
}
