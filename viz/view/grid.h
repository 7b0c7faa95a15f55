/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grid of panes, shared by view/grid.c (who decides) and view/layout.c (who
 * draws).
 */
#pragma once

#include "viz/view/view.h"

struct grid_row {
    int count;
    enum pane_id pane[VIEW_COLUMNS];
    int width[VIEW_COLUMNS]; /* relative */
    int least, share;        /* lines of content; part of the spare ones */
};

struct grid {
    int rows;
    struct grid_row row[VIEW_ROWS];
};

/* Rows of three panes and a line of tabs? */
bool view_is_wide(const struct view *v);
/* Lines above the grid. */
int view_status_lines(const struct view *v);
/* The grid of the set that is shown, without hidden panes. */
struct grid view_grid(const struct view *v);
/* Widths of a row's panes, one column between two. */
void view_find_widths(const struct view *v, int row, int width,
                      int to[VIEW_COLUMNS]);
/* Heights of the rows, titles included. */
void view_find_heights(const struct view *v, int height, int to[VIEW_ROWS]);
