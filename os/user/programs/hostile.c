/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attacker: calls the kernel with every number and with the arguments a
 * careless kernel would stumble over. It may get itself killed; the kernel and
 * every other domain must not notice.
 *
 * main(seed, calls): returns the calls that came back.
 */
#include "os/user/opalite.h"

PRIVATE uint64_t scratch[4];

static uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x;
}

/* Numbers that are small ids, ends of ranges, or other people's addresses. */
static uint64_t wild(uint64_t *random)
{
    uint64_t pick = random_next(random);

    switch (pick % 16) {
    case 0:
        return 0;
    case 1:
        return (uint64_t)-1;
    case 2:
        return (uint64_t)1 << 63;
    case 3:
        return 0x80000000; /* RAM, were it mapped one to one */
    case 4:
        return 0xffffffc080000000; /* upper half: the kernel's */
    case 5:
        return 0xffffffff80000000;
    case 6:
        return (uint64_t)scratch;
    case 7:
        return (uint64_t)scratch + 1;
    case 8:
        return (uint64_t)&wild; /* text: readable, not writable */
    case 9:
        return (uint64_t)1 << (pick >> 8) % 64;
    case 10:
        return ((uint64_t)1 << 38) - 8; /* the end of Sv39's lower half */
    case 11:
        return 4096 * (pick >> 8 & 0xfffff);
    default:
        return pick >> 8 & 0x1f;
    }
}

/* Calls that would end or stop the attack itself. */
static bool is_harmless_to_us(uint64_t number)
{
    return number != SYS_thread_exit && number != SYS_sleep &&
           number != SYS_console_write && number != SYS_domain_destroy &&
           number != SYS_thread_kill && number != SYS_thread_join &&
           number != SYS_semaphore_wait && number != SYS_port_receive &&
           number != SYS_port_send && number != SYS_fault_return &&
           number != SYS_script_next;
}

int64_t main(uint64_t seed, uint64_t calls)
{
    uint64_t random = seed * 0x9e3779b97f4a7c15 | 1;
    int64_t returned = 0;

    for (uint64_t i = 0; i < calls; i++) {
        uint64_t number = random_next(&random) % 80;
        uint64_t arg[5];

        for (unsigned k = 0; k < 5; k++)
            arg[k] = wild(&random);
        if (i % 64 == 63)
            number = random_next(&random); /* no call has such a number */
        if (!is_harmless_to_us(number))
            continue;
        call_5(number, arg[0], arg[1], arg[2], arg[3], arg[4]);
        returned++;
    }
    return returned;
}
