/* SPDX-License-Identifier: Apache-2.0 */
/* See translate.h. */
#include "mmu/translate/translate.h"

#include "mmu/hierarchy.h"
#include "mmu/protect/protect.h"
#include "mmu/translate/tlb.h"

enum {
    CAUSE_FETCH_ACCESS = 1, /* Priv table 3.6 */
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_FETCH_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15
};

enum refusal translate_refusal(const struct mmu_regs *regs, bool leaf_rights,
                               uint8_t kind, uint8_t privilege, uint8_t leaf)
{
    bool user = leaf & PTE_U;
    if (privilege == PRIV_U && !user)
        return REFUSED_PTE_USER;
    if (privilege == PRIV_S && user && (kind == ACCESS_FETCH || !regs->sum))
        return REFUSED_PTE_USER;
    if (user && !leaf_rights)
        return REFUSED_NOT;
    bool readable = (leaf & PTE_R) || (regs->mxr && (leaf & PTE_X));
    bool allowed = kind == ACCESS_FETCH   ? (leaf & PTE_X) != 0
                   : kind == ACCESS_LOAD  ? readable
                   : kind == ACCESS_STORE ? (leaf & PTE_W) != 0
                                          : (leaf & PTE_W) && (leaf & PTE_R);
    return allowed ? REFUSED_NOT : REFUSED_PTE_RIGHT;
}

bool translate_refuse(struct access *a, enum refusal why, uint64_t va)
{
    static const uint8_t page[] = { CAUSE_FETCH_PAGE, CAUSE_LOAD_PAGE,
                                    CAUSE_STORE_PAGE, CAUSE_STORE_PAGE };
    static const uint8_t bus[] = { CAUSE_FETCH_ACCESS, CAUSE_LOAD_ACCESS,
                                   CAUSE_STORE_ACCESS, CAUSE_STORE_ACCESS };
    a->refused = (uint8_t)why;
    bool access_fault = why == REFUSED_BUS || why == REFUSED_PMP;
    a->cause = access_fault ? bus[a->kind] : page[a->kind];
    a->fault_va = va;
    return false;
}

/* ---- the walk -------------------------------------------------------- */

/* Whose walk it is: the two ways to memory have prices of their own. */
struct timed_walk {
    struct mmu *m;
    bool fetch;
};

static enum refusal read_timed(void *context, uint64_t pa, uint64_t *pte)
{
    const struct timed_walk *t = context;
    struct mmu *m = t->m;
    const uint8_t *at = bus_ram(m->bus, pa, 8);
    account_charge(&m->accounts, FOR_TLB, IN_CORE,
                   (uint64_t)m->config.walk_step);
    if (!at)
        return REFUSED_BUS;
    if (!pmp_check(&m->pmp, PMP_MODE_SU, pa, 8, PMP_R))
        return REFUSED_PMP;
    if (m->config.walk_path == WALK_MEMORY)
        account_charge(
            &m->accounts, FOR_TLB, IN_DRAM,
            (uint64_t)(t->fetch ? m->config.walk_iread : m->config.walk_dread));
    else
        hierarchy_access(m, UNIT_L1D, pa, false, FOR_TLB, NULL, NULL);
    *pte = bus_ram_load(at, 8);
    return REFUSED_NOT;
}

static void set_timed(struct mmu *m, uint64_t pa, uint64_t pte)
{
    hierarchy_access(m, UNIT_L1D, pa, true, FOR_TLB, NULL, NULL);
    bus_ram_store(bus_ram(m->bus, pa, 8), 8, pte);
    bus_wrote(m->bus, pa, 8);
}

