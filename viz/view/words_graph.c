// SPDX-License-Identifier: Apache-2.0
/*
 * Commands about the graph and the map.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "viz/graph/graph.h"
#include "viz/pane/space.h"
#include "viz/view/words.h"

static void choose_graph(struct view *v, uint8_t kind, const char *domain)
{
    v->graph_ask.kind = kind;
    snprintf(v->graph_ask.domain, sizeof v->graph_ask.domain, "%s", domain);
    v->graph_ask.visible = true;
    v->graph_told = view_ask_graph(v);
    v->pane[PANE_GRAPH].zoom = -1;
    v->pane[PANE_GRAPH].column = v->pane[PANE_GRAPH].scroll = 0;
    v->pane[PANE_GRAPH].selected = -1;
    view_focus(v, PANE_GRAPH);
}

/* Without a kind: the next one, when the pane has the keys already. */
static void do_graph(struct view *v, int count, char **a)
{
    int kind = v->graph_ask.kind;

    if (count == 0) {
        if (v->focus == PANE_GRAPH)
            kind = (kind + 1) % GRAPH_KINDS;
        choose_graph(v, (uint8_t)kind, v->model->domain);
        return;
    }
    for (kind = 0; kind < GRAPH_KINDS; kind++)
        if (strncasecmp(graph_kinds[kind].name, a[0], strlen(a[0])) == 0)
            break;
    if (kind == GRAPH_KINDS) {
        view_notice(v,
                    "graph rights|calls|pagetable|segments|waits|machine "
                    "[DOMAIN], not %.30s",
                    a[0]);
        return;
    }
    if (count > 1 && strcmp(a[1], "kernel") != 0) {
        bool known = false;
        for (int i = 0; i < v->model->domain_count; i++)
            known |= strcmp(v->model->domains[i].name, a[1]) == 0;
        if (!known) {
            view_wrong(v, "graph: no domain %.40s", a[1]);
            return;
        }
    }
    choose_graph(v, (uint8_t)kind, count > 1 ? a[1] : v->model->domain);
}

static void do_map(struct view *v, int count, char **a)
{
    struct pane_view *p = &v->pane[PANE_MAP];
    uint64_t va, bytes = 1;

    view_focus(v, PANE_MAP);
    if (count == 0)
        return;
    if (strcmp(a[0], "all") == 0) {
        space_all(p);
    } else if (strcmp(a[0], "fit") == 0) {
        space_fit(v->model, p);
    } else if (strcmp(a[0], "order") == 0) {
        p->first = p->last = 0;
    } else if (strcmp(a[0], "+") == 0 || strcmp(a[0], "-") == 0) {
        space_zoom(v->model, p, a[0][0] == '+' ? 1 : -1, 0.5);
    } else if (view_take_address(v, a[0], &va) &&
               (count < 2 || view_take_number(v, a[1], &bytes))) {
        selection_of_address(&v->selection, va, bytes ? bytes : 1, 0);
        space_show(v->model, p, va, bytes);
        view_selected(v);
    }
}

const struct view_word view_words_graph[] = {
    { "graph", "[KIND [DOMAIN]]",
      "rights, calls, pagetable, segments, waits or machine; alone: the next",
      do_graph },
    { "map", "[fit|all|order|+|-|ADDRESS [BYTES]]",
      "the address space: all segments, all of it, in order, nearer, around",
      do_map },
    { 0 },
};
