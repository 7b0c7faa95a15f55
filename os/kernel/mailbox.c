/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenario mailbox (sim/memmap.h): a kernel thread that performs system
 * calls for the scenario, with the kernel's authority, through the same table
 * as everyone's system calls. Its interrupt stays masked from the moment it is
 * seen until the request is done.
 *
 * Arguments that are pointers in a program's system call are the mailbox's
 * window here: it is copied to kernel memory before the call, and back after a
 * call that writes.
 */
#include "os/kernel/kernel.h"
#include "sim/memmap.h"

#define ARGUMENTS    6
#define WINDOW_BYTES (MAILBOX_SIZE - MAILBOX_WINDOW)

/* Where a call takes a pointer, and where that pointer's length. */
struct pointer_argument {
    uint8_t call;
    uint8_t pointer;
    uint8_t length; /* 0: a zero-ended name */
    bool out;       /* the call writes there */
};

static const struct pointer_argument pointers[] = {
    { SYS_console_write, 0, 1, false },  { SYS_domain_create, 0, 0, false },
    { SYS_segment_create, 1, 0, false }, { SYS_port_send, 1, 2, false },
    { SYS_port_receive, 1, 2, true },    { SYS_program_load, 0, 0, false },
};

static struct {
    struct list waiting; /* the mailbox thread, when there is no request */
    uint64_t window[WINDOW_BYTES / 8];
} mailbox;

static volatile uint64_t *mailbox_register(uint64_t offset)
{
    return from_physical(MEM_MAILBOX + offset);
}

static const struct pointer_argument *pointer_argument_of(uint64_t call)
{
    for (unsigned i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        if (pointers[i].call == call)
            return &pointers[i];
    }
    return NULL;
}

/* Is one of its bytes zero? (Borrows of the lowest zero byte reach bit 7.) */
static bool word_has_zero(uint64_t word)
{
    return ((word - 0x0101010101010101) & ~word & 0x8080808080808080) != 0;
}

/* Copies `bytes` bytes of the window in, or a name with its ending zero. */
static void window_read(bool is_name, uint64_t bytes)
{
    uint64_t words = is_name ? WINDOW_BYTES / 8 : (bytes + 7) / 8;

    for (uint64_t i = 0; i < words; i++) {
        uint64_t word = *mailbox_register(MAILBOX_WINDOW + 8 * i);

        mailbox.window[i] = word;
        if (is_name && word_has_zero(word))
            return;
    }
    ((char *)mailbox.window)[WINDOW_BYTES - 1] = 0;
}

static void window_write(uint64_t bytes)
{
    for (unsigned i = 0; i < (bytes + 7) / 8; i++)
        *mailbox_register(MAILBOX_WINDOW + 8 * i) = mailbox.window[i];
}

static int64_t request_perform(uint64_t call, uint64_t *arg)
{
    const struct pointer_argument *pointer = pointer_argument_of(call);
    int64_t result;

    if (call >= SYSCALL_LIMIT || !syscall_table[call])
        return -ERR_CALL;
    if (call == SYS_thread_exit || call == SYS_portal_call)
        return -ERR_VALUE; /* only for threads with a U-mode side */
    if (pointer) {
        if (pointer->length && arg[pointer->length] > WINDOW_BYTES - 1)
            return -ERR_VALUE;
        window_read(!pointer->length, arg[pointer->length]);
        arg[pointer->pointer] = (uint64_t)mailbox.window;
    }
    result =
        syscall_table[call](arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
    if (pointer && pointer->out && result > 0)
        window_write((uint64_t)result);
    return result;
}

static void mailbox_main(void)
{
    for (;;) {
        uint64_t arg[ARGUMENTS];

        while (!(*mailbox_register(MAILBOX_STATUS) & 1)) {
            csr_set(CSR_SIE, SIP_EXTERNAL);
            thread_block(&mailbox.waiting);
        }
        for (unsigned i = 0; i < ARGUMENTS; i++)
            arg[i] = *mailbox_register(MAILBOX_ARG + 8 * i);

        int64_t result = request_perform(*mailbox_register(MAILBOX_OP), arg);

        *mailbox_register(MAILBOX_RESULT) = (uint64_t)result;
        *mailbox_register(MAILBOX_DONE) = 1;
    }
}

void mailbox_interrupt(void)
{
    csr_clear(CSR_SIE, SIP_EXTERNAL);
    thread_wake_first(&mailbox.waiting, 0);
}

void mailbox_init(void)
{
    list_init(&mailbox.waiting);
    if (*mailbox_register(MAILBOX_MAGIC) == MAILBOX_MAGIC_VALUE)
        kthread_create(mailbox_main, "mailbox");
}
