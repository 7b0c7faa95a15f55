/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A graph as dot text, which Graphviz draws and any editor reads. What a node
 * or edge is, is said three times: by colour (Okabe and Ito's, which
 * colour-blind readers can tell apart), by shape or line, and by a letter or
 * label.
 */
#include "viz/graph/graph.h"

#include <string.h>

static const struct {
    const char *shape, *style, *border, *fill, *letter;
} roles[ROLE_COUNT] = {
    [ROLE_DOMAIN] = { "box", "rounded,filled", "#0072B2", "#E3F0F8", "D" },
    [ROLE_KERNEL] = { "box", "rounded,filled", "#555555", "#EEEEEE", "K" },
    [ROLE_SEGMENT] = { "box", "filled", "#009E73", "#E3F5EF", "S" },
    [ROLE_THREAD] = { "ellipse", "filled", "#56B4E9", "#EAF5FC", "T" },
    [ROLE_PORTAL] = { "hexagon", "filled", "#CC79A7", "#FAEEF4", "P" },
    [ROLE_QUEUE] = { "cylinder", "filled", "#E69F00", "#FDF4E0", "Q" },
    [ROLE_TABLE] = { "plain", "solid", "#0072B2", "#FFFFFF", "" },
    [ROLE_UNIT] = { "box", "rounded,filled", "#0072B2", "#E3F0F8", "" },
    [ROLE_CORE] = { "box", "filled", "#D55E00", "#FBEADF", "" },
    [ROLE_MEMORY] = { "box3d", "filled", "#009E73", "#E3F5EF", "" },
    [ROLE_DEVICE] = { "component", "filled", "#555555", "#F4F4F4", "" },
    [ROLE_NOTE] = { "note", "filled", "#555555", "#FFFBE0", "" },
};

static const struct {
    const char *style, *colour, *arrow;
} lines[LINE_COUNT] = {
    [LINE_PLAIN] = { "solid", "#444444", "normal" },
    [LINE_READ] = { "solid", "#0072B2", "normal" },
    [LINE_WRITE] = { "solid", "#D55E00:#FFFFFF:#D55E00", "normal" },
    [LINE_EXECUTE] = { "dashed", "#009E73", "normal" },
    [LINE_CALL] = { "solid", "#AA4D80", "vee" },
    [LINE_MESSAGE] = { "dashed", "#A66F00", "empty" },
    [LINE_SYSCALL] = { "dotted", "#555555", "open" },
    [LINE_WAIT] = { "solid", "#D55E00", "normal" },
    [LINE_HOLD] = { "dashed", "#0072B2", "odot" },
};

/* The text colour of a line: of a double one, its half. */
static void put_colour(FILE *to, const char *colour)
{
    fprintf(to, "\"%.7s\"", colour);
}

/* As text between tags. */
static void put_html(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", to);
        else if (*text == '<')
            fputs("&lt;", to);
        else if (*text == '>')
            fputs("&gt;", to);
        else if (*text == '\n')
            fputs("<BR/>", to);
        else if ((unsigned char)*text >= 0x20)
            fputc(*text, to);
    }
}

/* As text between quotes. */
static void put_quoted(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '\n')
            fputs("\\n", to);
        else if (*text == '"' || *text == '\\')
            fprintf(to, "\\%c", *text);
        else if ((unsigned char)*text >= 0x20)
            fputc(*text, to);
    }
    fputc('"', to);
}

/* Room on both sides of each line, so that the edge does not touch it. */
static void put_padded(FILE *to, const char *label)
{
    while (*label) {
        char line[GRAPH_TEXT];
        size_t n = strcspn(label, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, label);
        fputs("&nbsp;", to);
        put_html(to, line);
        fputs("&nbsp;", to);
        label += n;
        if (*label) {
            fputs("<BR/>", to);
            label++;
        }
    }
}

static const char *change_word(enum graph_change change)
{
    static const char *const words[] = { "", "NEW", "CHANGED", "GONE" };
    return words[change];
}

/* A node's text: title and rows as a table without lines; a table of the
 * machine has lines, so that rows with edges can be told apart. */
static void put_label(FILE *to, const struct graph_node *n)
{
    bool table = n->role == ROLE_TABLE;
    int border = !table ? 0 : n->change == CHANGE_NEW ? 3 : 1;
    fprintf(to,
            "<<TABLE BORDER=\"%d\" CELLBORDER=\"0\" CELLSPACING=\"0\" "
            "CELLPADDING=\"%d\" COLOR=\"%s\"><TR><TD%s><B>",
            border, table ? 4 : 2, roles[n->role].border,
            table ? " BGCOLOR=\"#E3F0F8\"" : "");
    fprintf(to, n->change ? "%s " : "%s", change_word(n->change));
    if (roles[n->role].letter[0])
        fprintf(to, "%s ", roles[n->role].letter);
    put_html(to, n->title);
    fputs("</B></TD></TR>", to);
    for (size_t i = 0; i < n->row_count; i++) {
        fputs("<TR><TD", to);
        if (n->row[i].port[0])
            fprintf(to, " PORT=\"%s\"", n->row[i].port);
        fprintf(to, "%s><FONT POINT-SIZE=\"11\">",
                table ? " ALIGN=\"LEFT\"" : "");
        put_html(to, n->row[i].text);
        fputs("</FONT></TD></TR>", to);
    }
    fputs("</TABLE>>", to);
}

