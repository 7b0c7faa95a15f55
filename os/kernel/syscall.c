/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of system calls, made from os/abi/syscall.def, and those calls that
 * belong to no object. trap.S calls through the table; so does the mailbox.
 */
#include "os/kernel/kernel.h"

/* First all, then those that exist. */
#pragma GCC diagnostic ignored "-Woverride-init"
syscall_handler *const syscall_table[SYSCALL_LIMIT] = {
    [0 ... SYSCALL_LIMIT - 1] = syscall_unknown,
#define SYSCALL(number, name, arguments, doc) [number] = sys_##name,
#include "os/abi/syscall.def"
#undef SYSCALL
};

int64_t syscall_unknown(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    (void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    return -ERR_CALL;
}

int64_t sys_null(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                 uint64_t a4, uint64_t a5)
{
    (void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    return 0;
}

int64_t sys_yield(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                  uint64_t a4, uint64_t a5)
{
    (void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    thread_yield();
    return 0;
}

int64_t sys_console_write(uint64_t from, uint64_t bytes, uint64_t a2,
                          uint64_t a3, uint64_t a4, uint64_t a5)
{
    char part[128];
    (void)a2, (void)a3, (void)a4, (void)a5;
    if (bytes > INT64_MAX)
        return -ERR_VALUE;
    for (uint64_t done = 0; done < bytes;) {
        uint64_t n = bytes - done;
        if (n > sizeof(part))
            n = sizeof(part);
        if (!copy_in(part, from + done, n))
            return -ERR_ADDRESS;
        for (uint64_t i = 0; i < n; i++)
            console_put(part[i]);
        done += n;
    }
    return (int64_t)bytes;
}

int64_t sys_time(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                 uint64_t a4, uint64_t a5)
{
    (void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    return (int64_t)time_now();
}

int64_t sys_sleep(uint64_t ticks, uint64_t a1, uint64_t a2, uint64_t a3,
                  uint64_t a4, uint64_t a5)
{
    uint64_t now = time_now();
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    thread_sleep(ticks < NEVER - 1 - now ? now + ticks : NEVER - 1);
    return 0;
}

int64_t sys_self(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                 uint64_t a4, uint64_t a5)
{
    (void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    return (int64_t)(current->id | (uint64_t)current->domain->id << 32);
}

int64_t sys_kernel_info(uint64_t which, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    const uint64_t info[INFO_COUNT] = {
        [INFO_FREE_FRAMES] = frame_free_count(),
        [INFO_DOMAINS] = kernel.domains.count,
        [INFO_THREADS] = kernel.threads.count,
        [INFO_SEGMENTS] = kernel.segment_count,
        [INFO_ATTACHMENTS] = kernel.attachment_count,
        [INFO_PORTALS] = kernel.portals.count,
        [INFO_SEMAPHORES] = kernel.semaphores.count,
        [INFO_PORTS] = kernel.ports.count,
        [INFO_PAGE_TABLE_PAGES] = kernel.table_count,
        [INFO_SWITCHES] = kernel.switches,
    };
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    return which < INFO_COUNT ? (int64_t)info[which] : -ERR_VALUE;
}
