// SPDX-License-Identifier: Apache-2.0
/*
 * A graph as a picture: nodes are boxes of text at the places that Graphviz
 * gave, edges are its splines. Smaller than in full, boxes show as much of
 * their text as has room, and edges no label.
 */
#include "viz/pane/graph.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 0.25          /* cells above the uppermost */
enum { TOP = 2, STEPS = 5 }; /* lines above it; straight parts of a spline */

struct picture {
    struct canvas *c;
    const struct model *m;
    const struct model_graph *g;
    const struct pane_view *v;
    const struct graph_places *p;
    double scale_x, scale_y;
    double left, up; /* cells skipped */
    char *taken;     /* cells of the box where text or boxes stand */
};

bool graph_has_picture(const struct canvas *c, const struct model *m,
                       const struct pane_view *v)
{
    if (!c->graphic || !v->places || v->places->key == 0)
        return false;
    if (v->places->key == places_key(&m->graph))
        return true;
    /* of the graph before this one: shown while the next is laid out */
    if (v->places->failed == places_key(&m->graph))
        return false;
    for (uint32_t i = 0; i < m->graph.node_count; i++)
        if (places_find(v->places, m->graph.text + m->graph.node[i].id))
            return true;
    return false;
}

static double fit(double whole, int room, double least)
{
    double scale = whole > 1 ? room / whole : 1;

    return scale > 1 ? 1 : scale < least ? least : scale;
}

void graph_scale(const struct graph_places *p, const struct pane_view *v,
                 int width, int height, double *x, double *y)
{
    *x = *y = 1.0 / (v->zoom > 0 ? 1 << v->zoom : 1);
    if (v->zoom >= 0)
        return;
    *x = fit(p->width, width, 0.4);   /* below, boxes have no room for a name */
    *y = fit(p->height, height, 0.3); /* and not for a line */
}

static double at_x(const struct picture *t, double x)
{
    return x * t->scale_x - t->left;
}

static double at_y(const struct picture *t, double y)
{
    return y * t->scale_y - t->up + MARGIN;
}

static int pen_of(enum graph_change change, bool heavy, bool dashed)
{
    return (heavy || change == CHANGE_NEW || change == CHANGE_OTHER
                ? PEN_HEAVY
                : PEN_PLAIN) |
           (dashed || change == CHANGE_GONE ? PEN_DASHED : PEN_PLAIN);
}

/* ---- edges
 * -------------------------------------------------------------------
 */

/* A point of the cubic between four control points. */
static void spline(const float *q, double t, double *x, double *y)
{
    double u = 1 - t;
    double a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;

    *x = a * (double)q[0] + b * (double)q[2] + c * (double)q[4] +
         d * (double)q[6];
    *y = a * (double)q[1] + b * (double)q[3] + c * (double)q[5] +
         d * (double)q[7];
}

static void draw_spline(const struct picture *t, const struct edge_place *e,
                        enum style style)
{
    const float *q = t->p->point + 2 * (size_t)e->first;
    double x0 = (double)q[0], y0 = (double)q[1], x1, y1;
    uint32_t parts = (e->count - 1) / 3;

    for (uint32_t i = 0; i < parts; i++)
        for (int k = 1; k <= STEPS; k++) {
            bool last = i == parts - 1 && k == STEPS;
            spline(q + 6 * (size_t)i, (double)k / STEPS, &x1, &y1);
            (last ? canvas_arrow : canvas_segment)(t->c, at_x(t, x0),
                                                   at_y(t, y0), at_x(t, x1),
                                                   at_y(t, y1), style);
            x0 = x1;
            y0 = y1;
        }
}

/* Is there nothing in these cells? Then there is something from now on. */
static bool take_cells(const struct picture *t, int x, int y, int width,
                       int height, bool only_free)
{
    const struct box *b = &t->c->box;

    for (int round = only_free ? 0 : 1; round < 2; round++)
        for (int row = y; row < y + height; row++)
            for (int i = x; i < x + width; i++) {
                if (i < 0 || row < 0 || i >= b->width || row >= b->height)
                    continue;
                if (round == 0 && t->taken[row * b->width + i])
                    return false;
                if (round == 1)
                    t->taken[row * b->width + i] = 1;
            }
    return true;
}

/* Where it stands on nothing: a picture that is smaller may have no room. */
static void draw_label(const struct picture *t, const struct model_edge *e,
                       const struct edge_place *place, enum style style)
{
    const char *text = t->g->text + e->label;
    int width, height;
    char line[GRAPH_TEXT + 20];

    places_label_size(t->g, e, &width, &height);
    double middle = at_x(t, (double)place->label_x);
    int y = (int)lround(at_y(t, (double)place->label_y) - height / 2.0);
    if (!take_cells(t, (int)lround(middle - width / 2.0), y, width, height,
                    true))
        return;
    for (int i = 0; i < height; i++, y++) {
        size_t n = strcspn(text, "\n");
        snprintf(line, sizeof line, "%s%s%.*s", i || !e->cycle ? "" : "RING ",
                 i ? "" : places_change((enum graph_change)e->change), (int)n,
                 text);
        int x = (int)lround(middle - text_cells(line) / 2.0);
        if (t->scale_x < 1 || t->scale_y < 1) /* it may lie on an edge */
            canvas_rect(t->c, x, y + 0.05, text_cells(line), 0.9, STYLE_TRACK,
                        HATCH_NONE);
        canvas_text(t->c, x, y, style, line);
        text += n + (text[n] == '\n');
    }
}

