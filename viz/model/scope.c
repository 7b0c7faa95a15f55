// SPDX-License-Identifier: Apache-2.0
/*
 * One access for the microscope: the one the last step made, the one that was
 * refused during the last command, or one that the user asks about. The first
 * two are read from the machine's records; the third is a peek, which tells
 * what would happen and changes nothing. Cycles per stage are the differences
 * of the accounts over exactly one step; where a look covers more than one,
 * they are not known and not shown.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mmu/translate/walk.h"
#include "sim/story.h"
#include "viz/model/memory.h"

/* What the records say of one access, whatever they are. */
struct found {
    struct access a;
    uint32_t domain; /* registry id */
    bool looked;     /* its look-ups are filled in */
    bool fault;      /* the kernel gave up on it */
};

static const char *verb(uint8_t kind)
{
    static const char *const verbs[] = { "fetch", "load", "store",
                                         "atomic change" };

    return verbs[kind & 3];
}

static char right_for(uint8_t kind)
{
    return kind == ACCESS_FETCH ? 'x' : kind == ACCESS_LOAD ? 'r' : 'w';
}

/* "segment + 0x10", "function+0x4", or nothing. */
static void name_place(const struct machine *machine, uint32_t domain,
                       uint64_t va, char *to, size_t room)
{
    struct place_name place = { 0 };
    uint64_t offset = 0;
    const struct registry_segment *s =
        registry_segment_at(&machine->registry, domain, va, &offset);

    *to = 0;
    if (s)
        snprintf(to, room, " = %s + 0x%llx", s->name,
                 (unsigned long long)offset);
    else if (registry_place(&machine->registry, va, &place) && place.function)
        snprintf(to, room, " = %.40s+0x%llx", place.function,
                 (unsigned long long)place.offset);
}

static void describe(struct scope *s, const struct machine *machine,
                     const struct found *f)
{
    static const char *const modes[] = { "user", "supervisor", "?", "machine" };
    char place[100], buffer[NAME_BYTES];

    name_place(machine, f->domain, f->a.va, place, sizeof place);
    snprintf(s->what, sizeof s->what, "%s of %u byte%s at %llx%s",
             verb(f->a.kind), f->a.size, f->a.size == 1 ? "" : "s",
             (unsigned long long)f->a.va, place);
    snprintf(s->who, sizeof s->who, "%s, %s mode, needs %c",
             registry_domain_name(&machine->registry, f->domain, buffer,
                                  sizeof buffer),
             modes[f->a.privilege & 3], right_for(f->a.kind));
}

/* ---- stages ----------------------------------------------------------------
 */

static char letter_of(const struct lookup *l)
{
    return l->result == LOOKUP_HIT ? 'H' : l->result == LOOKUP_MISS ? 'M' : '.';
}

PRINTF_LIKE(4, 5)
static void set_stage(struct scope *s, enum scope_stage stage, char letter,
                      const char *format, ...)
{
    va_list list;

    s->stage[stage].letter = letter;
    va_start(list, format);
    vsnprintf(s->stage[stage].text, sizeof s->stage[stage].text, format, list);
    va_end(list);
}

/* The stage that refused; SCOPE_STAGES = none of them (misaligned, bus). */
static enum scope_stage refusing_stage(uint8_t refused)
{
    switch (refused) {
    case REFUSED_RANGE_MISS:
    case REFUSED_RANGE_RIGHT:
    case REFUSED_RANGE_MULTIHIT:
        return SCOPE_PROTECTION;
    case REFUSED_PTE_RIGHT:
    case REFUSED_PTE_USER:
    case REFUSED_PTE_AD:
        return SCOPE_TLB;
    case REFUSED_PTE_INVALID:
    case REFUSED_PTE_MISALIGNED_SUPERPAGE:
    case REFUSED_NONCANONICAL:
        return SCOPE_WALK;
    case REFUSED_PMP:
        return SCOPE_PMP;
    default:
        return SCOPE_STAGES;
    }
}

static void lookup_stage(struct scope *s, enum scope_stage stage,
                         const struct lookup *l, const char *hit)
{
    char letter = letter_of(l);

    if (letter == 'M')
        set_stage(s, stage, letter, "miss: %s%s",
                  miss_cause_name((enum miss_cause)l->cause),
                  l->late ? ", late" : "");
    else if (letter == 'H')
        set_stage(s, stage, letter, "%s%s", hit, l->gift ? " (a gift)" : "");
}

