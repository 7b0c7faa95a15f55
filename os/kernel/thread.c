/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads: made, ended, joined, sent into other domains. A thread has a home
 * domain, with which it dies, and a current domain, whose rights it has; only
 * portals make them differ. What is left of an ended thread is its exit value,
 * until someone joins it or its home ends.
 */
#include "os/kernel/kernel.h"

#define OFFSET_IS(type, field, offset)                                         \
    _Static_assert(offsetof(struct type, field) == (offset), "offsets.h")
OFFSET_IS(thread, frame, THREAD_PC);
OFFSET_IS(thread, stack_top, THREAD_STACK_TOP);
OFFSET_IS(thread, domain, THREAD_DOMAIN);
OFFSET_IS(thread, scratch, THREAD_SCRATCH);
OFFSET_IS(thread, context, THREAD_CONTEXT);
OFFSET_IS(domain, id, DOMAIN_ID);
OFFSET_IS(domain, ranges, DOMAIN_RANGES);

/* At the low end of each kernel stack. */
#define STACK_MARK 0x6f70616c6974656bul
/* Stacks begin at different lines of their pages, or the tops of all stacks
 * would fight for the same few sets of a cache. */
#define STACK_COLOURS      8
#define STACK_COLOUR_BYTES 128

static struct pool thread_pool = POOL(struct thread);

static struct thread *thread_make(struct domain *d)
{
    struct thread *t = pool_alloc(&thread_pool);
    uint64_t stack = frame_alloc();
    /* The table finds objects by their first field, here t->id. */
    if (!t || !stack || !id_add(&kernel.threads, (struct object *)&t->id)) {
        if (stack)
            frame_free(stack);
        if (t)
            pool_free(&thread_pool, t);
        return NULL;
    }
    *(uint64_t *)from_physical(stack) = STACK_MARK;
    t->stack_top = (uint64_t)from_physical(stack) + PAGE_SIZE -
                   t->id % STACK_COLOURS * STACK_COLOUR_BYTES;
    t->context.sp = t->stack_top;
    t->state = THREAD_HELD;
    t->domain = t->home = d;
    list_init(&t->link);
    list_init(&t->joiners);
    list_add(&d->threads, &t->in_home);
    return t;
}

struct thread *thread_new(struct domain *d, uint64_t entry, uint64_t sp,
                          uint64_t a0, uint64_t a1, const char *name)
{
    struct thread *t = d->dying ? NULL : thread_make(d);
    if (!t)
        return NULL;
    t->frame.x[REG_PC] = entry;
    t->frame.x[REG_SP] = sp;
    t->frame.x[REG_A0] = a0;
    t->frame.x[REG_A1] = a1;
    t->context.ra = (uint64_t)user_resume;
    hint_object(THREAD_NEW, d->id, t->id, entry, 0, 0, name);
    (void)name;
    return t;
}

struct thread *kthread_create(void (*main)(void), const char *name)
{
    struct thread *t = thread_make(kernel_domain());
    if (!t)
        panic("no memory for a kernel thread");
    t->context.ra = (uint64_t)main;
    hint_object(THREAD_NEW, 0, t->id, (uint64_t)main, 0, 0, name);
    (void)name;
    thread_ready(t, 0);
    return t;
}

/* The record of a live or ended thread, or NULL. */
static struct thread *record_find(uint64_t id)
{
    void *found = id_find(&kernel.threads, id);
    return found ? LIST_ENTRY(found, struct thread, id) : NULL;
}

struct thread *thread_find(uint64_t id)
{
    struct thread *t = record_find(id);
    return t && t->state == THREAD_ENDED ? NULL : t;
}

static void stack_free(uint64_t inside)
{
    uint64_t *stack = (uint64_t *)(inside & ~(PAGE_SIZE - 1));
    if (*stack != STACK_MARK)
        panic("kernel stack overflow");
    frame_free(to_physical(stack));
}

