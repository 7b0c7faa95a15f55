// SPDX-License-Identifier: Apache-2.0
/*
 * From a graph to places on a picture and back: dot text with boxes of the
 * right size to opalite-layout, its plain answer to cells. An edge is known by
 * its colour in the answer, the only attribute that comes back.
 */
#include "viz/graph/places.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd/cmd.h"
#include "viz/canvas/canvas.h"

/* Points of a cell, as it is in the window: what makes distances look right. */
enum { CELL_WIDTH = 8, CELL_HEIGHT = 17 };

/* ---- sizes -----------------------------------------------------------------
 */

char places_letter(enum graph_role role)
{
    static const char letters[ROLE_COUNT] = {
        [ROLE_DOMAIN] = 'D', [ROLE_KERNEL] = 'K', [ROLE_SEGMENT] = 'S',
        [ROLE_THREAD] = 'T', [ROLE_PORTAL] = 'P', [ROLE_QUEUE] = 'Q'
    };

    return letters[role] ? letters[role] : ' ';
}

const char *places_change(enum graph_change change)
{
    static const char *const words[] = { "", "NEW ", "CHANGED ", "GONE " };

    return words[change];
}

void places_title(const struct model_graph *g, const struct model_node *n,
                  char *to, size_t room)
{
    char letter = places_letter((enum graph_role)n->role);
    const char prefix[] = { letter, ' ', 0 };

    snprintf(to, room, "%s%s%s", places_change((enum graph_change)n->change),
             letter == ' ' ? "" : prefix, g->text + n->title);
}

/* A little more than needed, so that a number may grow. */
static int roomy(int cells)
{
    cells = cells > PLACES_CELLS ? PLACES_CELLS : cells;
    return (cells + 3) / 4 * 4;
}

void places_node_size(const struct model_graph *g, const struct model_node *n,
                      int *width, int *height)
{
    int rows = n->rows > PLACES_ROWS ? PLACES_ROWS + 1 : n->rows, cells;
    char title[GRAPH_TEXT + 20];

    places_title(g, n, title, sizeof title);
    *width = text_cells(title);
    for (int i = 0; i < n->rows && i < PLACES_ROWS; i++) {
        cells = text_cells(g->text + g->row[n->first_row + i]);
        *width = cells > *width ? cells : *width;
    }
    *width = roomy(*width) + 2;
    *height = rows + 1;
}

