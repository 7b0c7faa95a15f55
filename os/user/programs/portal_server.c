/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offers one portal: other domains' threads enter at `serve` and run here, on a
 * stack of this domain, with this domain's rights, until they return. The
 * server's own thread only makes the portal, hands its id out and sleeps.
 *
 * main(address, semaphore): writes the portal's id to `address` (if not 0: a
 * word shared with the callers), posts `semaphore` (if not 0), then waits for
 * ever on a semaphore of its own.
 */
#include "os/user/opalite.h"

#define STACKS 4 /* so many callers at once; the next ones wait */

PRIVATE uint64_t calls;

/*
 * The entry: four arguments from the caller, the caller's domain in a4. What
 * goes back is their sum; `calls` shows that the server's statics are at hand.
 */
__attribute__((noreturn)) static void serve(uint64_t a, uint64_t b, uint64_t c,
                                            uint64_t d, uint64_t caller)
{
    (void)caller;
    calls++;
    sys_portal_return(a + b + c + d);
    __builtin_unreachable();
}

int64_t main(uint64_t address, uint64_t semaphore)
{
    int64_t portal = sys_portal_create(0, (uint64_t)serve, STACKS);
    int64_t forever = sys_semaphore_create(0);

    if (portal < 0)
        return portal;
    if (forever < 0)
        return forever;
    if (address)
        store_word((void *)address, (uint64_t)portal);
    if (semaphore)
        sys_semaphore_post(semaphore);
    return sys_semaphore_wait((uint64_t)forever);
}
