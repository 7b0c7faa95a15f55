// SPDX-License-Identifier: Apache-2.0
/*
 * Where the panes are. A set is a few rows of panes; up to 119 columns rows of
 * two, from 120 on of three. Spare lines go to the rows by their share, unless
 * the user has put the borders elsewhere. view/layout.c draws what is decided
 * here.
 */
#include "viz/view/grid.h"

#include <stdio.h>
#include <string.h>

enum { LEAST_HEIGHT = 3, LEAST_COLUMNS = 14 };

const char *const view_set_names[VIEW_SETS] = { "run",  "memory", "space",
                                                "cost", "time",   "text",
                                                "a/b",  "graph" };

static const struct grid grids[VIEW_SETS][2] = {
    /* run */
    { { 4,
        { { 2, { PANE_CODE, PANE_REGISTERS }, { 38, 41 }, 6, 5 },
          { 2, { PANE_TLB, PANE_PROTECTION }, { 43, 36 }, 5, 5 },
          { 2, { PANE_RIGHTS, PANE_LEDGER }, { 41, 38 }, 3, 4 },
          { 2, { PANE_EVENTS, PANE_CONSOLE }, { 49, 30 }, 3, 4 } } },
      { 3,
        { { 3,
            { PANE_CODE, PANE_SCOPE, PANE_REGISTERS },
            { 41, 47, 42 },
            11,
            5 },
          { 3,
            { PANE_TLB, PANE_PROTECTION, PANE_RIGHTS },
            { 46, 44, 40 },
            6,
            3 },
          { 3,
            { PANE_TIMELINE, PANE_EVENTS, PANE_CONSOLE },
            { 46, 50, 34 },
            6,
            3 } } } },
    /* memory */
    { { 2,
        { { 1, { PANE_SCOPE }, { 1 }, 11, 2 },
          { 2, { PANE_STORY, PANE_PROTECTION }, { 43, 36 }, 5, 3 } } },
      { 2,
        { { 2, { PANE_SCOPE, PANE_STORY }, { 86, 44 }, 14, 5 },
          { 3,
            { PANE_TLB, PANE_PROTECTION, PANE_CACHES },
            { 44, 40, 46 },
            10,
            4 } } } },
    /* space */
    { { 2,
        { { 1, { PANE_MAP }, { 1 }, 8, 3 },
          { 2, { PANE_RIGHTS, PANE_TLB }, { 36, 43 }, 5, 2 } } },
      { 2,
        { { 1, { PANE_MAP }, { 1 }, 14, 4 },
          { 3,
            { PANE_RIGHTS, PANE_PROTECTION, PANE_TLB },
            { 44, 42, 44 },
            8,
            3 } } } },
    /* cost */
    { { 2,
        { { 2, { PANE_LEDGER, PANE_SWITCHES }, { 38, 41 }, 8, 1 },
          { 2, { PANE_CACHES, PANE_RATIOS }, { 41, 38 }, 7, 1 } } },
      { 2,
        { { 2, { PANE_LEDGER, PANE_SWITCHES }, { 1, 1 }, 12, 5 },
          { 2, { PANE_CACHES, PANE_RATIOS }, { 1, 1 }, 10, 4 } } } },
    /* time */
    { { 2,
        { { 1, { PANE_TIMELINE }, { 1 }, 8, 1 },
          { 1, { PANE_EVENTS }, { 1 }, 8, 1 } } },
      { 2,
        { { 1, { PANE_TIMELINE }, { 1 }, 12, 4 },
          { 2, { PANE_EVENTS, PANE_RATIOS }, { 1, 1 }, 10, 3 } } } },
    /* text */
    { { 1, { { 2, { PANE_NOTES, PANE_CONSOLE }, { 39, 40 }, 18, 1 } } },
      { 1, { { 2, { PANE_NOTES, PANE_CONSOLE }, { 1, 1 }, 30, 1 } } } },
    /* compare */
    { { 2,
        { { 1, { PANE_COMPARE }, { 1 }, 11, 4 },
          { 1, { PANE_SWITCHES }, { 1 }, 6, 1 } } },
      { 2,
        { { 1, { PANE_COMPARE }, { 1 }, 18, 5 },
          { 2, { PANE_SWITCHES, PANE_TIMELINE }, { 1, 1 }, 10, 3 } } } },
    /* graph */
    { { 2,
        { { 1, { PANE_GRAPH }, { 1 }, 13, 3 },
          { 2, { PANE_RIGHTS, PANE_EVENTS }, { 36, 43 }, 3, 1 } } },
      { 2,
        { { 1, { PANE_GRAPH }, { 1 }, 20, 5 },
          { 2, { PANE_RIGHTS, PANE_EVENTS }, { 1, 1 }, 6, 1 } } } },
};

