// SPDX-License-Identifier: Apache-2.0
/*
 * A graph of the machine's state: as a picture where the front end has places
 * for its nodes, else as a list: each node, below it what it says and where its
 * edges lead.
 */
#include "viz/pane/graph.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- colours; letters and labels say the same
 * ---------------------------------
 */

enum style graph_role_style(const struct model_graph *g,
                            const struct model_node *n)
{
    static const uint8_t styles[ROLE_COUNT] = {
        [ROLE_KERNEL] = STYLE_KERNEL, [ROLE_SEGMENT] = STYLE_HIT,
        [ROLE_THREAD] = STYLE_TRAP,   [ROLE_PORTAL] = STYLE_SWITCH,
        [ROLE_QUEUE] = STYLE_MISS,    [ROLE_TABLE] = STYLE_WALK,
        [ROLE_UNIT] = STYLE_WALK,     [ROLE_CORE] = STYLE_FAULT,
        [ROLE_MEMORY] = STYLE_HIT,    [ROLE_DEVICE] = STYLE_KERNEL,
        [ROLE_NOTE] = STYLE_DIM
    };
    uint32_t id;

    if (n->role == ROLE_DOMAIN &&
        sscanf(g->text + n->id, "d%" SCNu32, &id) == 1)
        return domain_style((int)id - 1);
    return n->role == ROLE_DOMAIN ? STYLE_DOMAIN : (enum style)styles[n->role];
}

enum style graph_line_style(enum graph_line line)
{
    static const uint8_t styles[LINE_COUNT] = {
        [LINE_PLAIN] = STYLE_FRAME,    [LINE_READ] = STYLE_WALK,
        [LINE_WRITE] = STYLE_FAULT,    [LINE_EXECUTE] = STYLE_HIT,
        [LINE_CALL] = STYLE_SWITCH,    [LINE_MESSAGE] = STYLE_MISS,
        [LINE_SYSCALL] = STYLE_KERNEL, [LINE_WAIT] = STYLE_FAULT,
        [LINE_HOLD] = STYLE_WALK
    };

    return (enum style)styles[line];
}

bool graph_node_linked(const struct model *m, const struct model_node *n,
                       const struct selection *s)
{
    const struct model_graph *g = &m->graph;
    struct selection about;

    if (!s || s->kind == SELECT_NONE)
        return false;
    selection_of_node(&about, m, g->text + n->id, g->text + n->title);
    switch (about.kind) {
    case SELECT_SEGMENT:
        return selection_has_range(s, m, about.va, about.bytes, 0);
    case SELECT_DOMAIN:
        return selection_has_domain(s, about.domain);
    case SELECT_THREAD:
        return selection_has_thread(s, about.thread);
    default:
        return strcmp(s->node, about.node) == 0;
    }
}

void graph_node_zone(struct canvas *c, const struct model_graph *g,
                     const struct model_node *n, int x, int y, int width,
                     int height)
{
    char command[60], tip[400];
    size_t used;

    snprintf(command, sizeof command, "select node %s", g->text + n->id);
    used = (size_t)snprintf(tip, sizeof tip, "%s", g->text + n->title);
    for (int i = 0; i < n->rows && i < 3 && used < sizeof tip; i++)
        used += (size_t)snprintf(tip + used, sizeof tip - used, "; %s",
                                 g->text + g->row[n->first_row + i]);
    if (used < sizeof tip)
        snprintf(tip + used, sizeof tip - used,
                 ". Click: select it; again: go there");
    canvas_zone(c, x, y, width, height, command, tip);
}

/* ---- the list as a table
 * -------------------------------------------------------
 */

enum { THING, COLUMNS };

static const char *column_name(const struct model *m, int column)
{
    (void)m;
    return column < COLUMNS ? "thing" : NULL;
}

static int count_rows(const struct model *m)
{
    return m->graph.read && !m->graph.error ? (int)m->graph.line_count : 0;
}

