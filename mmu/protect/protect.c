/* SPDX-License-Identifier: Apache-2.0 */
/* See protect.h. */
#include "mmu/protect/protect.h"

#include "mmu/hierarchy.h"
#include "mmu/l0.h"
#include "mmu/protect/rangetree.h"
#include "mmu/protect/rplb.h"

uint8_t protect_needs(enum access_kind kind)
{
    static const uint8_t needs[] = { [ACCESS_FETCH] = RIGHT_X,
                                     [ACCESS_LOAD] = RIGHT_R,
                                     [ACCESS_STORE] = RIGHT_W,
                                     [ACCESS_AMO] = RIGHT_R | RIGHT_W };
    return needs[kind];
}

bool protect_refuse(struct access *a, enum refusal why, uint64_t va)
{
    /* fetch, load, store or AMO: causes stand in this order */
    unsigned kind = a->kind > ACCESS_STORE ? ACCESS_STORE : a->kind;
    a->refused = (uint8_t)why;
    a->fault_va = va;
    if (why == REFUSED_RANGE_MULTIHIT)
        a->cause = CAUSE_HARDWARE_ERROR;
    else if (why == REFUSED_RANGE_MISS)
        a->cause = (uint8_t)(CAUSE_RPLB_MISS_FETCH + kind);
    else
        a->cause = (uint8_t)(CAUSE_RPLB_FAULT_FETCH + kind);
    return false;
}

/* ---- hardware refill ------------------------------------------------- */

static bool read_timed(void *context, uint64_t pa, unsigned count,
                       uint64_t *word)
{
    struct mmu *m = context;
    const uint8_t *at = bus_ram(m->bus, pa, 8ULL * count);
    if (!at || !pmp_check(&m->pmp, PMP_MODE_SU, pa, 8 * count, PMP_R))
        return false;
    hierarchy_access(m, UNIT_L1D, pa, false, FOR_PROTECTION, NULL, NULL);
    memcpy(word, at, 8UL * count);
    return true;
}

/* Looks the range up in the tree of the current domain; true: *range is it. */
static bool walk_tree(struct mmu *m, uint64_t va, struct assoc_entry *range)
{
    const struct rangetree_memory memory = { read_timed, m };
    struct rangetree_result r =
        rangetree_find(m->regs.srtable, m->regs.domain, va, &memory);
    account_charge(&m->accounts, FOR_PROTECTION, IN_CORE,
                   r.nodes * (uint64_t)m->config.rplb_walk_step);
    *range = (struct assoc_entry){ .first = r.base,
                                   .last = r.limit - 1,
                                   .context = m->regs.domain,
                                   .valid = 1,
                                   .rights = r.rights };
    return r.found;
}

/* ---- look-up --------------------------------------------------------- */

/* The first part decides hit or miss only if no later part misses. */
void protect_hit(struct mmu *m, enum unit unit, int32_t index, uint64_t va,
                 struct lookup *l)
{
    const struct assoc *array = &m->unit[unit].array;
    if (l->result == LOOKUP_NONE) {
        l->result = LOOKUP_HIT;
        l->set = 0;
        l->way = index;
    }
    if (m->alone.on && !alone_lookup(&m->alone, unit, va, m->regs.domain)) {
        l->gift |= l->result == LOOKUP_HIT;
        alone_fill(m->alone.now, unit, &array->entry[index]);
    }
}

/* Misses: refills in hardware if it may. Returns the index or ASSOC_NONE. */
static int32_t miss(struct mmu *m, struct access *a, enum unit unit,
                    uint64_t va)
{
    struct lookaside *u = &m->unit[unit];
    uint64_t start = m->accounts.total;
    uint16_t domain = m->regs.domain;
    struct assoc_entry range;
    bool late = m->alone.on && alone_lookup(&m->alone, unit, va, domain);
    a->protection = (struct lookup){
        .result = LOOKUP_MISS,
        .cause = (uint8_t)miss_classify_range(&u->history, va, domain, m->who),
        .late = late,
        .set = -1,
        .way = -1,
    };
    if (!(m->regs.sprot & SPROT_HWREFILL))
        return ASSOC_NONE;
    m->late_walk = late;
    bool found = walk_tree(m, va, &range);
    m->late_walk = false;
    if (late)
        m->stats[unit].late_cycles += m->accounts.total - start;
    if (!found)
        return ASSOC_NONE;
    int32_t i = rplb_fill(u, &m->stats[unit], &range, m->who);
    if (u->array.overlapping)
        l0_void(m);
    a->protection.set = 0;
    a->protection.way = i;
    if (m->alone.on && !late)
        alone_fill(m->alone.now, unit, &range);
    return i;
}

bool protect_check(struct mmu *m, struct access *a, uint64_t va, unsigned size,
                   struct assoc_entry *covered)
{
    enum unit unit = a->kind == ACCESS_FETCH ? UNIT_IRPLB : UNIT_DRPLB;
    struct assoc *array = &m->unit[unit].array;
    uint8_t needs = protect_needs(a->kind);
    for (;;) {
        int32_t i = assoc_lookup(array, va, m->regs.domain);
        if (i >= 0)
            protect_hit(m, unit, i, va, &a->protection);
        else if (i == ASSOC_NONE)
            i = miss(m, a, unit, va);
        if (i == ASSOC_NONE)
            return protect_refuse(a, REFUSED_RANGE_MISS, va);
        if (i == ASSOC_MULTI) {
            if (a->protection.result == LOOKUP_NONE)
                a->protection.result = LOOKUP_HIT;
            return protect_refuse(a, REFUSED_RANGE_MULTIHIT, va);
        }
        const struct assoc_entry *e = &array->entry[i];
        a->rights = e->rights;
        if (covered)
            *covered = *e;
        if (needs & ~e->rights)
            return protect_refuse(a, REFUSED_RANGE_RIGHT, va);
        /* With overlaps about, look at every byte: a second match counts. */
        uint64_t span = array->overlapping ? 0 : e->last - va;
        if (span >= size - 1)
            return true;
        size -= (unsigned)span + 1;
        va += span + 1;
    }
}
