// SPDX-License-Identifier: Apache-2.0
/*
 * From a machine to the rows of the view model: registers, lookaside units,
 * domains and rights, ledger. Everything is read through const pointers, so a
 * look changes neither a counter nor an age. Called after each slice of the
 * session; code and events are read by the two files beside this one.
 */
#include <stdio.h>
#include <string.h>

#include "viz/model/memory.h"

void model_init(struct model *m, struct heap *heap, const char *source_root)
{
    memset(m, 0, sizeof *m);
    m->memory = heap_new(heap, 1, sizeof *m->memory);
    if (!m->memory)
        err_no_memory();
    m->memory->heap = heap;
    if (source_root)
        snprintf(m->memory->root, sizeof m->memory->root, "%s", source_root);
    m->code_pc = -1;
}

void model_free(struct model *m)
{
    if (!m->memory)
        return;
    model_free_sources(m->memory);
    model_graph_free(m);
    heap_free(m->memory->heap, m->memory);
    m->memory = NULL;
}

static void copy_name(char to[MODEL_NAME], const char *from)
{
    snprintf(to, MODEL_NAME, "%.*s", MODEL_NAME - 1, from ? from : "");
}

/* ---- who runs -------------------------------------------------------------
 */

static void read_personality(struct model *m, const struct machine *machine)
{
    const struct mmu_regs *r = &machine->now->cpu.mmu.regs;
    const struct registry *g = &machine->registry;
    bool asids = false;

    m->protection = (uint8_t)(r->sprot & SPROT_UNIT_MASK);
    m->hardware_refill = r->sprot & SPROT_HWREFILL;
    m->one_space = true;
    for (size_t i = 0; i < g->domain_count; i++) {
        if (!g->domains[i].live)
            continue;
        m->one_space &= g->domains[i].space == g->domains[0].space;
        asids |= (g->domains[i].satp >> 44 & 0xffff) != 0;
    }
    if (m->protection == SPROT_RPLB)
        snprintf(m->personality, MODEL_NAME,
                 m->hardware_refill ? "rplb-hw" : "rplb");
    else if (m->protection)
        snprintf(m->personality, MODEL_NAME, "unit %u", m->protection);
    else if (g->domain_count == 0)
        snprintf(m->personality, MODEL_NAME, "page table");
    else
        snprintf(m->personality, MODEL_NAME, asids ? "mas-asid" : "mas");
}

static void read_who(struct model *m, const struct machine *machine)
{
    static const char letters[] = "US?M";
    const struct registry_thread *t =
        registry_thread(&machine->registry, machine->registry.thread);
    char buffer[NAME_BYTES];
    uint32_t id = machine_domain(machine);

    m->domain_id = (uint16_t)id;
    copy_name(m->domain, registry_domain_name(&machine->registry, id, buffer,
                                              sizeof buffer));
    copy_name(m->thread, "");
    if (t && t->live && t->name[0])
        copy_name(m->thread, t->name);
    else if (machine->registry.thread)
        snprintf(m->thread, MODEL_NAME, "thread %u", machine->registry.thread);
    m->privilege = letters[machine->now->cpu.privilege & 3];
    m->hart = machine->now->cpu.step.hart;
    m->hart_count = (int)machine->config.harts;
    m->core_hz = machine->config.core_hz;
    m->program = model_program_instructions(machine);
    m->faults = machine->event_count[EVENT_FAULT];
    m->cycle = machine_clock(machine);
    m->instructions = machine->now->cpu.instret;
}

/* ---- registers ------------------------------------------------------------
 */

/* What a value points at: code, or a place in a segment. */
static void name_value(char to[MODEL_NAME], const struct machine *machine,
                       uint64_t value)
{
    struct place_name place = { 0 };
    uint64_t offset = 0;
    const struct registry_segment *s;

    *to = 0;
    if (value < 4096)
        return;
    s = registry_segment_at(&machine->registry, machine_domain(machine), value,
                            &offset);
    if (registry_place(&machine->registry, value, &place) && place.function)
        snprintf(to, MODEL_NAME, "%.20s+0x%llx", place.function,
                 (unsigned long long)place.offset);
    else if (s)
        snprintf(to, MODEL_NAME, "%.16s+0x%llx", s->name,
                 (unsigned long long)offset);
}

static void read_registers(struct model *m, const struct machine *machine)
{
    const struct cpu *c = &machine->now->cpu;

    memcpy(m->x, c->x, sizeof m->x);
    m->pc = c->pc;
    m->satp = c->mmu.regs.satp;
    m->sdomain = c->mmu.regs.domain;
    m->scause = c->csr.scause;
    m->stval = c->csr.stval;
    m->sepc = c->csr.sepc;
    if (!cpu_peek_csr(c, CSR_sstatus, &m->sstatus))
        m->sstatus = 0;
    for (int i = 0; i < 32; i++)
        name_value(m->symbol[i], machine, m->x[i]);
}

