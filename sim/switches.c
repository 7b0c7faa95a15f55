/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See switches.h. Direct cost: what the hart did between the two domains,
 * without idle, without scripted operations, without late cycles. The rest of
 * a switch's cost is late: refills in the time slices that follow.
 */
#include "sim/switches.h"

#include <string.h>

void switches_open(struct ledger *l, const struct mmu *m, uint32_t thread)
{
    struct ledger_window *w = &l->window;
    memset(w, 0, sizeof *w);
    w->open = true;
    w->from_serial = l->domains[l->domain].serial;
    w->from = l->domains[l->domain].id;
    w->from_thread = thread;
    l->folded_late = ledger_hardware_late(m);
}

void switches_add(struct ledger *l, enum phase phase, uint64_t cycles,
                  uint64_t late, uint64_t instructions)
{
    if (phase == PHASE_SCRIPT)
        return;
    if (late > cycles)
        bug("%llu late cycles in %llu", (unsigned long long)late,
            (unsigned long long)cycles);
    l->window.phase[phase] += cycles - late;
    l->window.instructions += instructions;
}

static void write_record(struct ledger *l, const struct mmu *m, uint32_t thread,
                         uint64_t direct)
{
    const struct ledger_window *w = &l->window;
    struct switch_stats *s = &l->switches;
    struct switch_record *r = &l->book[s->count % LEDGER_SWITCHES];
    r->number = s->count + 1;
    r->cycle = m->accounts.total;
    r->from = w->from;
    r->to = l->domains[l->domain].id;
    r->from_thread = w->from_thread;
    r->to_thread = thread;
    r->direct = direct;
    r->instructions = w->instructions;
    memcpy(r->phase, w->phase, sizeof r->phase);
}

/* The instruction that just retired is the other side's: not folded yet. */
bool switches_close(struct ledger *l, const struct mmu *m, uint32_t thread)
{
    struct ledger_window *w = &l->window;
    struct switch_stats *s = &l->switches;
    w->open = w->landed = false;
    if (w->from_serial == l->domains[l->domain].serial)
        return false;
    uint64_t direct = 0;
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        direct += w->phase[ph];
        s->phase[ph] += w->phase[ph];
    }
    write_record(l, m, thread, direct);
    s->count++;
    s->direct += direct;
    s->instructions += w->instructions;
    if (direct < s->min)
        s->min = direct;
    if (direct > s->max)
        s->max = direct;
    return true;
}

void switches_refill_begins(struct ledger *l, const struct mmu *m, bool late)
{
    struct ledger_refill *r = &l->refill;
    r->open = true;
    r->late = late;
    r->start = l->folded.total;
    r->start_late = ledger_hardware_late(m);
    memcpy(r->phase, l->window.phase, sizeof r->phase);
    r->instructions = l->window.instructions;
}

void switches_refill_ends(struct ledger *l, const struct mmu *m)
{
    struct ledger_refill *r = &l->refill;
    if (!r->open)
        return;
    r->open = false;
    if (!r->late)
        return;
    uint64_t cycles = m->accounts.total - r->start;
    l->refill_late += cycles - (ledger_hardware_late(m) - r->start_late);
    if (l->window.open) {
        memcpy(l->window.phase, r->phase, sizeof r->phase);
        l->window.instructions = r->instructions;
    }
}
