/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting semaphores. Whoever knows the id may wait and post; the domain that
 * made it (or one that controls that domain) may destroy it. A post hands its
 * token to the first waiter directly, so a later thread cannot overtake it.
 */
#include "os/kernel/kernel.h"

#define SEMAPHORE_MAX INT64_MAX

struct semaphore {
    struct object object;
    struct domain *owner;
    uint64_t count; /* tokens nobody waits for */
    struct list waiters;
    struct list in_owner;
};

static struct pool semaphores = POOL(struct semaphore);

static void semaphore_end(struct semaphore *s)
{
    id_remove(&kernel.semaphores, &s->object);
    list_remove(&s->in_owner);
    thread_wake_all(&s->waiters, -ERR_KILLED);
    pool_free(&semaphores, s);
}

void semaphore_domain_end(struct domain *d)
{
    struct list *link;

    while ((link = list_first(&d->semaphores)))
        semaphore_end(LIST_ENTRY(link, struct semaphore, in_owner));
}

int64_t sys_semaphore_create(uint64_t count, uint64_t a1, uint64_t a2,
                             uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct domain *owner = current->domain;
    struct semaphore *s;

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (count > SEMAPHORE_MAX)
        return -ERR_VALUE;
    if (owner->dying)
        return -ERR_KILLED;
    s = pool_alloc(&semaphores);
    if (!s)
        return -ERR_MEMORY;
    if (!id_add(&kernel.semaphores, &s->object)) {
        pool_free(&semaphores, s);
        return -ERR_MEMORY;
    }
    s->owner = owner;
    s->count = count;
    list_init(&s->waiters);
    list_init(&s->in_owner);
    list_add(&owner->semaphores, &s->in_owner);
    return s->object.id;
}

int64_t sys_semaphore_wait(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                           uint64_t a4, uint64_t a5)
{
    struct semaphore *s = id_find(&kernel.semaphores, id);

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!s)
        return -ERR_ID;
    if (!s->count)
        return thread_block(&s->waiters);
    s->count--;
    return 0;
}

int64_t sys_semaphore_post(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                           uint64_t a4, uint64_t a5)
{
    struct semaphore *s = id_find(&kernel.semaphores, id);

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!s)
        return -ERR_ID;
    if (thread_wake_first(&s->waiters, 0))
        return 0;
    if (s->count == SEMAPHORE_MAX)
        return -ERR_VALUE;
    s->count++;
    return 0;
}

int64_t sys_semaphore_destroy(uint64_t id, uint64_t a1, uint64_t a2,
                              uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct semaphore *s = id_find(&kernel.semaphores, id);

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!s)
        return -ERR_ID;
    if (!domain_may_control(s->owner))
        return -ERR_RIGHT;
    semaphore_end(s);
    return 0;
}
