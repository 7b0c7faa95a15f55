// SPDX-License-Identifier: Apache-2.0
/*
 * Commands about rows and things: what is selected, where else it can be seen,
 * in which order rows stand, which ones are shown, and what is copied.
 */
#include "viz/view/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "viz/pane/space.h"

/* ---- selecting -------------------------------------------------------------
 */

static bool take_domain(struct view *v, const char *name, uint32_t *id)
{
    const struct model *m = v->model;
    char *end;

    for (int i = 0; i < m->domain_count; i++)
        if (strcmp(m->domains[i].name, name) == 0) {
            *id = m->domains[i].id;
            return true;
        }
    *id = (uint32_t)strtoul(name, &end, 10);
    if (*name && !*end)
        return true;
    view_wrong(v, "no domain %.40s", name);
    return false;
}

static const struct segment_row *segment_named(struct view *v, const char *name)
{
    const struct model *m = v->model;
    uint64_t base = strtoull(name, NULL, 16);

    for (int i = 0; i < m->segment_count; i++)
        if (strcmp(m->segments[i].name, name) == 0 ||
            (base && m->segments[i].base == base))
            return &m->segments[i];
    view_wrong(v, "no segment %.40s", name);
    return NULL;
}

/* A click on a node that is selected already goes to what it stands for. */
static void select_node(struct view *v, const char *id)
{
    const struct model_graph *g = &v->model->graph;

    for (uint32_t i = 0; g->read && i < g->node_count; i++) {
        if (strcmp(g->text + g->node[i].id, id) != 0)
            continue;
        v->focus = PANE_GRAPH;
        if (strcmp(v->selection.node, id) == 0) {
            view_command(v, "find");
            return;
        }
        selection_of_node(&v->selection, v->model, id,
                          g->text + g->node[i].title);
        view_selected(v);
        return;
    }
    view_wrong(v, "no node %.40s in this graph", id);
}

static void do_select(struct view *v, int count, char **a)
{
    const char *what = count > 0 ? a[0] : "", *which = count > 1 ? a[1] : "";
    const struct segment_row *s;
    uint32_t domain = 0;
    uint64_t number;

    if (strcmp(what, "none") == 0) {
        v->selection.kind = SELECT_NONE;
    } else if (count >= 2 && strcmp(what, "address") == 0) {
        if (!view_take_address(v, which, &number) ||
            (count > 2 && !take_domain(v, a[2], &domain)))
            return;
        selection_of_address(&v->selection, number, 1, domain);
        view_selected(v);
    } else if (count >= 2 && strcmp(what, "segment") == 0) {
        if ((s = segment_named(v, which))) {
            selection_of_segment(&v->selection, s);
            view_selected(v);
        }
    } else if (count >= 2 && strcmp(what, "domain") == 0) {
        if (take_domain(v, which, &domain)) {
            selection_of_domain(&v->selection, v->model, domain);
            view_selected(v);
        }
    } else if (count >= 2 && strcmp(what, "thread") == 0) {
        if (view_take_number(v, which, &number)) {
            selection_of_thread(&v->selection, (uint32_t)number);
            view_selected(v);
        }
    } else if (count >= 2 && strcmp(what, "node") == 0) {
        select_node(v, which);
    } else {
        view_wrong(v, "select address|segment|domain|thread|node WHICH, or "
                      "select none");
    }
}

/* The pane a command names, or the one with the keys. */
static enum pane_id pane_of(struct view *v, int count, char **a, int at)
{
    return count > at ? view_pane_named(a[at]) : v->focus;
}

static void do_row(struct view *v, int count, char **a)
{
    enum pane_id id = pane_of(v, count, a, 1);
    uint64_t n;

    if (id == PANE_COUNT || !view_has_cursor(v, id)) {
        view_wrong(v, "row N [PANE]: that pane has no rows");
        return;
    }
    if (count == 0 || !view_take_number(v, a[0], &n))
        return;
    if (v->place[id].width > 0)
        v->focus = id;
    else
        view_focus(v, id);
    if (id == PANE_GRAPH && v->pane[id].selected == (int)n &&
        v->selection.node[0]) {
        view_command(v, "find"); /* a second click goes there */
        return;
    }
    if (!view_point(v, id, n < TABLE_ROWS ? (int)n : TABLE_ROWS))
        view_wrong(v, "%s has no row %llu", panes[id].name,
                   (unsigned long long)n);
}

/* ---- order and filter ------------------------------------------------------
 */

