/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures by name. Everything is read from snapshots of the ledger, from the
 * units' counters and from the counts of events; see stats.h.
 */
#include "sim/stats.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* One visit after the other, with names built in one buffer. */
struct walk_stats {
    stats_visit *visit;
    void *context;
    const char *prefix; /* of every name: "", or "hart.1." */
};

static void PRINTF_LIKE(5, 6)
    visit(const struct walk_stats *w, uint64_t value, const char *unit,
          const char *doc, const char *format, ...)
{
    char name[128];
    int n = snprintf(name, sizeof name, "%s", w->prefix);
    va_list args;
    va_start(args, format);
    vsnprintf(name + n, sizeof name - (size_t)n, format, args);
    va_end(args);
    w->visit(w->context, name, value, unit, doc);
}

static void visit_accounts(const struct walk_stats *w,
                           const struct ledger_snapshot *s)
{
    visit(w, s->cycles, "cycles", "clock", "cycles");
    visit(w, s->instructions, "instructions", "retired", "instructions");
    for (int i = 0; i < ACCOUNT_COUNT; i++)
        visit(w, s->account[i], "cycles", account_doc((enum account)i),
              "accounts.%s", account_name((enum account)i));
    for (int i = 0; i < PLACE_COUNT; i++)
        visit(w, s->place[i], "cycles", "where the cycles were spent",
              "place.%s", place_short_name((enum place)i));
    for (int i = 0; i < PHASE_COUNT; i++) {
        const char *name = phase_name((enum phase)i);
        visit(w, s->phase[i], "cycles", "by phase of the kernel", "phase.%s",
              name);
        visit(w, s->phase_instructions[i], "instructions",
              "by phase of the kernel", "phase.%s.instructions", name);
    }
}

static void visit_unit(const struct walk_stats *w, const char *u,
                       const struct unit_stats *s)
{
    visit(w, s->lookups, "accesses", "look-ups", "%s.lookups", u);
    visit(w, s->hits, "accesses", "found", "%s.hits", u);
    visit(w, s->misses, "accesses", "not found", "%s.misses", u);
    for (int c = 0; c < MISS_CAUSE_COUNT; c++)
        visit(w, s->by_cause[c], "accesses", "misses by cause", "%s.misses.%s",
              u, miss_cause_name((enum miss_cause)c));
    visit(w, s->late, "accesses", "misses owed to other domains", "%s.late", u);
    visit(w, s->late_cycles, "cycles", "what these cost", "%s.late_cycles", u);
    visit(w, s->gifts, "accesses", "hits owed to other domains", "%s.gifts", u);
    visit(w, s->fills, "entries", "put in", "%s.fills", u);
    visit(w, s->evictions, "entries", "pushed out", "%s.evictions", u);
    visit(w, s->invalidations, "entries", "removed by flushes",
          "%s.invalidations", u);
}

static void visit_switches(const struct walk_stats *w,
                           const struct switch_stats *s)
{
    visit(w, s->count, "switches", "of domain", "switch.count");
    visit(w, s->direct, "cycles", "from trap to first instruction",
          "switch.direct");
    for (int i = 0; i < PHASE_COUNT; i++)
        if (i != PHASE_SCRIPT)
            visit(w, s->phase[i], "cycles", "direct cost by phase",
                  "switch.direct.%s", phase_name((enum phase)i));
    visit(w, s->instructions, "instructions", "of the direct path",
          "switch.instructions");
    visit(w, s->max ? s->min : 0, "cycles", "smallest direct cost",
          "switch.min");
    visit(w, s->max, "cycles", "largest direct cost", "switch.max");
    for (int i = 0; i < LATE_COUNT; i++) {
        const char *name = late_name((enum late_group)i);
        visit(w, s->late[i], "cycles", "refills owed to other domains",
              "switch.late.%s", name);
        visit(w, s->gift[i], "accesses", "hits owed to other domains",
              "switch.gifts.%s", name);
    }
}

static void visit_window(const struct walk_stats *w,
                         const struct ledger_snapshot *s)
{
    visit_accounts(w, s);
    for (int u = 0; u < UNIT_COUNT; u++)
        visit_unit(w, unit_name((enum unit)u), &s->unit[u]);
    visit_switches(w, &s->switches);
}

