// SPDX-License-Identifier: Apache-2.0
/*
 * What the view asks the runner for when the graph pane is on the screen; and
 * how map and graph follow keys, wheel and pointer. Commands: see
 * view/words_graph.c.
 */
#include <string.h>

#include "viz/graph/places.h"
#include "viz/pane/graph.h"
#include "viz/pane/map.h"
#include "viz/pane/space.h"
#include "viz/view/view.h"

bool view_ask_graph(struct view *v)
{
    struct wish w = { .kind = WISH_GRAPH,
                      .number = v->graph_ask.visible ? v->graph_ask.kind
                                                     : WISH_NO_GRAPH };

    if (v->wish_count == VIEW_WISHES)
        return false;
    memcpy(w.domain, v->graph_ask.domain, sizeof w.domain);
    v->wishes[v->wish_count++] = w;
    return true;
}

void view_follow_graph(struct view *v)
{
    const bool visible = v->place[PANE_GRAPH].width > 0;

    if (v->graph_told && v->graph_ask.visible == visible)
        return;
    v->graph_ask.visible = visible;
    v->graph_told = view_ask_graph(v);
}

/* ---- moving about ----------------------------------------------------------
 */

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static void pan_graph(struct view *v, int x, int y)
{
    struct pane_view *p = &v->pane[PANE_GRAPH];
    const struct pane_extent *e = &v->extent[PANE_GRAPH];
    int below = e->lines > e->shown ? e->lines - e->shown : 0, right = 100000;

    if (v->places) {
        int width = v->place[PANE_GRAPH].width - 2;
        double wide, high;
        graph_scale(v->places, p, width, e->shown - 1, &wide, &high);
        right = (int)(v->places->width * wide) - width + 1;
    }
    p->column = clamp(p->column - x, 0, right > 0 ? right : 0);
    p->scroll = clamp(p->scroll - y, 0, below);
}

void view_reveal_node(struct view *v)
{
    struct pane_view *p = &v->pane[PANE_GRAPH];
    const struct node_place *n = places_find(v->places, v->selection.node);
    int width = v->place[PANE_GRAPH].width - 2,
        shown = v->extent[PANE_GRAPH].shown;
    double x, y;

    if (!n || shown < 1)
        return;
    graph_scale(v->places, p, width, shown - 1, &x, &y);
    int left = (int)((double)n->x * x), right = left + (int)(n->width * x) + 1;
    int top = (int)((double)n->y * y), bottom = top + (int)(n->height * y) + 1;
    if (left < p->column || right > p->column + width)
        p->column = left > 2 ? left - 2 : 0;
    if (top < p->scroll || bottom > p->scroll + shown)
        p->scroll = top > 1 ? top - 1 : 0;
}

void view_pan(struct view *v, enum pane_id id, int x, int y)
{
    int width = v->place[id].width - MAP_LABEL;

    if (id == PANE_GRAPH)
        pan_graph(v, x, y);
    else if (x != 0 && width > 0)
        space_pan(v->model, &v->pane[id], -(double)x / width);
}

/* From fit over full size to halves of it. */
static void zoom_graph(struct view *v, int by)
{
    struct pane_view *p = &v->pane[PANE_GRAPH];

    if (p->zoom < 0)
        p->zoom = by > 0 ? 0 : 1;
    else
        p->zoom = clamp(p->zoom - by, 0, 3);
}

void view_zoom_at(struct view *v, enum pane_id id, int by, int x, int y)
{
    const struct box *b = &v->place[id];
    int margin = v->canvas.graphic, width = b->width - 2 * margin - MAP_LABEL;
    double at = 0.5;

    (void)y;
    if (id == PANE_GRAPH) {
        zoom_graph(v, by);
        return;
    }
    if (x >= 0 && width > 0)
        at = (double)(x - b->x - margin - MAP_LABEL) / width;
    at = at < 0 ? 0 : at > 1 ? 1 : at;
    space_zoom(v->model, &v->pane[id], by, at);
}
