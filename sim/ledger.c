/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: folding the cells of mmu.accounts into (domain, phase), and the
 * moves that make a fold due: trap, return, change of domain, pc leaving its
 * phase. The book of switches is kept in switches.c, sums and invariants are in
 * ledger_sum.c.
 */
#include "sim/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/xsas.h"
#include "sim/switches.h"

#define KEEP_ENDED 64

/* ---- domains --------------------------------------------------------------
 */

/* A free slot, from the spare ones or behind the last. */
static size_t new_slot(struct ledger *l)
{
    if (l->spare.count)
        return place_queue_take(&l->spare);
    if (l->domain_count == l->domain_room) {
        l->domain_room = l->domain_room ? 2 * l->domain_room : 4;
        l->domains = heap_larger(l->heap, l->domains,
                                 l->domain_room * sizeof l->domains[0]);
        if (!l->domains)
            err_no_memory();
    }
    return l->domain_count++;
}

static size_t new_domain(struct ledger *l, uint64_t key)
{
    size_t i = new_slot(l);
    struct ledger_domain *d = &l->domains[i];
    memset(d, 0, sizeof *d);
    d->serial = ++l->serials;
    d->key = key;
    d->live = true;
    index_set(&l->by_key, key, 0, i);
    return i;
}

/* The live domain behind a key; 0 = none. */
static size_t domain_of_key(const struct ledger *l, uint64_t key)
{
    size_t i = index_find(&l->by_key, key, 0);
    return i == INDEX_NONE ? 0 : i;
}

static void add_domain(struct ledger_domain *to, const struct ledger_domain *d)
{
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        for (int p = 0; p < PURPOSE_COUNT; p++)
            for (int at = 0; at < PLACE_COUNT; at++)
                to->phase[ph][p][at] += d->phase[ph][p][at];
        to->instructions[ph] += d->instructions[ph];
    }
    for (int u = 0; u < UNIT_COUNT; u++)
        unit_stats_add(&to->unit[u], &d->unit[u], NULL);
}

/* Keeps the slots of the KEEP_ENDED that ended last; older ones are summed up
 * in slot 0. */
static void forget_old(struct ledger *l)
{
    if (l->ended.count <= KEEP_ENDED)
        return;
    size_t oldest = place_queue_take(&l->ended);
    if (oldest == l->domain) { /* its last cycles are still to come */
        place_queue_add(&l->ended, oldest);
        oldest = place_queue_take(&l->ended);
    }
    add_domain(&l->domains[0], &l->domains[oldest]);
    memset(&l->domains[oldest], 0, sizeof l->domains[0]);
    place_queue_add(&l->spare, oldest);
}

void ledger_init(struct ledger *l, struct heap *heap)
{
    memset(l, 0, sizeof *l);
    l->heap = l->by_key.heap = l->by_id.heap = heap;
    l->ended.heap = l->spare.heap = heap;
    new_slot(l);
    memset(&l->domains[0], 0, sizeof l->domains[0]);
    snprintf(l->domains[0].name, NAME_BYTES, "ended");
    l->domain = new_domain(l, 0);
    l->phase = PHASE_KERNEL;
    ledger_restart_extremes(l);
}

void ledger_free(struct ledger *l)
{
    heap_free(l->heap, l->domains);
    l->domains = NULL;
    index_free(&l->by_key);
    index_free(&l->by_id);
    place_queue_free(&l->ended);
    place_queue_free(&l->spare);
}

void ledger_name_domain(struct ledger *l, const struct mmu *m, uint64_t key,
                        uint32_t id, const char *name)
{
    ledger_fold(l, m);
    size_t i = domain_of_key(l, key);
    if (!i)
        i = new_domain(l, key);
    struct ledger_domain *d = &l->domains[i];
    if (d->name[0])
        index_remove(&l->by_id, d->id, 0);
    d->id = id;
    snprintf(d->name, NAME_BYTES, "%s", name);
    if (d->name[0])
        index_set(&l->by_id, id, 0, i);
}