/* ---- lookaside units ------------------------------------------------------
 */

/* Bytes that the valid entries cover. */
static uint64_t reach_of(const struct assoc *a)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < assoc_entries(a); i++)
        if (a->entry[i].valid)
            bytes += a->entry[i].last - a->entry[i].first + 1;
    return bytes;
}

static void read_units(struct model *m, const struct mmu *mmu)
{
    for (int u = 0; u < UNIT_COUNT; u++) {
        const struct lookaside *unit = mmu_unit(mmu, (enum unit)u);
        const struct unit_stats *s = &mmu->stats[u];
        m->units[u] = (struct unit_row){ .name = unit_name((enum unit)u),
                                         .hits = s->hits,
                                         .misses = s->misses,
                                         .late = s->late,
                                         .gifts = s->gifts };
        memcpy(m->units[u].by_cause, s->by_cause, sizeof s->by_cause);
        if (lookaside_present(unit)) {
            m->units[u].used = unit->array.valid;
            m->units[u].size = assoc_entries(&unit->array);
            m->units[u].reach = reach_of(&unit->array);
        }
    }
}

/* H or M when the last step's look-up in this unit ended at this entry. */
static char mark_of(const struct lookup *l, const struct assoc *a,
                    uint32_t index)
{
    if (l->result == LOOKUP_NONE || l->set < 0 || l->way < 0 ||
        (uint32_t)l->set * a->ways + (uint32_t)l->way != index)
        return ' ';
    return l->result == LOOKUP_HIT ? 'H' : 'M';
}

static const struct lookup *last_lookup(const struct step *s, enum unit u)
{
    static const struct lookup none = { .result = LOOKUP_NONE };

    switch (u) {
    case UNIT_ITLB:
        return s->length ? &s->fetch.tlb : &none;
    case UNIT_IRPLB:
        return s->length ? &s->fetch.protection : &none;
    case UNIT_DTLB:
        return s->data.size ? &s->data.tlb : &none;
    case UNIT_DRPLB:
        return s->data.size ? &s->data.protection : &none;
    case UNIT_L2TLB:
        if (s->data.size && s->data.l2tlb.result != LOOKUP_NONE)
            return &s->data.l2tlb;
        return s->length ? &s->fetch.l2tlb : &none;
    default:
        return &none;
    }
}

/* Valid entries of a unit, newest first; at most MODEL_ENTRIES. */
static int newest_first(const struct assoc *a, uint32_t index[MODEL_ENTRIES],
                        int *more)
{
    int count = 0;

    for (uint32_t i = 0; i < assoc_entries(a); i++) {
        if (!a->entry[i].valid)
            continue;
        int at = count < MODEL_ENTRIES ? count : MODEL_ENTRIES;
        while (at > 0 && a->stamp[index[at - 1]] < a->stamp[i])
            at--;
        *more += count == MODEL_ENTRIES;
        if (at == MODEL_ENTRIES)
            continue;
        count += count < MODEL_ENTRIES;
        memmove(index + at + 1, index + at,
                (size_t)(count - at - 1) * sizeof *index);
        index[at] = i;
    }
    return count;
}

/* The only domain whose space has this ASID, or nobody. */
static void name_owner(struct tlb_row *t, const struct registry *g)
{
    const struct registry_domain *owner = NULL;

    for (size_t i = 0; i < g->domain_count && !t->global; i++) {
        const struct registry_domain *d = &g->domains[i];
        if (!d->live || (d->satp >> 44 & 0xffff) != t->asid)
            continue;
        if (owner)
            return;
        owner = d;
    }
    t->owner_id = owner ? owner->id : 0;
    copy_name(t->owner, owner ? owner->name : "");
}

static void read_tlb(struct model *m, const struct machine *machine,
                     enum unit unit)
{
    const struct cpu *c = &machine->now->cpu;
    const struct assoc *a = &mmu_unit(&c->mmu, unit)->array;
    uint32_t index[MODEL_ENTRIES];
    int count;

