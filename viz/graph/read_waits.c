/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who waits for what: the kernel's own records of threads and queues, read from
 * its memory where its debug information says they are. A blocked thread is a
 * link of a ring whose head is the queue's; following the ring finds the head.
 * What a queue waits for in turn: the thread to join; for a semaphore whoever
 * took a token last and has not given it back, as far as system calls showed. A
 * ring of such edges is drawn bold: none of its threads can go on by itself.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/elf/types.h"
#include "viz/graph/graph.h"

enum field {
    KERNEL_THREADS,
    KERNEL_SEMAPHORES,
    KERNEL_PORTS,
    KERNEL_PORTALS,
    KERNEL_SLEEPING,
    TABLE_FRESH,
    TABLE_SLOT,
    THREAD_ID,
    THREAD_STATE,
    THREAD_LINK,
    THREAD_JOINERS,
    SEMAPHORE_OBJECT,
    SEMAPHORE_COUNT,
    SEMAPHORE_WAITERS,
    PORT_OBJECT,
    PORT_USED,
    PORT_SENDERS,
    PORT_RECEIVERS,
    PORTAL_OBJECT,
    PORTAL_WAITERS,
    FIELD_COUNT
};
enum { STATE_HELD, STATE_READY, STATE_RUNNING, STATE_BLOCKED, STATE_COUNT };
enum { HEADS = 4096, RING_LIMIT = 4096 };

/* The head of a queue, and the node that stands for it. */
struct head {
    uint64_t va;
    char node[GRAPH_ID];
    char label[24]; /* what waiting there is called */
};

struct kernel_view {
    struct graph *g;
    const struct machine *m;
    const struct graph_seen *seen;
    struct elf_field field[FIELD_COUNT];
    struct elf_constant state[STATE_COUNT];
    uint64_t kernel; /* address of struct kernel */
    struct head *head;
    size_t heads;
};

static uint64_t word_at(const struct kernel_view *v, uint64_t va, size_t bytes)
{
    uint64_t word = 0;
    return machine_peek_va(v->m, 0, va, &word, bytes) ? word : 0;
}

static uint64_t field(const struct kernel_view *v, uint64_t record,
                      enum field f)
{
    return record + v->field[f].offset;
}

static uint32_t id_of(const struct kernel_view *v, uint64_t record,
                      enum field id)
{
    return (uint32_t)word_at(v, field(v, record, id), 4);
}

/* Calls f for each record of a table of the kernel; the table holds the
 * addresses of the records' ids. */
static void each_record(struct kernel_view *v, enum field table, enum field id,
                        void (*f)(struct kernel_view *v, uint64_t record))
{
    uint64_t at = field(v, v->kernel, table);
    uint64_t slot = word_at(v, field(v, at, TABLE_SLOT), 8);
    uint64_t fresh = word_at(v, field(v, at, TABLE_FRESH), 4);
    for (uint64_t i = 1; i < fresh && i < 65536; i++) {
        uint64_t word = word_at(v, slot + 8 * i, 8);
        if (word && !(word & 1))
            f(v, word - v->field[id].offset);
    }
}

static void add_head(struct kernel_view *v, uint64_t va, const char *node,
                     const char *label)
{
    if (v->heads == HEADS)
        return;
    struct head *h = &v->head[v->heads++];
    h->va = va;
    snprintf(h->node, sizeof h->node, "%s", node);
    snprintf(h->label, sizeof h->label, "%s", label);
}

/* ---- queues: semaphores, ports, portals, joins, sleep ---------------------
 */

static bool is_waited_for(const struct kernel_view *v, uint64_t list)
{
    uint64_t next = word_at(v, list, 8);
    return next && next != list;
}

static void add_semaphore(struct kernel_view *v, uint64_t record)
{
    char id[GRAPH_ID], title[GRAPH_TEXT];
    uint32_t number = id_of(v, record, SEMAPHORE_OBJECT);
    snprintf(id, sizeof id, "sem%" PRIu32, number);
    snprintf(title, sizeof title, "semaphore %" PRIu32, number);
    struct graph_node *n = graph_node(v->g, ROLE_QUEUE, id, title);
    uint64_t tokens = word_at(v, field(v, record, SEMAPHORE_COUNT), 8);
    graph_row(n, NULL, "%" PRIu64 " token%s", tokens, tokens == 1 ? "" : "s");
    add_head(v, field(v, record, SEMAPHORE_WAITERS), id, "waits for a token");
}

static void add_port(struct kernel_view *v, uint64_t record)
{
    char id[GRAPH_ID], title[GRAPH_TEXT];
    uint32_t number = id_of(v, record, PORT_OBJECT);
    snprintf(id, sizeof id, "q%" PRIu32, number);
    snprintf(title, sizeof title, "port %" PRIu32, number);
    struct graph_node *n = graph_node(v->g, ROLE_QUEUE, id, title);
    uint64_t used = word_at(v, field(v, record, PORT_USED), 4);
    graph_row(n, NULL, "%" PRIu64 " message%s", used, used == 1 ? "" : "s");
    add_head(v, field(v, record, PORT_SENDERS), id, "waits for room");
    add_head(v, field(v, record, PORT_RECEIVERS), id, "waits for a message");
}