static void do_sort(struct view *v, int count, char **a)
{
    enum pane_id id = pane_of(v, count, a, 1);
    const struct table *t = id < PANE_COUNT ? panes[id].table : NULL;
    struct pane_view *p;
    int column;

    if (!t) {
        view_wrong(v, "sort COLUMN [PANE]: that pane has no columns");
        return;
    }
    p = &v->pane[id];
    p->selected = -1;
    if (v->place[id].width > 0)
        v->focus = id; /* a click on a head is a click on the pane */
    if (count == 0) {  /* the next column; after the last: as it was */
        column = abs(p->sort);
        p->sort = t->head(v->model, column) ? column + 1 : 0;
    } else if (strcmp(a[0], "-") == 0) {
        p->sort = -p->sort;
    } else if ((column = table_column(t, v->model, a[0])) < 0) {
        view_wrong(v, "sort: %s has no column %.40s", panes[id].name, a[0]);
        return;
    } else if (p->sort == column + 1) {
        p->sort = -p->sort;
    } else {
        p->sort = p->sort == -(column + 1) ? 0 : column + 1;
    }
    if (p->sort)
        view_notice(v, "%s: by %s%s", panes[id].name,
                    t->head(v->model, abs(p->sort) - 1),
                    p->sort < 0 ? ", the other way" : "");
    else
        view_notice(v, "%s: as it was", panes[id].name);
}

static void do_search(struct view *v, int count, char **a)
{
    enum pane_id id = panes[v->focus].table ? v->focus : PANE_EVENTS;
    struct pane_view *p = &v->pane[id];

    snprintf(p->search, sizeof p->search, "%s", count > 0 ? a[0] : "");
    for (int i = 1; i < count; i++)
        snprintf(p->search + strlen(p->search),
                 sizeof p->search - strlen(p->search), " %s", a[i]);
    p->selected = -1;
    p->scroll = 0;
    view_focus(v, id);
}

/* ---- going there -----------------------------------------------------------
 */

/* Focus on a pane; its cursor on the first row that has to do with it. */
static void go_to_row(struct view *v, enum pane_id id)
{
    const struct table *t = panes[id].table;
    struct pane_view *p = &v->pane[id];
    const struct selection what = v->selection;
    int order[TABLE_ROWS], count;

    view_focus(v, id);
    p->search[0] = 0;
    count = table_order(t, v->model, p, order);
    for (int n = 0; n < count; n++) {
        if (!table_linked(t, v->model, order[n], &what))
            continue;
        (void)view_point(v, id, id == PANE_EVENTS ? count - 1 - n : n);
        v->selection = what; /* the row is one of those; this is still it */
        p->selected = id == PANE_EVENTS ? p->selected : n;
        return;
    }
    view_wrong(v, "%s has no row of it", panes[id].name);
}

static void go_to_map(struct view *v)
{
    view_focus(v, PANE_MAP);
    if (v->selection.kind == SELECT_ADDRESS ||
        v->selection.kind == SELECT_SEGMENT)
        space_show(v->model, &v->pane[PANE_MAP], v->selection.va,
                   v->selection.bytes);
}

static void go_to_domain(struct view *v)
{
    int row = domain_row_of(v->model, v->selection.domain);

    view_focus(v, PANE_RIGHTS);
    if (row >= 0)
        v->pane[PANE_RIGHTS].column = row;
}

/* What the parts of the machine are shown in; by the end of their ids. */
static enum pane_id pane_of_node(const char *node)
{
    static const struct {
        const char *part;
        enum pane_id pane;
    } parts[] = { { "rplb", PANE_PROTECTION }, { "tlb", PANE_TLB },
                  { "walker", PANE_TLB },      { "pt_", PANE_TLB },
                  { "satp", PANE_TLB },        { "core", PANE_REGISTERS },
                  { "l1", PANE_CACHES },       { "l2", PANE_CACHES },
                  { "dram", PANE_CACHES },     { "map", PANE_MAP },
                  { "p", PANE_EVENTS },        { "q", PANE_EVENTS },
                  { "sem", PANE_EVENTS },      { "r", PANE_PROTECTION } };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(node, parts[i].part))
            return parts[i].pane;
    return PANE_COUNT;
}

static void go_to_node(struct view *v)
{
    enum pane_id id = pane_of_node(v->selection.node);

    if (id == PANE_COUNT) {
        view_wrong(v, "%s has no pane of its own", v->selection.name);
        return;
    }
    view_focus(v, id);
    if (id == PANE_EVENTS)
        snprintf(v->pane[id].search, sizeof v->pane[id].search, "%s",
                 v->selection.name);
}

