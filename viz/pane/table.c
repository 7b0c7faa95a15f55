// SPDX-License-Identifier: Apache-2.0
/* Rows and columns; see pane/table.h. */
#include "viz/pane/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "viz/pane/pane.h"

/* ---- order -----------------------------------------------------------------
 */

static int columns_of(const struct table *t, const struct model *m)
{
    int n = 0;

    while (t->head(m, n))
        n++;
    return n;
}

static bool matches(const struct table *t, const struct model *m, int row,
                    const char *word)
{
    char text[TABLE_CELL];

    for (int i = 0; t->head(m, i); i++) {
        t->cell(m, row, i, text);
        if (strcasestr(text, word))
            return true;
    }
    return false;
}

/* Negative when row a comes before row b. */
static int compare(const struct table *t, const struct model *m, int column,
                   int a, int b)
{
    char x[TABLE_CELL], y[TABLE_CELL];
    uint64_t p, q;

    if (t->number && t->number(m, a, column, &p) && t->number(m, b, column, &q))
        return (p > q) - (p < q);
    t->cell(m, a, column, x);
    t->cell(m, b, column, y);
    return strcasecmp(x, y);
}

/* Merge sort: rows that are equal stay in their order. */
static void sort(const struct table *t, const struct model *m, int column,
                 bool down, int *order, int *spare, int count)
{
    int half = count / 2, a = 0, b = half;

    if (count < 2)
        return;
    sort(t, m, column, down, order, spare, half);
    sort(t, m, column, down, order + half, spare, count - half);
    for (int i = 0; i < count; i++) {
        bool second = a == half;
        if (a < half && b < count) {
            int c = compare(t, m, column, order[a], order[b]);
            second = down ? c < 0 : c > 0;
        }
        spare[i] = order[second ? b++ : a++];
    }
    memcpy(order, spare, (size_t)count * sizeof *order);
}

int table_order(const struct table *t, const struct model *m,
                const struct pane_view *v, int order[TABLE_ROWS])
{
    int all = t->rows(m), count = 0, spare[TABLE_ROWS];
    int column = abs(v->sort) - 1;

    for (int row = 0; row < all && count < TABLE_ROWS; row++) {
        if (t->shown && !t->shown(m, v, row))
            continue;
        if (v->search[0] && !matches(t, m, row, v->search))
            continue;
        order[count++] = row;
    }
    if (v->sort && column < columns_of(t, m))
        sort(t, m, column, v->sort < 0, order, spare, count);
    return count;
}

int table_column(const struct table *t, const struct model *m, const char *name)
{
    const char *head;
    int found = -1;

    for (int i = 0; (head = t->head(m, i)); i++) {
        if (strcasecmp(head, name) == 0)
            return i;
        if (found < 0 && strncasecmp(head, name, strlen(name)) == 0)
            found = i;
    }
    return found;
}

void table_copy(const struct table *t, const struct model *m, int row, char *to,
                size_t room)
{
    char text[TABLE_CELL];
    size_t used = 0;

    *to = 0;
    for (int i = 0; t->head(m, i) && used < room; i++) {
        t->cell(m, row, i, text);
        used += (size_t)snprintf(to + used, room - used, "%s%s", i ? "\t" : "",
                                 text);
    }
}

bool table_linked(const struct table *t, const struct model *m, int row,
                  const struct selection *s)
{
    struct selection about;

    if (!s || s->kind == SELECT_NONE || !t->about)
        return false;
    t->about(m, row, &about);
    switch (about.kind) {
    case SELECT_ADDRESS:
        return selection_has_range(s, m, about.va, about.bytes, about.domain);
    case SELECT_SEGMENT:
        for (int i = 0; i < m->segment_count; i++)
            if (m->segments[i].base == about.va)
                return selection_has_segment(s, m, &m->segments[i]);
        return false;
    case SELECT_DOMAIN:
        return selection_has_domain(s, about.domain);
    case SELECT_THREAD:
        return selection_has_thread(s, about.thread);
    default:
        return false;
    }
}

bool table_filter_title(const struct pane_view *v, char *to, size_t room)
{
    if (v->search[0])
        snprintf(to, room, "those that say \"%s\"; Esc: all", v->search);
    return v->search[0] != 0;
}

/* ---- drawing ---------------------------------------------------------------
 */

void table_head(struct canvas *c, int x, int y, bool right,
                const struct table *t, const struct model *m,
                const struct pane_view *v, const char *pane, int column)
{
    const char *name = t->head(m, column);
    bool sorted = abs(v->sort) == column + 1;
    const char *arrow = !sorted ? "" : v->sort > 0 ? "▲" : "▼";
    char text[60], command[60];

    snprintf(text, sizeof text, "%s%s", right ? arrow : name,
             right ? name : arrow);
    int width = text_cells(text);
    x -= right ? width : 0;
    canvas_text(c, x, y, sorted ? STYLE_STRONG : STYLE_DIM, text);
    snprintf(command, sizeof command, "sort %.30s %.20s", name, pane);
    canvas_zone(c, x, y, width, 1, command,
                "click: sorted by this column; again: the other way; once "
                "more: as it was");
}

enum style table_row(struct canvas *c, int y, int n, const struct model *m,
                     const struct pane_view *v, const struct table *t, int row,
                     const char *pane, enum style style)
{
    char command[60];

    if (n == v->selected && t->about)
        style = STYLE_SELECTED;
    else if (table_linked(t, m, row, v->selection))
        style = STYLE_LINKED;
    if (style == STYLE_SELECTED || style == STYLE_LINKED)
        canvas_fill(c, y, style);
    if (!t->about)
        return style;
    snprintf(command, sizeof command, "row %d %.30s", n, pane);
    canvas_zone(c, 0, y, c->box.width, 1, command, "");
    return style;
}

void table_mark(struct canvas *c, int x, int y, int n, const struct model *m,
                const struct pane_view *v, const struct table *t, int row)
{
    if (n == v->selected)
        canvas_text(c, x, y, STYLE_SELECTED, "▶");
    else if (table_linked(t, m, row, v->selection))
        canvas_text(c, x, y, STYLE_LINKED, "»");
}
