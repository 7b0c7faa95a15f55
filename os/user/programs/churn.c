/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The leak test: makes and destroys domains with all that belongs to them,
 * thousands of times, and compares the kernel's counters before and after.
 * One round in each way a domain's thread can end (squat.c), or never begin.
 *
 * main(rounds, 0): 0 = nothing leaked; 1 + k = counter k (INFO_*) differs;
 * < 0: -ERR_* of a call that should not have failed.
 */
#include "os/user/opalite.h"

#define WARM_ROUNDS 8 /* the first ones fill what the kernel keeps for good */
#define COUNTERS    (INFO_PAGE_TABLE_PAGES + 1)

static void portal_entry(void)
{
    sys_portal_return(0);
}

/* A segment of ours that the other domain shares, then does not. */
static int64_t lend_segment(uint64_t domain)
{
    int64_t base = segment_own(2 * PAGE_BYTES, "lent");
    int64_t error;

    if (base < 0)
        return base;
    store_word((void *)base, 1);
    error = sys_segment_attach(domain, (uint64_t)base, RIGHT_R | RIGHT_W, 0);
    if (error < 0)
        return error;
    error = sys_rights_set(domain, (uint64_t)base, RIGHT_R);
    if (error < 0)
        return error;
    return base;
}

/* Objects of our own domain: made, used once, destroyed. */
static int64_t churn_own(void)
{
    int64_t semaphore = sys_semaphore_create(1);
    int64_t port = sys_port_create(2);
    int64_t portal = sys_portal_create(0, (uint64_t)portal_entry, 1);
    uint64_t word = 1;

    if (semaphore < 0 || port < 0 || portal < 0)
        return -ERR_MEMORY;
    sys_semaphore_wait((uint64_t)semaphore);
    sys_port_send((uint64_t)port, (uint64_t)&word, sizeof word);
    sys_portal_call((uint64_t)portal, 0, 0, 0, 0);
    if (sys_semaphore_destroy((uint64_t)semaphore) < 0 ||
        sys_port_destroy((uint64_t)port) < 0 ||
        sys_portal_destroy((uint64_t)portal) < 0)
        return -ERR_ID;
    return 0;
}

static int64_t churn_once(uint64_t program, uint64_t round)
{
    int64_t domain = sys_domain_create((uint64_t) "churned");
    int64_t base, thread, error;
    uint64_t end = round % 5;

    if (domain < 0)
        return domain;
    base = lend_segment((uint64_t)domain);
    if (base < 0)
        return base;
    error = churn_own();
    if (error < 0)
        return error;
    thread = sys_program_start(program, (uint64_t)domain, end, 0, end == 4);
    if (thread < 0)
        return thread;
    if (end == 0)
        sys_thread_join((uint64_t)thread);
    else
        sys_yield();
    error = round % 2 ? sys_segment_destroy((uint64_t)base) : 0;
    if (error < 0)
        return error;
    error = sys_domain_destroy((uint64_t)domain);
    /* A domain that killed itself by a fault may be gone already. */
    if (error < 0 && !(end == 2 && error == -ERR_ID))
        return error;
    return round % 2 ? 0 : sys_segment_destroy((uint64_t)base);
}

int64_t main(uint64_t rounds, uint64_t unused)
{
    int64_t program = sys_program_load((uint64_t) "squat");
    int64_t before[COUNTERS];

    (void)unused;
    if (program < 0)
        return program;
    for (uint64_t i = 0; i < WARM_ROUNDS + rounds; i++) {
        int64_t error;

        if (i == WARM_ROUNDS) {
            for (uint64_t k = 0; k < COUNTERS; k++)
                before[k] = sys_kernel_info(k);
        }
        error = churn_once((uint64_t)program, i);
        if (error < 0) {
            print("churn: round %lu: error %ld\n", i, error);
            return error;
        }
    }
    for (uint64_t k = 0; k < COUNTERS; k++) {
        int64_t after = sys_kernel_info(k);

        if (after != before[k]) {
            print("churn: counter %lu was %ld, is %ld\n", k, before[k], after);
            return (int64_t)k + 1;
        }
    }
    return 0;
}
