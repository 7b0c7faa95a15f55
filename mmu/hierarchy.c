/* SPDX-License-Identifier: Apache-2.0 */
/* See hierarchy.h. */
#include "mmu/hierarchy.h"

#include "mmu/cache.h"
#include "mmu/l0.h"

static uint64_t line_of(const struct mmu *m, uint64_t pa)
{
    return pa >> m->line_shift << m->line_shift;
}

/* Where the line is, for who asked. */
static void note_place(struct lookup *l, const struct lookaside *u,
                       int32_t index)
{
    if (l)
        lookaside_note(l, &u->array, index);
}

static void note_hit(struct lookaside *u, struct unit_stats *stats,
                     struct lookup *l, int32_t index, uint64_t line)
{
    stats->lookups++;
    stats->hits++;
    if (l)
        *l = (struct lookup){ .result = LOOKUP_HIT };
    note_place(l, u, index);
    if (miss_follows(&u->history, index)) {
        struct miss_key key = cache_key(line, u->history.shift);
        miss_used_slow(&u->history, index, &key);
    }
}

static enum miss_cause note_miss(struct mmu *m, enum unit unit,
                                 struct lookup *l, const struct miss_key *line)
{
    struct unit_stats *stats = &m->stats[unit];
    enum miss_cause cause =
        miss_classify(&mmu_unit(m, unit)->history, line, m->who);
    stats->lookups++;
    stats->misses++;
    stats->by_cause[cause]++;
    if (l)
        *l = (struct lookup){
            .result = LOOKUP_MISS, .cause = (uint8_t)cause, .set = -1, .way = -1
        };
    return cause;
}

static void charge_dram(struct mmu *m, enum purpose purpose)
{
    account_charge(&m->accounts, purpose, IN_DRAM,
                   (uint64_t)m->config.dram_latency);
}

/* An L1 miss is likely to need lines of the host's memory that the host has not
 * at hand: asking for them early makes a random walk twice as fast. */
static void prefetch_l2(const struct mmu *m, const struct miss_key *line)
{
    const struct lookaside *u = m->l2;
    if (!lookaside_present(u))
        return;
    assoc_prefetch(&u->array, assoc_slot(&u->array, line->first));
    miss_prefetch(&u->history, line);
}

