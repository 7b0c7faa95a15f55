/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A graph of the machine's state as the view model holds it: plain data, so
 * that it can be copied to another thread. model/graph.c flattens it from what
 * graph_read_*.c read; pane_graph*.c show it. It is read only while somebody
 * looks at it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    MODEL_GRAPH_NODES = 400,
    MODEL_GRAPH_EDGES = 1200,
    MODEL_GRAPH_ROWS = 2400,  /* of all nodes together */
    MODEL_GRAPH_LINES = 1536, /* of the graph as a list */
    MODEL_GRAPH_TEXT = 128 * 1024
};

/* Texts are offsets in model_graph.text. */
struct model_node {
    uint32_t id, title;
    uint16_t first_row, rows;
    uint8_t role, change; /* enum graph_role, graph_change */
};

struct model_edge {
    uint16_t from, to;    /* nodes */
    uint8_t line, change; /* enum graph_line, graph_change */
    bool cycle;           /* part of a ring of waiting */
    uint32_t label;       /* may have lines */
};

/* The same as a list: nodes, below each its rows and where its edges lead. What
 * is the child of one node only stands below that one. */
enum graph_line_kind { GRAPH_LINE_NODE, GRAPH_LINE_ROW, GRAPH_LINE_EDGE };

struct model_graph_line {
    uint8_t kind, depth;
    uint16_t node;
    uint16_t index; /* ROW: of model_graph.row; EDGE: of edge */
};

struct model_graph {
    bool read;    /* somebody looks: the rest is valid */
    uint8_t kind; /* index in graph_kinds */
    bool top_down;
    bool compared;  /* with the bookmark, set at cycle */
    uint64_t since; /* this */
    uint64_t lost;  /* events that nobody saw: counts may be too small */
    uint32_t error; /* why there is none; "" = there is one */
    uint32_t legend;
    uint32_t node_count, edge_count, row_count;
    uint32_t hidden; /* nodes, edges and rows that did not fit */
    struct model_node node[MODEL_GRAPH_NODES];
    struct model_edge edge[MODEL_GRAPH_EDGES];
    uint32_t row[MODEL_GRAPH_ROWS]; /* texts */
    struct model_graph_line line[MODEL_GRAPH_LINES];
    uint32_t line_count;
    uint32_t text_used;
    char text[MODEL_GRAPH_TEXT];
};

/* What the user wants to see; MODEL_NAME bytes of name. */
struct model_graph_ask {
    bool visible;
    uint8_t kind;
    char domain[32]; /* whose, of pagetable; "" = who runs */
};