/* Only portals that are waited for: the others are no part of a wait. */
static void add_portal(struct kernel_view *v, uint64_t record)
{
    char id[GRAPH_ID], title[GRAPH_TEXT];
    uint32_t number = id_of(v, record, PORTAL_OBJECT);
    uint64_t list = field(v, record, PORTAL_WAITERS);
    if (!is_waited_for(v, list))
        return;
    snprintf(id, sizeof id, "p%" PRIu32, number);
    snprintf(title, sizeof title, "portal %" PRIu32, number);
    graph_row(graph_node(v->g, ROLE_PORTAL, id, title), NULL,
              "all stacks in use");
    add_head(v, list, id, "waits for a stack");
}

static void add_thread_head(struct kernel_view *v, uint64_t thread)
{
    char id[GRAPH_ID];
    snprintf(id, sizeof id, "t%" PRIu32, id_of(v, thread, THREAD_ID));
    add_head(v, field(v, thread, THREAD_JOINERS), id, "waits for its end");
}

/* ---- threads --------------------------------------------------------------
 */

static const char *state_text(const struct kernel_view *v, uint64_t state)
{
    static const char *const texts[STATE_COUNT] = { "held", "ready", "running",
                                                    "blocked" };
    for (int i = 0; i < STATE_COUNT; i++)
        if (v->state[i].value == state)
            return texts[i];
    return "ended";
}

static void add_thread(struct kernel_view *v, uint64_t thread)
{
    char id[GRAPH_ID], title[GRAPH_TEXT], name[32];
    uint32_t number = id_of(v, thread, THREAD_ID);
    uint64_t state = word_at(v, field(v, thread, THREAD_STATE), 1);
    const struct registry_thread *t = registry_thread(&v->m->registry, number);
    snprintf(id, sizeof id, "t%" PRIu32, number);
    snprintf(title, sizeof title, "thread %" PRIu32 "%s%s", number,
             t && t->name[0] ? " " : "", t ? t->name : "");
    struct graph_node *n = graph_node(v->g, ROLE_THREAD, id, title);
    graph_row(n, NULL, "%s, %s",
              registry_domain_name(&v->m->registry, t ? t->domain : 0, name,
                                   sizeof name),
              state_text(v, state));
}

static const struct head *queue_of(const struct kernel_view *v, uint64_t thread)
{
    uint64_t link = field(v, thread, THREAD_LINK);
    uint64_t at = word_at(v, link, 8);
    for (int i = 0; i < RING_LIMIT && at && at != link; i++) {
        for (size_t k = 0; k < v->heads; k++)
            if (v->head[k].va == at)
                return &v->head[k];
        at = word_at(v, at, 8);
    }
    return NULL;
}

static void add_wait(struct kernel_view *v, uint64_t thread)
{
    char id[GRAPH_ID];
    if (word_at(v, field(v, thread, THREAD_STATE), 1) !=
        v->state[STATE_BLOCKED].value)
        return;
    const struct head *h = queue_of(v, thread);
    snprintf(id, sizeof id, "t%" PRIu32, id_of(v, thread, THREAD_ID));
    if (h)
        graph_edge(v->g, LINE_WAIT, id, h->node, "waits", h->label);
}

/* Does the thread's edge lead to this queue? Then it has no token of it. */
static bool waits_for(const struct graph *g, const char *thread,
                      const char *queue)
{
    for (size_t i = 0; i < g->edge_count; i++)
        if (g->edge[i].line == LINE_WAIT &&
            strcmp(g->edge[i].from, thread) == 0 &&
            strcmp(g->edge[i].to, queue) == 0)
            return true;
    return false;
}

static void add_holders(struct kernel_view *v)
{
    char from[GRAPH_ID], to[GRAPH_ID];
    for (size_t i = 0; i < v->seen->tokens; i++) {
        snprintf(from, sizeof from, "sem%" PRIu32, v->seen->token[i].semaphore);
        snprintf(to, sizeof to, "t%" PRIu32, v->seen->token[i].thread);
        if (!waits_for(v->g, to, from))
            graph_edge(v->g, LINE_HOLD, from, to, "held", "token taken by");
    }
}

/* ---- rings ----------------------------------------------------------------
 */

/* Can one get from node `from` to node `to` along edges? */
static bool leads_to(const struct graph *g, const char *from, const char *to)
{
    bool reached[GRAPH_NODES] = { false }, more = true;
    const struct graph_node *start = graph_find(g, from);
    const struct graph_node *end = graph_find(g, to);
    reached[start - g->node] = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < g->edge_count; i++) {
            size_t a = (size_t)(graph_find(g, g->edge[i].from) - g->node);
            size_t b = (size_t)(graph_find(g, g->edge[i].to) - g->node);
            if (!reached[a] || reached[b])
                continue;
            reached[b] = more = true;
        }
    }
    return reached[end - g->node];
}