void stats_each_window(const struct ledger_snapshot *s, stats_visit *each,
                       void *context)
{
    const struct walk_stats w = { each, context, "" };
    visit_window(&w, s);
}

static void visit_totals(const struct walk_stats *w, const struct hart *h)
{
    const struct timing *t = &h->cpu.timing;
    struct ledger_snapshot s;
    ledger_snapshot(&h->ledger, &h->cpu.mmu, &s);
    visit_window(w, &s);
    visit(w, t->branches, "instructions", "branches and jumps", "branch.count");
    visit(w, t->mispredicts, "instructions", "of these, predicted wrongly",
          "branch.mispredicts");
}

static void visit_coherence(const struct walk_stats *w,
                            const struct coherence_stats *s)
{
    visit(w, s->upgrades, "lines", "asked for, to store to",
          "coherence.upgrades");
    visit(w, s->invalidated, "lines", "lost to stores of other harts",
          "coherence.invalidated");
    visit(w, s->written_back, "lines", "dirty, that other harts asked for",
          "coherence.written_back");
}

static void visit_events(const struct walk_stats *w, const struct machine *m)
{
    for (int k = 0; k < EVENT_KIND_COUNT; k++)
        visit(w, m->event_count[k], "events", "seen so far", "events.%s",
              event_kind_name((enum event_kind)k));
    visit(w, m->faults_protection, "faults", "refused by a right",
          "faults.protection");
    visit(w, m->event_count[EVENT_FAULT] - m->faults_protection, "faults",
          "refused for another reason", "faults.other");
}

/* Names seen so far: a hash of each leads to the first record that bears it;
 * names of equal hash are told apart by a count. */
static bool first_with_name(struct index *seen, const struct ledger *l,
                            size_t index)
{
    const char *name = l->domains[index].name;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *c = name; *c; c++)
        hash = (hash ^ (uint8_t)*c) * 1099511628211u;
    size_t at;
    for (uint64_t n = 0;; n++) {
        at = index_find(seen, hash, n);
        if (at == INDEX_NONE)
            index_set(seen, hash, n, index);
        if (at == INDEX_NONE || strcmp(l->domains[at].name, name) == 0)
            return at == INDEX_NONE;
    }
}

/* A domain's name in the list: "kernel" for all that has no name; one that an
 * earlier record bears gets its serial number behind it. */
static void domain_label(const struct ledger *l, size_t index, bool first,
                         char *to, size_t room)
{
    const struct ledger_domain *d = &l->domains[index];
    if (!d->name[0])
        snprintf(to, room, "kernel");
    else if (first)
        snprintf(to, room, "%s", d->name);
    else
        snprintf(to, room, "%s#%" PRIu64, d->name, d->serial);
}

static void visit_domain(const struct walk_stats *w, const struct hart *h,
                         size_t index, bool first)
{
    const struct ledger *l = &h->ledger;
    bool named = l->domains[index].name[0];
    uint64_t account[ACCOUNT_COUNT] = { 0 }, cycles = 0, instructions = 0;
    char label[NAME_BYTES + 24];
    size_t end = named ? index + 1 : l->domain_count;
    for (size_t i = index; i < end; i++) {
        uint64_t part[ACCOUNT_COUNT], part_cycles, part_instructions;
        const struct ledger_domain *d = &l->domains[i];
        if (i != index && (!d->serial || d->name[0]))
            continue;
        ledger_domain_totals(l, &h->cpu.mmu, i, part, &part_cycles,
                             &part_instructions);
        for (int a = 0; a < ACCOUNT_COUNT; a++)
            account[a] += part[a];
        cycles += part_cycles;
        instructions += part_instructions;
    }
    domain_label(l, index, first, label, sizeof label);
    visit(w, cycles, "cycles", "of this domain", "domain.%s.cycles", label);
    visit(w, instructions, "instructions", "of this domain",
          "domain.%s.instructions", label);
    for (int a = 0; a < ACCOUNT_COUNT; a++)
        visit(w, account[a], "cycles", account_doc((enum account)a),
              "domain.%s.accounts.%s", label, account_name((enum account)a));
}

/* All records without a name are one: the kernel. Record 0, the sum of those
 * that ended long ago, shares its name with nobody. */