void thread_stop(struct thread *t, int64_t value)
{
    portal_thread_end(t);
    list_remove(&t->link);
    fault_forget(t);
    t->state = THREAD_ENDED;
    t->result = value;
    hint_object(THREAD_END, t->home->id, t->id, (uint64_t)value, 0, 0, NULL);
    thread_wake_all(&t->joiners, value);
    if (t != current)
        stack_free(t->stack_top - 1);
}

void thread_forget(struct thread *t)
{
    list_remove(&t->in_home);
    id_remove(&kernel.threads, (struct object *)&t->id);
    pool_free(&thread_pool, t);
}

/* The stack is given back while it is in use: nothing is allocated between here
 * and the next thread. The record may be gone already. */
_Noreturn void thread_leave(void)
{
    stack_free((uint64_t)__builtin_frame_address(0) - 1);
    schedule_away();
}

void thread_end(struct thread *t, int64_t value)
{
    bool joined = !list_is_empty(&t->joiners);
    thread_stop(t, value);
    if (domain_is_lost(t->home))
        domain_end(t->home);
    else if (joined)
        thread_forget(t);
    if (t == current)
        thread_leave();
}

void thread_unwind(struct thread *t)
{
    if (t == current) {
        t->unwound = true;
        return;
    }
    t->context.ra = (uint64_t)user_resume;
    t->context.sp = t->stack_top;
    thread_ready(t, 0);
}

void thread_set_domain(struct thread *t, struct domain *d)
{
    t->domain = d;
    if (t == current && d != kernel.domain_now)
        domain_switch(d);
}

int64_t sys_thread_create(uint64_t domain, uint64_t entry, uint64_t a0,
                          uint64_t a1, uint64_t flags, uint64_t a5)
{
    struct domain *d = domain_find(domain);
    struct thread *t;
    (void)a5;
    if (!d || d->id == 0)
        return -ERR_ID;
    if (!domain_may_control(d))
        return -ERR_RIGHT;
    if (flags > 1)
        return -ERR_VALUE;
    t = loader_thread_new(d, entry, a0, a1);
    if (!t)
        return -ERR_MEMORY;
    if (!flags)
        thread_ready(t, 0);
    return t->id;
}

static int64_t release_all(void)
{
    struct list *link;
    for (uint32_t i = 1; i < kernel.domains.fresh; i++) {
        struct domain *d = id_find(&kernel.domains, i);
        if (!d || !domain_may_control(d))
            continue;
        for (link = d->threads.next; link != &d->threads; link = link->next) {
            struct thread *t = LIST_ENTRY(link, struct thread, in_home);
            if (t->state == THREAD_HELD)
                thread_ready(t, 0);
        }
    }
    return 0;
}

int64_t sys_thread_release(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                           uint64_t a4, uint64_t a5)
{
    struct thread *t = thread_find(id);
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (id == 0)
        return release_all();
    if (!t)
        return -ERR_ID;
    if (!domain_may_control(t->home))
        return -ERR_RIGHT;
    if (t->state != THREAD_HELD)
        return -ERR_VALUE;
    thread_ready(t, 0);
    return 0;
}

int64_t sys_thread_join(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    struct thread *t = record_find(id);
    int64_t value;
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!t)
        return id_is_stale(&kernel.threads, id) ? -ERR_KILLED : -ERR_ID;
    if (t->home->id == 0)
        return -ERR_ID;
    if (t == current)
        return -ERR_VALUE;
    if (t->state != THREAD_ENDED)
        return thread_block(&t->joiners);
    value = t->result;
    thread_forget(t);
    return value;
}

int64_t sys_thread_kill(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    struct thread *t = thread_find(id);
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!t || t->home->id == 0)
        return -ERR_ID;
    if (!domain_may_control(t->home))
        return -ERR_RIGHT;
    thread_end(t, -ERR_KILLED);
    return 0;
}

int64_t sys_thread_exit(uint64_t value, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (current->home->id == 0)
        return -ERR_VALUE;
    /* A portal's code cannot end its caller's thread, only the call. */
    if (current->calls)
        return portal_abandon();
    thread_end(current, (int64_t)value);
    return 0;
}
