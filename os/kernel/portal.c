/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portals: guarded entries into a domain. The calling thread itself goes over:
 * it takes a stack of the portal, gets the callee's rights, and starts at the
 * entry with four arguments and its caller's domain id in a4. All other
 * registers are cleared in both directions, so nothing leaks; what a function
 * call preserves is given back on return.
 *
 * An open call is a record of the portal's own, made with its stack, so calling
 * allocates nothing. The records a thread has open form a stack; the domain it
 * returns to is that of the next older record's portal, or its home. When a
 * domain ends, threads that are inside it return to their callers with
 * -ERR_KILLED at once; threads that went on from there into a third domain do
 * so when they return from it.
 */
#include "os/kernel/kernel.h"

#define PORTAL_STACKS      64
#define PORTAL_STACK_BYTES (2 * PAGE_SIZE)
#define SAVED_REGISTERS    12 /* s0..s11 */

/* The registers kernel.h has no name for. */
enum { REG_T2 = 7, REG_S0 = 8, REG_S1 = 9, REG_T3 = 28, REG_T6 = 31 };

struct portal_call {
    struct portal *portal;
    struct portal_call *next;  /* of this portal, in use or not */
    struct portal_call *outer; /* in use: the thread's older open call; else
                                  the next one that is not in use */
    struct thread *thread;     /* who is calling; NULL = not in use */
    uint64_t stack_top;
    uint64_t pc, ra, sp, gp, tp, s[SAVED_REGISTERS]; /* of the caller */
    /* of the caller, if it calls from its fault up-call */
    struct frame *fault_frame;
    struct domain *fault_domain;
    uint64_t fault_cause, fault_va;
    bool in_fault;
};

struct portal {
    struct object object;
    bool closed; /* destroyed, but with calls open: no new ones */
    uint32_t open;
    struct domain *domain; /* NULL: it has ended */
    uint64_t entry;
    uint64_t tp; /* private statics of the callee's program */
    struct portal_call *calls;
    struct portal_call *unused;
    uint64_t stacks;     /* base of their segment */
    struct list waiters; /* callers, while no stack is free */
    struct list in_domain;
};

static struct pool portals = POOL(struct portal);
static struct pool portal_calls = POOL(struct portal_call);

/* ---- the record of a call --------------------------------------------- */

/* x[first] .. x[last] become 0: what one side had there is not the other's. */
static inline void registers_clear(uint64_t *x, unsigned first, unsigned last)
{
#pragma GCC unroll 32
    for (unsigned i = first; i <= last; i++)
        x[i] = 0;
}

static void call_save(struct portal_call *call, const struct thread *t)
{
    const uint64_t *x = t->frame.x;

    call->pc = x[REG_PC];
    call->ra = x[REG_RA];
    call->sp = x[REG_SP];
    call->gp = x[REG_GP];
    call->tp = x[REG_TP];
    call->s[0] = x[REG_S0];
    call->s[1] = x[REG_S1];
#pragma GCC unroll 12
    for (unsigned i = 2; i < SAVED_REGISTERS; i++)
        call->s[i] = x[16 + i];
}

/* The callee may fault and handle it without touching its caller's up-call. */
static void call_save_fault(struct portal_call *call, struct thread *t)
{
    call->in_fault = t->in_fault;
    if (!t->in_fault)
        return;
    call->fault_frame = t->fault_frame;
    call->fault_domain = t->fault_domain;
    call->fault_cause = t->fault_cause;
    call->fault_va = t->fault_va;
    t->in_fault = false;
    t->fault_frame = NULL;
}

static void call_restore_fault(const struct portal_call *call, struct thread *t)
{
    if (t->in_fault)
        fault_forget(t); /* the callee's own */
    t->in_fault = call->in_fault;
    if (!t->in_fault)
        return;
    t->fault_frame = call->fault_frame;
    t->fault_domain = call->fault_domain;
    t->fault_cause = call->fault_cause;
    t->fault_va = call->fault_va;
}

static void call_restore(const struct portal_call *call, struct thread *t)
{
    uint64_t *x = t->frame.x;

    registers_clear(x, REG_T0, REG_T2);
    registers_clear(x, REG_A0, REG_A7);
    registers_clear(x, REG_T3, REG_T6);
    x[REG_PC] = call->pc;
    x[REG_RA] = call->ra;
    x[REG_SP] = call->sp;
    x[REG_GP] = call->gp;
    x[REG_TP] = call->tp;
    x[REG_S0] = call->s[0];
    x[REG_S1] = call->s[1];
#pragma GCC unroll 12
    for (unsigned i = 2; i < SAVED_REGISTERS; i++)
        x[16 + i] = call->s[i];
}

