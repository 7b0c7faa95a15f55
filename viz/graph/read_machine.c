/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine as a block diagram: what each part remembers, how large it is,
 * what a miss costs (all from the parameters), and how it has fared so far.
 */
#include <inttypes.h>
#include <string.h>

#include "viz/graph/graph.h"

struct drawing {
    struct graph *g;
    const struct machine *m;
    char hart[8]; /* "h0" */
};

static void unit_id(const struct drawing *d, const char *name,
                    char to[GRAPH_ID])
{
    snprintf(to, GRAPH_ID, "%s_%s", d->hart, name);
}

static void tell_fare(struct graph_node *n, const struct machine *m,
                      enum unit unit)
{
    const struct unit_stats *s = &m->now->cpu.mmu.stats[unit];
    if (s->lookups)
        graph_row(n, NULL, "%.2f %% of %" PRIu64 " look-ups hit",
                  100.0 * (double)s->hits / (double)s->lookups, s->lookups);
}

/* "lru" of "dtlb.policy". */
static void setting(const struct machine *m, const char *key, char to[32])
{
    const struct parameter *p = config_find(key);
    to[0] = 0;
    if (p)
        config_format(&m->config, p, to, 32);
}

/* A node of the hart; its place is the hart's cluster. */
static struct graph_node *part(const struct drawing *d, enum graph_role role,
                               const char *name, const char *title)
{
    char id[GRAPH_ID];
    unit_id(d, name, id);
    struct graph_node *n = graph_node(d->g, role, id, title);
    if (n)
        snprintf(n->group, sizeof n->group, "%s", d->hart);
    return n;
}

static void add_entries(const struct drawing *d, enum unit unit,
                        const char *name, const char *title, int64_t entries,
                        int64_t ways, const char *policy_key)
{
    char policy[32];
    if (!entries)
        return;
    struct graph_node *n = part(d, ROLE_UNIT, name, title);
    setting(d->m, policy_key, policy);
    if (ways == 0 || ways == entries)
        graph_row(n, NULL, "%" PRId64 " entries, fully associative, %s",
                  entries, policy);
    else
        graph_row(n, NULL, "%" PRId64 " entries, %" PRId64 " ways, %s", entries,
                  ways, policy);
    tell_fare(n, d->m, unit);
}

static void add_cache(const struct drawing *d, struct graph_node *n,
                      enum unit unit, int64_t bytes, int64_t ways,
                      const char *policy_key)
{
    char policy[32], size[24];
    setting(d->m, policy_key, policy);
    graph_row(n, NULL, "%s, %" PRId64 " ways, %s",
              graph_bytes((uint64_t)bytes, size), ways, policy);
    graph_row(n, NULL, "lines of %" PRId64 " bytes",
              (int64_t)d->m->config.mmu.line_bytes);
    tell_fare(n, d->m, unit);
}

static void edge(const struct drawing *d, const char *from, const char *to,
                 const char *label)
{
    char a[GRAPH_ID], b[GRAPH_ID];
    unit_id(d, from, a);
    unit_id(d, to, b);
    graph_edge(d->g, LINE_PLAIN, a, b, NULL, label);
}

static void add_core(const struct drawing *d)
{
    const struct config *c = &d->m->config;
    char predictor[32];
    setting(d->m, "branch.predictor", predictor);
    struct graph_node *n = part(d, ROLE_CORE, "core", "core, RV64IMAC");
    graph_row(n, NULL, "%.0f MHz, one instruction at a time",
              (double)c->core_hz / 1e6);
    graph_row(n, NULL,
              "mispredicted branch %" PRIu64 ", load-use %" PRIu64
              " cycles, predictor %s",
              c->cpu.mispredict, c->cpu.load_use, predictor);
    graph_row(n, NULL, "trap entry %" PRIu64 ", exit %" PRIu64 " cycles",
              c->cpu.trap_entry, c->cpu.trap_exit);
    graph_row(n, NULL, "%" PRIu64 " instructions in %" PRIu64 " cycles",
              d->m->now->ledger.instructions, machine_clock(d->m));
}

static void add_translation(const struct drawing *d)
{
    const struct mmu_config *c = &d->m->config.mmu;
    char label[GRAPH_TEXT];
    add_entries(d, UNIT_ITLB, "itlb", "ITLB", c->itlb_entries, c->itlb_ways,
                "itlb.policy");
    add_entries(d, UNIT_DTLB, "dtlb", "DTLB", c->dtlb_entries, c->dtlb_ways,
                "dtlb.policy");
    add_entries(d, UNIT_L2TLB, "l2tlb", "L2 TLB", c->l2tlb_entries,
                c->l2tlb_ways, "l2tlb.policy");
    struct graph_node *n = part(d, ROLE_UNIT, "walker", "page walker");
    graph_row(n, NULL, "%" PRId64 " cycles a level, and its reads",
              (int64_t)c->walk_step);
    edge(d, "core", "itlb", "fetch");
    edge(d, "core", "dtlb", "load, store");
    snprintf(label, sizeof label, "miss: %" PRId64 " cycles",
             (int64_t)c->l2tlb_latency);
    const char *second = c->l2tlb_entries ? "l2tlb" : "walker";
    edge(d, "itlb", second, c->l2tlb_entries ? label : "miss");
    edge(d, "dtlb", second, c->l2tlb_entries ? label : "miss");
    if (c->l2tlb_entries)
        edge(d, "l2tlb", "walker", "miss");
}

