/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rare steps to events. Order within a step: misses, trap, change of
 * domain, hint, return. Next: ledger.c for the cycles, registry.c for the
 * names.
 */
#include "sim/observe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mmu/xsas.h"

#define REG_A0 10
#define REG_A7 17

void machine_stop(struct machine *m, enum stop why)
{
    if (m->stopping && (m->stopped >= STOP_POWEROFF || why < STOP_POWEROFF))
        return;
    m->stopping = true;
    m->stopped = why;
}

static struct event event_now(const struct machine *m, enum event_kind kind)
{
    const struct step *s = &m->now->cpu.step;
    return (struct event){
        .kind = (uint8_t)kind,
        .hart = s->hart,
        .cycle = machine_clock(m),
        .instructions = m->now->ledger.instructions,
        .pc = s->pc,
        .domain = machine_domain(m),
        .thread = m->registry.thread,
        .privilege = s->privilege,
    };
}

static bool stops_on(const struct run_limits *limits, const struct event *e)
{
    if (!limits)
        return false;
    if (limits->stop_events & EVENT_BIT(e->kind))
        return true;
    for (size_t i = 0; i < limits->filter_count; i++)
        if (event_filter_match(&limits->filters[i], e))
            return true;
    return false;
}

static void emit(struct machine *m, const struct event *event)
{
    m->event_count[event->kind]++;
    if (!(m->events.record & EVENT_BIT(event->kind)))
        return;
    const struct event *e = event_add(&m->events, event);
    if (m->trace_file)
        trace_file_event(m->trace_file, &m->registry, e);
    if (stops_on(m->limits, e)) {
        if (!m->stopping)
            m->stop_event = *e;
        machine_stop(m, STOP_EVENT);
    }
}

/* ---- misses ---------------------------------------------------------------
 */

static void emit_miss(struct machine *m, enum event_kind kind, enum unit unit,
                      const struct access *a, const struct lookup *l)
{
    if (l->result != LOOKUP_MISS)
        return;
    struct event e = event_now(m, kind);
    e.unit = (uint8_t)unit;
    e.va = a->va;
    e.access = a->kind;
    e.miss = l->cause;
    e.late = l->late;
    e.cost = a->cycles;
    emit(m, &e);
}

static void observe_misses(struct machine *m, const struct step *s)
{
    bool data = s->data.size != 0;
    if (s->events & STEP_TLB_MISS) {
        emit_miss(m, EVENT_TLB_MISS, UNIT_ITLB, &s->fetch, &s->fetch.tlb);
        if (data)
            emit_miss(m, EVENT_TLB_MISS, UNIT_DTLB, &s->data, &s->data.tlb);
    }
    if (s->events & STEP_PROTECTION_MISS) {
        emit_miss(m, EVENT_PROTECTION_MISS, UNIT_IRPLB, &s->fetch,
                  &s->fetch.protection);
        if (data)
            emit_miss(m, EVENT_PROTECTION_MISS, UNIT_DRPLB, &s->data,
                      &s->data.protection);
    }
}

/* ---- traps ----------------------------------------------------------------
 */

/* The access that was refused in this step, or NULL. */
static const struct access *refused_access(const struct step *s)
{
    if (s->interrupt)
        return NULL;
    if (s->fetch.refused)
        return &s->fetch;
    return s->data.size && s->data.refused ? &s->data : NULL;
}

static void describe_access(struct event *e, const struct access *a)
{
    if (!a)
        return;
    e->access = a->kind;
    e->size = a->size;
    e->refused = a->refused;
    e->rights = a->rights;
    e->pte = a->pte;
    e->protection = a->protection.result;
}

static const char *cause_words(uint64_t cause, bool interrupt)
{
    const char *text = cause_text(cause, interrupt);
    return text ? text : "unknown cause";
}