static void portal_free(struct portal *p)
{
    struct portal_call *call;

    while ((call = p->calls)) {
        p->calls = call->next;
        pool_free(&portal_calls, call);
    }
    if (p->domain) {
        struct segment *stacks = segment_find(p->stacks);

        if (stacks)
            segment_end(stacks);
    }
    list_remove(&p->in_domain);
    pool_free(&portals, p);
}

/* t's newest call is over: its registers are the caller's again. */
static void call_pop(struct thread *t)
{
    struct portal_call *call = t->calls;
    struct portal *p = call->portal;

    call_restore(call, t);
    call_restore_fault(call, t);
    t->calls = call->outer;
    call->thread = NULL;
    call->outer = p->unused;
    p->unused = call;
    p->open--;
    if (!list_is_empty(&p->waiters))
        thread_wake_first(&p->waiters, 0);
    if (p->closed && !p->open)
        portal_free(p);
}

/* The domain t runs in, by its open calls; NULL: that domain has ended. */
static struct domain *domain_of_calls(const struct thread *t)
{
    const struct portal_call *call = t->calls;

    return call ? call->portal->domain : t->home;
}

/* Ends calls until t is in a domain that lives. */
static void call_skip_dead(struct thread *t)
{
    do
        call_pop(t);
    while (!domain_of_calls(t));
    t->frame.x[REG_A0] = (uint64_t)-ERR_KILLED;
    thread_set_domain(t, domain_of_calls(t));
}

/* ---- making and destroying ----------------------------------------------*/

static bool portal_add_call(struct portal *p, uint64_t stack_top)
{
    struct portal_call *call = pool_alloc(&portal_calls);

    if (!call)
        return false;
    call->portal = p;
    call->stack_top = stack_top;
    call->next = p->calls;
    p->calls = call;
    call->outer = p->unused;
    p->unused = call;
    return true;
}

/* A segment for the stacks, seen by the portal's domain. The kernel owns it, so
 * that it lives as long as the portal. */
static int64_t portal_make_stacks(struct portal *p, uint64_t stacks)
{
    struct attachment *attachment;
    struct segment *segment;
    int64_t error = segment_new(stacks * PORTAL_STACK_BYTES, "portal stacks",
                                kernel_domain(), &segment);

    if (error < 0)
        return error;
    error =
        segment_attach(segment, p->domain, RIGHT_R | RIGHT_W, 0, &attachment);
    if (error < 0) {
        segment_end(segment);
        return error;
    }
    p->stacks = segment->range.base;
    for (uint64_t i = 1; i <= stacks; i++) {
        if (!portal_add_call(p, p->stacks + i * PORTAL_STACK_BYTES))
            return -ERR_MEMORY;
    }
    return 0;
}

int64_t sys_portal_create(uint64_t domain, uint64_t entry, uint64_t stacks,
                          uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct domain *d = domain_find(domain);
    struct portal *p;
    int64_t error;

    (void)a3, (void)a4, (void)a5;
    if (!d)
        return -ERR_ID;
    if (!domain_may_control(d) || d == kernel_domain())
        return -ERR_RIGHT;
    if (d->dying)
        return -ERR_KILLED;
    if (!stacks || stacks > PORTAL_STACKS || entry & 1)
        return -ERR_VALUE;
    p = pool_alloc(&portals);
    if (!p)
        return -ERR_MEMORY;
    p->domain = d;
    p->entry = entry;
    p->tp = loader_statics(d, entry);
    list_init(&p->waiters);
    list_init(&p->in_domain);
    error = portal_make_stacks(p, stacks);
    if (error == 0 && !id_add(&kernel.portals, &p->object))
        error = -ERR_MEMORY;
    if (error < 0) {
        portal_free(p);
        return error;
    }
    list_add(&d->portals, &p->in_domain);
    hint_object(PORTAL_NEW, d->id, p->object.id, entry, 0, 0, NULL);
    return p->object.id;
}

/* No new calls; the portal itself goes with its last open one. */
static void portal_close(struct portal *p)
{
    if (p->closed)
        return;
    p->closed = true;
    id_remove(&kernel.portals, &p->object);
    thread_wake_all(&p->waiters, -ERR_KILLED);
}