static void protection_stage(struct scope *s, const struct machine *machine,
                             const struct found *f)
{
    const struct mmu_regs *regs = &machine->now->cpu.mmu.regs;
    char rights[5];

    rights_text(f->a.rights, rights);
    if ((regs->sprot & SPROT_UNIT_MASK) == 0)
        set_stage(s, SCOPE_PROTECTION, '-', "the page's entry decides");
    else if (f->a.protection.result == LOOKUP_HIT)
        set_stage(s, SCOPE_PROTECTION, 'H', "range gives %.3s", rights);
    else if (f->a.protection.result == LOOKUP_MISS)
        lookup_stage(s, SCOPE_PROTECTION, &f->a.protection, "");
    else if (f->looked && f->a.privilege != PRIV_U)
        set_stage(s, SCOPE_PROTECTION, '-', "not asked: not user mode");
}

/* Where the page that was found begins in memory. */
static unsigned long long page_of(const struct access *a)
{
    return a->pa >> a->page_shift << a->page_shift;
}

static void translation_stages(struct scope *s, const struct machine *machine,
                               const struct found *f)
{
    const struct access *a = &f->a;
    char size[16];

    if (s->levels == 0) {
        set_stage(s, SCOPE_TLB, '-', "no translation: va is pa");
        return;
    }
    size_text(a->page_shift ? UINT64_C(1) << a->page_shift : 0, size,
              sizeof size);
    char hit[64];
    snprintf(hit, sizeof hit, "%s page at %llx", size, page_of(a));
    lookup_stage(s, SCOPE_TLB, &a->tlb, hit);
    if (!lookaside_present(mmu_unit(&machine->now->cpu.mmu, UNIT_L2TLB)))
        set_stage(s, SCOPE_L2TLB, '-', "this machine has none");
    else
        lookup_stage(s, SCOPE_L2TLB, &a->l2tlb, hit);
    if (a->walk_reads)
        set_stage(s, SCOPE_WALK, 'W', "%u PTE read%s: %s page at %llx",
                  a->walk_reads, a->walk_reads == 1 ? "" : "s", size,
                  page_of(a));
}

static void memory_stages(struct scope *s, const struct machine *machine,
                          const struct found *f)
{
    const struct access *a = &f->a;

    if (a->refused || !f->looked)
        return;
    if (machine->now->cpu.mmu.pmp.guards[pmp_mode(a->privilege)])
        set_stage(s, SCOPE_PMP, '+', "pa %llx allowed",
                  (unsigned long long)a->pa);
    else
        set_stage(s, SCOPE_PMP, '-', "nothing to refuse here");
    if (a->l1.result == LOOKUP_NONE &&
        lookaside_present(mmu_unit(&machine->now->cpu.mmu, UNIT_L1D))) {
        set_stage(s, SCOPE_DRAM, '+', "a device at pa %llx",
                  (unsigned long long)a->pa);
        return;
    }
    lookup_stage(s, SCOPE_L1, &a->l1, "line is there");
    lookup_stage(s, SCOPE_L2, &a->l2, "line is there");
    if (a->l2.result == LOOKUP_MISS ||
        (a->l1.result == LOOKUP_MISS && a->l2.result == LOOKUP_NONE))
        set_stage(s, SCOPE_DRAM, '+', "pa %llx read",
                  (unsigned long long)a->pa);
}

/* The first stage that did not let it through, and why. */
static void refusal_stage(struct scope *s, const struct found *f)
{
    enum scope_stage at = refusing_stage(f->a.refused);
    char rights[5];

    if (at == SCOPE_STAGES)
        return;
    rights_text(f->a.rights, rights);
    for (int i = (int)at + 1; i < SCOPE_STAGES; i++)
        if (s->stage[i].letter != '-')
            set_stage(s, (enum scope_stage)i, '.', "%s", "");
    if (at == SCOPE_WALK && s->stage[SCOPE_TLB].letter == '.')
        set_stage(s, SCOPE_TLB, 'M', "miss, so tables are read");
    s->stage[at].letter = 'R';
    if (f->a.refused == REFUSED_RANGE_RIGHT)
        set_stage(s, at, 'R', "range gives %.3s, not %c", rights,
                  right_for(f->a.kind));
    else if (f->a.refused == REFUSED_RANGE_MISS)
        set_stage(s, at, 'R', "no entry for it");
    else if (f->a.refused == REFUSED_PTE_RIGHT && f->a.pte)
        set_stage(s, at, 'R', "entry gives %c%c%c, not %c",
                  f->a.pte & PTE_R ? 'r' : '-', f->a.pte & PTE_W ? 'w' : '-',
                  f->a.pte & PTE_X ? 'x' : '-', right_for(f->a.kind));
    else
        set_stage(s, at, 'R', "%s", refusal_name((enum refusal)f->a.refused));
}

