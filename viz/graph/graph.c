/* SPDX-License-Identifier: Apache-2.0 */
/* The graph as data; see graph/graph.h. */
#include "viz/graph/graph.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/xsas.h"

const struct graph_kind graph_kinds[GRAPH_KINDS + 1] = {
    { "rights", "domains, segments, rights", false, graph_read_rights },
    { "calls", "portal calls, messages and system calls, counted", true,
      graph_read_calls },
    { "pagetable", "the page-table tree of a domain", false,
      graph_read_pagetable },
    { "segments", "the segments by address, and range trees in memory", false,
      graph_read_segments },
    { "waits", "which thread waits for what", true, graph_read_waits },
    { "machine", "the parts of the machine, sizes, latencies", false,
      graph_read_machine },
    { NULL, NULL, false, NULL },
};

/* Room for one more: arrays double when their count is a power of two. */
static void *grown(void *array, size_t count, size_t size)
{
    if (count & (count - 1))
        return array;
    void *larger = realloc(array, (count ? 2 * count : 1) * size);
    if (!larger)
        err_no_memory();
    return larger;
}

const struct graph_node *graph_find(const struct graph *g, const char *id)
{
    size_t n = strcspn(id, ":");
    for (size_t i = 0; i < g->node_count; i++)
        if (strncmp(g->node[i].id, id, n) == 0 && !g->node[i].id[n])
            return &g->node[i];
    return NULL;
}

struct graph_node *graph_node(struct graph *g, enum graph_role role,
                              const char *id, const char *title)
{
    if (graph_find(g, id))
        return NULL;
    if (g->node_count == GRAPH_NODES) {
        g->hidden++;
        return NULL;
    }
    g->node = grown(g->node, g->node_count, sizeof *g->node);
    struct graph_node *n = &g->node[g->node_count++];
    memset(n, 0, sizeof *n);
    n->role = role;
    snprintf(n->id, sizeof n->id, "%s", id);
    snprintf(n->title, sizeof n->title, "%s", title);
    return n;
}

void graph_row(struct graph_node *n, const char *port, const char *format, ...)
{
    va_list args;
    if (!n || n->row_count == GRAPH_ROWS)
        return;
    n->row = grown(n->row, n->row_count, sizeof *n->row);
    struct graph_row *row = &n->row[n->row_count++];
    snprintf(row->port, sizeof row->port, "%s", port ? port : "");
    va_start(args, format);
    vsnprintf(row->text, sizeof row->text, format, args);
    va_end(args);
}

struct graph_edge *graph_edge(struct graph *g, enum graph_line line,
                              const char *from, const char *to, const char *key,
                              const char *label)
{
    if (!graph_find(g, from) || !graph_find(g, to))
        return NULL;
    g->edge = grown(g->edge, g->edge_count, sizeof *g->edge);
    struct graph_edge *e = &g->edge[g->edge_count++];
    memset(e, 0, sizeof *e);
    e->line = line;
    snprintf(e->from, sizeof e->from, "%s", from);
    snprintf(e->to, sizeof e->to, "%s", to);
    snprintf(e->key, sizeof e->key, "%s", key ? key : "");
    snprintf(e->label, sizeof e->label, "%s", label ? label : "");
    return e;
}

void graph_group(struct graph *g, const char *id, const char *title)
{
    g->group = grown(g->group, g->group_count, sizeof *g->group);
    struct graph_group *c = &g->group[g->group_count++];
    snprintf(c->id, sizeof c->id, "%s", id);
    snprintf(c->title, sizeof c->title, "%s", title);
}

void graph_free(struct graph *g)
{
    for (size_t i = 0; i < g->node_count; i++)
        free(g->node[i].row);
    free(g->node);
    free(g->edge);
    free(g->group);
    memset(g, 0, sizeof *g);
}

/* ---- two moments --------------------------------------------------------- */

static struct graph_edge *same_edge(const struct graph *g,
                                    const struct graph_edge *e)
{
    for (size_t i = 0; i < g->edge_count; i++) {
        struct graph_edge *k = &g->edge[i];
        if (strcmp(k->from, e->from) == 0 && strcmp(k->to, e->to) == 0 &&
            strcmp(k->key, e->key) == 0)
            return k;
    }
    return NULL;
}

/* "rw-" becomes "rw- (was r--)": the first lines tell. */
static void tell_before(struct graph_edge *e, const char *was)
{
    char now[GRAPH_TEXT];
    snprintf(now, sizeof now, "%s", e->label);
    snprintf(e->label, sizeof e->label, "%.*s (was %.*s)%s",
             (int)strcspn(now, "\n"), now, (int)strcspn(was, "\n"), was,
             now + strcspn(now, "\n"));
}

static void compare_edge(struct graph_edge *e, const struct graph *before)
{
    const struct graph_edge *was = same_edge(before, e);
    if (!was) {
        e->change = CHANGE_NEW;
    } else if (strcmp(was->label, e->label) != 0) {
        e->change = CHANGE_OTHER;
        tell_before(e, was->label);
    }
}

void graph_compare(struct graph *now, const struct graph *before)
{
    for (size_t i = 0; i < now->node_count; i++)
        if (!graph_find(before, now->node[i].id))
            now->node[i].change = CHANGE_NEW;
    for (size_t i = 0; i < before->node_count; i++) {
        const struct graph_node *was = &before->node[i];
        if (graph_find(now, was->id))
            continue;
        struct graph_node *n = graph_node(now, was->role, was->id, was->title);
        if (!n)
            continue;
        n->change = CHANGE_GONE;
        snprintf(n->group, sizeof n->group, "%s", was->group);
    }
    size_t count = now->edge_count;
    for (size_t i = 0; i < count; i++)
        compare_edge(&now->edge[i], before);
    for (size_t i = 0; i < before->edge_count; i++) {
        const struct graph_edge *was = &before->edge[i];
        if (same_edge(now, was))
            continue;
        struct graph_edge *e = graph_edge(now, was->line, was->from, was->to,
                                          was->key, was->label);
        if (e)
            e->change = CHANGE_GONE;
    }
}

/* ---- shared by the readers ------------------------------------------------
 */

const char *graph_rights(unsigned rights, char buffer[5])
{
    snprintf(buffer, 5, "%c%c%c%s", rights & RIGHT_R ? 'r' : '-',
             rights & RIGHT_W ? 'w' : '-', rights & RIGHT_X ? 'x' : '-',
             rights & RIGHT_M ? "m" : "");
    return buffer;
}

const char *graph_bytes(uint64_t bytes, char buffer[24])
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
    unsigned unit = 0;
    while (unit < 4 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(buffer, 24, "%" PRIu64 " %s", bytes, units[unit]);
    return buffer;
}

const char *graph_domain(struct graph *g, const struct machine *m, uint32_t id,
                         char buffer[GRAPH_ID])
{
    char name[32];
    const struct registry_domain *d = registry_domain(&m->registry, id);
    snprintf(buffer, GRAPH_ID, "d%" PRIu32 "_%" PRIu64, id, d ? d->created : 0);
    if (graph_find(g, buffer))
        return buffer;
    struct graph_node *n =
        graph_node(g, id ? ROLE_DOMAIN : ROLE_KERNEL, buffer,
                   registry_domain_name(&m->registry, id, name, sizeof name));
    if (id)
        graph_row(n, NULL, "domain %" PRIu32 "%s", id,
                  d && !d->live ? ", ended" : "");
    return buffer;
}