/* `explained`: something above is already called late for this access. */
static void access_l2(struct mmu *m, const struct miss_key *line, bool write,
                      enum purpose purpose, bool explained, struct lookup *l)
{
    struct lookaside *u = m->l2;
    struct unit_stats *stats = &m->stats[UNIT_L2];
    struct line_victim victim;
    if (!lookaside_present(u)) {
        charge_dram(m, purpose);
        return;
    }
    account_charge(&m->accounts, purpose, IN_L2,
                   (uint64_t)m->config.l2_latency);
    const struct assoc_slot slot = assoc_slot(&u->array, line->first);
    int32_t i = cache_lookup(&u->array, slot, line->first);
    if (i >= 0) {
        note_hit(u, stats, l, i, line->first);
        u->array.entry[i].dirty |= write;
        return;
    }
    enum miss_cause cause = note_miss(m, UNIT_L2, l, line);
    charge_dram(m, purpose);
    if (m->alone.on && !explained && cause == MISS_SWITCH) {
        if (l)
            l->late = true;
        stats->late++;
        stats->late_cycles += (uint64_t)m->config.dram_latency;
    }
    note_place(l, u, cache_fill(u, stats, slot, line, write, m->who, &victim));
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

/* Brings the line into the alone copy of an L1, which has the shape of the
 * unit: so a line has the same slot. `gone` is what the unit itself has just
 * given up: the filter, which mirrors both, knows of that. */
static int32_t put_alone(struct mmu *m, enum unit l1, struct assoc_slot slot,
                         uint64_t line, const struct line_victim *gone)
{
    struct assoc *alone = &m->alone.now->unit[l1];
    struct line_victim victim;
    if (!alone->tag)
        return cache_put_untagged(alone, line, false, &victim);
    int32_t copy = line_put(alone, slot, line, false, false, &victim);
    bool same = gone->valid && gone->first == victim.first;
    if (m->l0 && victim.valid && !same)
        l0_lost_copy(m, l1, victim.first, 0);
    return copy;
}

static struct hierarchy_place hit_l1(struct mmu *m, enum unit l1,
                                     struct assoc_slot slot, uint64_t pa,
                                     bool write, int32_t i, struct lookup *l)
{
    struct lookaside *u = &m->unit[l1];
    struct assoc_entry *e = &u->array.entry[i];
    static const struct line_victim none;
    note_hit(u, &m->stats[l1], l, i, e->first);
    if (write && !e->dirty) {
        if (m->next)
            coherence_first_write(m, e->first);
        e->dirty = 1;
    }
    if (!m->alone.on || m->late_walk)
        return (struct hierarchy_place){ i, ASSOC_NONE };
    struct assoc *alone = &m->alone.now->unit[l1];
    int32_t copy = cache_lookup(alone, slot, pa);
    if (copy < 0) {
        if (l)
            l->gift = true;
        m->stats[l1].gifts++;
        copy = put_alone(m, l1, slot, line_of(m, pa), &none);
    }
    return (struct hierarchy_place){ i, copy };
}

static struct hierarchy_place miss_l1(struct mmu *m, enum unit l1,
                                      struct assoc_slot slot, uint64_t pa,
                                      bool write, enum purpose purpose,
                                      struct lookup *first,
                                      struct lookup *second)
{
    struct lookaside *u = &m->unit[l1];
    struct unit_stats *stats = &m->stats[l1];
    struct line_victim victim;
    const struct miss_key line = cache_key(line_of(m, pa), m->line_shift);
    if (m->next && l1 == UNIT_L1D)
        coherence_access(m, line.first, write);
    uint64_t start = m->accounts.total;
    prefetch_l2(m, &line);
    if (l1 == UNIT_L1D)
        stores_settle(m, purpose);
    note_miss(m, l1, first, &line);
    struct assoc *alone =
        m->alone.on && !m->late_walk ? &m->alone.now->unit[l1] : NULL;
    int32_t copy = alone ? cache_lookup(alone, slot, pa) : ASSOC_NONE;
    bool late = copy >= 0;
    int32_t i = cache_fill(u, stats, slot, &line, write, m->who, &victim);
    note_place(first, u, i);
    if (alone && !late)
        copy = put_alone(m, l1, slot, line.first, &victim);
    access_l2(m, &line, false, purpose, late || m->late_walk, second);
    account_charge(&m->accounts, purpose, IN_L1,
                   (uint64_t)(m->config.l1_fill +
                              (l1 == UNIT_L1D ? m->config.l1d_extra : 0)));
    if (victim.valid && victim.dirty)
        write_back(m, victim.first, purpose);
    if (late) {
        if (first)
            first->late = true;
        stats->late++;
        stats->late_cycles += m->accounts.total - start;
    }
    return (struct hierarchy_place){ i, copy };
}

/* A store that writes through: a line that is there is renewed, none is
 * brought in. */
static struct hierarchy_place write_through(struct mmu *m, uint64_t pa,
                                            enum purpose purpose,
                                            struct lookup *first)
{
    struct lookaside *u = &m->unit[UNIT_L1D];
    const struct miss_key line = cache_key(line_of(m, pa), m->line_shift);
    struct hierarchy_place place = { ASSOC_NONE, ASSOC_NONE };
    const struct assoc_slot slot = assoc_slot(&u->array, pa);
    int32_t i = cache_lookup(&u->array, slot, pa);
    if (i >= 0)
        place = hit_l1(m, UNIT_L1D, slot, pa, false, i, first);
    else
        note_miss(m, UNIT_L1D, first, &line);
    if (m->next)
        coherence_access(m, line.first, true);
    stores_post(m, pa, purpose);
    return place;
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

struct hierarchy_place hierarchy_access(struct mmu *m, enum unit l1,
                                        uint64_t pa, bool write,
                                        enum purpose purpose,
                                        struct lookup *first,
                                        struct lookup *second)
{
    struct lookaside *u = &m->unit[l1];
    if (write && m->through)
        return write_through(m, pa, purpose, first);
    if (!lookaside_present(u)) {
        const struct miss_key line = cache_key(line_of(m, pa), m->line_shift);
        if (m->next && write)
            coherence_access(m, line.first, true);
        access_l2(m, &line, write, purpose, m->late_walk, second);
        return (struct hierarchy_place){ ASSOC_NONE, ASSOC_NONE };
    }
    const struct assoc_slot slot = assoc_slot(&u->array, pa);
    int32_t i = cache_lookup(&u->array, slot, pa);
    if (i < 0)
        return miss_l1(m, l1, slot, pa, write, purpose, first, second);
    return hit_l1(m, l1, slot, pa, write, i, first);
}