static void no_progress(struct machine *m)
{
    const struct step *s = &m->now->cpu.step;
    const struct event *first = &m->now->first_trap;
    char hart[24] = "";
    if (m->config.harts > 1)
        snprintf(hart, sizeof hart, "hart %u: ", s->hart);
    snprintf(m->why, sizeof m->why,
             "%s%" PRIu64
             " traps in a row and no instruction done between them: "
             "the trap handler at 0x%" PRIx64 " cannot run (%s at 0x%" PRIx64
             "); it began with: %s at 0x%" PRIx64,
             hart, m->now->cpu.traps_in_a_row, m->now->cpu.pc,
             cause_words(s->cause, s->interrupt), s->tval,
             cause_words(first->cause, first->interrupt), first->pc);
    machine_stop(m, STOP_NO_PROGRESS);
}

static void observe_trap(struct machine *m, const struct step *s)
{
    const struct access *refused = refused_access(s);
    bool call = !s->interrupt && s->cause == TRAP_ECALL_U;
    uint64_t number = m->now->cpu.x[REG_A7];
    struct ledger_entry entry = {
        .cause = s->cause,
        .interrupt = s->interrupt,
        .late = refused && refused->protection.late,
        .system_call = call,
        .script_next = call && number == SYS_script_next,
        .thread = m->registry.thread,
    };
    ledger_trap(&m->now->ledger, &m->now->cpu.mmu, &entry);
    struct event e = event_now(m, EVENT_TRAP);
    e.cause = s->cause;
    e.interrupt = s->interrupt;
    e.va = s->tval;
    e.cost = s->cycles;
    describe_access(&e, refused);
    emit(m, &e);
    if (call) {
        e.kind = EVENT_SYSCALL;
        e.value = number;
        e.value2 = m->now->cpu.x[REG_A0];
        emit(m, &e);
    }
    if (s->privilege == PRIV_U && refused)
        m->now->last_refusal = e;
    if (m->now->cpu.traps_in_a_row == 1)
        m->now->first_trap = e;
    if (m->now->cpu.traps_in_a_row >= MACHINE_TRAPS_IN_A_ROW)
        no_progress(m);
}

/* ---- hints ----------------------------------------------------------------
 */

/* How the hardware will know a domain that the kernel announces. */
static uint64_t announced_key(const struct machine *m,
                              const struct hint_record *h)
{
    struct mmu_regs regs = m->now->cpu.mmu.regs;
    regs.domain = (uint16_t)h->domain;
    regs.satp = h->a;
    return mmu_domain_key(&regs);
}

void observe_right(struct event *e, const struct registry *r)
{
    uint64_t offset;
    const struct registry_segment *segment =
        registry_segment_at(r, e->domain, e->va, &offset);
    const struct registry_right *right =
        segment ? registry_right(r, e->domain, segment->base) : NULL;
    if (segment) {
        e->segment_known = true;
        e->segment = segment->base;
    }
    if (right) {
        e->right_known = true;
        e->right = *right;
    }
    if (segment && segment->live)
        return;
    const struct registry_right *a = NULL;
    while ((a = registry_rights_of(r, e->domain, a)))
        if (a->rights && a->address > e->va &&
            a->address - e->va <= EVENT_NEAR_BYTES &&
            (!e->above || a->address < e->above))
            e->above = a->address;
}

/* Was it a right that was missing? In a MAS the page table may say no more
 * than "not mapped", where the segment exists. */
static bool lacks_a_right(const struct event *e, const struct registry *r)
{
    static const uint8_t needs[] = {
        [ACCESS_FETCH] = RIGHT_X,
        [ACCESS_LOAD] = RIGHT_R,
        [ACCESS_STORE] = RIGHT_W,
        [ACCESS_AMO] = RIGHT_R | RIGHT_W,
    };
    const struct registry_segment *s =
        e->segment_known ? registry_segment(r, e->segment) : NULL;
    uint8_t has = e->right_known ? e->right.rights : 0;
    if (s && s->live && e->refused)
        return (has & needs[e->access]) != needs[e->access];
    return e->refused == REFUSED_PTE_RIGHT || e->refused == REFUSED_PTE_USER ||
           e->refused == REFUSED_RANGE_RIGHT;
}