static void judge(struct scope *s, const struct found *f)
{
    const char *why = refusal_text((enum refusal)f->a.refused);

    if (f->a.refused && s->origin == SCOPE_ASKED)
        snprintf(s->verdict, sizeof s->verdict,
                 "It would be refused: %s. This is a look: nothing happened.",
                 why);
    else if (f->a.refused && f->fault)
        snprintf(s->verdict, sizeof s->verdict,
                 "Refused: %s. The kernel gave up on it: a fault.", why);
    else if (f->a.refused)
        snprintf(s->verdict, sizeof s->verdict,
                 "Stopped: %s. The kernel is asked: it repairs that and the "
                 "access is tried again, or it gives up: a fault.",
                 why);
    else if (s->origin == SCOPE_ASKED)
        snprintf(s->verdict, sizeof s->verdict,
                 "It would be allowed. This is a look: nothing was counted, "
                 "nothing was filled.");
    else if (s->cycles == 0)
        snprintf(s->verdict, sizeof s->verdict,
                 "Allowed, and as fast as can be: everything it needed was at "
                 "hand.");
    else
        snprintf(s->verdict, sizeof s->verdict,
                 "Allowed, after %u cycles of waiting.", s->cycles);
}

static void fill_scope(struct scope *s, const struct machine *machine,
                       const struct found *f)
{
    s->valid = true;
    s->va = f->a.va;
    s->pa = f->a.pa;
    s->levels = (uint8_t)walk_levels(machine->now->cpu.mmu.regs.satp);
    if (f->a.privilege == PRIV_M)
        s->levels = 0;
    s->page_shift = f->a.page_shift;
    s->refused = f->a.refused != REFUSED_NOT;
    for (int i = 0; i < SCOPE_STAGES; i++)
        set_stage(s, (enum scope_stage)i, '.', "%s", "");
    describe(s, machine, f);
    protection_stage(s, machine, f);
    translation_stages(s, machine, f);
    memory_stages(s, machine, f);
    if (f->a.refused)
        refusal_stage(s, f);
    judge(s, f);
}

/* ---- cycles ----------------------------------------------------------------
 */

static void set_cycles(struct scope *s, enum scope_stage stage, uint64_t n)
{
    s->stage[stage].known = true;
    s->stage[stage].cycles = (uint32_t)n;
}

/* Cycles charged to one cell since the look before. */
static uint64_t since(const struct model *m, const struct machine *machine,
                      enum purpose purpose, int place)
{
    return machine->now->cpu.mmu.accounts.cell[purpose][place] -
           m->memory->before_now.cell[purpose][place];
}

/* All places of a purpose. */
static uint64_t all_since(const struct model *m, const struct machine *machine,
                          enum purpose purpose)
{
    uint64_t sum = 0;

    for (int p = 0; p < PLACE_COUNT; p++)
        sum += since(m, machine, purpose, p);
    return sum;
}

/* The accounts' differences since the last look are those of the last step
 * alone when that look was just before it. `other`: the step's other access,
 * which may have been charged for its TLB or protection miss too; then these
 * two cannot be told apart. */
static void read_cycles(struct scope *s, const struct model *m,
                        const struct machine *machine, const struct access *a,
                        const struct access *other)
{
    enum purpose purpose = a->kind == ACCESS_FETCH ? FOR_FETCH : FOR_DATA;

    s->cycles_known = true;
    s->cycles = a->cycles;
    if (machine->now->cpu.step.cycle != m->memory->before_now.total ||
        m->memory->before_now.total == 0)
        return;
    set_cycles(s, SCOPE_L1, since(m, machine, purpose, IN_L1));
    set_cycles(s, SCOPE_L2, since(m, machine, purpose, IN_L2));
    /* waits for a device or the bus are the core's */
    set_cycles(s, SCOPE_DRAM,
               since(m, machine, purpose, IN_DRAM) +
                   since(m, machine, purpose, IN_CORE));
    if (other->tlb.result != LOOKUP_MISS)
        set_cycles(s, SCOPE_WALK, all_since(m, machine, FOR_TLB));
    if (other->protection.result != LOOKUP_MISS)
        set_cycles(s, SCOPE_PROTECTION, all_since(m, machine, FOR_PROTECTION));
}

/* What this look is compared with, and the next one. */
static void remember(struct model *m, const struct machine *machine)
{
    struct model_memory *k = m->memory;

    if (machine_clock(machine) == k->now.total)
        return; /* no time has passed */
    k->before_now = k->now;
    k->now = machine->now->cpu.mmu.accounts;
}

