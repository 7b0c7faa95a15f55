/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs next: round robin over ready threads, a slice each, kernel threads
 * first. The hart changes hands in schedule() only. With nobody ready the idle
 * thread waits for an interrupt. trap.S holds the switch itself.
 */
#include "os/kernel/kernel.h"

/* The timer fires at the end of the slice or for the first sleeper. */
static void timer_set(void)
{
    struct list *first = list_first(&kernel.sleeping);
    uint64_t when = kernel.slice_end;
    if (first) {
        struct thread *t = LIST_ENTRY(first, struct thread, link);
        if (t->wake_time < when)
            when = t->wake_time;
    }
    csr_write(CSR_STIMECMP, when);
}

PHASE(schedule) static void slice_start(void)
{
    kernel.slice_end =
        list_is_empty(&kernel.ready) ? NEVER : time_now() + kernel.quantum;
    timer_set();
}

/* Takes the next thread and gives it its domain's rights. Kernel threads run
 * with whatever domain is there: they never touch user memory. */
PHASE(schedule) static struct thread *next_thread(void)
{
    struct list *first = list_first(&kernel.ready);
    struct thread *to = kernel.idle;
    if (first) {
        list_remove(first);
        to = LIST_ENTRY(first, struct thread, link);
    }
    to->state = THREAD_RUNNING;
    kernel.switches++;
    if (kernel.quantum)
        slice_start();
    hint(THREAD_RUNS, to->id);
    if (to->domain != kernel.domain_now && to->domain->id != 0)
        domain_switch(to->domain);
    return to;
}

PHASE(schedule) void schedule(void)
{
    struct thread *to = next_thread();
    if (to != current)
        thread_switch(to);
}

_Noreturn void schedule_away(void)
{
    thread_resume(next_thread());
}

PHASE(schedule) void thread_yield(void)
{
    if (list_is_empty(&kernel.ready))
        return;
    current->state = THREAD_READY;
    list_add(&kernel.ready, &current->link);
    schedule();
}

PHASE(schedule) int64_t thread_block(struct list *queue)
{
    current->state = THREAD_BLOCKED;
    list_add(queue, &current->link);
    schedule();
    return current->result;
}

PHASE(schedule) void thread_ready(struct thread *t, int64_t result)
{
    list_remove(&t->link);
    t->result = result;
    t->state = THREAD_READY;
    /* Added before the first one: a kernel thread goes to the front. */
    if (t->home->id == 0)
        list_add(kernel.ready.next, &t->link);
    else
        list_add(&kernel.ready, &t->link);
    if (kernel.quantum && kernel.slice_end == NEVER)
        slice_start();
}

bool thread_wake_first(struct list *queue, int64_t result)
{
    struct list *first = list_first(queue);
    if (first)
        thread_ready(LIST_ENTRY(first, struct thread, link), result);
    return first;
}

void thread_wake_all(struct list *queue, int64_t result)
{
    while (thread_wake_first(queue, result))
        ;
}

void thread_sleep(uint64_t when)
{
    struct list *after = kernel.sleeping.next;
    while (after != &kernel.sleeping &&
           LIST_ENTRY(after, struct thread, link)->wake_time <= when)
        after = after->next;
    current->wake_time = when;
    current->state = THREAD_BLOCKED;
    list_add(after, &current->link);
    timer_set();
    schedule();
}

static void wake_sleepers(uint64_t now)
{
    struct list *first;
    while ((first = list_first(&kernel.sleeping))) {
        struct thread *t = LIST_ENTRY(first, struct thread, link);
        if (t->wake_time > now)
            break;
        thread_ready(t, 0);
    }
}

void timer_interrupt(void)
{
    uint64_t now = time_now();
    bool over = kernel.slice_end <= now;
    if (over)
        kernel.slice_end = NEVER;
    wake_sleepers(now);
    timer_set();
    if (over && current != kernel.idle)
        thread_yield();
}

void interrupts_take(void)
{
    uint64_t pending = csr_read(CSR_SIP) & csr_read(CSR_SIE);
    if (pending & SIP_EXTERNAL) {
        mailbox_interrupt();
        if (current != kernel.idle)
            thread_yield();
    }
    if (pending & SIP_TIMER)
        timer_interrupt();
}

_Noreturn void idle(void)
{
    for (;;) {
        if (!list_is_empty(&kernel.ready))
            schedule();
        /* With interrupts off, wfi still ends when one is pending. */
        wait_for_interrupt();
        interrupts_take();
    }
}