void ledger_end_domain(struct ledger *l, uint32_t id, uint64_t clock)
{
    size_t i = index_find(&l->by_id, id, 0);
    if (i == INDEX_NONE)
        return;
    struct ledger_domain *d = &l->domains[i];
    d->live = false;
    d->ended = clock;
    index_remove(&l->by_id, id, 0);
    index_remove(&l->by_key, d->key, 0);
    place_queue_add(&l->ended, i);
    forget_old(l);
}

void ledger_context(struct ledger *l, const struct mmu *m)
{
    uint64_t key = mmu_domain_key(&m->regs);
    if (l->domains[l->domain].live && l->domains[l->domain].key == key)
        return;
    ledger_fold(l, m);
    ledger_fold_units(l, m);
    size_t i = domain_of_key(l, key);
    l->domain = i ? i : new_domain(l, key);
}

/* ---- folding --------------------------------------------------------------
 */

uint64_t ledger_hardware_late(const struct mmu *m)
{
    uint64_t sum = 0;
    for (int u = 0; u < UNIT_COUNT; u++)
        sum += m->stats[u].late_cycles;
    return sum;
}

void ledger_fold_units(struct ledger *l, const struct mmu *m)
{
    struct ledger_domain *d = &l->domains[l->domain];
    for (int u = 0; u < UNIT_COUNT; u++)
        unit_stats_add(&d->unit[u], &m->stats[u], &l->folded_units[u]);
    memcpy(l->folded_units, m->stats, sizeof l->folded_units);
}

static void fold_cells(struct ledger *l, const struct accounts *now,
                       enum phase phase)
{
    uint64_t(*to)[PLACE_COUNT] = l->domains[l->domain].phase[phase];
    uint64_t(*total)[PLACE_COUNT] = l->total[phase];
    for (int p = 0; p < PURPOSE_COUNT; p++)
        for (int at = 0; at < PLACE_COUNT; at++) {
            uint64_t part = now->cell[p][at] - l->folded.cell[p][at];
            to[p][at] += part;
            total[p][at] += part;
        }
}

static uint64_t idle_of(const struct accounts *a)
{
    uint64_t sum = 0;
    for (int at = 0; at < PLACE_COUNT; at++)
        sum += a->cell[FOR_IDLE][at];
    return sum;
}

/* Folds everything up to *now, which may lie before the last charge. */
static void fold_to(struct ledger *l, const struct mmu *m,
                    const struct accounts *now, enum phase phase)
{
    uint64_t instructions = l->instructions - l->folded_instructions;
    if (now->total == l->folded.total && !instructions)
        return;
    fold_cells(l, now, phase);
    l->domains[l->domain].instructions[phase] += instructions;
    l->total_instructions[phase] += instructions;
    if (l->window.open) {
        uint64_t late = ledger_hardware_late(m);
        uint64_t cycles =
            now->total - l->folded.total - (idle_of(now) - idle_of(&l->folded));
        switches_add(l, phase, cycles, late - l->folded_late, instructions);
        l->folded_late = late;
    }
    l->folded_instructions = l->instructions;
    l->folded = *now;
}

void ledger_fold(struct ledger *l, const struct mmu *m)
{
    fold_to(l, m, &m->accounts, l->phase);
}

/* ---- moves ------------------------------------------------------------------
 */

void ledger_set_phase(struct ledger *l, enum phase phase, uint64_t first,
                      uint64_t end)
{
    l->ranges[phase] = (struct pc_range){ first, end };
}

/* Until the next move nothing is known about the pc. */
static void phase_unknown(struct ledger *l)
{
    l->pc_first = 0;
    l->pc_span = 0;
}

static bool protection_miss(uint64_t cause, bool interrupt)
{
    return !interrupt && cause >= CAUSE_RPLB_MISS_FETCH &&
           cause <= CAUSE_RPLB_MISS_STORE;
}