static void mark_rings(struct graph *g)
{
    for (size_t i = 0; i < g->edge_count; i++)
        g->edge[i].cycle = leads_to(g, g->edge[i].to, g->edge[i].from);
}

/* ---- all of it ------------------------------------------------------------
 */

static bool find_types(struct kernel_view *v, struct err *err)
{
    static const struct elf_field fields[FIELD_COUNT] = {
        [KERNEL_THREADS] = { "kernel", "threads", 0 },
        [KERNEL_SEMAPHORES] = { "kernel", "semaphores", 0 },
        [KERNEL_PORTS] = { "kernel", "ports", 0 },
        [KERNEL_PORTALS] = { "kernel", "portals", 0 },
        [KERNEL_SLEEPING] = { "kernel", "sleeping", 0 },
        [TABLE_FRESH] = { "id_table", "fresh", 0 },
        [TABLE_SLOT] = { "id_table", "slot", 0 },
        [THREAD_ID] = { "thread", "id", 0 },
        [THREAD_STATE] = { "thread", "state", 0 },
        [THREAD_LINK] = { "thread", "link", 0 },
        [THREAD_JOINERS] = { "thread", "joiners", 0 },
        [SEMAPHORE_OBJECT] = { "semaphore", "object", 0 },
        [SEMAPHORE_COUNT] = { "semaphore", "count", 0 },
        [SEMAPHORE_WAITERS] = { "semaphore", "waiters", 0 },
        [PORT_OBJECT] = { "port", "object", 0 },
        [PORT_USED] = { "port", "used", 0 },
        [PORT_SENDERS] = { "port", "senders", 0 },
        [PORT_RECEIVERS] = { "port", "receivers", 0 },
        [PORTAL_OBJECT] = { "portal", "object", 0 },
        [PORTAL_WAITERS] = { "portal", "waiters", 0 },
    };
    static const struct elf_constant states[STATE_COUNT] = {
        [STATE_HELD] = { "THREAD_HELD", 0 },
        [STATE_READY] = { "THREAD_READY", 0 },
        [STATE_RUNNING] = { "THREAD_RUNNING", 0 },
        [STATE_BLOCKED] = { "THREAD_BLOCKED", 0 },
    };
    const struct elf_file *f = v->m->registry.kernel;
    const struct elf_symbol *s = f ? elf_symbol_find(f, "kernel") : NULL;
    memcpy(v->field, fields, sizeof fields);
    memcpy(v->state, states, sizeof states);
    if (!s || !v->m->event_count[EVENT_BOOTED])
        return err_set(err, EXIT_USAGE,
                       "no kernel of ours is up at cycle %" PRIu64
                       ": nobody knows who waits",
                       machine_clock(v->m));
    v->kernel = s->address;
    return elf_types_find(f, v->field, FIELD_COUNT, v->state, STATE_COUNT, err);
}

/* Queues nobody waits at and nobody holds are left out. */
static void drop_idle_queues(struct graph *g)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->node_count; i++) {
        bool used = g->node[i].role == ROLE_THREAD;
        for (size_t k = 0; k < g->edge_count && !used; k++)
            used = strcmp(g->edge[k].from, g->node[i].id) == 0 ||
                   strcmp(g->edge[k].to, g->node[i].id) == 0;
        if (used)
            g->node[kept++] = g->node[i];
        else
            free(g->node[i].row);
    }
    g->node_count = kept;
}

bool graph_read_waits(struct graph *g, const struct machine *m,
                      const struct graph_question *q, struct err *err)
{
    struct kernel_view v = { .g = g, .m = m, .seen = q->seen };
    if (!find_types(&v, err))
        return false;
    v.head = calloc(HEADS, sizeof *v.head);
    if (!v.head)
        err_no_memory();
    g->top_down = true;
    snprintf(g->legend, sizeof g->legend,
             "T thread, Q semaphore, port or sleep, P portal; solid: waits "
             "for, dashed: took its token last; RING: none of them can go on");
    each_record(&v, KERNEL_THREADS, THREAD_ID, add_thread);
    graph_node(g, ROLE_QUEUE, "sleep", "sleep");
    add_head(&v, field(&v, v.kernel, KERNEL_SLEEPING), "sleep", "until");
    each_record(&v, KERNEL_SEMAPHORES, SEMAPHORE_OBJECT, add_semaphore);
    each_record(&v, KERNEL_PORTS, PORT_OBJECT, add_port);
    each_record(&v, KERNEL_PORTALS, PORTAL_OBJECT, add_portal);
    each_record(&v, KERNEL_THREADS, THREAD_ID, add_thread_head);
    each_record(&v, KERNEL_THREADS, THREAD_ID, add_wait);
    add_holders(&v);
    mark_rings(g);
    drop_idle_queues(g);
    free(v.head);
    return true;
}
