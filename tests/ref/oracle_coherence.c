/* SPDX-License-Identifier: Apache-2.0 */
/* See oracle_coherence.h. */
#include "tests/ref/oracle_coherence.h"

#include <stddef.h>

/* Place of the line in its set, or -1. */
static int place_of(const struct oracle_cache *c, uint64_t line)
{
    for (int i = 0; i < c->ways; i++)
        if (c->set[line % (uint64_t)c->sets][i].line == line + 1)
            return i;
    return -1;
}

static void drop(struct oracle_cache *c, uint64_t line)
{
    int s = (int)(line % (uint64_t)c->sets), i = place_of(c, line);
    for (; i < c->ways - 1; i++)
        c->set[s][i] = c->set[s][i + 1];
    c->set[s][c->ways - 1].line = 0;
    c->set[s][c->ways - 1].dirty = false;
}

bool oracle_coherence_holds(const struct oracle_coherence *c, int hart,
                            uint64_t line, bool *dirty)
{
    const struct oracle_cache *l1 = &c->l1[hart];
    int i = place_of(l1, line);
    *dirty = i >= 0 && l1->set[line % (uint64_t)l1->sets][i].dirty;
    return i >= 0;
}

static void ask_others(struct oracle_coherence *c, int hart, uint64_t line,
                       bool store, struct oracle_answer *a)
{
    for (int other = 0; other < c->harts; other++) {
        struct oracle_cache *l1 = &c->l1[other];
        bool dirty;
        if (other == hart || !oracle_coherence_holds(c, other, line, &dirty))
            continue;
        a->had_dirty |= dirty;
        a->had_clean |= store && !dirty;
        if (store)
            drop(l1, line);
        else
            l1->set[line % (uint64_t)l1->sets][place_of(l1, line)].dirty =
                false;
    }
}

struct oracle_answer oracle_coherence_use(struct oracle_coherence *c, int hart,
                                          uint64_t line, bool store)
{
    struct oracle_answer a = { 0 };
    bool dirty, ignored;
    uint64_t gone;
    a.hit = oracle_coherence_holds(c, hart, line, &dirty);
    a.upgraded = c->harts > 1 && a.hit && store && !dirty;
    if (!a.hit || a.upgraded)
        ask_others(c, hart, line, store, &a);
    oracle_cache_use(&c->l1[hart], line, store, &a.wrote_back, &gone);
    if (!a.hit)
        a.l2_hit = oracle_cache_use(&c->l2, line, false, &ignored, &gone);
    return a;
}
