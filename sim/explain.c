/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See explain.h. Each stage is a function that writes its lines; they stand in
 * the order of the access's way.
 */
#include "sim/explain.h"

#include <inttypes.h>
#include <string.h>

#include "cpu/cause.h"
#include "mmu/protect/protect.h"
#include "mmu/protect/rangetree.h"
#include "mmu/translate/translate.h"
#include "sim/story.h"

struct view {
    const struct machine *m;
    const struct explain *x;
    struct mmu_regs regs; /* as the domain */
    struct access a;      /* what it would meet */
    bool allowed;
    FILE *to;
};

static void label(const struct view *v, const char *name)
{
    fprintf(v->to, "%-12s", name);
}

static void more(const struct view *v)
{
    label(v, "");
}

static const char *verb(const struct explain *x)
{
    return x->kind == ACCESS_FETCH   ? "fetch"
           : x->kind == ACCESS_STORE ? "store"
                                     : "load";
}

static const char *rights_text(unsigned rights, char buffer[5])
{
    snprintf(buffer, 5, "%c%c%c%s", rights & RIGHT_R ? 'r' : '-',
             rights & RIGHT_W ? 'w' : '-', rights & RIGHT_X ? 'x' : '-',
             rights & RIGHT_M ? "m" : "");
    return buffer;
}

static const char *domain_name(const struct view *v, char buffer[32])
{
    return registry_domain_name(&v->m->registry, v->x->domain, buffer, 32);
}

/* ---- the question -------------------------------------------------------- */

static void tell_question(const struct view *v)
{
    char name[32];
    const struct explain *x = v->x;
    fprintf(v->to, "%s", verb(x));
    if (x->kind != ACCESS_FETCH)
        fprintf(v->to, " of %u byte%s", x->size, x->size > 1 ? "s" : "");
    fprintf(v->to, " at 0x%" PRIx64 " by %s", x->va, domain_name(v, name));
    if (x->domain)
        fprintf(v->to, " (domain %" PRIu32 ")", x->domain);
    fprintf(v->to, ", cycle %" PRIu64 ", preset %s\n", machine_clock(v->m),
            v->m->config.preset);
}

/* ---- pointer, segment, right --------------------------------------------- */

static void tell_pointer(const struct view *v)
{
    unsigned levels = walk_levels(v->regs.satp);
    label(v, "pointer");
    fprintf(v->to, "0x%016" PRIx64, v->x->va);
    if (!translate_is_paged(v->regs.satp, v->a.privilege)) {
        fprintf(v->to, ", physical: nothing translates it\n");
        return;
    }
    fprintf(v->to, " =");
    for (unsigned level = levels; level-- > 0;)
        fprintf(v->to, " VPN[%u] %u |", level,
                (unsigned)(v->x->va >> (12 + 9 * level) & 0x1ff));
    fprintf(v->to, " offset 0x%03x (Sv%u)\n", (unsigned)(v->x->va & 0xfff),
            12 + 9 * levels);
}

static void tell_segment(const struct view *v)
{
    uint64_t offset;
    char name[32];
    const struct registry *r = &v->m->registry;
    const struct registry_segment *s =
        registry_segment_at(r, v->x->domain, v->x->va, &offset);
    label(v, "segment");
    if (!s) {
        fprintf(v->to, "none is there\n");
        return;
    }
    fprintf(v->to,
            "%s + 0x%" PRIx64 ", %" PRIu64 " bytes from 0x%" PRIx64
            ", made at cycle %" PRIu64 " by %s%s\n",
            s->name[0] ? s->name : "(no name)", offset, s->bytes, s->base,
            s->created, registry_domain_name(r, s->creator, name, 32),
            s->live ? "" : ", destroyed since");
}

static void tell_right(const struct view *v)
{
    char text[500];
    if (!v->x->domain)
        return;
    label(v, "right");
    story_right(v->m, v->x->domain, v->x->va, text, sizeof text);
    fprintf(v->to, "%s", text + strspn(text, " "));
}

/* ---- protection ---------------------------------------------------------- */

