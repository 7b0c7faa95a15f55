/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes one of everything the kernel hands out and never gives it back: what
 * is left when its domain is destroyed must be nothing. churn.c runs it.
 *
 * main(end, 0): end 0 = return, 1 = wait for ever, 2 = fault, 3 = run for
 * ever without a system call.
 */
#include "os/user/opalite.h"

PRIVATE uint64_t touched; /* so that there is a data instance to give back */

enum ending { END_RETURN, END_WAIT, END_FAULT, END_SPIN };

static void portal_entry(void)
{
    sys_portal_return(0);
}

/* A second thread, on a stack of its own. */
static void second_thread(uint64_t semaphore)
{
    sys_semaphore_wait(semaphore);
    sys_thread_exit(0);
}

int64_t main(uint64_t end, uint64_t unused)
{
    int64_t segment = segment_own(3 * PAGE_BYTES, "squat");
    int64_t semaphore = sys_semaphore_create(0);
    int64_t port = sys_port_create(2);

    (void)unused;
    if (segment < 0 || semaphore < 0 || port < 0)
        return -ERR_MEMORY;
    store_word((void *)segment, ++touched);
    store_word((void *)(segment + 2 * PAGE_BYTES), touched);
    if (sys_portal_create(0, (uint64_t)portal_entry, 2) < 0)
        return -ERR_MEMORY;
    if (sys_thread_create(0, (uint64_t)second_thread, (uint64_t)semaphore, 0,
                          0) < 0)
        return -ERR_MEMORY;
    sys_yield();
    sys_port_send((uint64_t)port, (uint64_t)segment, 8);
    if (end == END_WAIT)
        sys_semaphore_wait((uint64_t)semaphore);
    if (end == END_FAULT)
        load_word(NULL);
    while (end == END_SPIN)
        ;
    return 0;
}