bool view_is_wide(const struct view *v)
{
    return v->canvas.width >= VIEW_WIDE;
}

static struct grid grid_of(const struct view *v, int set)
{
    const struct grid *all = &grids[set][view_is_wide(v)];
    struct grid g = { 0 };

    for (int r = 0; r < all->rows; r++) {
        struct grid_row *to = &g.row[g.rows];
        *to = all->row[r];
        to->count = 0;
        for (int i = 0; i < all->row[r].count; i++) {
            if (view_is_hidden(v, all->row[r].pane[i]))
                continue;
            to->pane[to->count] = all->row[r].pane[i];
            to->width[to->count++] = all->row[r].width[i];
        }
        g.rows += to->count > 0;
    }
    return g;
}

struct grid view_grid(const struct view *v)
{
    return grid_of(v, v->set);
}

static struct view_split *split_of(struct view *v)
{
    return &v->split[v->set][view_is_wide(v)];
}

/* ---- sets and focus --------------------------------------------------------
 */

bool view_set_has(const struct view *v, int set, enum pane_id id)
{
    const struct grid g = grid_of(v, set);

    for (int r = 0; r < g.rows; r++)
        for (int i = 0; i < g.row[r].count; i++)
            if (g.row[r].pane[i] == id)
                return true;
    return false;
}

void view_focus(struct view *v, enum pane_id id)
{
    if (view_is_hidden(v, id)) {
        view_wrong(v, "%s: hidden by the scenario", panes[id].name);
        return;
    }
    bool alone = v->zoomed && v->focus == id; /* stays so */
    v->focus = id;
    v->show = true;
    v->show_lines = 0;
    if (alone || view_set_has(v, v->set, id))
        return;
    for (int s = 0; s < VIEW_SETS; s++)
        if (view_set_has(v, s, id)) {
            v->set = s;
            v->zoomed = false;
            return;
        }
    v->zoomed = true; /* in no set of this screen: alone */
}

void view_focus_next(struct view *v, int by)
{
    const struct grid g = view_grid(v);
    enum pane_id all[VIEW_ROWS * VIEW_COLUMNS];
    int count = 0, at = by > 0 ? -1 : 0;

    for (int r = 0; r < g.rows; r++)
        for (int i = 0; i < g.row[r].count; i++)
            all[count++] = g.row[r].pane[i];
    for (int i = 0; i < count; i++)
        if (all[i] == v->focus)
            at = i;
    if (count > 0)
        v->focus = all[(at + by + count) % count];
}

/* ---- sizes ------------------------------------------------------------------
 */

int view_status_lines(const struct view *v)
{
    return view_is_wide(v) ? 3 : 2;
}

struct box view_grid_box(const struct view *v)
{
    int top = view_status_lines(v);

    return (struct box){ 0, top, v->canvas.width, v->canvas.height - top - 1 };
}

/* Parts of `whole` by weight; the last takes what is left. */
static void divide(int whole, const double *weight, int count, int least,
                   int *to)
{
    double sum = 0;
    int used = 0;

    for (int i = 0; i < count; i++)
        sum += weight[i];
    for (int i = 0; i < count; i++) {
        int rest = count - 1 - i;
        to[i] = i == count - 1 ? whole - used
                               : (int)(whole * weight[i] / sum + 0.5);
        to[i] = to[i] > whole - used - rest * least
                    ? whole - used - rest * least
                    : to[i];
        to[i] = to[i] < least && i < count - 1 ? least : to[i];
        used += to[i];
    }
}

/* Widths of a row's panes, one column between two. */
void view_find_widths(const struct view *v, int row, int width,
                      int to[VIEW_COLUMNS])
{
    const struct grid grid = view_grid(v);
    const struct grid_row *r = &grid.row[row];
    const struct view_split *s = &v->split[v->set][view_is_wide(v)];
    int sum = 0, room = width - (r->count - 1), used = 0;

    if (s->width[row][0] > 0) {
        divide(room, s->width[row], r->count, LEAST_COLUMNS, to);
        return;
    }
    for (int i = 0; i < r->count; i++)
        sum += r->width[i];
    for (int i = 0; i < r->count; i++) {
        to[i] = i == r->count - 1 ? room - used : room * r->width[i] / sum;
        used += to[i];
    }
}