/* Where what is selected is shown best. */
static void go_home(struct view *v)
{
    char line[80];

    switch (v->selection.kind) {
    case SELECT_NONE:
        view_wrong(v, "nothing is selected: click on something, or arrows");
        break;
    case SELECT_ADDRESS:
        snprintf(line, sizeof line, "explain %llx",
                 (unsigned long long)v->selection.va);
        view_command(v, line);
        break;
    case SELECT_SEGMENT:
        go_to_map(v);
        break;
    case SELECT_DOMAIN:
        go_to_domain(v);
        break;
    case SELECT_THREAD:
        view_command(v, "graph waits");
        break;
    case SELECT_NODE:
        go_to_node(v);
        break;
    }
}

static void do_find(struct view *v, int count, char **a)
{
    enum pane_id id = pane_of(v, count, a, 0);

    if (count == 0)
        go_home(v);
    else if (id == PANE_COUNT)
        view_wrong(v, "find: no pane %.40s", a[0]);
    else if (id == PANE_MAP)
        go_to_map(v);
    else if (id == PANE_RIGHTS && v->selection.kind == SELECT_DOMAIN)
        go_to_domain(v);
    else if (panes[id].table && panes[id].table->about)
        go_to_row(v, id);
    else
        view_focus(v, id);
}

/* ---- menu and clipboard ----------------------------------------------------
 */

static void do_menu(struct view *v, int count, char **a)
{
    const struct box *b = &v->place[v->focus];
    const struct pane_view *p = &v->pane[v->focus];
    int y = view_has_cursor(v, v->focus) && p->selected >= p->scroll
                ? p->selected - p->scroll + 2
                : 1;

    (void)count;
    (void)a;
    view_menu_open(v, b->x + 4, b->y + (y < b->height ? y : 1) + 1);
}

/* All rows shown, with the names of the columns. */
static void copy_table(struct view *v, enum pane_id id)
{
    const struct table *t = panes[id].table;
    int order[TABLE_ROWS], count;
    size_t used = 0, room = sizeof v->copied;
    const char *head;

    count = table_order(t, v->model, &v->pane[id], order);
    for (int i = 0; (head = t->head(v->model, i)) && used < room; i++)
        used += (size_t)snprintf(v->copied + used, room - used, "%s%s",
                                 i ? "\t" : "", head);
    for (int n = 0; n < count && used + 1 < room; n++) {
        v->copied[used++] = '\n';
        table_copy(t, v->model, order[n], v->copied + used, room - used);
        used += strlen(v->copied + used);
    }
    view_notice(v, "copied: %d rows of %s", count, panes[id].name);
}

static void do_copy(struct view *v, int count, char **a)
{
    const struct table *t = panes[v->focus].table;
    const struct pane_view *p = &v->pane[v->focus];
    int order[TABLE_ROWS], rows;

    if (t && count > 0 && strcmp(a[0], "all") == 0) {
        copy_table(v, v->focus);
        return;
    }
    v->copied[0] = 0;
    rows = t ? table_order(t, v->model, p, order) : 0;
    if (t && t->about && p->selected >= 0 && p->selected < rows)
        table_copy(t, v->model,
                   order[v->focus == PANE_EVENTS ? rows - 1 - p->selected
                                                 : p->selected],
                   v->copied, sizeof v->copied);
    else if (v->selection.kind != SELECT_NONE)
        selection_text(&v->selection, v->model, v->copied);
    if (v->copied[0])
        view_notice(v, "copied: %.100s", v->copied);
    else
        view_wrong(v, "nothing is selected; copy all: the whole table");
}

const struct view_word view_words_select[] = {
    { "select", "address|segment|domain|thread|node WHICH, none",
      "what all panes light; tells about it", do_select },
    { "row", "N [PANE]", "the cursor on row N (events: from the newest)",
      do_row },
    { "find", "[PANE]", "where the selected thing is shown best, or a pane",
      do_find },
    { "menu", "", "what can be done with the selected thing", do_menu },
    { "sort", "[COLUMN|-] [PANE]",
      "rows by a column; again: the other way; alone: the next column",
      do_sort },
    { "search", "TEXT",
      "only rows that say TEXT (elsewhere: events); nothing: all", do_search },
    { "copy", "[all]", "the row as text, or the whole table", do_copy },
    { 0 },
};