int64_t sys_portal_destroy(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                           uint64_t a4, uint64_t a5)
{
    struct portal *p = id_find(&kernel.portals, id);

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!p)
        return -ERR_ID;
    if (!domain_may_control(p->domain))
        return -ERR_RIGHT;
    portal_close(p);
    if (!p->open)
        portal_free(p);
    return 0;
}

/* ---- calling ---------------------------------------------------------- */

/* Waits for a stack of a portal that has none free. NULL: *error says why. */
__attribute__((noinline)) static struct portal_call *
call_wait(struct portal *p, uint64_t id, int64_t *error)
{
    while (!p->unused) {
        *error = thread_block(&p->waiters);
        if (*error < 0)
            return NULL;
        p = id_find(&kernel.portals, id);
        if (!p) {
            *error = -ERR_KILLED;
            return NULL;
        }
    }
    return p->unused;
}

/* The arguments are read from the frame, where the trap has left them: on this
 * path, every register that survives a function call costs a save. */
int64_t sys_portal_call(uint64_t id, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t a4, uint64_t a5)
{
    struct portal *p = id_find(&kernel.portals, id);
    struct thread *t = current;
    uint64_t *x = t->frame.x;
    struct portal_call *call;
    int64_t error = -ERR_ID;

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    call = p ? p->unused : NULL;
    if (p && !call) {
        call = call_wait(p, x[REG_A0], &error);
        p = call ? call->portal : NULL;
    }
    if (!p)
        return error;
    p->unused = call->outer;
    p->open++;
    call->thread = t;
    call->outer = t->calls;
    t->calls = call;
    call_save(call, t);
    call_save_fault(call, t);
    hint(PORTAL_CALL, p->object.id);

    uint64_t entry = p->entry, sp = call->stack_top, tp = p->tp;
    uint64_t caller = t->domain->id;
    uint64_t arg0 = x[REG_A1], arg1 = x[REG_A2], arg2 = x[REG_A3],
             arg3 = x[REG_A4];

    registers_clear(x, REG_RA, REG_T6);
    x[REG_PC] = entry;
    x[REG_SP] = sp;
    x[REG_TP] = tp;
    x[REG_A1] = arg1;
    x[REG_A2] = arg2;
    x[REG_A3] = arg3;
    x[REG_A4] = caller;
    thread_set_domain(t, p->domain);
    return (int64_t)arg0;
}

/* The newest call of the current thread is over. */
static int64_t call_end(int64_t result)
{
    struct thread *t = current;
    struct domain *back;

    call_pop(t);
    back = domain_of_calls(t);
    if (!back) {
        call_skip_dead(t);
        return -ERR_KILLED;
    }
    thread_set_domain(t, back);
    return result;
}

int64_t sys_portal_return(uint64_t result, uint64_t a1, uint64_t a2,
                          uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct portal_call *call = current->calls;

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!call)
        return -ERR_ID;
    if (current->in_fault)
        return -ERR_BUSY; /* the up-call has to end first */
    hint(PORTAL_RETURN, call->portal->object.id);
    return call_end((int64_t)result);
}

int64_t portal_abandon(void)
{
    return call_end(-ERR_KILLED);
}

/* ---- when a domain or a thread ends --------------------------------------*/

/* Threads inside d by way of p, and not further, go back to their callers.
 * Counting ourselves as an open call keeps p while we look at its records. */
static void portal_evict(struct portal *p, const struct domain *d)
{
    p->open++;
    for (struct portal_call *call = p->calls; call; call = call->next) {
        struct thread *t = call->thread;

        if (!t || t->calls != call || t->home == d)
            continue;
        call_skip_dead(t);
        thread_unwind(t);
    }
    p->open--;
    if (!p->open)
        portal_free(p);
}

/* All of them are dead before the first thread looks for a living domain. */
void portal_domain_end(struct domain *d)
{
    struct list *link;

    for (link = d->portals.next; link != &d->portals; link = link->next) {
        struct portal *p = LIST_ENTRY(link, struct portal, in_domain);
        struct segment *stacks = segment_find(p->stacks);

        portal_close(p);
        p->domain = NULL;
        if (stacks)
            segment_end(stacks);
    }
    while ((link = list_first(&d->portals))) {
        list_remove(link);
        portal_evict(LIST_ENTRY(link, struct portal, in_domain), d);
    }
}

void portal_thread_end(struct thread *t)
{
    while (t->calls)
        call_pop(t);
}