static void tell_lookup(const struct view *v, const char *unit,
                        const struct lookup *l)
{
    if (l->result == LOOKUP_HIT)
        fprintf(v->to, "%s hit (set %d, way %d)", unit, (int)l->set,
                (int)l->way);
    else
        fprintf(v->to, "%s miss (%s%s)", unit,
                miss_cause_name((enum miss_cause)l->cause),
                l->late ? ", late: another domain's doing" : "");
}

static bool read_words(void *context, uint64_t pa, unsigned count,
                       uint64_t *word)
{
    const struct machine *m = context;
    return bus_read(&m->bus, pa, word, 8UL * count);
}

/* What the refill hardware would find in the domain's tree. */
static void tell_tree(const struct view *v)
{
    char rights[5];
    const struct rangetree_memory memory = { read_words, (void *)v->m };
    struct rangetree_result r =
        rangetree_find(v->regs.srtable, v->regs.domain, v->x->va, &memory);
    more(v);
    if (!r.found)
        fprintf(v->to,
                "hardware refill: %u node%s of the range tree read, no "
                "range holds it\n",
                r.nodes, r.nodes == 1 ? "" : "s");
    else
        fprintf(v->to,
                "hardware refill: %u node%s read, [0x%" PRIx64 ", 0x%" PRIx64
                ") %s\n",
                r.nodes, r.nodes > 1 ? "s" : "", r.base, r.limit,
                rights_text(r.rights, rights));
}

static void tell_entry(const struct view *v)
{
    char rights[5];
    enum unit unit = v->x->kind == ACCESS_FETCH ? UNIT_IRPLB : UNIT_DRPLB;
    const struct assoc *array = &v->m->now->cpu.mmu.unit[unit].array;
    int32_t i = assoc_find(array, v->x->va, v->regs.domain);
    if (i < 0)
        return;
    const struct assoc_entry *e = &array->entry[i];
    more(v);
    fprintf(v->to,
            "entry %d: domain %" PRIu32 ", [0x%" PRIx64 ", 0x%" PRIx64 "] %s\n",
            (int)i, e->context, e->first, e->last,
            rights_text(e->rights, rights));
}

static void tell_protection(const struct view *v)
{
    const struct lookup *l = &v->a.protection;
    label(v, "protection");
    if (!protect_selected(&v->regs)) {
        fprintf(v->to, "no unit of its own: the page table's rights decide\n");
        return;
    }
    if (v->a.privilege != PRIV_U) {
        fprintf(v->to, "RPLB, not asked: the kernel is exempt\n");
        return;
    }
    tell_lookup(v, v->x->kind == ACCESS_FETCH ? "IRPLB" : "DRPLB", l);
    fprintf(v->to, ", domain %u\n", v->regs.domain);
    if (l->result == LOOKUP_HIT)
        tell_entry(v);
    else if (v->regs.sprot & SPROT_HWREFILL)
        tell_tree(v);
    else {
        more(v);
        fprintf(v->to, "software refill: the miss traps to the kernel\n");
    }
}

/* ---- translation --------------------------------------------------------- */

/* The nearest place that holds the line of a physical address. */
static const char *line_place(const struct machine *m, enum unit l1,
                              uint64_t pa)
{
    const struct mmu *mmu = &m->now->cpu.mmu;
    const struct lookaside *first = &mmu->unit[l1];
    const struct lookaside *second = &mmu->unit[UNIT_L2];
    if (!bus_ram(&m->bus, pa, 1))
        return "no RAM";
    if (lookaside_present(first) && assoc_find(&first->array, pa, 0) >= 0)
        return l1 == UNIT_L1I ? "L1I" : "L1D";
    if (lookaside_present(second) && assoc_find(&second->array, pa, 0) >= 0)
        return "L2";
    return "DRAM";
}

struct walker {
    const struct view *v;
    unsigned level;
};

