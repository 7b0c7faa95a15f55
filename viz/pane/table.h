/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the panes with rows and columns have in common: rows can be sorted by a
 * column, filtered by a word, pointed at with a cursor, and copied as text. A
 * pane describes its rows as a struct table and draws them itself, in the order
 * that table_order gives.
 */
#pragma once

#include "viz/canvas/canvas.h"
#include "viz/pane/selection.h"

enum { TABLE_CELL = MODEL_LINE, TABLE_ROWS = 3 * MODEL_ENTRIES };

struct pane_view;

struct table {
    int (*rows)(const struct model *m);
    /* Name of a column, one word; NULL after the last. */
    const char *(*head)(const struct model *m, int column);
    void (*cell)(const struct model *m, int row, int column,
                 char to[TABLE_CELL]);
    /* By what a column is sorted; NULL, or false: by its text. */
    bool (*number)(const struct model *m, int row, int column, uint64_t *to);
    /* What a row is about; NULL = nothing that can be selected: no cursor. */
    void (*about)(const struct model *m, int row, struct selection *to);
    /* NULL = the filter alone decides. */
    bool (*shown)(const struct model *m, const struct pane_view *v, int row);
};

/* The rows to show, in order; returns how many. */
int table_order(const struct table *t, const struct model *m,
                const struct pane_view *v, int order[TABLE_ROWS]);
/* Column of that name, or that begins so; -1 = none. */
int table_column(const struct table *t, const struct model *m,
                 const char *name);
/* Has the row to do with the selection? (s may be NULL.) */
bool table_linked(const struct table *t, const struct model *m, int row,
                  const struct selection *s);
/* A row's cells, with a tab between two. */
void table_copy(const struct table *t, const struct model *m, int row, char *to,
                size_t room);

/* "only those that say "x"; Esc: all", when there is a filter. */
bool table_filter_title(const struct pane_view *v, char *to, size_t room);

/* ---- drawing --------------------------------------------------------------
 */

/* The head of a column, at x, or ending at x when right; click: sort. */
void table_head(struct canvas *c, int x, int y, bool right,
                const struct table *t, const struct model *m,
                const struct pane_view *v, const char *pane, int column);
/* Line y is the n-th row: what it looks like with cursor and selection; `style`
 * is what it looks like without. Click: put the cursor there. */
enum style table_row(struct canvas *c, int y, int n, const struct model *m,
                     const struct pane_view *v, const struct table *t, int row,
                     const char *pane, enum style style);
/* ▶ at the cursor, » at what has to do with the selection: after the row. */
void table_mark(struct canvas *c, int x, int y, int n, const struct model *m,
                const struct pane_view *v, const struct table *t, int row);
