/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds a graph in a segment: pointer-rich data as a program would have it,
 * nothing prepared for a reader in another domain. Every node can be reached
 * from node 0: node n hangs on one of the nodes before it that has a free
 * edge; further edges lead anywhere. Nodes lie in a shuffled order, so that a
 * walk jumps about as in an old heap.
 *
 * main(struct graph_task *, 0): returns the checksum that every walk must come
 * to, or an -ERR_*.
 */
#include "os/user/opalite.h"
#include "os/user/programs/graph.h"

/* A small generator (xorshift); the same graph for the same seed. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x;
}

static uint64_t edge_to(const struct graph *g, uint64_t place)
{
    const struct graph_node *to = &g->node[place];

    if (g->form == GRAPH_OFFSETS)
        return (uint64_t)to - (uint64_t)g;
    return (uint64_t)to;
}

static bool edge_add(struct graph_node *from, uint64_t edge)
{
    for (unsigned i = 0; i < GRAPH_EDGES; i++) {
        if (!from->edge[i]) {
            from->edge[i] = edge;
            return true;
        }
    }
    return false;
}

/* place[n] = where node number n lies; node 0 stays first. */
static void shuffle(uint64_t *place, uint64_t nodes, uint64_t *random)
{
    for (uint64_t n = 0; n < nodes; n++)
        place[n] = n;
    for (uint64_t n = nodes - 1; n > 1; n--) {
        uint64_t other = 1 + random_next(random) % n;
        uint64_t kept = place[n];

        place[n] = place[other];
        place[other] = kept;
    }
}

static void build(struct graph *g, const uint64_t *place, uint64_t *random)
{
    uint64_t sum = 0;

    for (uint64_t n = 0; n < g->nodes; n++) {
        struct graph_node *node = &g->node[place[n]];

        memset(node, 0, sizeof *node);
        node->number = n;
        node->value = random_next(random);
        sum += node->value;
    }
    for (uint64_t n = 1; n < g->nodes; n++) {
        uint64_t parent = random_next(random) % n;

        while (!edge_add(&g->node[place[parent]], edge_to(g, place[n])))
            parent = (parent + 1) % n;
    }
    for (uint64_t n = 0; n < g->nodes; n++) {
        uint64_t other = random_next(random) % g->nodes;

        edge_add(&g->node[place[n]], edge_to(g, place[other]));
    }
    g->checksum = sum;
}

int64_t main(uint64_t task_at, uint64_t unused)
{
    struct graph_task *task = (struct graph_task *)task_at;
    struct graph *g = (struct graph *)task->base;
    uint64_t random = task->seed | 1;
    struct heap heap;
    int64_t error;

    (void)unused;
    if (!task->nodes || task->bytes < sizeof *g ||
        (task->bytes - sizeof *g) / sizeof g->node[0] < task->nodes)
        return -ERR_VALUE;
    error = heap_new(&heap, task->nodes * sizeof(uint64_t), "places");
    if (error < 0)
        return error;

    uint64_t *place = heap_take(&heap, task->nodes * sizeof(uint64_t));

    g->nodes = task->nodes;
    g->base = task->base;
    g->form = task->form;
    shuffle(place, g->nodes, &random);
    build(g, place, &random);
    task->checksum = g->checksum;
    return (int64_t)g->checksum;
}