static enum refusal read_and_tell(void *context, uint64_t pa, uint64_t *pte)
{
    struct walker *w = context;
    const struct view *v = w->v;
    if (!bus_read(&v->m->bus, pa, pte, sizeof *pte))
        return REFUSED_BUS;
    uint64_t next = (*pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << 12;
    w->level--;
    more(v);
    fprintf(v->to, "level %u: entry at 0x%" PRIx64 " = 0x%" PRIx64 " ",
            w->level, pa, *pte);
    if (!(*pte & PTE_V))
        fprintf(v->to, "not valid");
    else if (!(*pte & (PTE_R | PTE_X)))
        fprintf(v->to, "next table 0x%" PRIx64, next);
    else
        fprintf(v->to, "page 0x%" PRIx64 " %c%c%c%c%c%c%c", next,
                *pte & PTE_R ? 'r' : '-', *pte & PTE_W ? 'w' : '-',
                *pte & PTE_X ? 'x' : '-', *pte & PTE_U ? 'u' : '-',
                *pte & PTE_G ? 'g' : '-', *pte & PTE_A ? 'a' : '-',
                *pte & PTE_D ? 'd' : '-');
    bool cached = v->m->config.mmu.walk_path == 0;
    fprintf(v->to, " (in %s)\n",
            cached ? line_place(v->m, UNIT_L1D, pa) : "memory");
    return REFUSED_NOT;
}

static void tell_walk(const struct view *v)
{
    struct walker w = { v, walk_levels(v->regs.satp) };
    const struct walk_memory memory = { read_and_tell, &w };
    (void)walk_find(v->regs.satp, v->x->va, &memory);
}

static void tell_translation(const struct view *v)
{
    bool fetch = v->x->kind == ACCESS_FETCH;
    bool refused_before = v->a.protection.result != LOOKUP_NONE &&
                          v->a.refused && v->a.tlb.result == LOOKUP_NONE;
    label(v, "translation");
    if (!translate_is_paged(v->regs.satp, v->a.privilege)) {
        fprintf(v->to, "off: physical = virtual\n");
        return;
    }
    if (!walk_canonical(v->x->va, walk_levels(v->regs.satp))) {
        fprintf(v->to, "none: the address has upper bits that no page table "
                       "covers\n");
        return;
    }
    if (refused_before) {
        fprintf(v->to, "not asked: protection speaks first. The page table "
                       "would say:\n");
        tell_walk(v);
        return;
    }
    tell_lookup(v, fetch ? "ITLB" : "DTLB", &v->a.tlb);
    if (v->a.l2tlb.result != LOOKUP_NONE) {
        fprintf(v->to, ", ");
        tell_lookup(v, "L2 TLB", &v->a.l2tlb);
    }
    bool walked = v->a.walk_reads > 0;
    fprintf(v->to, "%s\n", walked ? ", a walk of the page table:" : "");
    if (walked)
        tell_walk(v);
}

/* ---- physical address ---------------------------------------------------- */

static void tell_pmp(const struct view *v)
{
    const struct pmp *p = &v->m->now->cpu.mmu.pmp;
    enum pmp_mode mode = pmp_mode(v->a.privilege);
    char rights[5];
    label(v, "PMP");
    if (!p->guards[mode]) {
        fprintf(v->to, "lets this mode do everything\n");
        return;
    }
    struct pmp_piece piece = pmp_find(p, mode, v->a.pa);
    fprintf(v->to, "0x%" PRIx64 "..0x%" PRIx64 ": %s\n", piece.first,
            piece.last, rights_text(piece.rights, rights));
}

static void tell_place(const struct view *v)
{
    uint64_t pa = v->a.pa;
    bool known = v->allowed || v->a.refused == REFUSED_PMP ||
                 v->a.refused == REFUSED_BUS;
    if (!known && !machine_place(v->m, v->x->domain, v->x->va, &pa)) {
        label(v, "place");
        fprintf(v->to, "none: no page is there\n");
        return;
    }
    if (known)
        tell_pmp(v);
    label(v, "place");
    const struct bus_device *d = bus_find_device(&v->m->bus, pa, 1);
    enum unit l1 = v->x->kind == ACCESS_FETCH ? UNIT_L1I : UNIT_L1D;
    if (d)
        fprintf(v->to, "0x%" PRIx64 ": device %s", pa, d->name);
    else if (bus_ram(&v->m->bus, pa, 1))
        fprintf(v->to, "0x%" PRIx64 ": RAM, its line is in %s", pa,
                line_place(v->m, l1, pa));
    else
        fprintf(v->to, "0x%" PRIx64 ": nothing answers there", pa);
    fprintf(v->to, "%s\n", known ? "" : ", not reached");
}

/* ---- verdict -------------------------------------------------------------
 */

/* Does the record of the kernel's grants give this right? */
static bool on_record(const struct view *v)
{
    uint64_t offset;
    const struct registry *r = &v->m->registry;
    const struct registry_segment *s =
        registry_segment_at(r, v->x->domain, v->x->va, &offset);
    const struct registry_right *right =
        s ? registry_right(r, v->x->domain, s->base) : NULL;
    uint8_t needs = protect_needs((enum access_kind)v->x->kind);
    return right && v->x->va - right->address < s->bytes &&
           (right->rights & needs) == needs;
}

/* The core itself refuses, before anything else is asked. */
static bool is_misaligned(const struct view *v)
{
    return v->x->kind != ACCESS_FETCH && v->x->va % v->x->size &&
           v->m->config.cpu.misaligned == MISALIGNED_TRAP;
}

static void tell_verdict(const struct view *v)
{
    char why[300];
    label(v, "verdict");
    if (is_misaligned(v)) {
        fprintf(v->to, "REFUSED: this core traps on an address that is not a "
                       "multiple of the size, before anything else is asked\n");
        return;
    }
    if (v->allowed) {
        fprintf(v->to, "ALLOWED\n");
        return;
    }
    const char *cause = cause_text(v->a.cause, false);
    story_refusal(v->m, &v->a, why, sizeof why);
    bool cured = v->x->domain && on_record(v) &&
                 (v->a.refused == REFUSED_RANGE_MISS ||
                  v->a.refused == REFUSED_PTE_INVALID);
    fprintf(v->to, "%s: %s\n", cured ? "TRAPS, then ALLOWED" : "REFUSED", why);
    more(v);
    fprintf(v->to, "trap: %s (cause %u)", cause ? cause : "unknown",
            v->a.cause);
    if (cured)
        fprintf(v->to, "; the kernel has the right on record, fills in what "
                       "is missing, and the access is tried again");
    else if (v->x->domain)
        fprintf(v->to, "; the kernel has no such right on record: the domain's "
                       "fault handler, or its end");
    fputc('\n', v->to);
}

static void tell_cells(const struct view *v, const struct accounts *spent)
{
    const char *separator = "";
    for (int p = 0; p < PURPOSE_COUNT; p++) {
        for (int q = 0; q < PLACE_COUNT; q++) {
            if (!spent->cell[p][q])
                continue;
            fprintf(v->to, "%s%s in %s %" PRIu64, separator,
                    purpose_name((enum purpose)p),
                    place_short_name((enum place)q), spent->cell[p][q]);
            separator = ", ";
        }
    }
}

static void tell_cycles(const struct view *v)
{
    struct explain_trial trial;
    if (is_misaligned(v))
        return;
    label(v, "cycles");
    if (!explain_try(v->m, v->x, &trial)) {
        fprintf(v->to, "unknown: the host cannot copy the machine\n");
        return;
    }
    fprintf(v->to, "%" PRIu64 " %s", trial.spent.total,
            v->allowed ? "beyond a pipelined hit"
                       : "until it is refused; trap and kernel come on top");
    if (trial.spent.total) {
        fprintf(v->to, ": ");
        tell_cells(v, &trial.spent);
    }
    fprintf(v->to, "\n");
}

void explain_access(const struct machine *m, const struct explain *x, FILE *to)
{
    struct view v = { .m = m, .x = x, .to = to };
    v.regs = machine_regs_as(m, x->domain);
    v.a = (struct access){ .va = x->va, .size = x->size, .kind = x->kind };
    v.allowed = machine_peek_access(m, x->domain, &v.a);
    tell_question(&v);
    tell_pointer(&v);
    tell_segment(&v);
    tell_right(&v);
    tell_protection(&v);
    tell_translation(&v);
    tell_place(&v);
    tell_verdict(&v);
    tell_cycles(&v);
}
