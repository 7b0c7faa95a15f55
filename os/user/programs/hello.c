/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says hello and where its parts lie. Run it in two domains: the text is at
 * the same address in both (one copy), the stack and the private static are
 * not, and each domain counts its own visits.
 *
 * main(times, 0): prints `times` lines (0 counts as 1); returns the visits.
 */
#include "os/user/opalite.h"

PRIVATE uint64_t visits;

int64_t main(uint64_t times, uint64_t unused)
{
    uint64_t self = (uint64_t)sys_self();

    (void)unused;
    do {
        visits++;
        print("hello from domain %lu, thread %lu: text %p, stack %p, "
              "static %p, visit %lu\n",
              self >> 32, self & 0xffffffff, (void *)main,
              __builtin_frame_address(0), (void *)&visits, visits);
    } while (visits < times);
    return (int64_t)visits;
}
