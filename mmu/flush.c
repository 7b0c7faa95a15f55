/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What software tells the memory system (mmu.h): another context, sfence.vma
 * (Priv 4.2.1), fence.i, RPLB fills and invalidations. Invalidations reach the
 * alone copies too, except a switch's own flush: a full flush after satp
 * changed since the last trap entry.
 */
#include "mmu/mmu.h"

#include "mmu/cache.h"
#include "mmu/hierarchy.h"
#include "mmu/l0.h"
#include "mmu/protect/protect.h"
#include "mmu/protect/rplb.h"
#include "mmu/translate/tlb.h"

uint64_t mmu_domain_key(const struct mmu_regs *regs)
{
    if (protect_selected(regs))
        return regs->domain;
    return regs->satp & ~((uint64_t)SATP_ASID_MASK << SATP_ASID_SHIFT);
}

static void filter_drop(struct mmu *m)
{
    m->filter.bytes = 0;
    l0_void(m);
}

void mmu_context_changed(struct mmu *m)
{
    const struct mmu_regs *r = &m->regs;
    uint32_t asid_mask = (1U << m->config.asid_bits) - 1;
    m->protected = protect_selected(r);
    m->levels = (uint8_t)walk_levels(r->satp);
    m->asid =
        (uint32_t)(r->satp >> SATP_ASID_SHIFT) & SATP_ASID_MASK & asid_mask;
    m->satp_changed |= r->satp != m->last_satp;
    m->last_satp = r->satp;
    m->domain_key = mmu_domain_key(r);
    m->who = miss_who(m->domain_key);
    alone_select(&m->alone, m->domain_key);
    filter_drop(m);
}

void mmu_pmp_changed(struct mmu *m)
{
    filter_drop(m);
}

void mmu_trap_entered(struct mmu *m)
{
    m->satp_changed = false;
}

static void charge(struct mmu *m, int64_t cycles)
{
    account_charge(&m->accounts, FOR_EXECUTE, IN_CORE, (uint64_t)cycles);
}

void mmu_sfence(struct mmu *m, bool has_va, uint64_t va, bool has_asid,
                uint64_t asid)
{
    static const enum unit tlbs[] = { UNIT_ITLB, UNIT_DTLB, UNIT_L2TLB };
    uint32_t asid_mask = (1U << m->config.asid_bits) - 1;
    struct assoc_match match = { .has_context = has_asid,
                                 .keep_global = has_asid,
                                 .context = (uint32_t)asid & asid_mask,
                                 .has_range = has_va,
                                 .first = va,
                                 .last = va };
    if (m->config.sfence_scope == SFENCE_ALL)
        match = (struct assoc_match){ 0 };
    bool of_switch = !has_va && m->satp_changed;
    enum lost_reason reason = of_switch ? LOST_SWITCH : LOST_INVALIDATED;
    for (unsigned i = 0; i < 3; i++) {
        enum unit u = tlbs[i];
        tlb_invalidate(&m->unit[u], &m->stats[u], &match, reason, m->who);
        if (!of_switch)
            alone_invalidate(&m->alone, u, &match);
    }
    charge(m, m->config.flush_cycles);
    filter_drop(m);
}

void mmu_fence(struct mmu *m)
{
    if (m->config.fence_drops == FENCE_L1D)
        hierarchy_drop_l1d(m);
}

void mmu_fence_i(struct mmu *m)
{
    const struct assoc_match all = { 0 };
    if (m->config.fencei_drops == FENCEI_BOTH)
        hierarchy_drop_l1d(m);
    cache_invalidate_all(&m->unit[UNIT_L1I], &m->stats[UNIT_L1I], m->who);
    alone_invalidate(&m->alone, UNIT_L1I, &all);
    filter_drop(m);
}

void mmu_rplb_fill(struct mmu *m, uint64_t base, uint64_t limit, uint64_t meta)
{
    struct assoc_entry range = {
        .first = base,
        .last = limit - 1,
        .context = (uint32_t)(meta >> RPLB_DOMAIN_SHIFT) & 0xFFFF,
        .valid = 1,
        .rights = (uint8_t)(meta >> RPLB_RIGHTS_SHIFT) & RIGHT_MASK,
    };
    /* the owner's copy learns of it: it would have been filled there too */
    struct alone_slot *slot = alone_find(&m->alone, range.context);
    if (limit <= base)
        return;
    for (unsigned u = UNIT_IRPLB; u <= UNIT_DRPLB; u++) {
        if (!(meta & (u == UNIT_IRPLB ? RPLB_FILL_I : RPLB_FILL_D)))
            continue;
        rplb_fill(&m->unit[u], &m->stats[u], &range, m->who);
        if (slot)
            alone_fill(slot, (enum unit)u, &range);
    }
    filter_drop(m);
}

void mmu_rplb_invalidate(struct mmu *m, bool has_domain, uint16_t domain,
                         bool has_range, uint64_t base, uint64_t limit)
{
    struct assoc_match match = { .has_context = has_domain,
                                 .context = domain,
                                 .has_range = has_range,
                                 .first = base,
                                 .last = limit - 1 };
    for (unsigned u = UNIT_IRPLB; u <= UNIT_DRPLB; u++) {
        if (has_range && limit <= base)
            break;
        rplb_invalidate(&m->unit[u], &m->stats[u], &match, m->who);
        alone_invalidate(&m->alone, (enum unit)u, &match);
    }
    charge(m, m->config.rplb_inv_cycles);
    filter_drop(m);
}
