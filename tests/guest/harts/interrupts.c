/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A storm of interrupts between harts: each sends to every other, again and
 * again, and waits (half of the time in wfi) until the request was served.
 * Then each hart sleeps until a time of its own, set by another hart.
 */
#include "tests/guest/lib/harts.h"

enum { ROUNDS = 100, TICKS = 200 };

#define MSTATUS_MIE 8

static struct line together[2];
static struct line requests[HARTS_MAX][HARTS_MAX]; /* [from][to] */
static struct line served[HARTS_MAX][HARTS_MAX];
static struct line interrupts[HARTS_MAX];
static struct line woke_at[HARTS_MAX];
static struct line bad;

__attribute__((interrupt("machine"), aligned(4))) static void serve(void)
{
    uint64_t self = csr_read(mhartid);
    *CLINT_MSIP(self) = 0;
    fence();
    interrupts[self].value++;
    for (unsigned from = 0; from < HARTS_MAX; from++) {
        uint64_t asked = requests[from][self].value;
        if (served[from][self].value == asked)
            continue;
        served[from][self].value = asked;
        fence();
        *CLINT_MSIP(from) = 1;
    }
}

static void send(unsigned self, unsigned to)
{
    requests[self][to].value++;
    fence();
    *CLINT_MSIP(to) = 1;
}

/* The hart that was asked answers by an interrupt too, so a hart may sleep. The
 * look and the sleep must not be torn apart: with MIE off wfi still wakes, and
 * the interrupt is taken after it. */
static void wait_served(unsigned self, unsigned to, bool sleeping)
{
    while (served[self][to].value != requests[self][to].value) {
        if (!sleeping)
            continue;
        __asm__ volatile("csrci mstatus, 8" ::: "memory");
        if (served[self][to].value != requests[self][to].value)
            __asm__ volatile("wfi" ::: "memory");
        __asm__ volatile("csrsi mstatus, 8" ::: "memory");
    }
}

static void storm(unsigned self, unsigned harts)
{
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 1; i < harts; i++) {
            unsigned to = (self + i) % harts;
            send(self, to);
            wait_served(self, to, round % 2);
        }
}

/* Hart 0 sets all alarms, the later the smaller the number. Each hart turns its
 * own off when it is awake. */
static void alarms(unsigned self, unsigned harts)
{
    if (self == 0) {
        uint64_t now = *CLINT_MTIME;
        for (unsigned i = 0; i < harts; i++)
            *CLINT_MTIMECMP(i) = now + TICKS * (harts - i);
    }
    csr_write(mie, MIE_MTIE);
    barrier(together, harts);
    uint64_t alarm = *CLINT_MTIMECMP(self);
    __asm__ volatile("wfi" ::: "memory");
    woke_at[self].value = *CLINT_MTIME;
    if (woke_at[self].value < alarm || woke_at[self].value > alarm + TICKS / 2)
        bad.value = 20 + self;
    *CLINT_MTIMECMP(self) = UINT64_MAX;
}

int main(unsigned self)
{
    unsigned harts = count_harts();
    __asm__ volatile("csrw mtvec, %0" ::"r"(serve));
    csr_write(mie, MIE_MSIE);
    __asm__ volatile("csrsi mstatus, 8" ::: "memory");
    barrier(together, harts);
    storm(self, harts);
    barrier(together, harts);
    __asm__ volatile("csrci mstatus, 8" ::: "memory");
    for (unsigned to = 0; to < harts; to++)
        if (served[self][to].value != (self == to ? 0 : ROUNDS))
            bad.value = 1;
    if (harts > 1 && interrupts[self].value < ROUNDS)
        bad.value = 2;
    alarms(self, harts);
    barrier(together, harts);
    return (int)bad.value;
}
