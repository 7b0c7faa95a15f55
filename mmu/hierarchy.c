/* SPDX-License-Identifier: Apache-2.0 */
/* See hierarchy.h. */
#include "mmu/hierarchy.h"

#include "mmu/cache.h"

static uint64_t line_of(const struct mmu *m, uint64_t pa)
{
    return pa >> m->line_shift << m->line_shift;
}

static void note_hit(struct lookaside *u, struct unit_stats *stats,
                     struct lookup *l, int32_t index, uint64_t line)
{
    stats->lookups++;
    stats->hits++;
    *l = (struct lookup){ .result = LOOKUP_HIT };
    lookaside_note(l, &u->array, index);
    miss_used(&u->history, index, cache_key(line));
}

static void note_miss(struct mmu *m, enum unit unit, struct lookup *l,
                      uint64_t line)
{
    struct unit_stats *stats = &m->stats[unit];
    enum miss_cause cause =
        miss_classify(&mmu_unit(m, unit)->history, cache_key(line), m->who);
    stats->lookups++;
    stats->misses++;
    stats->by_cause[cause]++;
    *l = (struct lookup){
        .result = LOOKUP_MISS, .cause = (uint8_t)cause, .set = -1, .way = -1
    };
}

static void charge_dram(struct mmu *m, enum purpose purpose)
{
    account_charge(&m->accounts, purpose, IN_DRAM,
                   (uint64_t)m->config.dram_latency);
}

/* An L1 miss is likely to need lines of the host's memory that the host has not
 * at hand: asking for them early makes a random walk twice as fast. */
static void prefetch_l2(const struct mmu *m, uint64_t line)
{
    const struct lookaside *u = m->l2;
    if (!lookaside_present(u))
        return;
    assoc_prefetch(&u->array, line);
    miss_prefetch(&u->history, cache_key(line));
}

/* `explained`: something above is already called late for this access. */
static void access_l2(struct mmu *m, uint64_t pa, bool write,
                      enum purpose purpose, bool explained, struct lookup *l)
{
    struct lookaside *u = m->l2;
    struct unit_stats *stats = &m->stats[UNIT_L2];
    uint64_t line = line_of(m, pa);
    struct assoc_victim victim;
    if (!lookaside_present(u)) {
        charge_dram(m, purpose);
        return;
    }
    account_charge(&m->accounts, purpose, IN_L2,
                   (uint64_t)m->config.l2_latency);
    int32_t i = assoc_lookup(&u->array, pa, 0);
    if (i >= 0) {
        note_hit(u, stats, l, i, line);
        u->array.entry[i].dirty |= write;
        return;
    }
    note_miss(m, UNIT_L2, l, line);
    charge_dram(m, purpose);
    if (m->alone.on && !explained && l->cause == MISS_SWITCH) {
        l->late = true;
        stats->late++;
        stats->late_cycles += (uint64_t)m->config.dram_latency;
    }
    lookaside_note(l, &u->array,
                   cache_fill(u, stats, line, write, m->who, &victim));
}

void hierarchy_write_back(struct mmu *m, uint64_t line)
{
    struct lookaside *l2 = m->l2;
    if (!lookaside_present(l2))
        return;
    int32_t i = assoc_find(&l2->array, line, 0);
    if (i >= 0)
        l2->array.entry[i].dirty = 1;
}

/* A dirty line leaves L1. */
static void write_back(struct mmu *m, uint64_t line, enum purpose purpose)
{
    account_charge(&m->accounts, purpose, IN_L1,
                   (uint64_t)m->config.l1_writeback);
    hierarchy_write_back(m, line);
}