void places_label_size(const struct model_graph *g, const struct model_edge *e,
                       int *width, int *height)
{
    const char *text = g->text + e->label;
    int prefix = text_cells(places_change((enum graph_change)e->change)) +
                 (e->cycle ? 5 : 0);

    *width = *height = 0;
    while (*text || prefix) {
        int n = (int)strcspn(text, "\n") + prefix;
        *width = n > *width ? n : *width;
        ++*height;
        prefix = 0;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    *width = *width ? roomy(*width) : 0;
}

static void mix(uint64_t *key, const void *bytes, size_t count)
{
    const unsigned char *b = bytes;

    for (size_t i = 0; i < count; i++)
        *key = (*key ^ b[i]) * UINT64_C(0x100000001b3);
}

uint64_t places_key(const struct model_graph *g)
{
    uint64_t key =
        UINT64_C(0xcbf29ce484222325) ^ g->kind ^ (uint64_t)g->top_down << 8;
    int size[2] = { 0 };

    for (uint32_t i = 0; i < g->node_count; i++) {
        const char *id = g->text + g->node[i].id;
        mix(&key, id, strlen(id) + 1);
        places_node_size(g, &g->node[i], &size[0], &size[1]);
        mix(&key, size, sizeof size);
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        const struct model_edge *e = &g->edge[i];
        const uint16_t ends[2] = { e->from, e->to };
        mix(&key, ends, sizeof ends);
        places_label_size(g, e, &size[0], &size[1]);
        mix(&key, size, sizeof size);
    }
    return key ? key : 1;
}

/* ---- the question ----------------------------------------------------------
 */

static void put_edge(FILE *to, const struct model_graph *g, uint32_t i)
{
    const struct model_edge *e = &g->edge[i];
    int width, height;

    places_label_size(g, e, &width, &height);
    fprintf(to, "n%u -> n%u [color=\"#%06x\"", e->from, e->to, i + 1);
    if (width)
        fprintf(to,
                ", label=<<TABLE BORDER=\"0\" FIXEDSIZE=\"TRUE\" WIDTH=\"%d\" "
                "HEIGHT=\"%d\"><TR><TD></TD></TR></TABLE>>",
                (width + 1) * CELL_WIDTH, height * CELL_HEIGHT);
    fputs("];\n", to);
}

static void put_question(FILE *to, const struct model_graph *g)
{
    fprintf(to,
            "digraph g {\n  graph [rankdir=%s, nodesep=0.3, ranksep=%s];\n"
            "  node [shape=box, fixedsize=true, label=\"\"];\n"
            "  edge [arrowhead=none];\n",
            g->top_down ? "TB" : "LR", g->top_down ? "0.45" : "0.7");
    for (uint32_t i = 0; i < g->node_count; i++) {
        int width, height;
        places_node_size(g, &g->node[i], &width, &height);
        fprintf(to, "n%u [width=%.4f, height=%.4f];\n", i,
                width * CELL_WIDTH / 72.0, height * CELL_HEIGHT / 72.0);
    }
    for (uint32_t i = 0; i < g->edge_count; i++)
        put_edge(to, g, i);
    fputs("}\n", to);
}

/* ---- the answer ------------------------------------------------------------
 */

static double cells_across(double inches)
{
    return inches * 72 / CELL_WIDTH;
}

static double cells_down(const struct graph_places *p, double inches)
{
    return p->height - inches * 72 / CELL_HEIGHT;
}

static void read_node(struct graph_places *p, const struct model_graph *g,
                      const char *line)
{
    unsigned i;
    double x, y;

    if (sscanf(line, "node n%u %lf %lf", &i, &x, &y) != 3 || i >= g->node_count)
        return;
    struct node_place *n = &p->node[i];
    snprintf(n->id, sizeof n->id, "%s", g->text + g->node[i].id);
    places_node_size(g, &g->node[i], &n->width, &n->height);
    n->x = (float)(cells_across(x) - n->width / 2.0);
    n->y = (float)(cells_down(p, y) - n->height / 2.0);
}

static void add_point(struct graph_places *p, double x, double y)
{
    if (p->point_count == p->point_room) {
        p->point_room = p->point_room ? 2 * p->point_room : 1024;
        p->point = canvas_grown(p->point, p->point_room, 2 * sizeof(float));
    }
    p->point[2 * (size_t)p->point_count] = (float)cells_across(x);
    p->point[2 * (size_t)p->point_count++ + 1] = (float)cells_down(p, y);
}

/* "edge n0 n1 4 x y x y x y x y [label x y] style #00002a" */
static void read_edge(struct graph_places *p, const struct model_graph *g,
                      const char *line)
{
    const char *colour = strrchr(line, '#'), *at = line;
    unsigned long i = colour ? strtoul(colour + 1, NULL, 16) : 0;
    int count = 0, used = 0;
    double x, y;

    if (i == 0 || i > g->edge_count ||
        sscanf(at, "edge %*s %*s %d%n", &count, &used) != 1)
        return;
    struct edge_place *e = &p->edge[i - 1];
    e->first = p->point_count;
    for (at += used; count > 0; count--, at += used) {
        if (sscanf(at, "%lf %lf%n", &x, &y, &used) != 2)
            return;
        add_point(p, x, y);
        e->count++;
    }
    /* a label's place stands behind its text: TABLE> and what closes it */
    const char *behind = strstr(at, "TABLE>");
    behind = behind ? behind + strlen("TABLE>") : "";
    if (sscanf(behind + strspn(behind, ">\""), "%lf %lf", &x, &y) == 2) {
        e->label_x = (float)cells_across(x);
        e->label_y = (float)cells_down(p, y);
    }
}

bool places_read(struct graph_places *p, const struct model_graph *g,
                 FILE *plain)
{
    char *line = NULL;
    size_t room = 0;
    double scale, width, height;
    bool good = false;

    p->node_count = g->node_count;
    p->edge_count = g->edge_count;
    p->point_count = 0;
    memset(p->node, 0, sizeof p->node);
    memset(p->edge, 0, sizeof p->edge);
    while (getline(&line, &room, plain) > 0) {
        if (sscanf(line, "graph %lf %lf %lf", &scale, &width, &height) == 3) {
            p->width = cells_across(width);
            p->height = height * 72 / CELL_HEIGHT;
        } else if (strncmp(line, "node ", 5) == 0) {
            read_node(p, g, line);
        } else if (strncmp(line, "edge ", 5) == 0) {
            read_edge(p, g, line);
        } else if (strncmp(line, "stop", 4) == 0) {
            good = true;
        }
    }
    free(line);
    return good;
}

const struct node_place *places_find(const struct graph_places *p,
                                     const char *id)
{
    for (uint32_t i = 0; i < p->node_count; i++)
        if (strcmp(p->node[i].id, id) == 0)
            return &p->node[i];
    return NULL;
}

/* ---- the process -----------------------------------------------------------
 */

void places_open(struct graph_places *p)
{
    char directory[1000];

    program_directory(directory, sizeof directory);
    snprintf(p->program, sizeof p->program, "%s/opalite-layout", directory);
}

void places_close(struct graph_places *p)
{
    layout_stop(&p->job);
    free(p->point);
    p->point = NULL;
}

static bool fail(struct graph_places *p, uint64_t key, const struct err *err)
{
    layout_stop(&p->job);
    p->key_next = 0;
    p->failed = key;
    snprintf(p->error, sizeof p->error, "%.190s", err->text);
    return true;
}

static bool begin(struct graph_places *p, const struct model_graph *g,
                  uint64_t key)
{
    char *dot = NULL;
    size_t bytes = 0;
    struct err err;
    FILE *f = open_memstream(&dot, &bytes);

    if (!f)
        err_no_memory();
    put_question(f, g);
    fclose(f);
    bool started =
        layout_start(&p->job, p->program, dot, bytes, PLACES_SECONDS, &err);
    free(dot);
    if (!started)
        return fail(p, key, &err);
    p->key_next = key;
    return false;
}

bool places_serve(struct graph_places *p, const struct model_graph *g)
{
    uint64_t key = g->read && g->node_count > 0 ? places_key(g) : 0;
    struct err err;

    if (p->key_next == 0)
        return key != 0 && key != p->key && key != p->failed &&
               begin(p, g, key);
    switch (layout_poll(&p->job, &err)) {
    case LAYOUT_RUNNING:
        return false;
    case LAYOUT_FAILED:
        return fail(p, p->key_next, &err);
    case LAYOUT_DONE:
        break;
    }
    /* The graph has changed meanwhile: the answer is for another one. */
    if (key == p->key_next) {
        err_set(&err, EXIT_CANNOT_LOAD, "Graphviz gave no places");
        if (!places_read(p, g, p->job.plain))
            return fail(p, key, &err);
        p->key = key;
        p->error[0] = 0;
        p->failed = 0;
    }
    layout_stop(&p->job);
    p->key_next = 0;
    return true;
}

void places_finish(struct graph_places *p, const struct model_graph *g)
{
    uint64_t key = g->read && g->node_count > 0 ? places_key(g) : 0;

    while (key != 0 && p->key != key && p->failed != key) {
        (void)places_serve(p, g);
        (void)poll(NULL, 0, 2);
    }
}
