/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking without effects (mmu.h): what would this access get? The same rules
 * as in mmu.c, translate.c and protect.c, read from the same arrays through
 * const pointers; the walkers are the same code with a reader that charges
 * nothing. Tests hold this file against a real access after each peek.
 */
#include "mmu/mmu.h"

#include "mmu/cache.h"
#include "mmu/protect/protect.h"
#include "mmu/protect/rangetree.h"
#include "mmu/translate/tlb.h"
#include "mmu/translate/translate.h"

enum { PAGE = 4096, CAUSE_STORE_MISALIGNED = 6 };

struct peek {
    const struct mmu *m;
    struct mmu_regs regs;
    const struct alone_slot *alone; /* copy of the domain looked at, or NULL */
    uint32_t asid, who;
    struct access *a;
};

static bool alone_has(const struct peek *p, enum unit unit, uint64_t address,
                      uint32_t context)
{
    return p->alone &&
           assoc_find(&p->alone->unit[unit], address, context) != ASSOC_NONE;
}

static void note_hit(const struct peek *p, enum unit unit, int32_t index,
                     bool gift, struct lookup *l)
{
    const struct assoc *a = &mmu_unit(p->m, unit)->array;
    if (l->result != LOOKUP_NONE)
        return;
    *l = (struct lookup){ .result = LOOKUP_HIT, .gift = p->alone && gift };
    lookaside_note(l, a, index);
}

static void note_miss(enum miss_cause cause, bool late, struct lookup *l)
{
    *l = (struct lookup){ .result = LOOKUP_MISS,
                          .cause = (uint8_t)cause,
                          .late = late,
                          .set = -1,
                          .way = -1 };
}

/* ---- protection -------------------------------------------------------- */

static bool read_words(void *context, uint64_t pa, unsigned count,
                       uint64_t *word)
{
    const struct mmu *m = context;
    return bus_read(m->bus, pa, word, 8UL * count) &&
           pmp_allows(&m->pmp, PMP_MODE_SU, pa, 8 * count, PMP_R);
}

static bool peek_tree(const struct peek *p, uint64_t va,
                      struct assoc_entry *range)
{
    const struct rangetree_memory memory = { read_words, (void *)p->m };
    if (!(p->regs.sprot & SPROT_HWREFILL))
        return false;
    struct rangetree_result r =
        rangetree_find(p->regs.srtable, p->regs.domain, va, &memory);
    *range = (struct assoc_entry){ .first = r.base,
                                   .last = r.limit - 1,
                                   .rights = r.rights };
    return r.found;
}

static bool peek_range(const struct peek *p, enum unit unit, uint64_t va,
                       struct assoc_entry *range)
{
    const struct lookaside *u = &p->m->unit[unit];
    uint16_t domain = p->regs.domain;
    struct access *a = p->a;
    int32_t i = assoc_find(&u->array, va, domain);
    bool alone = alone_has(p, unit, va, domain);
    if (i == ASSOC_MULTI) {
        if (a->protection.result == LOOKUP_NONE)
            a->protection.result = LOOKUP_HIT;
        return protect_refuse(a, REFUSED_RANGE_MULTIHIT, va);
    }
    if (i >= 0) {
        note_hit(p, unit, i, !alone, &a->protection);
        *range = u->array.entry[i];
        return true;
    }
    note_miss(miss_classify_range(&u->history, va, domain, p->who), alone,
              &a->protection);
    return peek_tree(p, va, range) || protect_refuse(a, REFUSED_RANGE_MISS, va);
}

static bool peek_protection(const struct peek *p, uint64_t va, unsigned size)
{
    struct access *a = p->a;
    enum unit unit = a->kind == ACCESS_FETCH ? UNIT_IRPLB : UNIT_DRPLB;
    bool overlapping = p->m->unit[unit].array.overlapping;
    struct assoc_entry e = { 0 };
    for (;;) {
        if (!peek_range(p, unit, va, &e))
            return false;
        a->rights = e.rights;
        if (protect_needs(a->kind) & ~e.rights)
            return protect_refuse(a, REFUSED_RANGE_RIGHT, va);
        uint64_t span = overlapping ? 0 : e.last - va;
        if (span >= size - 1)
            return true;
        size -= (unsigned)span + 1;
        va += span + 1;
    }
}

/* ---- translation --------------------------------------------------------- */

static enum refusal read_pte(void *context, uint64_t pa, uint64_t *pte)
{
    const struct mmu *m = context;
    if (!bus_ram(m->bus, pa, sizeof *pte))
        return REFUSED_BUS;
    if (!pmp_allows(&m->pmp, PMP_MODE_SU, pa, sizeof *pte, PMP_R))
        return REFUSED_PMP;
    *pte = bus_ram_load(bus_ram(m->bus, pa, sizeof *pte), sizeof *pte);
    return REFUSED_NOT;
}

