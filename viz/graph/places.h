/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the nodes and edges of a graph are on a picture, in cells: asked of
 * Graphviz in a process of its own, so that nothing ever waits for it. A node
 * is as large as its text in cells. As long as the same nodes and edges are
 * there, and their text has room, the places stay, so that a picture does not
 * jump. gui_*.c own one and serve it; pane/graph_picture.c draws by it.
 */
#pragma once

#include "viz/graph/graph.h"
#include "viz/model/graph.h"

enum {
    PLACES_ROWS = 14,  /* of one node, the rest is counted */
    PLACES_CELLS = 64, /* of one line */
    PLACES_SECONDS = 10
};

struct node_place {
    char id[GRAPH_ID];
    float x, y; /* its upper left corner */
    int width, height;
};

struct edge_place {
    uint32_t first, count;  /* of point: a spline, 3n + 1 points */
    float label_x, label_y; /* its middle */
};

struct graph_places {
    uint64_t key;      /* of the graph they are for; 0 = of none yet */
    uint64_t key_next; /* of the one under way, 0 = none */
    double width, height;
    struct node_place node[MODEL_GRAPH_NODES];
    uint32_t node_count;
    struct edge_place edge[MODEL_GRAPH_EDGES];
    uint32_t edge_count;
    float *point; /* x, y each */
    uint32_t point_count, point_room;
    char error[200];    /* why there are none; "" = nothing is wrong */
    uint64_t failed;    /* key of the graph that could not be placed */
    char program[1100]; /* opalite-layout */
    struct layout_job job;
};

/* What a graph asks of a picture: equal keys, equal places. */
uint64_t places_key(const struct model_graph *g);
/* Cells of a node with all it says, and of an edge's label; 0: it has none. */
void places_node_size(const struct model_graph *g, const struct model_node *n,
                      int *width, int *height);
void places_label_size(const struct model_graph *g, const struct model_edge *e,
                       int *width, int *height);
/* "NEW D alice": the first line of a node; what an edge's label begins with. */
void places_title(const struct model_graph *g, const struct model_node *n,
                  char *to, size_t room);
const char *places_change(enum graph_change change);
char places_letter(enum graph_role role); /* ' ' = none */

/* Finds the program; zeroed memory before. */
void places_open(struct graph_places *p);
void places_close(struct graph_places *p);
/* Starts and looks after the process; does not wait. True: places or error are
 * new. */
bool places_serve(struct graph_places *p, const struct model_graph *g);
/* Serves until the graph is placed or that has failed. */
void places_finish(struct graph_places *p, const struct model_graph *g);
/* Reads Graphviz's plain format for this graph. False: it is none. */
bool places_read(struct graph_places *p, const struct model_graph *g,
                 FILE *plain);
/* The place of a node, or NULL. */
const struct node_place *places_find(const struct graph_places *p,
                                     const char *id);