/* Walks, checks the leaf, sets A and D (Priv 4.3.2 steps 1 to 9). */
static bool walk_leaf(struct mmu *m, struct access *a, uint64_t va,
                      struct tlb_leaf *leaf)
{
    struct timed_walk timed = { m, a->kind == ACCESS_FETCH };
    const struct walk_memory memory = { read_timed, &timed };
    if (!timed.fetch)
        stores_settle(m, FOR_TLB);
    struct walk w = walk_find(m->regs.satp, va, &memory);
    a->walk_reads = (uint8_t)(a->walk_reads + w.reads);
    a->pte = w.pte;
    a->page_shift = w.page_shift;
    enum refusal why = w.refused;
    if (!why)
        why = translate_refusal(&m->regs, !protect_selected(&m->regs), a->kind,
                                a->privilege, (uint8_t)w.pte);
    bool update = !why && translate_needs_ad(a->kind, (uint8_t)w.pte);
    if (update && !m->regs.hw_ad)
        why = REFUSED_PTE_AD;
    else if (update && !pmp_check(&m->pmp, PMP_MODE_SU, w.pte_pa, 8, PMP_W))
        why = REFUSED_PMP;
    if (why)
        return translate_refuse(a, why, va);
    if (update) {
        w.pte |= PTE_A | (a->kind >= ACCESS_STORE ? PTE_D : 0);
        set_timed(m, w.pte_pa, w.pte);
    }
    *leaf = tlb_leaf_of(m->regs.satp, m->asid, va, &w);
    return true;
}

/* ---- the TLBs -------------------------------------------------------- */

static void note_miss(struct mmu *m, enum unit unit, struct lookup *l,
                      const struct tlb_leaf *leaf, bool late)
{
    const struct miss_history *h = &m->unit[unit].history;
    *l = (struct lookup){
        .result = LOOKUP_MISS,
        .cause = (uint8_t)miss_classify(h, &leaf->key, m->who),
        .late = late,
        .set = -1,
        .way = -1,
    };
}

static void alone_fill_tlbs(struct mmu *m, enum unit l1, bool l2_missed,
                            const struct assoc_entry *entry)
{
    alone_fill(m->alone.now, l1, entry);
    if (l2_missed)
        alone_fill(m->alone.now, UNIT_L2TLB, entry);
}

/* What the domain's own copies say of an L1 TLB miss. */
struct alone_view {
    bool l1_hit, l2_hit;
};

static struct alone_view alone_look(struct mmu *m, enum unit l1, uint64_t va)
{
    struct alone_view v = { 0 };
    if (!m->alone.on)
        return v;
    v.l1_hit = alone_lookup(&m->alone, l1, va, m->asid);
    if (!v.l1_hit && m->alone.shape[UNIT_L2TLB].entries)
        v.l2_hit = alone_lookup(&m->alone, UNIT_L2TLB, va, m->asid);
    return v;
}

static bool find_in_l2(struct mmu *m, struct access *a, uint64_t va,
                       struct alone_view alone, struct tlb_leaf *leaf)
{
    struct lookaside *u = &m->unit[UNIT_L2TLB];
    if (!lookaside_present(u))
        return false;
    account_charge(&m->accounts, FOR_TLB, IN_CORE,
                   (uint64_t)m->config.l2tlb_latency);
    int32_t i = assoc_lookup(&u->array, va, m->asid);
    if (i < 0)
        return false;
    *leaf = tlb_leaf_at(&u->array, i);
    miss_used(&u->history, i, &leaf->key);
    if (a->l2tlb.result == LOOKUP_NONE) {
        a->l2tlb.result = LOOKUP_HIT;
        a->l2tlb.gift = m->alone.on && !alone.l1_hit && !alone.l2_hit;
        lookaside_note(&a->l2tlb, &u->array, i);
    }
    return true;
}

/* L2 TLB missed, or is not there. */
static bool find_by_walk(struct mmu *m, struct access *a, uint64_t va,
                         struct alone_view alone, struct tlb_leaf *leaf)
{
    struct lookaside *u = &m->unit[UNIT_L2TLB];
    struct unit_stats *stats = &m->stats[UNIT_L2TLB];
    uint64_t start = m->accounts.total;
    m->late_walk = alone.l1_hit || alone.l2_hit;
    bool found = walk_leaf(m, a, va, leaf);
    m->late_walk = false;
    if (!found) {
        /* sorted under the 4 KiB page it would have been */
        const struct walk none = { .page_shift = 12 };
        *leaf = tlb_leaf_of(m->regs.satp, m->asid, va, &none);
    }
    if (!lookaside_present(u))
        return found;
    note_miss(m, UNIT_L2TLB, &a->l2tlb, leaf, alone.l2_hit);
    if (alone.l2_hit)
        stats->late_cycles += m->accounts.total - start;
    if (found)
        lookaside_note(&a->l2tlb, &u->array, tlb_fill(u, stats, leaf, m->who));
    return found;
}

