// SPDX-License-Identifier: Apache-2.0
/*
 * Tab on the command line: completes commands, and as arguments whatever has a
 * name: panes, speeds, segments, domains, bookmarks, protections.
 */
#include "viz/view/view.h"

#include <stdio.h>
#include <string.h>

#include "viz/graph/graph.h"

struct completion {
    const char *begun;
    char common[MODEL_LINE]; /* what all choices begin with */
    char list[MODEL_LINE];
    int count;
};

static void offer(struct completion *c, const char *choice)
{
    size_t same = 0, used = strlen(c->list);

    if (strncmp(choice, c->begun, strlen(c->begun)) != 0)
        return;
    if (c->count++ == 0)
        snprintf(c->common, sizeof c->common, "%s", choice);
    while (c->common[same] && c->common[same] == choice[same])
        same++;
    c->common[same] = 0;
    snprintf(c->list + used, sizeof c->list - used, "%s%s", used ? "  " : "",
             choice);
}

/* What there is in time, and beside it. */
static void offer_time(struct completion *c, const struct view *v,
                       const char *command)
{
    static const char *const worlds[] = {
        "rplb", "rplb-hw", "mas", "mas-asid", "preset=", "machine=", "off"
    };
    const char *name;

    if (strncmp(command, "compare", 7) == 0 ||
        strncmp(command, "ghost", 5) == 0)
        for (size_t i = 0; i < sizeof worlds / sizeof worlds[0]; i++)
            offer(c, worlds[i]);
    if (strncmp(command, "lanes", 5) == 0)
        for (int i = 0; i < LANE_KINDS; i++)
            offer(c, lane_names[i]);
    if (strncmp(command, "go ", 3) == 0 ||
        strncmp(command, "bookmark ", 9) == 0)
        for (int i = 0; i < v->time.bookmark_count; i++)
            offer(c, v->time.bookmark[i].name);
    if (strncmp(command, "ratio", 5) == 0)
        for (int i = 0; (name = pane_ratio_name(v->model, i)); i++)
            offer(c, name);
}

/* Names of what can be selected, found, shown as a graph, or sorted by. */
static void offer_things(struct completion *c, const struct view *v,
                         const char *command)
{
    static const char *const kinds[] = { "address", "segment", "domain",
                                         "thread",  "node",    "none" };
    const struct model *m = v->model;
    const struct table *t = panes[v->focus].table;
    const char *head;
    bool select = strncmp(command, "select", 6) == 0,
         graph = strncmp(command, "graph", 5) == 0,
         map = strncmp(command, "map", 3) == 0;

    for (size_t i = 0; select && i < sizeof kinds / sizeof kinds[0]; i++)
        offer(c, kinds[i]);
    for (int i = 0; graph && i < GRAPH_KINDS; i++)
        offer(c, graph_kinds[i].name);
    for (int i = 0; (select || map) && i < m->segment_count; i++)
        offer(c, m->segments[i].name);
    for (int i = 0; (select || graph) && i < m->domain_count; i++)
        offer(c, m->domains[i].name);
    for (int i = 0; strncmp(command, "find", 4) == 0 && i < PANE_COUNT; i++)
        offer(c, panes[i].name);
    if (strncmp(command, "sort", 4) == 0)
        for (int i = 0; t && (head = t->head(m, i)); i++)
            offer(c, head);
}

static void offer_arguments(struct completion *c, const struct view *v,
                            const char *command)
{
    if (strncmp(command, "pane", 4) == 0)
        for (int i = 0; i < PANE_COUNT; i++)
            offer(c, panes[i].name);
    if (strncmp(command, "speed", 5) == 0)
        for (int i = 0; i < runner_speed_count; i++)
            offer(c, runner_speed_text(i));
    offer_things(c, v, command);
    if (strncmp(command, "theme", 5) == 0) {
        offer(c, "dark");
        offer(c, "light");
    }
    offer_time(c, v, command);
    if (strncmp(command, "explain", 7) == 0) {
        for (int i = 0; i < v->model->segment_count; i++)
            offer(c, v->model->segments[i].name);
        for (int i = 0; i < v->model->domain_count; i++)
            offer(c, v->model->domains[i].name);
    }
}

void view_complete(struct view *v)
{
    char *last = strrchr(v->line, ' ');
    struct completion c = { .begun = last ? last + 1 : v->line };

    if (last)
        offer_arguments(&c, v, v->line);
    else
        for (int i = 0; view_word(i); i++)
            offer(&c, view_word(i));
    v->choices[0] = 0;
    if (c.count == 0)
        return;
    size_t at = last ? (size_t)(last + 1 - v->line) : 0;
    snprintf(v->line + at, sizeof v->line - at, "%s%s", c.common,
             c.count == 1 ? " " : "");
    if (c.count > 1)
        snprintf(v->choices, sizeof v->choices, "%s", c.list);
}