static void put_node(FILE *to, const struct graph_node *n, const char *indent)
{
    bool gone = n->change == CHANGE_GONE;
    fprintf(to, "%s%s [shape=%s, style=\"%s%s\", color=\"%s\", ", indent, n->id,
            roles[n->role].shape, roles[n->role].style, gone ? ",dashed" : "",
            gone ? "#888888" : roles[n->role].border);
    fprintf(to, "fillcolor=\"%s\", penwidth=%s, tooltip=", roles[n->role].fill,
            n->change == CHANGE_NEW ? "3.5" : "1.3");
    put_quoted(to, n->title);
    fputs(", label=", to);
    put_label(to, n);
    fputs("];\n", to);
}

/* "pt_80008000:e3" as dot has it. */
static void put_end(FILE *to, const char *end)
{
    size_t n = strcspn(end, ":");
    fprintf(to, "%.*s", (int)n, end);
    if (end[n])
        fprintf(to, ":%s", end + n + 1);
}

static void put_edge(FILE *to, const struct graph_edge *e)
{
    bool gone = e->change == CHANGE_GONE;
    bool bold =
        e->cycle || e->change == CHANGE_NEW || e->change == CHANGE_OTHER;
    fputs("  ", to);
    put_end(to, e->from);
    fputs(" -> ", to);
    put_end(to, e->to);
    fprintf(to, " [style=\"%s\", color=\"%s\", penwidth=%s, arrowhead=%s",
            gone ? "dashed" : lines[e->line].style,
            gone ? "#888888" : lines[e->line].colour, bold ? "3.5" : "1.3",
            lines[e->line].arrow);
    if (e->label[0] || e->change || e->cycle) {
        fputs(", fontcolor=", to);
        put_colour(to, gone ? "#666666" : lines[e->line].colour);
        fputs(", label=<", to);
        if (bold)
            fputs("<B>", to);
        fputs(e->cycle ? "&nbsp;RING" : "", to);
        fprintf(to, e->change ? "&nbsp;%s" : "%s", change_word(e->change));
        put_padded(to, e->label);
        if (bold)
            fputs("</B>", to);
        fputs(">", to);
    }
    fputs("];\n", to);
}

static void put_head(const struct graph *g, FILE *to)
{
    fprintf(to,
            "digraph opalite {\n"
            "  graph [rankdir=%s, bgcolor=\"white\", pad=0.3, nodesep=0.3, "
            "ranksep=%s, labelloc=t, fontname=\"DejaVu Sans\", fontsize=14, "
            "label=<<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">"
            "<TR><TD><B>",
            g->top_down ? "TB" : "LR", g->top_down ? "0.5" : "1.0");
    put_html(to, g->title);
    fputs("</B></TD></TR><TR><TD><FONT POINT-SIZE=\"11\" COLOR=\"#444444\">",
          to);
    put_html(to, g->legend);
    fputs("</FONT></TD></TR></TABLE>>];\n"
          "  node [fontname=\"DejaVu Sans\", fontsize=12, margin=\"0.1,0.06\"];"
          "\n"
          "  edge [fontname=\"DejaVu Sans\", fontsize=11];\n",
          to);
}

static void put_group(const struct graph *g, const struct graph_group *group,
                      FILE *to)
{
    fprintf(to,
            "  subgraph cluster_%s {\n    style=\"rounded\"; "
            "color=\"#999999\"; fontsize=12; margin=14; label=",
            group->id);
    put_quoted(to, group->title);
    fputs(";\n", to);
    for (size_t i = 0; i < g->node_count; i++)
        if (strcmp(g->node[i].group, group->id) == 0)
            put_node(to, &g->node[i], "    ");
    fputs("  }\n", to);
}

bool graph_write(const struct graph *g, FILE *to)
{
    put_head(g, to);
    for (size_t i = 0; i < g->group_count; i++)
        put_group(g, &g->group[i], to);
    for (size_t i = 0; i < g->node_count; i++)
        if (!g->node[i].group[0])
            put_node(to, &g->node[i], "  ");
    for (size_t i = 0; i < g->edge_count; i++)
        put_edge(to, &g->edge[i]);
    if (g->hidden)
        fprintf(to,
                "  hidden [shape=plaintext, label=\"%zu more nodes are not "
                "drawn\"];\n",
                g->hidden);
    fputs("}\n", to);
    return fflush(to) == 0 && !ferror(to);
}