/* ---- which access ----------------------------------------------------------
 */

static bool of_asked(const struct model *m, const struct machine *machine,
                     struct found *f)
{
    const struct registry_domain *d =
        m->ask.domain[0]
            ? registry_domain_named(&machine->registry, m->ask.domain)
            : registry_domain(&machine->registry, m->domain_id);

    if (!m->ask.set)
        return false;
    *f = (struct found){ .looked = true };
    f->domain = d ? d->id : 0;
    f->a.va = m->ask.va;
    f->a.size = m->ask.access == 'x' ? 4 : 8;
    f->a.kind = m->ask.access == 'x'   ? ACCESS_FETCH
                : m->ask.access == 'w' ? ACCESS_STORE
                                       : ACCESS_LOAD;
    f->a.va -= f->a.va % f->a.size;
    (void)!machine_peek_access(machine, f->domain, &f->a);
    return true;
}

/* The access from user mode that was refused last, if that was during the
 * command that brought us here, and no user code has run since. */
static bool of_refusal(const struct model *m, const struct machine *machine,
                       struct found *f)
{
    const struct event *e = &machine->now->last_refusal;

    const struct step *step = &machine->now->cpu.step;

    if (!e->refused || e->cycle <= m->memory->mark ||
        (step->retired && step->privilege == PRIV_U))
        return false;
    *f = (struct found){ .domain = e->domain };
    f->a.va = e->va;
    f->a.size = e->size;
    f->a.kind = e->access;
    f->a.privilege = e->privilege;
    f->a.refused = e->refused;
    f->a.rights = e->rights;
    f->a.pte = e->pte;
    f->a.protection.result = e->protection;
    for (uint64_t i = m->event_count; i-- > 0 && model_event(m, i);) {
        const struct event_row *row = model_event(m, i);
        f->fault |= row->letter == 'F' && row->cycle >= e->cycle;
        if (row->cycle < e->cycle)
            break;
    }
    return true;
}

static bool of_step(const struct machine *machine, struct found *f,
                    const struct access **other)
{
    const struct step *step = &machine->now->cpu.step;

    *f = (struct found){ .domain = machine_domain(machine), .looked = true };
    if (step->data.size) {
        f->a = step->data;
        *other = &step->fetch;
    } else if (step->length) {
        f->a = step->fetch;
        *other = &step->data;
    } else {
        return false;
    }
    return true;
}

void model_read_scope(struct model *m, const struct machine *machine)
{
    struct scope *s = &m->scope;
    struct found f;
    const struct access *other = NULL;

    memset(s, 0, sizeof *s);
    remember(m, machine);
    if (of_asked(m, machine, &f)) {
        s->origin = SCOPE_ASKED;
    } else if (of_refusal(m, machine, &f)) {
        s->origin = SCOPE_OF_REFUSAL;
    } else if (of_step(machine, &f, &other)) {
        s->origin = SCOPE_OF_STEP;
        read_cycles(s, m, machine, &f.a, other);
    }
    if (s->origin != SCOPE_OF_STEP || other)
        fill_scope(s, machine, &f);
}

/* ---- the first data cache --------------------------------------------------
 */

void model_read_lines(struct model *m, const struct machine *machine)
{
    const struct lookaside *unit = mmu_unit(&machine->now->cpu.mmu, UNIT_L1D);
    const struct assoc *a = &unit->array;
    const struct lookup *last = &machine->now->cpu.step.data.l1;
    uint32_t count = assoc_entries(a);

    if (!lookaside_present(unit) || count > MODEL_LINES)
        return;
    m->line_sets = a->sets;
    m->line_ways = a->ways;
    for (uint32_t i = 0; i < count; i++) {
        const struct assoc_entry *e = &a->entry[i];
        uint64_t age = (*a->clock - a->stamp[i]) / count;
        m->lines[i] = (struct line_row){
            .valid = e->valid,
            .dirty = e->dirty,
            .mark = ' ',
            .heat = age < 1    ? 3
                    : age < 8  ? 2
                    : age < 64 ? 1
                               : 0,
        };
        if (machine->now->cpu.step.data.size && last->set >= 0 &&
            last->way >= 0 &&
            (uint32_t)last->set * a->ways + (uint32_t)last->way == i)
            m->lines[i].mark = last->result == LOOKUP_HIT    ? 'H'
                               : last->result == LOOKUP_MISS ? 'M'
                                                             : ' ';
    }
}
