/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two forms of the graph pane: a list (pane/graph.c), and a picture where a
 * front end knows places (pane/graph_picture.c).
 */
#pragma once

#include "viz/graph/places.h"
#include "viz/pane/pane.h"

/* Is there a picture of this graph, perhaps with some nodes missing? */
bool graph_has_picture(const struct canvas *c, const struct model *m,
                       const struct pane_view *v);
struct pane_extent graph_draw_picture(struct canvas *c, const struct model *m,
                                      const struct pane_view *v);
/* How much narrower and lower than in full it is drawn, at most 1. */
void graph_scale(const struct graph_places *p, const struct pane_view *v,
                 int width, int height, double *x, double *y);
enum style graph_role_style(const struct model_graph *g,
                            const struct model_node *n);
enum style graph_line_style(enum graph_line line);
/* Has a node to do with the selection? */
bool graph_node_linked(const struct model *m, const struct model_node *n,
                       const struct selection *s);
void graph_node_zone(struct canvas *c, const struct model_graph *g,
                     const struct model_node *n, int x, int y, int width,
                     int height);
