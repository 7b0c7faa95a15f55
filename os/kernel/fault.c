/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions: an access that the domain may make is made possible (a page, a
 * protection entry) and retried; one that it may not make goes to the domain's
 * up-call or ends the domain. The kernel's own accesses to user memory come
 * here too. trap.S calls this; nothing else of the kernel traps.
 */
#include "os/kernel/kernel.h"

extern char user_copy_start[], user_copy_end[], user_copy_failed[];
bool user_copy(void *to, const void *from, uint64_t bytes);

static struct pool fault_frames = POOL(struct frame);

/* The right that an access of this cause needs; 0: not a memory access. */
static unsigned right_needed(uint64_t cause)
{
    switch (cause) {
    case CAUSE_PAGE_FETCH:
    case CAUSE_RPLB_MISS_FETCH:
        return RIGHT_X;
    case CAUSE_PAGE_LOAD:
    case CAUSE_RPLB_MISS_LOAD:
        return RIGHT_R;
    case CAUSE_PAGE_STORE:
    case CAUSE_RPLB_MISS_STORE:
        return RIGHT_W;
    default:
        return 0;
    }
}

static int64_t page_in(struct attachment *a, uint64_t va)
{
    uint64_t page = va & ~(PAGE_SIZE - 1);
    uint64_t pa =
        segment_frame(a->segment, (page - a->range.base) >> PAGE_SHIFT);
    unsigned rights = kernel.protection->leaf_rights(range_rights(&a->range));
    if (!pa || !space_map(a->domain->space, page, pa, rights))
        return -ERR_MEMORY;
    return 0;
}

int64_t fault_resolve(struct domain *d, uint64_t cause, uint64_t va)
{
    unsigned right = right_needed(cause);
    struct attachment *a;

    if (cause == CAUSE_HARDWARE_ERROR)
        panic("several RPLB entries match");
    if (!right)
        return -ERR_ADDRESS;
    a = attachment_at(d, va);
    if (!a)
        return -ERR_ADDRESS;
    if (!(range_rights(&a->range) & right))
        return -ERR_RIGHT;
    if (cause >= CAUSE_RPLB_MISS_FETCH) {
        kernel.protection->refill(a, cause);
        return 0;
    }
    return page_in(a, va);
}

void trap_user(uint64_t cause, uint64_t va)
{
    if ((int64_t)cause < 0)
        interrupts_take();
    else if (fault_resolve(current->domain, cause, va) != 0)
        fault_deliver(cause, va);
}

/* ---- up-calls ----------------------------------------------------- */
/* The domain's handler runs instead, on the thread's own stack. A fault in the
 * handler itself, or no memory to keep the frame: the domain ends. */
void fault_deliver(uint64_t cause, uint64_t va)
{
    struct thread *t = current;
    uint64_t *x = t->frame.x;
    struct frame *kept = NULL;

    if (t->domain->fault_handler && !t->in_fault)
        kept = pool_alloc(&fault_frames);
    if (!kept)
        fault_kill(cause, va);
    *kept = t->frame;
    t->fault_frame = kept;
    t->in_fault = true;
    t->fault_domain = t->domain;
    t->fault_cause = cause;
    t->fault_va = va;
    x[REG_A0] = cause;
    x[REG_A1] = va;
    x[REG_A2] = x[REG_PC];
    x[REG_SP] &= ~15ul;
    x[REG_PC] = t->domain->fault_handler;
}

void fault_forget(struct thread *t)
{
    if (!t->in_fault)
        return;
    pool_free(&fault_frames, t->fault_frame);
    t->fault_frame = NULL;
    t->in_fault = false;
}

_Noreturn void fault_kill(uint64_t cause, uint64_t va)
{
    struct domain *d = current->domain;
    hint_object(FAULT, d->id, current->id, cause, va, current->frame.x[REG_PC],
                NULL);
    hint_object(DOMAIN_KILLED, d->id, 0, cause, 0, 0, NULL);
    (void)cause, (void)va;
    domain_end(d);
    panic("killed domain's thread goes on");
}

int64_t sys_fault_handler(uint64_t entry, uint64_t a1, uint64_t a2, uint64_t a3,
                          uint64_t a4, uint64_t a5)
{
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (current->domain->id == 0 || entry >= kernel.user_limit)
        return -ERR_VALUE;
    current->domain->fault_handler = entry;
    return 0;
}

int64_t sys_fault_return(uint64_t retry, uint64_t a1, uint64_t a2, uint64_t a3,
                         uint64_t a4, uint64_t a5)
{
    struct thread *t = current;

    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!t->in_fault)
        return -ERR_VALUE;
    t->frame = *t->fault_frame;
    fault_forget(t);
    if (!retry)
        fault_kill(t->fault_cause, t->fault_va);
    return (int64_t)t->frame.x[REG_A0];
}

/* ---- the kernel's accesses to user memory ------------------------- */
uint64_t fault_in_kernel(uint64_t cause, uint64_t pc, uint64_t va,
                         const uint64_t *stack)
{
    bool copying =
        pc >= (uint64_t)user_copy_start && pc < (uint64_t)user_copy_end;
    if ((int64_t)cause < 0 || !copying || va >= kernel.user_limit)
        panic_at("trap in the kernel", cause, pc, va, stack);
    if (fault_resolve(current->domain, cause, va) == 0)
        return pc;
    return (uint64_t)user_copy_failed;
}

static bool is_user_range(uint64_t from, uint64_t bytes)
{
    return from < kernel.user_limit && bytes <= kernel.user_limit - from;
}

bool copy_in(void *to, uint64_t from, uint64_t bytes)
{
    if (current->domain->id == 0) {
        memcpy(to, (const void *)from, bytes);
        return true;
    }
    return is_user_range(from, bytes) &&
           user_copy(to, (const void *)from, bytes);
}

bool copy_out(uint64_t to, const void *from, uint64_t bytes)
{
    if (current->domain->id == 0) {
        memcpy((void *)to, from, bytes);
        return true;
    }
    return is_user_range(to, bytes) && user_copy((void *)to, from, bytes);
}

/* By aligned words: none of them crosses a page, so what lies behind the
 * string's end is never a reason to refuse it. */
bool copy_in_name(char *to, uint64_t from, uint64_t room)
{
    uint64_t n = 0;

    while (from && n + 1 < room) {
        uint64_t skip = (from + n) % 8;
        char word[8] __attribute__((aligned(8)));
        if (!copy_in(word, from + n - skip, 8))
            return false;
        for (; skip < 8 && n + 1 < room; skip++, n++) {
            to[n] = word[skip];
            if (to[n] == 0)
                return true;
        }
    }
    to[n] = 0;
    return true;
}