/* Heights of the rows, titles included. */
void view_find_heights(const struct view *v, int height, int to[VIEW_ROWS])
{
    const struct grid g = view_grid(v);
    const struct view_split *s = &v->split[v->set][view_is_wide(v)];
    int least = 0, shares = 0, spare, given = 0;

    if (s->height[0] > 0) {
        divide(height, s->height, g.rows, LEAST_HEIGHT, to);
        return;
    }
    for (int i = 0; i < g.rows; i++) {
        least += g.row[i].least + 1;
        shares += g.row[i].share;
    }
    spare = height > least ? height - least : 0;
    for (int i = 0; i < g.rows; i++) {
        int extra =
            i == g.rows - 1 ? spare - given : spare * g.row[i].share / shares;
        to[i] = g.row[i].least + 1 + extra;
        given += extra;
    }
}

/* ---- borders ----------------------------------------------------------------
 */

struct view_drag view_border_at(const struct view *v, int x, int y)
{
    const struct grid g = view_grid(v);
    struct box all = view_grid_box(v);
    int heights[VIEW_ROWS] = { 0 }, widths[VIEW_COLUMNS] = { 0 }, top = all.y;

    if (v->zoomed || y < all.y)
        return (struct view_drag){ 0 };
    view_find_heights(v, all.height, heights);
    for (int r = 0; r < g.rows; r++) {
        int left = 0;
        if (r > 0 && y == top)
            return (struct view_drag){ true, false, r - 1, 0 };
        view_find_widths(v, r, all.width, widths);
        for (int i = 0; i < g.row[r].count - 1; i++) {
            left += widths[i];
            if (x == left && y > top && y < top + heights[r])
                return (struct view_drag){ true, true, r, i };
            left++;
        }
        top += heights[r];
    }
    return (struct view_drag){ 0 };
}

/* The border after part i of `count` moves to `at`; parts become fractions. */
static void move_part(int *part, int count, int i, int at, int least,
                      double *fraction)
{
    int before = 0, both = part[i] + part[i + 1], whole = 0;

    for (int k = 0; k < i; k++)
        before += part[k];
    part[i] = at - before;
    part[i] = part[i] > both - least ? both - least : part[i];
    part[i] = part[i] < least ? least : part[i];
    part[i + 1] = both - part[i];
    for (int k = 0; k < count; k++)
        whole += part[k];
    for (int k = 0; k < count; k++)
        fraction[k] = (double)part[k] / whole;
}

void view_drag_to(struct view *v, int x, int y)
{
    const struct grid g = view_grid(v);
    struct box all = view_grid_box(v);
    struct view_split *s = split_of(v);
    int part[VIEW_ROWS > VIEW_COLUMNS ? VIEW_ROWS : VIEW_COLUMNS] = { 0 };
    const struct view_drag *d = &v->drag;

    if (!d->on)
        return;
    if (d->upright) {
        view_find_widths(v, d->row, all.width, part);
        move_part(part, g.row[d->row].count, d->column, x - d->column,
                  LEAST_COLUMNS, s->width[d->row]);
    } else {
        view_find_heights(v, all.height, part);
        move_part(part, g.rows, d->row, y - all.y, LEAST_HEIGHT, s->height);
    }
}

void view_move_border(struct view *v, bool upright, int by)
{
    const struct grid g = view_grid(v);
    struct box b = v->place[v->focus];

    for (int r = 0; r < g.rows; r++)
        for (int i = 0; i < g.row[r].count; i++) {
            if (g.row[r].pane[i] != v->focus)
                continue;
            bool last = upright ? i == g.row[r].count - 1 : r == g.rows - 1;
            if (upright ? g.row[r].count < 2 : g.rows < 2)
                return;
            v->drag = (struct view_drag){ true, upright, r - (!upright && last),
                                          i - (upright && last) };
            view_drag_to(v, (last ? b.x - 1 : b.x + b.width) + by,
                         (last ? b.y : b.y + b.height) + by);
            v->drag.on = false;
            return;
        }
}