static void draw_edge(const struct picture *t, uint32_t i, bool labels)
{
    const struct model_edge *e = &t->g->edge[i];
    const struct edge_place *place = &t->p->edge[i];
    enum style style = e->change == CHANGE_GONE
                           ? STYLE_DIM
                           : graph_line_style((enum graph_line)e->line);
    bool dashed = e->line == LINE_EXECUTE || e->line == LINE_MESSAGE ||
                  e->line == LINE_SYSCALL || e->line == LINE_HOLD;

    if (place->count < 4)
        return;
    if (labels) {
        if (e->label || e->change || e->cycle)
            draw_label(t, e, place, style);
        return;
    }
    t->c->pen = pen_of((enum graph_change)e->change, e->cycle, dashed);
    if (e->line == LINE_WRITE && e->change != CHANGE_GONE)
        t->c->pen |= PEN_DOUBLE;
    draw_spline(t, place, style);
    t->c->pen = PEN_PLAIN;
}

/* ---- nodes
 * -------------------------------------------------------------------
 */

static void draw_text(const struct picture *t, const struct model_node *n,
                      int x, int y, int width, int height, enum style style)
{
    char line[GRAPH_TEXT + 20];
    bool plain = style != STYLE_SELECTED && style != STYLE_LINKED;
    int room = width - 2 > 0 ? width - 2 : 1;

    places_title(t->g, n, line, sizeof line);
    for (int i = 0; i < height && i <= n->rows && i <= PLACES_ROWS + 1; i++) {
        if (i > 0 && (i == height - 1 || i > PLACES_ROWS) && i < n->rows)
            snprintf(line, sizeof line, "... %d more", n->rows - i + 1);
        else if (i > 0)
            snprintf(line, sizeof line, "%s",
                     t->g->text + t->g->row[n->first_row + i - 1]);
        if (text_cells(line) > room)
            snprintf(line + room - 1, sizeof line - (size_t)room, "…");
        canvas_text(t->c, x + 1, y + i,
                    !plain ? style
                    : i    ? STYLE_TEXT
                           : STYLE_STRONG,
                    line);
    }
}

/* Boxes stand exactly, between cells; text in whole columns. */
static void draw_node(const struct picture *t, const struct model_node *n,
                      const struct node_place *place)
{
    struct canvas *c = t->c;
    bool chosen = t->v->selection &&
                  strcmp(t->v->selection->node, t->g->text + n->id) == 0;
    bool linked = graph_node_linked(t->m, n, t->v->selection);
    enum style style = chosen   ? STYLE_SELECTED
                       : linked ? STYLE_LINKED
                                : STYLE_TRACK;
    double width = place->width * t->scale_x,
           height = place->height * t->scale_y;
    double middle = at_y(t, (double)place->y) + height / 2, shift = c->shift;

    width = width < 4 ? 4 : width;
    height = height < 1 ? 1 : height;
    double left = at_x(t, (double)place->x), top = middle - height / 2;
    int x = (int)lround(left), y = (int)floor(top),
        lines = (int)(height + 0.02);
    if (left >= c->box.width || top >= c->box.height || left + width < 0 ||
        top + height < 0)
        return;
    c->shift = shift + top - y;
    canvas_rect(c, left, y, width, height, style, HATCH_NONE);
    c->pen = pen_of((enum graph_change)n->change, chosen, false);
    canvas_frame(c, left, y, width, height, graph_role_style(t->g, n));
    c->pen = PEN_PLAIN;
    draw_text(t, n, x, y, (int)width, lines, style);
    if (chosen || linked)
        canvas_text(c, x, y, style, chosen ? "▶" : "»");
    c->shift = shift;
    graph_node_zone(c, t->g, n, x, y, (int)width, lines + (top > y));
    take_cells(t, x, y, (int)ceil(width), lines + 1, false);
}

/* ---- all of it
 * ---------------------------------------------------------------
 */

/* From the left; a picture with less than the box's width is in its middle. */
static double skipped(int width, int room, int wanted)
{
    if (width <= room)
        return -(room - width) / 2.0;
    return wanted < width - room ? wanted : width - room;
}

static void draw_nodes(const struct picture *t, bool current)
{
    const struct model_graph *g = t->g;

    for (uint32_t i = 0; i < g->node_count; i++) {
        const struct node_place *place =
            current ? &t->p->node[i]
                    : places_find(t->p, g->text + g->node[i].id);
        if (place && place->width > 0)
            draw_node(t, &g->node[i], place);
    }
}

struct pane_extent graph_draw_picture(struct canvas *c, const struct model *m,
                                      const struct pane_view *v)
{
    const struct graph_places *p = v->places;
    struct picture t = { .c = c, .m = m, .g = &m->graph, .v = v, .p = p };
    bool current = p->key == places_key(&m->graph);
    struct box below = c->box;

    below.y += TOP;
    below.height -= TOP + 1; /* the last line may lie a little lower */
    canvas_text(c, 0, 1, STYLE_DIM, m->graph.text + m->graph.legend);
    if (below.height < 1)
        return (struct pane_extent){ 0, 0 };
    canvas_box(c, below);
    graph_scale(p, v, below.width, below.height - 1, &t.scale_x, &t.scale_y);
    t.left = skipped((int)ceil(p->width * t.scale_x), below.width, v->column);
    t.up = v->scroll;
    t.taken = calloc((size_t)below.width * (size_t)below.height, 1);
    if (!t.taken)
        err_no_memory();
    for (uint32_t i = 0; current && i < m->graph.edge_count; i++)
        draw_edge(&t, i, false);
    draw_nodes(&t, current);
    for (uint32_t i = 0; current && i < m->graph.edge_count; i++)
        draw_edge(&t, i, true);
    free(t.taken);
    return (struct pane_extent){ (int)ceil(p->height * t.scale_y) + 1,
                                 below.height };
}