static void hit_l1(struct mmu *m, enum unit l1, uint64_t pa, bool write,
                   int32_t i, struct lookup *l)
{
    struct lookaside *u = &m->unit[l1];
    struct assoc_entry *e = &u->array.entry[i];
    struct assoc_victim alone;
    note_hit(u, &m->stats[l1], l, i, e->first);
    if (write && !e->dirty) {
        if (m->next)
            coherence_first_write(m, e->first);
        e->dirty = 1;
    }
    if (m->alone.on && !m->late_walk && !alone_lookup(&m->alone, l1, pa, 0)) {
        l->gift = true;
        m->stats[l1].gifts++;
        cache_put(&m->alone.now->unit[l1], line_of(m, pa), false, &alone);
    }
}

static void miss_l1(struct mmu *m, enum unit l1, uint64_t pa, bool write,
                    enum purpose purpose, struct lookup *first,
                    struct lookup *second)
{
    struct lookaside *u = &m->unit[l1];
    struct unit_stats *stats = &m->stats[l1];
    struct assoc_victim victim, alone;
    uint64_t line = line_of(m, pa);
    if (m->next && l1 == UNIT_L1D)
        coherence_access(m, line, write);
    uint64_t start = m->accounts.total;
    bool attribute = m->alone.on && !m->late_walk;
    prefetch_l2(m, line);
    if (l1 == UNIT_L1D)
        stores_settle(m, purpose);
    note_miss(m, l1, first, line);
    first->late = attribute && alone_lookup(&m->alone, l1, pa, 0);
    access_l2(m, pa, false, purpose, first->late || m->late_walk, second);
    int32_t i = cache_fill(u, stats, line, write, m->who, &victim);
    lookaside_note(first, &u->array, i);
    account_charge(&m->accounts, purpose, IN_L1,
                   (uint64_t)(m->config.l1_fill +
                              (l1 == UNIT_L1D ? m->config.l1d_extra : 0)));
    if (victim.valid && victim.dirty)
        write_back(m, victim.first, purpose);
    if (first->late) {
        stats->late++;
        stats->late_cycles += m->accounts.total - start;
    } else if (attribute) {
        cache_put(&m->alone.now->unit[l1], line, false, &alone);
    }
}

/* A store that writes through: a line that is there is renewed, none is
 * brought in. */
static void write_through(struct mmu *m, uint64_t pa, enum purpose purpose,
                          struct lookup *first)
{
    struct lookaside *u = &m->unit[UNIT_L1D];
    int32_t i = assoc_lookup(&u->array, pa, 0);
    if (i >= 0)
        hit_l1(m, UNIT_L1D, pa, false, i, first);
    else
        note_miss(m, UNIT_L1D, first, line_of(m, pa));
    if (m->next)
        coherence_access(m, line_of(m, pa), true);
    stores_post(m, pa, purpose);
}

void hierarchy_drop_l1d(struct mmu *m)
{
    const struct assoc_match all = { 0 };
    struct lookaside *u = &m->unit[UNIT_L1D];
    for (int32_t i = assoc_next(&u->array, &all, 0); i >= 0;
         i = assoc_next(&u->array, &all, i + 1))
        if (u->array.entry[i].dirty)
            write_back(m, u->array.entry[i].first, FOR_EXECUTE);
    cache_invalidate_all(u, &m->stats[UNIT_L1D], m->who);
    alone_invalidate(&m->alone, UNIT_L1D, &all);
}

void hierarchy_access(struct mmu *m, enum unit l1, uint64_t pa, bool write,
                      enum purpose purpose, struct lookup *first,
                      struct lookup *second)
{
    struct lookaside *u = &m->unit[l1];
    if (write && m->through) {
        write_through(m, pa, purpose, first);
        return;
    }
    if (!lookaside_present(u)) {
        if (m->next && write)
            coherence_access(m, line_of(m, pa), true);
        access_l2(m, pa, write, purpose, m->late_walk, second);
        return;
    }
    int32_t i = assoc_lookup(&u->array, pa, 0);
    if (i >= 0)
        hit_l1(m, l1, pa, write, i, first);
    else
        miss_l1(m, l1, pa, write, purpose, first, second);
}