static void visit_domains(const struct walk_stats *w, const struct hart *h)
{
    const struct ledger *l = &h->ledger;
    struct index seen = { 0 };
    visit_domain(w, h, 0, true);
    for (size_t i = 1; i < l->domain_count; i++) {
        const struct ledger_domain *d = &l->domains[i];
        if (!d->serial)
            continue;
        bool first = first_with_name(&seen, l, i);
        if (d->name[0] || first)
            visit_domain(w, h, i, first);
    }
    index_free(&seen);
}

/* Several harts: each with a prefix of its own; of the whole only its time and
 * its instructions. */
static void visit_harts(const struct walk_stats *w, const struct machine *m)
{
    uint64_t clock = 0;
    for (uint64_t i = 0; i < m->config.harts; i++)
        if (m->hart[i].cpu.mmu.accounts.total > clock)
            clock = m->hart[i].cpu.mmu.accounts.total;
    visit(w, clock, "cycles", "clock of the hart that is ahead", "cycles");
    visit(w, machine_instructions(m), "instructions", "retired by all harts",
          "instructions");
    visit(w, m->config.harts, "harts", "hardware threads", "harts");
    visit(w, m->config.harts_quantum, "cycles", "longest turn of a hart",
          "harts.quantum");
    visit_events(w, m);
    for (uint64_t i = 0; i < m->config.harts; i++) {
        char prefix[32];
        snprintf(prefix, sizeof prefix, "hart.%" PRIu64 ".", i);
        const struct walk_stats one = { w->visit, w->context, prefix };
        visit_totals(&one, &m->hart[i]);
        visit_coherence(&one, &m->hart[i].cpu.mmu.coherence);
        visit_domains(&one, &m->hart[i]);
    }
}

void stats_each(const struct machine *m, stats_visit *each, void *context)
{
    const struct walk_stats w = { each, context, "" };
    if (m->config.harts > 1) {
        visit_harts(&w, m);
        return;
    }
    visit_totals(&w, m->now);
    visit_events(&w, m);
    visit_domains(&w, m->now);
}

static uint64_t cycles_for(const struct accounts *a, enum purpose purpose)
{
    uint64_t sum = 0;
    for (int at = 0; at < PLACE_COUNT; at++)
        sum += a->cell[purpose][at];
    return sum;
}

void stats_print_harts(const struct machine *m, FILE *to)
{
    fprintf(to, "%" PRIu64 " harts, turns of at most %" PRIu64 " cycles\n",
            m->config.harts, m->config.harts_quantum);
    fprintf(to, "%-5s%16s%16s%16s%16s\n", "hart", "cycles", "instructions",
            "idle", "coherence");
    for (uint64_t i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->hart[i];
        const struct accounts *a = &h->cpu.mmu.accounts;
        fprintf(to,
                "%-5" PRIu64 "%16" PRIu64 "%16" PRIu64 "%16" PRIu64 "%16" PRIu64
                "\n",
                i, a->total, h->ledger.instructions, cycles_for(a, FOR_IDLE),
                cycles_for(a, FOR_COHERENCE));
    }
}

struct search {
    const char *name;
    uint64_t value;
    bool found;
};

static void compare(void *context, const char *name, uint64_t value,
                    const char *unit, const char *doc)
{
    struct search *s = context;
    (void)unit;
    (void)doc;
    if (!s->found && strcmp(name, s->name) == 0) {
        s->found = true;
        s->value = value;
    }
}

bool stats_find(const struct machine *m, const char *name, uint64_t *value)
{
    struct search s = { name, 0, false };
    stats_each(m, compare, &s);
    *value = s.value;
    return s.found;
}

bool stats_find_window(const struct ledger_snapshot *window, const char *name,
                       uint64_t *value)
{
    struct search s = { name, 0, false };
    stats_each_window(window, compare, &s);
    *value = s.value;
    return s.found;
}

static void print_line(void *context, const char *name, uint64_t value,
                       const char *unit, const char *doc)
{
    fprintf(context, "%-40s %20" PRIu64 "  # %s, %s\n", name, value, unit, doc);
}

void stats_print(const struct machine *m, FILE *to)
{
    stats_each(m, print_line, to);
}