/* A user fault that no retry can cure: what the hardware said when it trapped,
 * and what the registry knows. */
static void observe_fault(struct machine *m, const struct hint_record *h)
{
    struct event e = event_now(m, EVENT_FAULT);
    if (m->now->last_refusal.refused && m->now->last_refusal.va == h->b)
        e = m->now->last_refusal;
    e.kind = EVENT_FAULT;
    e.cycle = machine_clock(m);
    e.instructions = m->now->ledger.instructions;
    e.domain = (uint32_t)h->domain;
    e.thread = (uint32_t)h->object;
    e.cause = (uint8_t)h->a;
    e.va = h->b;
    e.pc = h->c;
    e.cost = 0;
    observe_right(&e, &m->registry);
    m->faults_protection += lacks_a_right(&e, &m->registry);
    emit(m, &e);
}

static void observe_panic(struct machine *m, const struct hint_record *h)
{
    struct event e = event_now(m, EVENT_PANIC);
    m->panic = *h;
    m->panic.name[NAME_BYTES - 1] = 0;
    e.value = h->a;
    emit(m, &e);
    m->stop_event = e;
    machine_stop(m, STOP_PANIC);
}

static void observe_domain(struct machine *m, enum hint hint,
                           const struct hint_record *h)
{
    struct event e = event_now(m, EVENT_DOMAIN);
    e.other = e.domain;
    e.domain = (uint32_t)h->domain;
    e.value = hint == HINT_DOMAIN_NEW ? 1 : hint == HINT_DOMAIN_END ? 0 : 2;
    e.cause = hint == HINT_DOMAIN_KILLED ? (uint8_t)h->a : 0;
    if (hint == HINT_DOMAIN_NEW) {
        char name[NAME_BYTES];
        memcpy(name, h->name, sizeof name);
        name[NAME_BYTES - 1] = 0;
        ledger_name_domain(&m->now->ledger, &m->now->cpu.mmu,
                           announced_key(m, h), e.domain, name);
    }
    emit(m, &e);
    if (hint == HINT_DOMAIN_END)
        ledger_end_domain(&m->now->ledger, e.domain, e.cycle);
}

/* Who makes the kernel act. A kernel thread, such as the mailbox's, leaves the
 * hardware's domain as it finds it. */
static uint32_t acting_domain(const struct machine *m)
{
    const struct registry_thread *t =
        registry_thread(&m->registry, m->registry.thread);
    return t && t->domain == 0 ? 0 : machine_domain(m);
}

static void observe_record(struct machine *m, enum hint hint,
                           const struct hint_record *h)
{
    struct event e = event_now(m, EVENT_HINT);
    registry_hint(&m->registry, hint, h, e.cycle, acting_domain(m),
                  announced_key(m, h));
    e.hint = (uint8_t)hint;
    e.other = (uint32_t)h->domain;
    e.va = h->object;
    switch (hint) {
    case HINT_PANIC:
        observe_panic(m, h);
        return;
    case HINT_FAULT:
        observe_fault(m, h);
        return;
    case HINT_DOMAIN_NEW:
    case HINT_DOMAIN_END:
    case HINT_DOMAIN_KILLED:
        observe_domain(m, hint, h);
        return;
    case HINT_SEGMENT_NEW:
    case HINT_SEGMENT_END:
        e.kind = EVENT_SEGMENT;
        e.value = hint == HINT_SEGMENT_NEW;
        e.value2 = h->a;
        break;
    case HINT_RIGHTS:
        e.kind = EVENT_RIGHTS;
        e.other = e.domain;
        e.domain = (uint32_t)h->domain;
        e.rights = (uint8_t)h->a;
        e.value = h->b;
        e.value2 = h->c;
        break;
    case HINT_THREAD_NEW:
    case HINT_THREAD_END:
        e.kind = EVENT_THREAD;
        e.domain = (uint32_t)h->domain;
        e.thread = (uint32_t)h->object;
        e.va = hint == HINT_THREAD_NEW ? h->a : 0;
        e.value = hint == HINT_THREAD_NEW;
        e.value2 = h->a;
        break;
    case HINT_PROGRAM_LOADED:
        e.kind = EVENT_PROGRAM;
        e.value = h->object;
        e.va = h->a;
        break;
    default:
        e.value = h->object;
        break;
    }
    emit(m, &e);
}

