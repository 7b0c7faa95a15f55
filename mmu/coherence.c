/* SPDX-License-Identifier: Apache-2.0 */
/* See coherence.h. */
#include "mmu/coherence.h"

#include "mmu/cache.h"
#include "mmu/hierarchy.h"
#include "mmu/l0.h"

/* What the others had of a line, before they gave it up. */
enum copies { COPIES_NONE, COPIES_CLEAN, COPIES_DIRTY };

static void charge(struct mmu *m, int64_t cycles)
{
    account_charge(&m->accounts, FOR_COHERENCE, IN_L1, (uint64_t)cycles);
}

/*
 * The one place where a snoop changes an L1D: entry i becomes clean, or goes.
 * Whoever remembers that a line is there, or dirty, as the L0 filter does, must
 * forget it here.
 */
static void give_up(struct mmu *m, int32_t i, bool invalidate)
{
    struct lookaside *u = &m->unit[UNIT_L1D];
    struct assoc_entry *e = &u->array.entry[i];
    uint64_t line = e->first;
    l0_forget_line(m, line);
    if (e->dirty) {
        hierarchy_write_back(m, line);
        m->coherence.written_back++;
        e->dirty = 0;
    }
    if (!invalidate)
        return;
    m->coherence.invalidated++;
    m->stats[UNIT_L1D].invalidations++;
    struct miss_key key = cache_key(line, m->line_shift);
    miss_left(&u->history, &key, LOST_SNOOPED, m->who);
    assoc_drop(&u->array, i);
    alone_drop(&m->alone, UNIT_L1D, line);
}

static enum copies snoop(struct mmu *m, uint64_t line, bool store)
{
    const struct lookaside *u = &m->unit[UNIT_L1D];
    if (store && m->reservation == line)
        m->reservation = NO_RESERVATION;
    if (!lookaside_present(u))
        return COPIES_NONE;
    int32_t i = assoc_find(&u->array, line, 0);
    if (i < 0)
        return COPIES_NONE;
    enum copies had = u->array.entry[i].dirty ? COPIES_DIRTY : COPIES_CLEAN;
    if (store || had == COPIES_DIRTY)
        give_up(m, i, store);
    return had;
}

/* Asks all others; the worst of the answers. */
static enum copies snoop_others(struct mmu *m, uint64_t line, bool store)
{
    enum copies had = COPIES_NONE;
    for (struct mmu *other = m->next; other != m; other = other->next) {
        enum copies its = snoop(other, line, store);
        if (its > had)
            had = its;
    }
    return had;
}

static void charge_answer(struct mmu *m, enum copies had, bool store)
{
    if (had == COPIES_DIRTY)
        charge(m, m->config.coherence_writeback);
    else if (had == COPIES_CLEAN && store)
        charge(m, m->config.coherence_invalidate);
}

void coherence_first_write(struct mmu *m, uint64_t line)
{
    m->coherence.upgrades++;
    charge(m, m->config.coherence_upgrade);
    charge_answer(m, snoop_others(m, line, true), true);
}

void coherence_access(struct mmu *m, uint64_t line, bool store)
{
    charge_answer(m, snoop_others(m, line, store), store);
}
