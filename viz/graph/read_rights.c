/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains, segments and rights, as the kernel's hints told: who may do what to
 * which memory. And the same segments in the order of their addresses, with the
 * trees of ranges that refill hardware walks, where there are any.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/protect/rangetree.h"
#include "mmu/xsas.h"
#include "viz/graph/graph.h"

static void segment_id(uint64_t base, char to[GRAPH_ID])
{
    snprintf(to, GRAPH_ID, "s_%" PRIx64, base);
}

static void add_segment(struct graph *g, const struct registry_segment *s)
{
    char id[GRAPH_ID], bytes[24];
    segment_id(s->base, id);
    struct graph_node *n =
        graph_node(g, ROLE_SEGMENT, id, s->name[0] ? s->name : "(no name)");
    graph_row(n, NULL, "0x%" PRIx64, s->base);
    graph_row(n, NULL, "%s", graph_bytes(s->bytes, bytes));
}

static enum graph_line line_of(unsigned rights)
{
    return rights & RIGHT_W   ? LINE_WRITE
           : rights & RIGHT_X ? LINE_EXECUTE
                              : LINE_READ;
}

static void add_right(struct graph *g, const struct machine *m,
                      const struct registry_right *r)
{
    char from[GRAPH_ID], to[GRAPH_ID], label[GRAPH_TEXT], rights[5];
    if (!r->rights)
        return;
    graph_domain(g, m, r->domain, from);
    segment_id(r->base, to);
    graph_rights(r->rights, rights);
    if (r->address == r->base)
        snprintf(label, sizeof label, "%s", rights);
    else
        snprintf(label, sizeof label, "%s\nat 0x%" PRIx64, rights, r->address);
    graph_edge(g, line_of(r->rights), from, to, NULL, label);
}

static int by_base(const void *left, const void *right)
{
    const struct registry_segment *a = left, *b = right;
    return (a->base > b->base) - (a->base < b->base);
}

/* Copies of the live segments, by address; to be freed. */
static struct registry_segment *sorted_segments(const struct registry *r,
                                                size_t *count)
{
    struct registry_segment *list = calloc(r->segment_count + 1, sizeof *list);
    if (!list)
        err_no_memory();
    *count = 0;
    for (size_t i = 0; i < r->segment_count; i++)
        if (r->segments[i].live)
            list[(*count)++] = r->segments[i];
    qsort(list, *count, sizeof *list, by_base);
    return list;
}

static bool is_asked_for(const struct graph_question *q,
                         const struct registry_domain *d)
{
    return d->live && (q->all_domains || d->id == q->domain);
}

bool graph_read_rights(struct graph *g, const struct machine *m,
                       const struct graph_question *q, struct err *err)
{
    const struct registry *r = &m->registry;
    char id[GRAPH_ID];
    size_t count;
    (void)err;
    snprintf(g->legend, sizeof g->legend,
             "D domain, S segment; solid: may read, double: may write, dashed: "
             "may execute");
    for (size_t i = 0; i < r->domain_count; i++)
        if (is_asked_for(q, &r->domains[i]))
            graph_domain(g, m, r->domains[i].id, id);
    struct registry_segment *list = sorted_segments(r, &count);
    for (size_t i = 0; i < count; i++)
        add_segment(g, &list[i]);
    free(list);
    for (size_t i = 0; i < r->domain_count; i++) {
        const struct registry_right *a = NULL;
        if (!is_asked_for(q, &r->domains[i]))
            continue;
        while ((a = registry_rights_of(r, r->domains[i].id, a)) != NULL)
            add_right(g, m, a);
    }
    return true;
}

/* ---- the map of addresses -------------------------------------------------
 */

/* "alice rw-, bob r--" */
static void holders(const struct machine *m, uint64_t base, char *to,
                    size_t room)
{
    const struct registry *r = &m->registry;
    size_t n = 0;
    char name[32], rights[5];
    to[0] = 0;
    for (size_t i = 0; i < r->domain_count && n < room; i++) {
        const struct registry_domain *d = &r->domains[i];
        const struct registry_right *a =
            d->live ? registry_right(r, d->id, base) : NULL;
        if (!a || !a->rights)
            continue;
        int k = snprintf(to + n, room - n, "%s%s %s", n ? ", " : "",
                         registry_domain_name(r, a->domain, name, sizeof name),
                         graph_rights(a->rights, rights));
        n += k > 0 ? (size_t)k : 0;
    }
}

