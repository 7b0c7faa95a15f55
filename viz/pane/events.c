// SPDX-License-Identifier: Apache-2.0
/*
 * What happened lately, one line each, newest at the bottom, with the letter
 * of the stop mask. The cursor (arrows, when the pane has the keys) selects
 * one; a selected fault shows its whole story.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

/* ---- the rows as a table: all events kept, the oldest first
 * ------------------
 */

enum { CYCLE, KIND, TEXT, COLUMNS };

static const char *column_name(const struct model *m, int column)
{
    static const char *const names[] = { "cycle", "kind", "text" };

    (void)m;
    return column < COLUMNS ? names[column] : NULL;
}

static int count_rows(const struct model *m)
{
    return m->event_count < MODEL_EVENTS ? (int)m->event_count : MODEL_EVENTS;
}

static const struct event_row *event_of(const struct model *m, int row)
{
    return model_event(m, m->event_count - (uint64_t)(count_rows(m) - row));
}

static bool is_shown(const struct model *m, const struct pane_view *v, int row)
{
    const struct event_row *e = event_of(m, row);
    const char *letter = strchr(stop_letters, e->letter);

    if (!v->filtered)
        return true;
    if (m->stop_domain[0] && strcmp(m->stop_domain, e->domain) != 0)
        return false;
    if (m->stop_kinds >> e->kind & 1)
        return true;
    return letter && *letter && (m->stops >> (letter - stop_letters) & 1);
}

static void cell_text(const struct model *m, int row, int column,
                      char to[TABLE_CELL])
{
    const struct event_row *e = event_of(m, row);

    if (column == CYCLE)
        snprintf(to, TABLE_CELL, "%llu", (unsigned long long)e->cycle);
    else if (column == KIND)
        snprintf(to, TABLE_CELL, "%c", e->letter);
    else
        snprintf(to, TABLE_CELL, "%s", e->text);
}

static bool number_of(const struct model *m, int row, int column, uint64_t *to)
{
    *to = event_of(m, row)->cycle;
    return column == CYCLE;
}

static void about(const struct model *m, int row, struct selection *to)
{
    const struct event_row *e = event_of(m, row);

    if (e->va)
        selection_of_address(to, e->va, 1, e->domain_id);
    else
        selection_of_domain(to, m, e->domain_id);
}

const struct table pane_events_table = { .rows = count_rows,
                                         .head = column_name,
                                         .cell = cell_text,
                                         .number = number_of,
                                         .about = about,
                                         .shown = is_shown };

/* ---- drawing ---------------------------------------------------------------
 */

static void draw_row(struct canvas *c, int y, const struct event_row *e,
                     enum style style)
{
    char cycle[32];
    bool plain = style == STYLE_TEXT;

    grouped_number(e->cycle, cycle, sizeof cycle);
    canvas_right(c, 11, y, plain ? STYLE_DIM : style, cycle);
    canvas_print(c, 12, y, plain ? pane_letter_style(e->letter) : style, "%c",
                 e->letter);
    canvas_text(c, 14, y, style, e->text);
}

/* The story of the selected event, in the lower part; returns its lines. */
static int draw_story(struct canvas *c, const struct model *m,
                      const struct event_row *e)
{
    struct box whole = c->box, below = whole;
    const char *story = e ? model_story(m, e) : NULL;
    int lines, room = whole.height * 2 / 3;

    if (!story || room < 2)
        return 0;
    lines = pane_lines(c, story);
    lines = lines < room ? lines : room;
    below.height = lines;
    below.y = whole.y + whole.height - lines;
    canvas_box(c, below);
    canvas_wrap(c, 0, 0, STYLE_FAULT, story);
    canvas_box(c, whole);
    return lines;
}

const struct event_row *pane_events_selected(const struct model *m,
                                             const struct pane_view *v)
{
    int order[TABLE_ROWS], count = table_order(&pane_events_table, m, v, order);

    if (v->selected < 0 || v->selected >= count)
        return NULL;
    return event_of(m, order[count - 1 - v->selected]);
}

struct pane_extent pane_events_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    const struct table *t = &pane_events_table;
    int order[TABLE_ROWS], count = table_order(t, m, v, order);
    int height = c->box.height;
    const struct event_row *chosen = pane_events_selected(m, v);

    height -= draw_story(c, m, chosen);
    /* the selected line stays visible when it lies above the newest ones */
    int newest = v->selected >= height ? v->selected - height + 1 : 0;
    for (int i = 0; i < height && newest + i < count; i++) {
        int n = newest + i, row = order[count - 1 - n];
        int y = (count < height ? count : height) - 1 - i;
        draw_row(c, y, event_of(m, row),
                 table_row(c, y, n, m, v, t, row, "events", STYLE_TEXT));
        table_mark(c, 13, y, n, m, v, t, row);
    }
    if (count == 0)
        canvas_text(c, 0, 0, STYLE_DIM, "none yet");
    return (struct pane_extent){ count, height };
}

void pane_events_title(const struct model *m, const struct pane_view *v,
                       char *to, size_t room)
{

    char count[32], lost[32];

    grouped_number(m->event_count, count, sizeof count);
    grouped_number(m->events_lost, lost, sizeof lost);
    if (table_filter_title(v, to, room))
        return;
    if (v->filtered)
        snprintf(to, room, "those of the stop mask; f: all");
    else if (m->events_lost)
        snprintf(to, room, "%s, %s more not kept", count, lost);
    else
        snprintf(to, room, "%s", m->event_count ? count : "");
}
