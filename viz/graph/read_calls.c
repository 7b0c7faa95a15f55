/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who talks to whom, counted from the beginning of the run: portal calls with
 * their cycles (from the call to the return, everything within included),
 * messages through ports, system calls.
 */
#include <inttypes.h>
#include <string.h>

#include "viz/graph/graph.h"

static const struct registry_portal *portal(const struct machine *m,
                                            uint32_t id)
{
    const struct registry *r = &m->registry;
    for (size_t i = 0; i < r->portal_count; i++)
        if (r->portals[i].id == id)
            return &r->portals[i];
    return NULL;
}

/* The portal's node, and its domain's. */
static void add_portal(struct graph *g, const struct machine *m, uint32_t id)
{
    char name[GRAPH_ID], title[GRAPH_TEXT], owner[GRAPH_ID];
    struct place_name place;
    const struct registry_portal *p = portal(m, id);
    snprintf(name, sizeof name, "p%" PRIu32, id);
    if (graph_find(g, name))
        return;
    snprintf(title, sizeof title, "portal %" PRIu32, id);
    if (p)
        graph_domain(g, m, p->domain, owner);
    struct graph_node *n = graph_node(g, ROLE_PORTAL, name, title);
    if (!p)
        return;
    if (registry_place(&m->registry, p->entry, &place) && place.function)
        graph_row(n, NULL, "%s: %s", place.program, place.function);
    else
        graph_row(n, NULL, "entry 0x%" PRIx64, p->entry);
    graph_edge(g, LINE_PLAIN, name, owner, "into", "into");
}

static void add_call(struct graph *g, const struct machine *m,
                     const struct seen_call *c)
{
    char from[GRAPH_ID], to[GRAPH_ID], label[GRAPH_TEXT];
    if (!c->calls)
        return;
    graph_domain(g, m, c->from, from);
    add_portal(g, m, c->portal);
    snprintf(to, sizeof to, "p%" PRIu32, c->portal);
    int n = snprintf(label, sizeof label, "%" PRIu64 " call%s", c->calls,
                     c->calls == 1 ? "" : "s");
    if (c->returns == 1)
        n += snprintf(label + n, sizeof label - (size_t)n,
                      "\n%" PRIu64 " cycles", c->cycles);
    else if (c->returns)
        n += snprintf(label + n, sizeof label - (size_t)n,
                      "\n%" PRIu64 " cycles each,\n%" PRIu64 " the fastest",
                      c->cycles / c->returns, c->least);
    if (c->returns < c->calls)
        snprintf(label + n, sizeof label - (size_t)n, "\n%" PRIu64 " open",
                 c->calls - c->returns);
    graph_edge(g, LINE_CALL, from, to, "call", label);
}

static void add_message(struct graph *g, const struct machine *m,
                        const struct seen_message *k)
{
    char domain[GRAPH_ID], port[GRAPH_ID], text[GRAPH_TEXT];
    if (!k->sent && !k->taken)
        return;
    graph_domain(g, m, k->domain, domain);
    snprintf(port, sizeof port, "q%" PRIu32, k->port);
    snprintf(text, sizeof text, "port %" PRIu32, k->port);
    graph_node(g, ROLE_QUEUE, port, text);
    snprintf(text, sizeof text, "%" PRIu64 " sent", k->sent);
    if (k->sent)
        graph_edge(g, LINE_MESSAGE, domain, port, "sent", text);
    snprintf(text, sizeof text, "%" PRIu64 " taken", k->taken);
    if (k->taken)
        graph_edge(g, LINE_MESSAGE, port, domain, "taken", text);
}

static void add_asking(struct graph *g, const struct machine *m,
                       const struct seen_asking *k)
{
    char from[GRAPH_ID], to[GRAPH_ID], text[GRAPH_TEXT];
    if (!k->domain || !k->count)
        return;
    graph_domain(g, m, k->domain, from);
    graph_domain(g, m, 0, to);
    snprintf(text, sizeof text, "%" PRIu64 " system call%s", k->count,
             k->count == 1 ? "" : "s");
    graph_edge(g, LINE_SYSCALL, from, to, "ask", text);
}

bool graph_read_calls(struct graph *g, const struct machine *m,
                      const struct graph_question *q, struct err *err)
{
    const struct graph_seen *s = q->seen;
    const struct registry *r = &m->registry;
    char id[GRAPH_ID];
    (void)err;
    snprintf(g->legend, sizeof g->legend,
             "D domain, P portal, Q port, K kernel; solid: calls, cycles from "
             "call to return; dashed: messages; dotted: system calls");
    for (size_t i = 0; i < r->domain_count; i++)
        if (r->domains[i].live)
            graph_domain(g, m, r->domains[i].id, id);
    for (size_t i = 0; i < r->portal_count; i++) {
        const struct registry_domain *d =
            registry_domain(r, r->portals[i].domain);
        if (d && d->live)
            add_portal(g, m, r->portals[i].id);
    }
    for (size_t i = 0; i < s->calls; i++)
        add_call(g, m, &s->call[i]);
    for (size_t i = 0; i < s->messages; i++)
        add_message(g, m, &s->message[i]);
    for (size_t i = 0; i < s->askings; i++)
        add_asking(g, m, &s->asking[i]);
    return true;
}
