// SPDX-License-Identifier: Apache-2.0
/*
 * Graphs for the view model: reads the one that is asked for with the readers
 * of `opalite graph` (graph_read_*.c), compares it with the bookmark's, and
 * flattens it. What calls and waits need to know of the time before is gathered
 * from the machine's events after each slice, whether anybody looks or not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/graph/graph.h"
#include "viz/model/memory.h"

/* While the machine runs, one look in so many reads the graph anew. */
enum { LOOKS_PER_READ = 8 };

/* What is remembered from one look to the next. It is of the run, and goes back
 * with it. */
struct model_graphs {
    size_t machine; /* whose, from 1 */
    struct event_cursor cursor;
    struct graph_seen seen;
    unsigned looks;
};

/* The bookmark, which stays where it was set. */
struct graph_mark {
    size_t machine;
    uint64_t cycle;
    struct graph before[GRAPH_KINDS];
    char domain[MODEL_NAME]; /* of the page table */
};

_Static_assert((int)MODEL_GRAPH_NODES == (int)GRAPH_NODES,
               "the model holds as many nodes as a graph");

static struct model_graphs *graphs_of(struct model *m)
{
    struct model_memory *k = m->memory;

    if (!k->graphs)
        k->graphs = heap_new(k->heap, 1, sizeof *k->graphs);
    if (!k->graphs)
        err_no_memory();
    return k->graphs;
}

void model_graph_forget(struct model *m)
{
    for (int i = 0; m->graph_mark && i < GRAPH_KINDS; i++)
        graph_free(&m->graph_mark->before[i]);
    free(m->graph_mark);
    m->graph_mark = NULL;
}

void model_graph_free(struct model *m)
{
    model_graph_forget(m);
    heap_free(m->memory->heap, m->memory->graphs);
    m->memory->graphs = NULL;
}

/* ---- listening -------------------------------------------------------------
 */

void model_graph_listen(struct model *m, const struct session *s)
{
    struct model_graphs *k = graphs_of(m);
    size_t number = session_machine_number(s);
    const struct event *e;

    if (!s->machine || number == s->machine_count)
        return; /* none yet, or it is closed */
    if (k->machine != number + 1) {
        memset(k, 0, sizeof *k);
        k->machine = number + 1;
    }
    while ((e = event_next(&s->machine->events, &k->cursor)))
        if (GRAPH_SEEN >> e->kind & 1)
            graph_see(&k->seen, e);
}

/* ---- reading ---------------------------------------------------------------
 */

/* The asked-for domain, or the one that runs. */
static uint32_t domain_named(const struct machine *machine, const char *name)
{
    const struct registry_domain *d =
        registry_domain_named(&machine->registry, name);

    if (strcmp(name, "kernel") == 0)
        return 0;
    return *name && d && d->live ? d->id : machine_domain(machine);
}

static bool read_kind(struct graph *g, int kind, const struct model_graphs *k,
                      const struct machine *machine, const char *domain,
                      struct err *err)
{
    struct graph_question q = { .domain = domain_named(machine, domain),
                                .all_domains = true,
                                .seen = &k->seen };

    return graph_kinds[kind].read(g, machine, &q, err);
}

void model_graph_mark(struct model *m, const struct session *s)
{
    struct graph_mark *mark;
    struct err err;

    model_graph_listen(m, s);
    model_graph_forget(m);
    if (!s->machine)
        return;
    mark = m->graph_mark = calloc(1, sizeof *mark);
    if (!mark)
        err_no_memory();
    for (int i = 0; i < GRAPH_KINDS; i++)
        if (!read_kind(&mark->before[i], i, graphs_of(m), s->machine,
                       m->graph_ask.domain, &err))
            graph_free(&mark->before[i]);
    mark->machine = graphs_of(m)->machine;
    mark->cycle = machine_clock(s->machine);
    memcpy(mark->domain, m->graph_ask.domain, sizeof mark->domain);
}

/* The graph to compare with, or NULL. */
static const struct graph *marked_graph(const struct model *m,
                                        const struct machine *machine)
{
    const struct graph_mark *mark = m->graph_mark;
    const struct model_graph_ask *ask = &m->graph_ask;

    if (!mark || mark->machine != m->memory->graphs->machine ||
        machine_clock(machine) < mark->cycle ||
        (graph_kinds[ask->kind].read == graph_read_pagetable &&
         strcmp(mark->domain, ask->domain) != 0) ||
        mark->before[ask->kind].node_count == 0)
        return NULL;
    return &mark->before[ask->kind];
}

/* ---- flattening ------------------------------------------------------------
 */

/* Offset of a copy; what does not fit becomes "". Offset 0 is "". */
static uint32_t add_text(struct model_graph *to, const char *text)
{
    size_t bytes = strlen(text) + 1;
    uint32_t at = to->text_used;

    if (bytes == 1 || bytes > MODEL_GRAPH_TEXT - to->text_used)
        return 0;
    memcpy(to->text + at, text, bytes);
    to->text_used += (uint32_t)bytes;
    return at;
}

static void add_row(struct model_graph *to, struct model_node *k,
                    const char *text)
{
    if (to->row_count == MODEL_GRAPH_ROWS) {
        to->hidden++;
        return;
    }
    to->row[to->row_count++] = add_text(to, text);
    k->rows++;
}

/* The title of the group that begins with this node, or NULL: pictures here
 * have no frames around groups. */
static const char *group_title(const struct graph *g,
                               const struct graph_node *n)
{
    const struct graph_node *first = g->node;

    if (!n->group[0])
        return NULL;
    while (strcmp(first->group, n->group) != 0)
        first++;
    for (size_t i = 0; first == n && i < g->group_count; i++)
        if (strcmp(g->group[i].id, n->group) == 0)
            return g->group[i].title;
    return NULL;
}