static const struct model_node *node_of(const struct model *m, int row)
{
    const struct model_graph *g = &m->graph;
    const struct model_graph_line *l = &g->line[row];

    return &g->node[l->kind == GRAPH_LINE_EDGE ? g->edge[l->index].to
                                               : l->node];
}

/* "D alice: domain 1" */
static void node_text(const struct model_graph *g, const struct model_node *n,
                      char *to, size_t room)
{
    size_t used;

    places_title(g, n, to, room);
    used = strlen(to);
    for (int i = 0; i < n->rows && n->role != ROLE_TABLE && used < room; i++)
        used +=
            (size_t)snprintf(to + used, room - used, "%s%s", i ? ", " : ": ",
                             g->text + g->row[n->first_row + i]);
}

/* "── rw-- ─▶ S secret": one line, whatever the label has. */
static void edge_text(const struct model_graph *g, const struct model_edge *e,
                      char *to, size_t room)
{
    const char *label = g->text + e->label;
    char title[60], one_line[80]; /* the line is no longer */
    size_t n = 0;

    for (; *label && n + 1 < sizeof one_line; label++)
        one_line[n++] = *label == '\n' ? ' ' : *label;
    one_line[n] = 0;
    places_title(g, &g->node[e->to], title, sizeof title);
    snprintf(to, room, "%s%s%s%s→ %s", e->cycle ? "RING " : "",
             places_change((enum graph_change)e->change), one_line,
             n ? " " : "", title);
}

static void cell_text(const struct model *m, int row, int column,
                      char to[TABLE_CELL])
{
    const struct model_graph *g = &m->graph;
    const struct model_graph_line *l = &g->line[row];

    (void)column;
    if (l->kind == GRAPH_LINE_NODE)
        node_text(g, &g->node[l->node], to, TABLE_CELL);
    else if (l->kind == GRAPH_LINE_ROW)
        snprintf(to, TABLE_CELL, "%s", g->text + g->row[l->index]);
    else
        edge_text(g, &g->edge[l->index], to, TABLE_CELL);
}

static void about(const struct model *m, int row, struct selection *to)
{
    const struct model_node *n = node_of(m, row);

    selection_of_node(to, m, m->graph.text + n->id, m->graph.text + n->title);
}

const struct table pane_graph_table = {
    .rows = count_rows, .head = column_name, .cell = cell_text, .about = about
};

/* ---- drawing the list
 * ------------------------------------------------------------
 */

static enum style line_style(const struct model_graph *g, int row)
{
    const struct model_graph_line *l = &g->line[row];
    const struct model_edge *e = &g->edge[l->index];

    if (l->kind == GRAPH_LINE_NODE)
        return g->node[l->node].change ? STYLE_CHANGED
                                       : graph_role_style(g, &g->node[l->node]);
    if (l->kind == GRAPH_LINE_ROW)
        return STYLE_TEXT;
    return e->change == CHANGE_GONE ? STYLE_DIM
           : e->change || e->cycle  ? STYLE_CHANGED
           : e->line == LINE_PLAIN  ? STYLE_TEXT
                                   : graph_line_style((enum graph_line)e->line);
}

/* Two columns for the mark, then two per step down. */
static void draw_line(struct canvas *c, const struct model *m,
                      const struct pane_view *v, int y, int n, int row)
{
    const struct model_graph_line *l = &m->graph.line[row];
    int x = 2 + 2 * l->depth;
    char text[TABLE_CELL];
    enum style style = table_row(c, y, n, m, v, &pane_graph_table, row, "graph",
                                 line_style(&m->graph, row));
    bool marked = n == v->selected;

    if (!marked && graph_node_linked(m, node_of(m, row), v->selection)) {
        style = STYLE_LINKED;
        canvas_fill(c, y, style);
    }
    cell_text(m, row, THING, text);
    if (l->kind == GRAPH_LINE_EDGE)
        canvas_text(c, x - 2, y,
                    style == STYLE_SELECTED || style == STYLE_LINKED
                        ? style
                        : STYLE_FRAME,
                    "├");
    canvas_text(c, x, y, style, text);
    if (marked || style == STYLE_LINKED)
        canvas_text(c, 0, y, style, marked ? "▶" : "»");
}