/* An L1 TLB miss. Returns the index in the L1 TLB, or -1: refused. */
static int32_t refill(struct mmu *m, struct access *a, enum unit l1,
                      uint64_t va)
{
    struct lookaside *u = &m->unit[l1];
    uint64_t start = m->accounts.total;
    struct tlb_leaf leaf;
    if (!walk_canonical(va, m->levels)) {
        translate_refuse(a, REFUSED_NONCANONICAL, va);
        return -1;
    }
    struct alone_view alone = alone_look(m, l1, va);
    bool found = find_in_l2(m, a, va, alone, &leaf) ||
                 find_by_walk(m, a, va, alone, &leaf);
    note_miss(m, l1, &a->tlb, &leaf, alone.l1_hit);
    if (alone.l1_hit)
        m->stats[l1].late_cycles += m->accounts.total - start;
    if (!found)
        return -1;
    if (m->alone.on && !alone.l1_hit)
        alone_fill_tlbs(m, l1,
                        !alone.l2_hit && m->alone.shape[UNIT_L2TLB].entries,
                        &leaf.entry);
    int32_t i = tlb_fill(u, &m->stats[l1], &leaf, m->who);
    lookaside_note(&a->tlb, &u->array, i);
    return i;
}

void translate_hit(struct mmu *m, enum unit l1, int32_t i, uint64_t va,
                   struct lookup *l)
{
    struct lookaside *u = &m->unit[l1];
    if (miss_follows(&u->history, i)) {
        struct miss_key key = tlb_key(&u->array.entry[i], &u->array.payload[i]);
        miss_used_slow(&u->history, i, &key);
    }
    if (l->result == LOOKUP_NONE) {
        l->result = LOOKUP_HIT;
        lookaside_note(l, &u->array, i);
    }
    if (!m->alone.on || alone_lookup(&m->alone, l1, va, m->asid))
        return;
    l->gift |= l->result == LOOKUP_HIT;
    bool has_l2 = m->alone.shape[UNIT_L2TLB].entries != 0;
    bool l2_missed =
        has_l2 && !alone_lookup(&m->alone, UNIT_L2TLB, va, m->asid);
    alone_fill_tlbs(m, l1, l2_missed, &u->array.entry[i]);
}

/* A store through an entry with D = 0: walk again, renew both TLBs. */
static int32_t renew(struct mmu *m, struct access *a, enum unit l1, uint64_t va)
{
    struct lookaside *l2 = &m->unit[UNIT_L2TLB];
    struct tlb_leaf leaf;
    if (!walk_leaf(m, a, va, &leaf))
        return -1;
    if (lookaside_present(l2))
        tlb_fill(l2, &m->stats[UNIT_L2TLB], &leaf, m->who);
    return tlb_fill(&m->unit[l1], &m->stats[l1], &leaf, m->who);
}

bool translate(struct mmu *m, struct access *a, uint64_t va, uint64_t *pa,
               bool *user)
{
    enum unit l1 = a->kind == ACCESS_FETCH ? UNIT_ITLB : UNIT_DTLB;
    const struct assoc *array = &m->unit[l1].array;
    int32_t i = assoc_lookup(&m->unit[l1].array, va, m->asid);
    if (i >= 0)
        translate_hit(m, l1, i, va, &a->tlb);
    else if ((i = refill(m, a, l1, va)) < 0)
        return false;
    uint8_t leaf = array->entry[i].rights;
    enum refusal why =
        translate_refusal(&m->regs, !m->protected, a->kind, a->privilege, leaf);
    if (!why && translate_needs_ad(a->kind, leaf)) {
        if ((i = renew(m, a, l1, va)) < 0)
            return false;
        leaf = array->entry[i].rights;
    }
    const struct assoc_entry *e = &array->entry[i];
    a->pte = array->payload[i].pte;
    a->page_shift = (uint8_t)__builtin_ctzll(e->last - e->first + 1);
    if (why)
        return translate_refuse(a, why, va);
    if (!m->protected || !(leaf & PTE_U))
        a->rights = (leaf >> 1) & (RIGHT_R | RIGHT_W | RIGHT_X);
    *user = leaf & PTE_U;
    *pa = array->payload[i].pa + (va - e->first);
    return true;
}