/* Hints whose value is a number, not a record. False: it is a record hint. */
static bool observe_value(struct machine *m, enum hint hint, uint64_t value)
{
    struct event e = event_now(m, EVENT_HINT);
    e.hint = (uint8_t)hint;
    e.value = value;
    switch (hint) {
    case HINT_MARK:
        e.kind = EVENT_MARK;
        break;
    case HINT_BOOTED:
        e.kind = EVENT_BOOTED;
        break;
    case HINT_THREAD_RUNS:
        m->registry.thread = (uint32_t)value;
        e.thread = (uint32_t)value;
        break;
    case HINT_PORTAL_CALL:
        e.kind = EVENT_CALL;
        break;
    case HINT_PORTAL_RETURN:
        e.kind = EVENT_RETURN;
        break;
    case HINT_MESSAGE_SENT:
    case HINT_MESSAGE_TAKEN:
        e.kind = EVENT_MESSAGE;
        e.value2 = hint == HINT_MESSAGE_SENT;
        break;
    default:
        return false;
    }
    emit(m, &e);
    return true;
}

/* U-mode may only set marks: a program must not rewrite the registry. */
static void observe_hint(struct machine *m, const struct step *s)
{
    enum hint hint = (enum hint)s->hint;
    struct hint_record record;
    if (s->privilege == PRIV_U && hint != HINT_MARK)
        return;
    if (s->hint >= HINT_LIMIT || observe_value(m, hint, s->hint_value))
        return;
    if (machine_peek_va(m, 0, s->hint_value, &record, sizeof record))
        observe_record(m, hint, &record);
}

/* ---- the rest ---------------------------------------------------------------
 */

static void observe_context(struct machine *m)
{
    uint64_t before = m->now->ledger.domains[m->now->ledger.domain].serial;
    uint32_t other = machine_domain(m);
    ledger_context(&m->now->ledger, &m->now->cpu.mmu);
    if (m->now->ledger.domains[m->now->ledger.domain].serial == before)
        return;
    struct event e = event_now(m, EVENT_CONTEXT);
    e.other = other;
    emit(m, &e);
}

void observe_pc(struct machine *m)
{
    const struct step *step = &m->now->cpu.step;
    bool by_user = step->retired && step->privilege == PRIV_U;
    if (!ledger_move(&m->now->ledger, &m->now->cpu.mmu, m->now->cpu.pc, by_user,
                     &m->registry))
        return;
    const struct switch_record *r = ledger_switch(&m->now->ledger, 0);
    struct event e = event_now(m, EVENT_SWITCH);
    e.other = r->from;
    e.cost = (uint32_t)r->direct;
    e.value = r->number;
    emit(m, &e);
}

void observe_step(struct machine *m)
{
    const struct step *s = &m->now->cpu.step;
    if (s->events & (STEP_TLB_MISS | STEP_PROTECTION_MISS))
        observe_misses(m, s);
    if (s->events & STEP_TRAP)
        observe_trap(m, s);
    if (s->events & STEP_CONTEXT)
        observe_context(m);
    if (s->events & STEP_HINT)
        observe_hint(m, s);
    if (s->events & STEP_FLUSH) {
        struct event e = event_now(m, EVENT_FLUSH);
        e.cost = s->cycles;
        emit(m, &e);
    }
    if (s->events & STEP_HANG) {
        snprintf(m->why, sizeof m->why,
                 "the instruction at 0x%" PRIx64
                 " drove the hardware in a way that has no meaning",
                 s->pc);
        machine_stop(m, STOP_HUNG);
    }
    if (s->events & STEP_RETURN)
        ledger_return(&m->now->ledger, &m->now->cpu.mmu,
                      m->now->cpu.privilege == PRIV_U);
}