static struct pane_extent draw_list(struct canvas *c, const struct model *m,
                                    const struct pane_view *v, int top)
{
    const struct model_graph *g = &m->graph;
    int order[TABLE_ROWS], count = table_order(&pane_graph_table, m, v, order);
    int shown = c->box.height - top, lines = count + (g->hidden > 0);

    for (int y = 0; y < shown && y + v->scroll < count; y++)
        draw_line(c, m, v, y + top, y + v->scroll, order[y + v->scroll]);
    if (g->hidden > 0)
        canvas_print(c, 2, top + count - v->scroll, STYLE_DIM,
                     "and %u more that are not listed", g->hidden);
    if (g->node_count == 0)
        canvas_text(c, 0, top, STYLE_DIM, "nothing is there yet");
    return (struct pane_extent){ lines, shown > 0 ? shown : 0 };
}

/* ---- the pane
 * --------------------------------------------------------------------
 */

/* The kinds as buttons; as many letters as there is room for. */
static void draw_kinds(struct canvas *c, const struct model *m)
{
    char command[40];
    int x = 0, all = 0;

    for (int i = 0; i < GRAPH_KINDS; i++)
        all += (int)strlen(graph_kinds[i].name) + 3;
    for (int i = 0; i < GRAPH_KINDS; i++) {
        bool chosen = m->graph.read && i == m->graph.kind;
        int cells = all <= c->box.width ? (int)strlen(graph_kinds[i].name) : 4;
        int end = canvas_print(c, x, 0, chosen ? STYLE_FOCUS : STYLE_BUTTON,
                               chosen && !c->graphic ? "[%.*s]" : " %.*s ",
                               cells, graph_kinds[i].name);
        snprintf(command, sizeof command, "graph %s", graph_kinds[i].name);
        canvas_zone(c, x, 0, end - x, 1, command, graph_kinds[i].doc);
        x = end + 1;
    }
}

struct pane_extent pane_graph_draw(struct canvas *c, const struct model *m,
                                   const struct pane_view *v)
{
    const struct model_graph *g = &m->graph;
    bool wants_picture = c->graphic && v->places;
    int top = 2;

    draw_kinds(c, m);
    if (!g->read || g->error) {
        canvas_wrap(c, 2, 0, STYLE_DIM,
                    g->read ? g->text + g->error
                            : "the machine is being asked ...");
        return (struct pane_extent){ 0, c->box.height };
    }
    if (graph_has_picture(c, m, v))
        return graph_draw_picture(c, m, v);
    if (wants_picture)
        canvas_print(c, 0, top++, v->places->error[0] ? STYLE_FAULT : STYLE_DIM,
                     "%s%s", v->places->error,
                     v->places->error[0] ? "; as a list:" : "laying out ...");
    else
        canvas_text(c, 0, 1, STYLE_DIM,
                    "D domain  S segment  T thread  P portal  Q queue  K "
                    "kernel; below each: where its edges lead");
    return draw_list(c, m, v, top);
}

void pane_graph_title(const struct model *m, const struct pane_view *v,
                      char *to, size_t room)
{
    const struct model_graph *g = &m->graph;
    char text[240];
    size_t n = 0;

    *to = 0;
    if (!g->read || g->error || table_filter_title(v, to, room))
        return;
    if (g->compared)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "bold: since cycle %" PRIu64 "; ", g->since);
    if (g->lost)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "%" PRIu64 " events not seen; ", g->lost);
    if (v->places && v->places->key_next)
        n += (size_t)snprintf(text + n, sizeof text - n, "laying out ...; ");
    snprintf(text + n, sizeof text - n, "%u nodes, %u edges%s", g->node_count,
             g->edge_count, g->hidden ? ", not all of it" : "");
    snprintf(to, room, "%s", text);
}
