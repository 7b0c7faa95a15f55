/* SPDX-License-Identifier: Apache-2.0 */
/* See stores.h. */
#include "mmu/stores.h"

#include "mmu/mmu.h"

static void wait_until(struct mmu *m, uint64_t clock, enum purpose purpose)
{
    if (clock > m->accounts.total)
        account_charge(&m->accounts, purpose, IN_DRAM,
                       clock - m->accounts.total);
}

static void forget_oldest(struct stores *s)
{
    s->oldest = (s->oldest + 1) % STORES_MAX;
    s->count--;
}

void stores_post(struct mmu *m, uint64_t pa, enum purpose purpose)
{
    const struct mmu_config *c = &m->config;
    struct stores *s = &m->stores;
    uint64_t block = pa & ~((uint64_t)c->store_block - 1);
    while (s->count && s->ack[s->oldest] <= m->accounts.total)
        forget_oldest(s);
    if (c->store_depth && s->count == (uint64_t)c->store_depth) {
        wait_until(m, s->ack[s->oldest], purpose);
        forget_oldest(s);
    }
    bool same = block == s->block;
    uint64_t start = m->accounts.total;
    uint64_t free = same ? s->free_same : s->free;
    if (start < free)
        start = free;
    s->free = start + (uint64_t)(same ? c->store_same : c->store_cycles);
    s->free_same = start + (uint64_t)(same ? c->store_next : c->store_cycles);
    s->settled = s->free + (uint64_t)c->store_ack;
    s->block = block;
    if (!c->store_depth)
        return;
    s->ack[(s->oldest + s->count) % STORES_MAX] = s->settled;
    s->count++;
}

void stores_settle(struct mmu *m, enum purpose purpose)
{
    if (m->config.store_order == STORES_DRAIN)
        wait_until(m, m->stores.settled, purpose);
}