static bool peek_walk(const struct peek *p, uint64_t va, struct tlb_leaf *leaf)
{
    const struct walk_memory memory = { read_pte, (void *)p->m };
    struct access *a = p->a;
    struct walk w = walk_find(p->regs.satp, va, &memory);
    a->walk_reads = (uint8_t)(a->walk_reads + w.reads);
    a->pte = w.pte;
    a->page_shift = w.page_shift;
    enum refusal why = w.refused;
    if (!why)
        why = translate_refusal(&p->regs, !protect_selected(&p->regs), a->kind,
                                a->privilege, (uint8_t)w.pte);
    bool update = !why && translate_needs_ad(a->kind, (uint8_t)w.pte);
    if (update && !p->regs.hw_ad)
        why = REFUSED_PTE_AD;
    else if (update && !pmp_allows(&p->m->pmp, PMP_MODE_SU, w.pte_pa, 8, PMP_W))
        why = REFUSED_PMP;
    if (update && !why)
        a->pte = w.pte |= PTE_A | (a->kind >= ACCESS_STORE ? PTE_D : 0);
    if (why) {
        w = (struct walk){ .page_shift = 12 };
        translate_refuse(a, why, va);
    }
    *leaf = tlb_leaf_of(p->regs.satp, p->asid, va, &w);
    return !why;
}

static void note_tlb_miss(const struct peek *p, enum unit unit, uint64_t va,
                          const struct tlb_leaf *leaf, struct lookup *l)
{
    const struct lookaside *u = &p->m->unit[unit];
    note_miss(miss_classify(&u->history, &leaf->key, p->who),
              alone_has(p, unit, va, p->asid), l);
}

static bool peek_refill(const struct peek *p, enum unit l1, uint64_t va,
                        struct tlb_leaf *leaf)
{
    const struct lookaside *u = &p->m->unit[UNIT_L2TLB];
    struct access *a = p->a;
    bool found = false, alone_l1 = alone_has(p, l1, va, p->asid);
    if (!walk_canonical(va, walk_levels(p->regs.satp)))
        return translate_refuse(a, REFUSED_NONCANONICAL, va);
    int32_t i = ASSOC_NONE;
    if (lookaside_present(u))
        i = assoc_find(&u->array, va, p->asid);
    if (i >= 0) {
        *leaf = tlb_leaf_at(&u->array, i);
        bool alone_l2 = alone_l1 || alone_has(p, UNIT_L2TLB, va, p->asid);
        note_hit(p, UNIT_L2TLB, i, !alone_l2, &a->l2tlb);
        found = true;
    } else {
        found = peek_walk(p, va, leaf);
        if (lookaside_present(u)) {
            note_tlb_miss(p, UNIT_L2TLB, va, leaf, &a->l2tlb);
            a->l2tlb.late &= !alone_l1;
        }
    }
    note_tlb_miss(p, l1, va, leaf, &a->tlb);
    return found;
}

static bool peek_translation(const struct peek *p, uint64_t va, uint64_t *pa,
                             bool *user)
{
    struct access *a = p->a;
    enum unit l1 = a->kind == ACCESS_FETCH ? UNIT_ITLB : UNIT_DTLB;
    const struct assoc *array = &p->m->unit[l1].array;
    struct tlb_leaf leaf = { 0 };
    int32_t i = assoc_find(array, va, p->asid);
    if (i >= 0) {
        note_hit(p, l1, i, !alone_has(p, l1, va, p->asid), &a->tlb);
        leaf = tlb_leaf_at(array, i);
    } else if (!peek_refill(p, l1, va, &leaf)) {
        return false;
    }
    bool leaf_rights = !protect_selected(&p->regs);
    uint8_t flags = leaf.entry.rights;
    enum refusal why =
        translate_refusal(&p->regs, leaf_rights, a->kind, a->privilege, flags);
    if (!why && translate_needs_ad(a->kind, flags)) {
        if (!peek_walk(p, va, &leaf))
            return false;
        flags = leaf.entry.rights;
    }
    a->pte = leaf.payload.pte;
    a->page_shift =
        (uint8_t)__builtin_ctzll(leaf.entry.last - leaf.entry.first + 1);
    if (why)
        return translate_refuse(a, why, va);
    if (leaf_rights || !(flags & PTE_U))
        a->rights = (flags >> 1) & (RIGHT_R | RIGHT_W | RIGHT_X);
    *user = flags & PTE_U;
    *pa = leaf.payload.pa + (va - leaf.entry.first);
    return true;
}

/* ---- the way
 * ----------------------------------------------------------------- */

static bool peek_part(const struct peek *p, uint64_t va, unsigned size,
                      uint64_t *pa)
{
    struct access *a = p->a;
    bool checked = protect_selected(&p->regs), user = false;
    if (checked && a->privilege == PRIV_U && !peek_protection(p, va, size))
        return false;
    if (!translate_is_paged(p->regs.satp, a->privilege)) {
        *pa = va;
        return true;
    }
    if (!peek_translation(p, va, pa, &user))
        return false;
    return !user || !checked || a->privilege != PRIV_S ||
           peek_protection(p, va, size);
}