/*
 * The cycles of trap entry belong to what the kernel is entered for; everything
 * before them to what was running. A system call of the code that fetches
 * scripted operations, and a protection miss of it, are part of the fetch until
 * U-mode goes on.
 */
void ledger_trap(struct ledger *l, const struct mmu *m,
                 const struct ledger_entry *e)
{
    bool miss = protection_miss(e->cause, e->interrupt) &&
                l->ranges[PHASE_REFILL].end > l->ranges[PHASE_REFILL].first;
    bool fetching = l->user && l->phase == PHASE_SCRIPT;
    if (e->script_next || (fetching && (miss || e->system_call)))
        l->script_call = true;
    enum phase entry_phase = l->script_call ? PHASE_SCRIPT
                             : miss         ? PHASE_REFILL
                                            : PHASE_TRAP;
    struct accounts before = m->accounts;
    for (int at = 0; at < PLACE_COUNT; at++) {
        uint64_t entry =
            before.cell[FOR_TRAP][at] - l->folded.cell[FOR_TRAP][at];
        before.cell[FOR_TRAP][at] -= entry;
        before.total -= entry;
    }
    fold_to(l, m, &before, l->phase);
    if (l->user && !l->window.open)
        switches_open(l, m, e->thread);
    if (miss)
        switches_refill_begins(l, m, e->late);
    fold_to(l, m, &m->accounts, entry_phase);
    l->window.landed = false;
    l->user = false;
    phase_unknown(l);
}

void ledger_return(struct ledger *l, const struct mmu *m, bool to_user)
{
    ledger_fold(l, m);
    switches_refill_ends(l, m);
    l->user = to_user;
    if (to_user) {
        l->script_call = false;
        l->window.landed = l->window.open;
    }
    phase_unknown(l);
}

static void find_user_phase(struct ledger *l, uint64_t pc,
                            const struct registry *r)
{
    uint64_t first = 0, end = UINT64_MAX;
    l->phase = PHASE_USER;
    for (size_t i = 0; i < r->program_count; i++) {
        const struct registry_program *p = &r->programs[i];
        if (p->script_first > p->script_last)
            continue;
        if (pc >= p->script_first && pc <= p->script_last) {
            l->phase = PHASE_SCRIPT;
            first = p->script_first;
            end = p->script_last + 1;
            break;
        }
        if (p->script_first > pc && p->script_first < end)
            end = p->script_first;
        if (p->script_last < pc && p->script_last + 1 > first)
            first = p->script_last + 1;
    }
    l->pc_first = first;
    l->pc_span = end - first;
}

static void find_kernel_phase(struct ledger *l, uint64_t pc)
{
    uint64_t first = 0, end = UINT64_MAX;
    l->phase = PHASE_KERNEL;
    for (int ph = PHASE_TRAP; ph < PHASE_COUNT; ph++) {
        const struct pc_range *r = &l->ranges[ph];
        if (pc >= r->first && pc < r->end) {
            l->phase = (enum phase)ph;
            first = r->first;
            end = r->end;
            break;
        }
        if (r->end <= r->first)
            continue;
        if (r->first > pc && r->first < end)
            end = r->first;
        if (r->end <= pc && r->end > first)
            first = r->end;
    }
    l->pc_first = first;
    l->pc_span = end - first;
    if (l->phase == PHASE_TRAP && l->refill.open)
        l->phase = PHASE_REFILL; /* the vector on the way to the refill */
    if (l->script_call)
        l->phase = PHASE_SCRIPT;
}

bool ledger_move(struct ledger *l, const struct mmu *m, uint64_t pc,
                 bool by_user, const struct registry *registry)
{
    bool switched = false;
    if (l->window.landed && by_user)
        switched = switches_close(l, m, registry->thread);
    ledger_fold(l, m);
    if (l->user)
        find_user_phase(l, pc, registry);
    else
        find_kernel_phase(l, pc);
    if (l->phase != PHASE_REFILL)
        l->refill.open = false;
    if (l->window.landed)
        phase_unknown(l);
    return switched;
}