static void add_map(struct graph *g, const struct machine *m)
{
    char bytes[24], who[80];
    size_t count;
    struct registry_segment *list = sorted_segments(&m->registry, &count);
    struct graph_node *n =
        graph_node(g, ROLE_TABLE, "map", "segments by address");
    uint64_t end = 0;
    for (size_t i = 0; i < count; i++) {
        const struct registry_segment *s = &list[i];
        if (i && s->base > end)
            graph_row(n, NULL, "... %s free ...",
                      graph_bytes(s->base - end, bytes));
        end = (s->base + s->bytes + 4095) & ~UINT64_C(4095);
        holders(m, s->base, who, sizeof who);
        graph_row(n, NULL, "0x%" PRIx64 "  %s, %s%s%s", s->base,
                  s->name[0] ? s->name : "(no name)",
                  graph_bytes(s->bytes, bytes), who[0] ? ": " : "", who);
    }
    free(list);
}

/* ---- the trees in memory ---------------------------------------------------
 */

struct tree {
    struct graph *g;
    const struct machine *m;
    uint32_t domain;
    char group[GRAPH_ID];
    unsigned nodes; /* read so far: a damaged tree may be endless */
};

static void node_id(const struct tree *t, uint64_t pa, char to[GRAPH_ID])
{
    snprintf(to, GRAPH_ID, "r%" PRIu32 "_%" PRIx64, t->domain, pa);
}

static void add_range(struct tree *t, uint64_t pa, const char *parent,
                      const char *side)
{
    uint64_t word[4], offset;
    char id[GRAPH_ID], rights[5], bytes[24];
    if (!pa || ++t->nodes > 200 ||
        !machine_peek_phys(t->m, pa, word, sizeof word))
        return;
    node_id(t, pa, id);
    const struct registry_segment *s =
        registry_segment_at(&t->m->registry, t->domain, word[0], &offset);
    struct graph_node *n =
        graph_node(t->g, ROLE_SEGMENT, id, s && s->name[0] ? s->name : "range");
    graph_row(n, NULL, "0x%" PRIx64 " + %s", word[0],
              graph_bytes(word[1] - word[0], bytes));
    graph_row(n, NULL, "%s", graph_rights(word[2] & RIGHT_MASK, rights));
    if (n)
        snprintf(n->group, sizeof n->group, "%s", t->group);
    if (parent)
        graph_edge(t->g, LINE_PLAIN, parent, id, side, side);
    add_range(t, word[2] & RANGE_CHILD_MASK, id, "below");
    add_range(t, word[3] & RANGE_CHILD_MASK, id, "above");
}

static void add_tree(struct graph *g, const struct machine *m, uint32_t domain)
{
    uint64_t table = m->now->cpu.mmu.regs.srtable, root;
    char name[32], title[GRAPH_TEXT];
    struct tree t = { .g = g, .m = m, .domain = domain };
    if (!table || domain >> (table & SRTABLE_LOG2_MASK) ||
        !machine_peek_phys(m, (table & SRTABLE_BASE_MASK) + domain * 8ULL,
                           &root, sizeof root) ||
        !(root & RANGE_CHILD_MASK))
        return;
    snprintf(t.group, sizeof t.group, "tree%" PRIu32, domain);
    snprintf(title, sizeof title, "range tree of %s, root 0x%" PRIx64,
             registry_domain_name(&m->registry, domain, name, sizeof name),
             root & RANGE_CHILD_MASK);
    graph_group(g, t.group, title);
    add_range(&t, root & RANGE_CHILD_MASK, NULL, NULL);
}

bool graph_read_segments(struct graph *g, const struct machine *m,
                         const struct graph_question *q, struct err *err)
{
    const struct registry *r = &m->registry;
    (void)err;
    g->top_down = true;
    snprintf(g->legend, sizeof g->legend, "%s",
             m->now->cpu.mmu.regs.srtable
                 ? "table: every segment by address; boxes: the trees that the "
                   "RPLB's "
                   "refill hardware walks, below = lower addresses"
                 : "no trees in memory: this machine's refill is software's, "
                   "or its page tables protect");
    add_map(g, m);
    for (size_t i = 0; i < r->domain_count; i++)
        if (is_asked_for(q, &r->domains[i]))
            add_tree(g, m, r->domains[i].id);
    return true;
}