static bool peek_bus(const struct peek *p, uint64_t va, uint64_t pa,
                     unsigned size, bool alone)
{
    struct access *a = p->a;
    const struct bus *bus = p->m->bus;
    if (!pmp_allows(&p->m->pmp, pmp_mode(a->privilege), pa, size,
                    protect_needs(a->kind)))
        return translate_refuse(a, REFUSED_PMP, va);
    if (bus_ram(bus, pa, size))
        return true;
    const struct bus_device *d = bus_find_device(bus, pa, size);
    bool write = a->kind == ACCESS_STORE;
    bool fits = alone && pa % size == 0 && a->kind != ACCESS_AMO;
    if (d && fits && (write ? d->write : d->read))
        return true;
    return translate_refuse(a, REFUSED_BUS, va);
}

static void peek_line(const struct peek *p, uint64_t pa)
{
    const struct mmu *m = p->m;
    struct access *a = p->a;
    enum unit l1 = a->kind == ACCESS_FETCH ? UNIT_L1I : UNIT_L1D;
    struct miss_key line =
        cache_key(pa >> m->line_shift << m->line_shift, m->line_shift);
    const struct lookaside *u = &m->unit[l1];
    if (!bus_ram(m->bus, pa, 1))
        return;
    bool late = false;
    if (lookaside_present(u)) {
        int32_t i = assoc_find(&u->array, pa, 0);
        bool alone = alone_has(p, l1, pa, 0);
        if (i >= 0) {
            note_hit(p, l1, i, !alone, &a->l1);
            return;
        }
        note_miss(miss_classify(&u->history, &line, p->who), alone, &a->l1);
        late = alone;
    }
    u = m->l2;
    if (!lookaside_present(u))
        return;
    int32_t i = assoc_find(&u->array, pa, 0);
    if (i >= 0) {
        note_hit(p, UNIT_L2, i, false, &a->l2);
        return;
    }
    enum miss_cause cause = miss_classify(&u->history, &line, p->who);
    note_miss(cause, m->alone.on && !late && cause == MISS_SWITCH, &a->l2);
}

/* The first `size` bytes of the access at va; false = refused. */
static bool peek_bytes(const struct peek *p, uint64_t va, unsigned size)
{
    struct access *a = p->a;
    unsigned left = (unsigned)(PAGE - va % PAGE);
    unsigned first = size <= left ? size : left;
    uint64_t pa = 0, second = 0;
    if (!peek_part(p, va, first, &pa) ||
        (first < size && !peek_part(p, va + left, size - first, &second)))
        return false;
    if (va == a->va)
        a->pa = pa;
    if (!peek_bus(p, va, pa, first, first == size) ||
        (first < size && !peek_bus(p, va + left, second, size - first, false)))
        return false;
    peek_line(p, pa);
    uint64_t last = first < size ? second : pa + size - 1;
    if ((last ^ pa) >> p->m->line_shift)
        peek_line(p, last);
    return true;
}

/* The second half of a long instruction; see resolve_second in mmu.c. */
static bool peek_second(const struct peek *p)
{
    struct access *a = p->a;
    uint64_t va = a->va + 2, pa = a->pa + 2;
    if (va % PAGE == 0)
        return peek_bytes(p, va, 2);
    if (protect_selected(&p->regs) && a->privilege == PRIV_U &&
        !peek_protection(p, va, 2))
        return false;
    if (!peek_bus(p, va, pa, 2, true))
        return false;
    if ((pa ^ a->pa) >> p->m->line_shift)
        peek_line(p, pa);
    return true;
}

/* Short or long, as the first half says; devices are not read to find out. */
static bool peek_fetch(const struct peek *p)
{
    struct access *a = p->a;
    uint16_t half = 0;
    a->size = 2;
    if (!peek_bytes(p, a->va, 2))
        return false;
    if (!bus_read(p->m->bus, a->pa, &half, 2) || (half & 3) != 3)
        return true;
    if (!peek_second(p))
        return false;
    a->size = 4;
    return true;
}

bool mmu_peek_as(const struct mmu *m, const struct mmu_regs *regs,
                 struct access *a)
{
    struct access request = {
        .va = a->va, .size = a->size, .kind = a->kind, .privilege = a->privilege
    };
    uint32_t asid_mask = (1U << m->config.asid_bits) - 1;
    uint64_t key = mmu_domain_key(regs);
    const struct peek p = {
        .m = m,
        .regs = *regs,
        .alone = alone_find(&m->alone, key),
        .who = miss_who(key),
        .asid = (uint32_t)(regs->satp >> SATP_ASID_SHIFT) & asid_mask,
        .a = a,
    };
    *a = request;
    if (a->kind == ACCESS_FETCH)
        return peek_fetch(&p);
    if (a->kind == ACCESS_AMO && a->va % a->size) {
        a->refused = REFUSED_MISALIGNED;
        a->cause = CAUSE_STORE_MISALIGNED;
        a->fault_va = a->va;
        return false;
    }
    return peek_bytes(&p, a->va, a->size);
}

bool mmu_peek(const struct mmu *m, struct access *a)
{
    return mmu_peek_as(m, &m->regs, a);
}