    if (!lookaside_present(mmu_unit(&c->mmu, unit)))
        return;
    count = newest_first(a, index, &m->tlb_more);
    for (int i = 0; i < count; i++) {
        const struct assoc_entry *e = &a->entry[index[i]];
        const struct assoc_payload *p = &a->payload[index[i]];
        m->tlb[m->tlb_count++] = (struct tlb_row){
            .unit = (uint8_t)unit,
            .mark = mark_of(last_lookup(&c->step, unit), a, index[i]),
            .va = e->first,
            .pa = p->pa,
            .bytes = e->last - e->first + 1,
            .rights = (uint8_t)(e->rights >> 1 & (RIGHT_R | RIGHT_W | RIGHT_X)),
            .user = e->rights >> 4 & 1,
            .global = e->global,
            .accessed = e->rights >> 6 & 1,
            .dirty = e->rights >> 7 & 1,
            .asid = (uint16_t)e->context,
            .age = (uint32_t)i,
        };
        name_owner(&m->tlb[m->tlb_count - 1], &machine->registry);
    }
}

static void read_rplb(struct model *m, const struct machine *machine,
                      enum unit unit)
{
    const struct cpu *c = &machine->now->cpu;
    const struct assoc *a = &mmu_unit(&c->mmu, unit)->array;
    uint32_t index[MODEL_ENTRIES];
    int count;

    if (!lookaside_present(mmu_unit(&c->mmu, unit)))
        return;
    count = newest_first(a, index, &m->ranges_more);
    for (int i = 0; i < count; i++) {
        const struct assoc_entry *e = &a->entry[index[i]];
        struct range_row *r = &m->ranges[m->range_count++];
        char buffer[NAME_BYTES];
        uint64_t offset;
        const struct registry_segment *s = registry_segment_at(
            &machine->registry, e->context, e->first, &offset);
        *r = (struct range_row){
            .unit = (uint8_t)unit,
            .mark = mark_of(last_lookup(&c->step, unit), a, index[i]),
            .domain = (uint16_t)e->context,
            .base = e->first,
            .limit = e->last + 1,
            .rights = e->rights,
            .age = (uint32_t)i,
        };
        copy_name(r->domain_name,
                  registry_domain_name(&machine->registry, e->context, buffer,
                                       sizeof buffer));
        copy_name(r->segment, s ? s->name : "");
    }
}

/* ---- domains and rights ----------------------------------------------------
 */

static void read_domains(struct model *m, const struct machine *machine)
{
    const struct registry *g = &machine->registry;

    for (size_t i = 0; i < g->domain_count; i++) {
        if (!g->domains[i].live)
            continue;
        if (m->domain_count == MODEL_DOMAINS) {
            m->domains_more++;
            continue;
        }
        struct domain_row *d = &m->domains[m->domain_count++];
        *d = (struct domain_row){ .id = g->domains[i].id };
        d->current = d->id == m->domain_id;
        copy_name(d->name, g->domains[i].name);
    }
}

static void read_rights(struct model *m, const struct machine *machine)
{
    const struct registry *g = &machine->registry;

    for (size_t i = 0; i < g->segment_count; i++) {
        const struct registry_segment *from = &g->segments[i];
        if (!from->live)
            continue;
        if (m->segment_count == MODEL_SEGMENTS) {
            m->segments_more++;
            continue;
        }
        struct segment_row *s = &m->segments[m->segment_count++];
        *s = (struct segment_row){ .base = from->base, .bytes = from->bytes };
        copy_name(s->name, from->name[0] ? from->name : "(no name)");
        for (int d = 0; d < m->domain_count; d++) {
            const struct registry_right *r =
                registry_right(g, m->domains[d].id, from->base);
            s->rights[d] = r ? r->rights : 0;
            s->elsewhere[d] = r && r->rights && r->address != from->base;
            s->address[d] = r && r->rights ? r->address : 0;
        }
    }
}

void model_read_rights(struct model *m, const struct machine *machine)
{
    m->domain_count = m->domains_more = 0;
    m->segment_count = m->segments_more = 0;
    read_domains(m, machine);
    read_rights(m, machine);
}

/* ---- ledger ----------------------------------------------------------------
 */

static void add_bar(struct model *m, const char *name, uint64_t window,
                    uint64_t total, bool is_switch, bool is_count)
{
    struct bar_row *b = &m->bars[m->bar_count++];

    *b = (struct bar_row){ .window = window,
                           .total = total,
                           .is_switch = is_switch,
                           .is_count = is_count };
    copy_name(b->name, name);
}

static void read_switches(struct model *m, const struct switch_stats *window,
                          const struct switch_stats *total)
{
    char name[MODEL_NAME];
    uint64_t gifts = 0, window_gifts = 0;

    m->window_switches = window->count;
    m->total_switches = total->count;
    for (int p = 0; p < PHASE_COUNT; p++) {
        snprintf(name, sizeof name, "direct: %s", phase_name((enum phase)p));
        add_bar(m, name, window->phase[p], total->phase[p], true, false);
    }
    for (int l = 0; l < LATE_COUNT; l++) {
        snprintf(name, sizeof name, "late: %s", late_name((enum late_group)l));
        add_bar(m, name, window->late[l], total->late[l], true, false);
        gifts += total->gift[l];
        window_gifts += window->gift[l];
    }
    add_bar(m, "gifts (hits)", window_gifts, gifts, true, true);
}

