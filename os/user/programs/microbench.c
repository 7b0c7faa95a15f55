/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the basic operations of the kernel cost: each is done `warm` times, then
 * `iterations` times between two marks. The scenario starts the other sides
 * (portal_server, echo, pong) and divides by the iterations.
 *
 * main(struct microbench *, 0): returns a bit for each measurement that ran
 * and met no error.
 */
#include "os/user/programs/microbench.h"
#include "os/user/opalite.h"

static int64_t do_empty(const struct microbench *b)
{
    (void)b;
    return 0;
}

static int64_t do_null(const struct microbench *b)
{
    (void)b;
    return sys_null();
}

__attribute__((noinline)) static uint64_t add_one(uint64_t value)
{
    return value + 1;
}

static int64_t do_call(const struct microbench *b)
{
    uint64_t (*function)(uint64_t) = add_one;

    (void)b;
    __asm__("" : "+r"(function)); /* the compiler must not see through it */
    return function(41) == 42 ? 0 : -1;
}

/* portal_server adds its first two arguments. */
static int64_t do_portal(const struct microbench *b)
{
    return sys_portal_call(b->portal, 40, 2, 0, 0) == 42 ? 0 : -1;
}

static int64_t do_message(const struct microbench *b)
{
    uint8_t message[BENCH_BYTES];
    int64_t got;

    got = sys_port_send(b->to_echo, (uint64_t)message, b->bytes);
    if (got < 0)
        return got;
    got = sys_port_receive(b->from_echo, (uint64_t)message, sizeof message);
    return got == (int64_t)b->bytes ? 0 : -1;
}

static int64_t do_semaphore(const struct microbench *b)
{
    int64_t error = sys_semaphore_post(b->to_peer);

    return error < 0 ? error : sys_semaphore_wait(b->from_peer);
}

static int64_t do_domain(const struct microbench *b)
{
    int64_t domain = sys_domain_create((uint64_t) "short-lived");

    (void)b;
    return domain < 0 ? domain : sys_domain_destroy((uint64_t)domain);
}

/* The loop is the same machine code for all: a call through a pointer. */
__attribute__((noinline)) static int64_t
repeat(int64_t (*operation)(const struct microbench *),
       const struct microbench *b, uint64_t times)
{
    int64_t error = 0;

    while (times-- && error == 0)
        error = operation(b);
    return error;
}

static bool measure(enum microbench_kind kind,
                    int64_t (*operation)(const struct microbench *),
                    const struct microbench *b)
{
    int64_t error = repeat(operation, b, b->warm);

    mark(BENCH_MARK + 2 * kind);
    if (error == 0)
        error = repeat(operation, b, b->iterations);
    mark(BENCH_MARK + 2 * kind + 1);
    return error == 0;
}

int64_t main(uint64_t block_at, uint64_t unused)
{
    struct microbench *block = (struct microbench *)block_at;
    struct microbench b = *block;
    uint64_t done = 0;

    (void)unused;
    if (b.bytes > BENCH_BYTES)
        return -ERR_VALUE;
    done |= (uint64_t)measure(BENCH_EMPTY, do_empty, &b) << BENCH_EMPTY;
    done |= (uint64_t)measure(BENCH_NULL, do_null, &b) << BENCH_NULL;
    done |= (uint64_t)measure(BENCH_CALL, do_call, &b) << BENCH_CALL;
    if (b.portal)
        done |= (uint64_t)measure(BENCH_PORTAL, do_portal, &b) << BENCH_PORTAL;
    if (b.to_echo)
        done |= (uint64_t)measure(BENCH_MESSAGE, do_message, &b)
                << BENCH_MESSAGE;
    if (b.to_peer)
        done |= (uint64_t)measure(BENCH_SEMAPHORE, do_semaphore, &b)
                << BENCH_SEMAPHORE;
    if (b.domains)
        done |= (uint64_t)measure(BENCH_DOMAIN, do_domain, &b) << BENCH_DOMAIN;
    block->done = done;
    return (int64_t)done;
}