static void add_node(struct model_graph *to, const struct graph *g,
                     const struct graph_node *n)
{
    const char *group = group_title(g, n);
    struct model_node *k = &to->node[to->node_count++];

    *k = (struct model_node){ .id = add_text(to, n->id),
                              .title = add_text(to, n->title),
                              .first_row = (uint16_t)to->row_count,
                              .role = (uint8_t)n->role,
                              .change = (uint8_t)n->change };
    if (group)
        add_row(to, k, group);
    for (size_t i = 0; i < n->row_count; i++)
        add_row(to, k, n->row[i].text);
}

static void add_edge(struct model_graph *to, const struct graph *g,
                     const struct graph_edge *e)
{
    const struct graph_node *from = graph_find(g, e->from),
                            *end = graph_find(g, e->to);

    if (to->edge_count == MODEL_GRAPH_EDGES || !from || !end) {
        to->hidden++;
        return;
    }
    to->edge[to->edge_count++] =
        (struct model_edge){ .from = (uint16_t)(from - g->node),
                             .to = (uint16_t)(end - g->node),
                             .line = (uint8_t)e->line,
                             .change = (uint8_t)e->change,
                             .cycle = e->cycle,
                             .label = add_text(to, e->label) };
}

/* ---- the list --------------------------------------------------------------
 */

struct lister {
    struct model_graph *g;
    bool listed[MODEL_GRAPH_NODES];
};

static void add_line(struct model_graph *g, enum graph_line_kind kind,
                     int depth, uint32_t node, uint32_t index)
{
    if (g->line_count == MODEL_GRAPH_LINES) {
        g->hidden++;
        return;
    }
    g->line[g->line_count++] =
        (struct model_graph_line){ .kind = (uint8_t)kind,
                                   .depth = (uint8_t)depth,
                                   .node = (uint16_t)node,
                                   .index = (uint16_t)index };
}

/* The edge that makes a node the child of another: the only one to it, of a
 * kind that says no more than "leads to"; -1 = it stands for itself. */
static int edge_to_child(const struct model_graph *g, uint32_t node)
{
    int found = -1;

    if (g->node[node].role < ROLE_TABLE && g->node[node].role != ROLE_SEGMENT)
        return -1;
    for (uint32_t i = 0; i < g->edge_count; i++) {
        if (g->edge[i].to != node)
            continue;
        if (found >= 0 || g->edge[i].line != LINE_PLAIN ||
            g->edge[i].from == node)
            return -1;
        found = (int)i;
    }
    return found;
}

static void list_node(struct lister *l, uint32_t node, int depth)
{
    struct model_graph *g = l->g;
    const struct model_node *n = &g->node[node];

    if (l->listed[node])
        return;
    l->listed[node] = true;
    add_line(g, GRAPH_LINE_NODE, depth, node, 0);
    for (uint32_t i = 0; i < n->rows && n->role == ROLE_TABLE; i++)
        add_line(g, GRAPH_LINE_ROW, depth + 1, node, n->first_row + i);
    for (uint32_t i = 0; i < g->edge_count; i++)
        if (g->edge[i].from == node && edge_to_child(g, g->edge[i].to) < 0)
            add_line(g, GRAPH_LINE_EDGE, depth + 1, node, i);
    for (uint32_t i = 0; i < g->edge_count && depth < 30; i++)
        if (g->edge[i].from == node && edge_to_child(g, g->edge[i].to) >= 0)
            list_node(l, g->edge[i].to, depth + 1);
}

static void list_all(struct model_graph *g)
{
    struct lister l = { .g = g };

    g->line_count = 0;
    for (uint32_t i = 0; i < g->node_count; i++)
        if (edge_to_child(g, i) < 0)
            list_node(&l, i, 0);
    for (uint32_t i = 0; i < g->node_count; i++) /* rings of children */
        list_node(&l, i, 0);
}

static void flatten(struct model_graph *to, const struct graph *g)
{
    to->top_down = g->top_down;
    to->hidden = (uint32_t)g->hidden;
    to->legend = add_text(to, g->legend);
    for (size_t i = 0; i < g->node_count; i++)
        add_node(to, g, &g->node[i]);
    for (size_t i = 0; i < g->edge_count; i++)
        add_edge(to, g, &g->edge[i]);
    list_all(to);
}

/* A graph that is there and still the one that is wanted. */
static bool is_fresh(const struct model *m, struct model_graphs *k)
{
    return m->graph.read && m->graph.kind == m->graph_ask.kind &&
           m->state == MODEL_RUNNING && ++k->looks % LOOKS_PER_READ != 0;
}

void model_read_graph(struct model *m, const struct machine *machine)
{
    struct model_graphs *k = graphs_of(m);
    struct model_graph *to = &m->graph;
    const struct model_graph_ask *ask = &m->graph_ask;
    const struct graph *before = marked_graph(m, machine);
    struct graph g = { 0 };
    struct err err;

    if (!ask->visible) {
        to->read = false;
        return;
    }
    if (is_fresh(m, k))
        return;
    to->read = true;
    to->kind = ask->kind;
    to->node_count = to->edge_count = to->row_count = to->hidden = 0;
    to->line_count = 0;
    to->text[0] = 0;
    to->text_used = 1;
    to->error = to->legend = 0;
    to->lost = k->cursor.lost;
    to->compared = before != NULL;
    to->since = before ? m->graph_mark->cycle : 0;
    if (!read_kind(&g, ask->kind, k, machine, ask->domain, &err))
        to->error = add_text(to, err.text);
    else if (to->compared)
        graph_compare(&g, before);
    if (!to->error)
        flatten(to, &g);
    graph_free(&g);
}