static void read_ledger(struct model *m, const struct machine *machine)
{
    struct ledger_snapshot now, window;

    ledger_snapshot(&machine->now->ledger, &machine->now->cpu.mmu, &now);
    ledger_difference(&now, &m->memory->before, &window);
    m->bar_count = 0;
    m->window_cycles = window.cycles;
    m->total_cycles = now.cycles;
    m->switch_window = window.switches;
    m->switch_total = now.switches;
    for (int a = 0; a < ACCOUNT_COUNT; a++)
        add_bar(m, account_name((enum account)a), window.account[a],
                now.account[a], false, false);
    read_switches(m, &window.switches, &now.switches);
}

/* ---- all of it --------------------------------------------------------------
 */

/* Number of the session's current machine, from 1; 0 = none. A pointer would
 * not do: a new machine may lie where a closed one was. */
static size_t machine_number(const struct session *s)
{
    for (size_t i = s->machine_count; i > 0; i--)
        if (s->machine && s->machines[i - 1].machine == s->machine)
            return i;
    return 0;
}

/* Another machine than the last time: forget what was remembered of that. */
static void meet(struct model *m, const struct session *s)
{
    struct model_memory *k = m->memory;
    size_t number = machine_number(s);

    if (k->seen == number)
        return;
    k->seen = number;
    k->cursor = (struct event_cursor){ 0 };
    m->event_count = 0;
    m->events_lost = 0;
    m->story_count = 0;
    m->moment_count = 0;
    m->lane_count = m->thread_count = 0;
    m->sample_count = 0;
    m->sample_spacing = 0;
    m->began = (struct sample){ 0 };
    memset(&k->before, 0, sizeof k->before);
    k->mark = 0;
    k->heat_clock = 0;
    memset(k->heat, 0, sizeof k->heat);
    memset(&k->now, 0, sizeof k->now);
    memset(&k->before_now, 0, sizeof k->before_now);
    if (number)
        memcpy(m->x_before, s->machine->now->cpu.x, sizeof m->x_before);
}

void model_mark_registers(struct model *m, const struct session *s)
{
    meet(m, s);
    if (s->machine)
        memcpy(m->x_before, s->machine->now->cpu.x, sizeof m->x_before);
}

void model_mark(struct model *m, const struct session *s)
{
    const struct machine *machine = s->machine;

    model_mark_registers(m, s);
    if (!machine)
        return;
    m->began = model_sample(machine);
    ledger_snapshot(&machine->now->ledger, &machine->now->cpu.mmu,
                    &m->memory->before);
    m->memory->mark = machine_clock(machine);
}

void model_refresh(struct model *m, const struct session *s)
{
    const struct machine *machine = s->machine;

    m->checks_passed = (uint32_t)s->checks_passed;
    m->checks_failed = (uint32_t)s->checks_failed;
    meet(m, s);
    m->has_machine = m->memory->seen != 0;
    m->tlb_count = m->tlb_more = 0;
    m->range_count = m->ranges_more = 0;
    m->domain_count = m->domains_more = 0;
    m->segment_count = m->segments_more = 0;
    m->bar_count = m->code_count = m->switch_count = 0;
    m->line_sets = m->line_ways = 0;
    m->scope.valid = false;
    model_read_checks(m, s);
    model_read_lab(m, s);
    m->window_cycles = m->total_cycles = 0;
    model_graph_listen(m, s);
    if (!m->has_machine) {
        m->graph.read = false;
        return;
    }
    copy_name(m->machine, s->machines[m->memory->seen - 1].name);
    read_personality(m, machine);
    read_who(m, machine);
    read_registers(m, machine);
    read_units(m, &machine->now->cpu.mmu);
    read_tlb(m, machine, UNIT_DTLB);
    read_tlb(m, machine, UNIT_ITLB);
    read_tlb(m, machine, UNIT_L2TLB);
    read_rplb(m, machine, UNIT_DRPLB);
    read_rplb(m, machine, UNIT_IRPLB);
    model_read_rights(m, machine);
    read_ledger(m, machine);
    model_read_code(m, machine);
    model_read_events(m, machine);
    model_read_samples(m, machine);
    model_read_switches(m, machine);
    model_read_lines(m, machine);
    model_read_scope(m, machine);
    model_read_graph(m, machine);
}