static void add_protection(const struct drawing *d)
{
    const struct mmu_config *c = &d->m->config.mmu;
    add_entries(d, UNIT_IRPLB, "irplb", "IRPLB", c->irplb_entries, 0,
                "rplb.policy");
    add_entries(d, UNIT_DRPLB, "drplb", "DRPLB", c->drplb_entries, 0,
                "rplb.policy");
    edge(d, "core", "irplb", "may it execute?");
    edge(d, "core", "drplb", "may it read, write?");
}

static void add_first_caches(const struct drawing *d)
{
    const struct mmu_config *c = &d->m->config.mmu;
    if (c->l1i_bytes)
        add_cache(d, part(d, ROLE_MEMORY, "l1i", "L1I"), UNIT_L1I, c->l1i_bytes,
                  c->l1i_ways, "l1i.policy");
    if (c->l1d_bytes)
        add_cache(d, part(d, ROLE_MEMORY, "l1d", "L1D"), UNIT_L1D, c->l1d_bytes,
                  c->l1d_ways, "l1d.policy");
    edge(d, "itlb", "l1i", "physical address");
    edge(d, "dtlb", "l1d", "physical address");
    if (c->walk_path == 0)
        edge(d, "walker", "l1d", "reads entries");
}

/* From a part of the hart to one that all share. */
static void edge_out(const struct drawing *d, const char *from, const char *to,
                     int64_t cycles)
{
    char id[GRAPH_ID], label[GRAPH_TEXT];
    unit_id(d, from, id);
    snprintf(label, sizeof label, "%" PRId64 " cycles", cycles);
    graph_edge(d->g, LINE_PLAIN, id, to, to, label);
}

static void add_hart(struct graph *g, const struct machine *m, unsigned number)
{
    const struct mmu_config *c = &m->config.mmu;
    char title[GRAPH_TEXT];
    struct drawing d = { .g = g, .m = m };
    snprintf(d.hart, sizeof d.hart, "h%u", number % 1000);
    snprintf(title, sizeof title, "hart %u", number);
    graph_group(g, d.hart, title);
    add_core(&d);
    add_protection(&d);
    add_translation(&d);
    add_first_caches(&d);
    const char *next = c->l2_bytes ? "l2" : "dram";
    int64_t cycles =
        c->l2_bytes ? (int64_t)c->l2_latency : (int64_t)c->dram_latency;
    edge_out(&d, c->l1i_bytes ? "l1i" : "itlb", next, cycles);
    edge_out(&d, c->l1d_bytes ? "l1d" : "dtlb", next, cycles);
    if (c->walk_path != 0)
        edge_out(&d, "walker", "dram", (int64_t)c->walk_dread);
    edge_out(&d, "dtlb", "bus", (int64_t)c->device_latency);
}

/* Devices of one name in a row are one line. */
static void add_devices(struct graph *g, const struct machine *m)
{
    struct graph_node *n = graph_node(g, ROLE_DEVICE, "bus", "devices");
    for (unsigned i = 0; i < m->bus.device_count; i++) {
        const struct bus_device *d = &m->bus.device[i];
        unsigned more = 0;
        char size[24];
        while (i + 1 < m->bus.device_count &&
               strcmp(m->bus.device[i + 1].name, d->name) == 0) {
            more++;
            i++;
        }
        if (more)
            graph_row(n, NULL, "0x%08" PRIx64 "  %u x %s, %s each", d->base,
                      more + 1, d->name, graph_bytes(d->bytes, size));
        else
            graph_row(n, NULL, "0x%08" PRIx64 "  %s, %s", d->base, d->name,
                      graph_bytes(d->bytes, size));
    }
}

bool graph_read_machine(struct graph *g, const struct machine *m,
                        const struct graph_question *q, struct err *err)
{
    const struct mmu_config *c = &m->config.mmu;
    char size[24], label[GRAPH_TEXT];
    (void)q, (void)err;
    g->top_down = true;
    snprintf(g->legend, sizeof g->legend,
             "numbers on arrows: cycles of a miss or an access; protection and "
             "translation are asked side by side");
    struct drawing shared = { .g = g, .m = m };
    if (c->l2_bytes)
        add_cache(&shared, graph_node(g, ROLE_MEMORY, "l2", "L2"), UNIT_L2,
                  c->l2_bytes, c->l2_ways, "l2.policy");
    struct graph_node *n = graph_node(g, ROLE_MEMORY, "dram", "DRAM");
    graph_row(n, NULL, "%s at 0x%" PRIx64, graph_bytes(m->bus.ram_bytes, size),
              m->bus.ram_base);
    add_devices(g, m);
    add_hart(g, m, 0);
    snprintf(label, sizeof label, "%" PRId64 " cycles",
             (int64_t)c->dram_latency);
    if (c->l2_bytes)
        graph_edge(g, LINE_PLAIN, "l2", "dram", NULL, label);
    return true;
}
