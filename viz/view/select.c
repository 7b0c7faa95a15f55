// SPDX-License-Identifier: Apache-2.0
/*
 * The cursor of panes with rows, and the selection that follows it. A cursor is
 * the number of a row on the screen, so that a key moves it; the selection is
 * the thing itself, so that it stays when rows move (view_keep_cursor). Events
 * count from the newest.
 */
#include "viz/view/view.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct table *table_of(enum pane_id id)
{
    return panes[id].table && panes[id].table->about ? panes[id].table : NULL;
}

bool view_has_cursor(const struct view *v, enum pane_id id)
{
    (void)v;
    return table_of(id) != NULL;
}

enum pane_id view_pane_named(const char *name)
{
    for (int i = 0; i < PANE_COUNT; i++)
        if (strncasecmp(panes[i].name, name, strlen(name)) == 0)
            return (enum pane_id)i;
    return PANE_COUNT;
}

/* Row of the model that is the n-th on the screen; -1 = none. */
static int row_at(const struct view *v, enum pane_id id, int n, int *count)
{
    int order[TABLE_ROWS];

    *count = table_order(table_of(id), v->model, &v->pane[id], order);
    if (n < 0 || n >= *count)
        return -1;
    return order[id == PANE_EVENTS ? *count - 1 - n : n];
}

void view_selected(struct view *v)
{
    char text[MODEL_LINE];

    selection_text(&v->selection, v->model, text);
    view_notice(v, "%s", text);
}

bool view_point(struct view *v, enum pane_id id, int n)
{
    struct pane_view *p = &v->pane[id];
    int count, row = row_at(v, id, n, &count);

    if (row < 0)
        return false;
    p->selected = n;
    p->reveal = true;
    panes[id].table->about(v->model, row, &v->selection);
    view_selected(v);
    return true;
}

void view_move_cursor(struct view *v, enum pane_id id, int rows)
{
    struct pane_view *p = &v->pane[id];
    int count, n = p->selected + rows;

    (void)row_at(v, id, 0, &count);
    if (id == PANE_EVENTS && n < 0) {
        p->selected = -1; /* follows the newest */
        return;
    }
    if (p->selected < 0 && id != PANE_EVENTS && abs(rows) < count)
        n = p->scroll; /* the first one in sight */
    n = n >= count ? count - 1 : n;
    (void)view_point(v, id, n < 0 ? 0 : n);
}

/* ---- while drawing
 * -----------------------------------------------------------
 */

void view_keep_cursor(struct view *v, enum pane_id id)
{
    struct pane_view *p = &v->pane[id];
    const struct table *t = table_of(id);
    struct selection s;
    int order[TABLE_ROWS], count;

    if (!t || p->selected < 0 || id == PANE_EVENTS || !p->focused)
        return;
    count = table_order(t, v->model, p, order);
    if (p->selected < count) {
        t->about(v->model, order[p->selected], &s);
        if (selection_is(&s, &v->selection))
            return;
    }
    for (int n = 0; n < count; n++) {
        t->about(v->model, order[n], &s);
        if (!selection_is(&s, &v->selection))
            continue;
        p->selected = n;
        return;
    }
    p->selected = -1;
}

bool view_reveal(struct view *v, enum pane_id id)
{
    struct pane_view *p = &v->pane[id];
    int shown = v->extent[id].shown, before = p->scroll;

    if (!p->reveal || id == PANE_EVENTS) /* events do so by themselves */
        return false;
    p->reveal = false;
    if (id == PANE_GRAPH && p->places) {
        int column = p->column;
        view_reveal_node(v);
        return p->scroll != before || p->column != column;
    }
    if (p->selected < 0 || shown <= 0)
        return false;
    if (p->selected < p->scroll)
        p->scroll = p->selected;
    if (p->selected >= p->scroll + shown)
        p->scroll = p->selected - shown + 1;
    return p->scroll != before;
}
