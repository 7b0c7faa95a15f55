/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Visits a graph that another domain built, in one of the ways that pointers
 * can be shared: used as they are (one space, or an address agreed on), as
 * offsets that are added up at every edge, rewritten once for the walker's
 * address ("swizzled"), or copied into a private segment on the way. The walk
 * is the same depth-first search each time, and so is its answer.
 *
 * Marks: 1 before the preparation (swizzle or copy), 2 before the walks, 3
 * after them. main(struct graph_task *, 0): returns the sum of the values of
 * all nodes it reached, or an -ERR_*.
 */
#include "os/user/opalite.h"
#include "os/user/programs/graph.h"

/* Private notes of a walk: who was seen, and where to go on. */
struct walker {
    uint8_t *seen;   /* by node number */
    uint64_t *stack; /* edges to follow */
    uint64_t sum, visited;
};

static bool walker_enter(struct walker *w, const struct graph_node *node)
{
    if (w->seen[node->number])
        return false;
    w->seen[node->number] = 1;
    w->sum += node->value;
    w->visited++;
    return true;
}

/* Edges are addresses. */
static void walk_pointers(struct walker *w, const struct graph *g)
{
    uint64_t depth = 0;

    w->stack[depth++] = (uint64_t)&g->node[0];
    while (depth) {
        const struct graph_node *node =
            (const struct graph_node *)w->stack[--depth];

        if (!walker_enter(w, node))
            continue;
        for (unsigned i = 0; i < GRAPH_EDGES && node->edge[i]; i++)
            w->stack[depth++] = node->edge[i];
    }
}

/* Edges are distances from `g`: the same walk, with an addition an edge. */
static void walk_offsets(struct walker *w, const struct graph *g)
{
    uint64_t base = (uint64_t)g;
    uint64_t depth = 0;

    w->stack[depth++] = (uint64_t)&g->node[0] - base;
    while (depth) {
        const struct graph_node *node =
            (const struct graph_node *)(base + w->stack[--depth]);

        if (!walker_enter(w, node))
            continue;
        for (unsigned i = 0; i < GRAPH_EDGES && node->edge[i]; i++)
            w->stack[depth++] = node->edge[i];
    }
}

/* Moves every edge of a node from a graph at `from` to one at `to`. */
static void node_swizzle(struct graph_node *node, uint64_t from, uint64_t to)
{
    for (unsigned i = 0; i < GRAPH_EDGES && node->edge[i]; i++)
        node->edge[i] += to - from;
}

/* Where the edges count from: the builder's base, or 0 for offsets. */
static uint64_t edge_origin(const struct graph *g)
{
    return g->form == GRAPH_OFFSETS ? 0 : g->base;
}

static void graph_swizzle(struct graph *g)
{
    for (uint64_t n = 0; n < g->nodes; n++)
        node_swizzle(&g->node[n], edge_origin(g), (uint64_t)g);
    g->base = (uint64_t)g;
    g->form = GRAPH_POINTERS;
}

/* A copy in a segment of our own, or NULL. */
static struct graph *graph_copy(const struct graph *g)
{
    uint64_t bytes = sizeof *g + g->nodes * sizeof g->node[0];
    int64_t base = segment_own(bytes, "graph copy");

    if (base < 0)
        return NULL;

    struct graph *copy = (struct graph *)base;

    memcpy(copy, g, bytes);
    graph_swizzle(copy);
    return copy;
}

static int64_t walker_new(struct walker *w, uint64_t nodes)
{
    struct heap heap;
    uint64_t stack_room = nodes * GRAPH_EDGES + 1;
    int64_t error = heap_new(&heap, nodes + 16 + stack_room * 8, "walker");

    if (error < 0)
        return error;
    w->seen = heap_take(&heap, nodes);
    w->stack = heap_take(&heap, stack_room * 8);
    return w->seen && w->stack ? 0 : -ERR_MEMORY;
}

static void walk(struct walker *w, const struct graph *g, bool by_offset)
{
    memset(w->seen, 0, g->nodes);
    w->sum = 0;
    w->visited = 0;
    if (by_offset)
        walk_offsets(w, g);
    else
        walk_pointers(w, g);
}

int64_t main(uint64_t task_at, uint64_t unused)
{
    struct graph_task *task = (struct graph_task *)task_at;
    struct graph *g = (struct graph *)task->base;
    struct walker w = { .visited = 0 };
    int64_t error = walker_new(&w, g->nodes);

    (void)unused;
    if (error < 0)
        return error;
    mark(1);
    if (task->mode == WALK_SWIZZLE)
        graph_swizzle(g);
    if (task->mode == WALK_COPY)
        g = graph_copy(g);
    if (!g)
        return -ERR_MEMORY;
    mark(2);
    for (uint64_t i = 0; i < task->walks; i++)
        walk(&w, g, task->mode == WALK_OFFSETS);
    mark(3);
    task->checksum = w.sum;
    task->visited = w.visited;
    return (int64_t)w.sum;
}
