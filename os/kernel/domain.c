/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains: what rights are given to, and who owns objects. A domain is not a
 * space: it lives in one (space.c), alone in a MAS, with all others in a single
 * address space. Ending a domain gives back everything it holds.
 */
#include "os/kernel/kernel.h"

static struct pool domain_pool = POOL(struct domain);

struct domain *domain_find(uint64_t id)
{
    struct domain *d;
    if (id == 0)
        return current->domain;
    d = id_find(&kernel.domains, id);
    return d && !d->dying ? d : NULL;
}

bool domain_may_control(const struct domain *d)
{
    const struct domain *own = current->domain;
    return own == d || own->id == 0 || d->creator == own->serial;
}

struct domain *domain_new(const char *name, struct domain *creator)
{
    struct domain *d = pool_alloc(&domain_pool);
    if (!d)
        return NULL;
    if (!id_add(&kernel.domains, (struct object *)d)) {
        pool_free(&domain_pool, d);
        return NULL;
    }
    d->space = space_for_domain();
    if (!d->space) {
        id_remove(&kernel.domains, (struct object *)d);
        pool_free(&domain_pool, d);
        return NULL;
    }
    d->serial = ++kernel.serials;
    d->creator = creator->serial;
    list_init(&d->children);
    list_init(&d->in_creator);
    list_add(&creator->children, &d->in_creator);
    list_init(&d->attachments);
    list_init(&d->threads);
    list_init(&d->segments);
    list_init(&d->semaphores);
    list_init(&d->ports);
    list_init(&d->portals);
    list_init(&d->instances);
    name_copy(d->name, name);
    kernel.protection->domain_created(d);
    hint_object(DOMAIN_NEW, d->id, d->space->object.id, d->space->satp, 0, 0,
                d->name);
    return d;
}

static void end_threads(struct domain *d)
{
    struct list *link, *next;
    for (link = d->threads.next; link != &d->threads; link = next) {
        struct thread *t = LIST_ENTRY(link, struct thread, in_home);
        next = link->next;
        if (t->state != THREAD_ENDED)
            thread_stop(t, -ERR_KILLED);
        if (t == current)
            list_remove(&t->in_home); /* domain_end does the rest */
        else
            thread_forget(t);
    }
}

/* Its segments live on while others have them attached, without an owner. */
static void end_memory(struct domain *d)
{
    struct list *link;
    while ((link = list_first(&d->attachments)))
        segment_detach(LIST_ENTRY(link, struct attachment, in_domain));
    while ((link = list_first(&d->segments)))
        segment_disown(LIST_ENTRY(link, struct segment, in_creator));
}

static void leave_children(struct domain *d)
{
    struct list *link;
    while ((link = list_first(&d->children))) {
        LIST_ENTRY(link, struct domain, in_creator)->creator = ORPHAN;
        list_remove(link);
        list_add(&kernel.orphans, link);
    }
    list_remove(&d->in_creator);
}

static void end_one(struct domain *d)
{
    d->dying = true;
    end_threads(d);
    portal_domain_end(d);
    port_domain_end(d);
    semaphore_domain_end(d);
    loader_domain_end(d);
    if (kernel.domain_now == d)
        domain_switch(kernel_domain());
    end_memory(d);
    leave_children(d);
    kernel.protection->domain_ended(d);
    space_leave(d->space);
    hint_object(DOMAIN_END, d->id, 0, 0, 0, 0, NULL);
    id_remove(&kernel.domains, (struct object *)d);
    pool_free(&domain_pool, d);
}

bool domain_is_lost(const struct domain *d)
{
    const struct list *link;
    if (d->creator != ORPHAN)
        return false;
    for (link = d->threads.next; link != &d->threads; link = link->next) {
        if (LIST_ENTRY(link, struct thread, in_home)->state != THREAD_ENDED)
            return false;
    }
    return true;
}

/* A loop, not a recursion: a domain may have made one that made one ... */
static void end_lost(void)
{
    struct list *link, *next;
    for (link = kernel.orphans.next; link != &kernel.orphans; link = next) {
        struct domain *d = LIST_ENTRY(link, struct domain, in_creator);
        next = link->next;
        if (!domain_is_lost(d))
            continue;
        /* Its own children come to the end of the list. */
        if (next == &kernel.orphans && !list_is_empty(&d->children))
            next = d->children.next;
        end_one(d);
    }
}

void domain_end(struct domain *d)
{
    bool own = current->home == d;

    end_one(d);
    end_lost();
    if (own) {
        thread_forget(current);
        thread_leave();
    }
    if (current->unwound) {
        current->unwound = false;
        user_resume();
    }
    /* A thread of another domain that still runs needs its rights back. */
    if (current->domain->id != 0 && current->domain != kernel.domain_now)
        domain_switch(current->domain);
}

PHASE(switch) void domain_switch(struct domain *d)
{
    if (d->space != kernel.space_now)
        space_switch(d->space);
    if (kernel.protection->switch_to)
        kernel.protection->switch_to(d);
    kernel.domain_now = d;
}

int64_t sys_domain_create(uint64_t name, uint64_t a1, uint64_t a2, uint64_t a3,
                          uint64_t a4, uint64_t a5)
{
    char text[NAME_BYTES];
    struct domain *d;
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!copy_in_name(text, name, NAME_BYTES))
        return -ERR_ADDRESS;
    d = domain_new(text, current->domain);
    return d ? (int64_t)d->id : -ERR_MEMORY;
}

int64_t sys_domain_destroy(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                           uint64_t a4, uint64_t a5)
{
    struct domain *d = domain_find(id);
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!d || d->id == 0)
        return -ERR_ID;
    if (!domain_may_control(d))
        return -ERR_RIGHT;
    domain_end(d);
    return 0;
}
