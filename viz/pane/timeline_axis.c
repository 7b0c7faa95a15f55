// SPDX-License-Identifier: Apache-2.0
/*
 * The timeline's axis: where a cycle stands, the two cursors, the names of the
 * bookmarks, and the places to click. pane/timeline.c draws the lanes.
 */
#include "viz/pane/timeline.h"

#include <stdio.h>
#include <string.h>

/* From the window's first cycle. */
static int64_t offset_of(const struct timeline *f, uint64_t cycle)
{
    return (int64_t)(cycle - f->window.first) - f->shift;
}

static int64_t span_of(const struct timeline *f)
{
    return (int64_t)(f->window.last - f->window.first);
}

double timeline_x(const struct timeline *f, uint64_t cycle)
{
    int64_t at = offset_of(f, cycle), span = span_of(f);

    at = at < 0 ? 0 : at > span ? span : at;
    return f->x + (double)at / (double)span * f->width;
}

bool timeline_touches(const struct timeline *f, uint64_t from, uint64_t until)
{
    return offset_of(f, until) >= 0 && offset_of(f, from) <= span_of(f);
}

bool timeline_sees(const struct timeline *f, uint64_t cycle)
{
    return timeline_touches(f, cycle, cycle);
}

int timeline_cell(const struct timeline *f, uint64_t cycle)
{
    int x = (int)timeline_x(f, cycle);

    return x < f->x + f->width ? x : f->x + f->width - 1;
}

/* ---- cursors, bookmarks, axis ----------------------------------------------
 */

void timeline_draw_cursors(struct canvas *c, const struct timeline *f)
{
    if (f->track->other)
        return; /* its cycles are not this run's */
    for (int i = 0; i < TIME_CURSORS; i++) {
        const struct time_cursor *k = &f->time->cursor[i];
        if (!k->set || !timeline_sees(f, k->cycle))
            continue;
        double x =
            c->graphic ? timeline_x(f, k->cycle) : timeline_cell(f, k->cycle);
        canvas_segment(c, x, 0, x, c->box.height - 0.01,
                       i == f->time->active ? STYLE_STRONG : STYLE_FRAME);
    }
}

/* Writes text where nothing is yet; its first letter at x, when only that fits.
 */
static void put_flag(struct canvas *c, char taken[TIMELINE_CELLS], int x, int y,
                     enum style style, const char *text)
{
    int cells = text_cells(text), room = 0;
    char cut[TIME_NAME + 4];

    for (int i = 0; i < 2 && x < TIMELINE_CELLS && taken[x]; i++)
        x++;                      /* beside what stands there */
    if (x + cells > c->box.width) /* the name ends at the edge */
        x = c->box.width > cells ? c->box.width - cells : 0;
    while (room < cells && x + room < TIMELINE_CELLS && !taken[x + room])
        room++;
    if (room == 0)
        return;
    cells = room < cells ? 1 : cells;
    snprintf(cut, sizeof cut, "%.*s", cells, text);
    for (int i = 0; i <= cells && x + i < TIMELINE_CELLS; i++)
        taken[x + i] = 1; /* with a blank behind it */
    canvas_text(c, x, y, style, cut);
}

void timeline_draw_flags(struct canvas *c, const struct timeline *f, int y)
{
    static const char *const letters[TIME_CURSORS] = { "A", "B" };
    const struct time_view *t = f->time;
    char taken[TIMELINE_CELLS] = { 0 };

    canvas_text(c, 0, y, STYLE_DIM, "marked");
    for (int i = 0; i < TIME_CURSORS; i++)
        if (t->cursor[i].set && timeline_sees(f, t->cursor[i].cycle))
            put_flag(c, taken, timeline_cell(f, t->cursor[i].cycle), y,
                     i == t->active ? STYLE_SELECTED : STYLE_STRONG,
                     letters[i]);
    for (int i = 0; i < t->bookmark_count; i++)
        if (timeline_sees(f, t->bookmark[i].cycle))
            put_flag(c, taken, timeline_cell(f, t->bookmark[i].cycle), y,
                     STYLE_SWITCH, t->bookmark[i].name);
}

void timeline_draw_axis(struct canvas *c, const struct timeline *f, int y)
{
    const struct time_window *w = &f->window;
    char first[32], last[32], span[64], time[24];
    int end = f->x + f->width, middle;

    canvas_segment(c, f->x, y + 0.05, end - 0.01, y + 0.05, STYLE_FRAME);
    grouped_number(w->first, first, sizeof first);
    grouped_number(w->last, last, sizeof last);
    grouped_number(w->last - w->first, span, 32);
    time_text(w->last - w->first, f->m->core_hz, time, sizeof time);
    snprintf(span + strlen(span), sizeof span - strlen(span), " cycles%s%s",
             f->m->core_hz ? ", " : "", f->m->core_hz ? time : "");
    canvas_text(c, 0, y, STYLE_DIM, "cycle");
    canvas_text(c, f->x, y, STYLE_DIM, first);
    canvas_right(c, end, y, STYLE_DIM, last);
    middle = f->x + (f->width - text_cells(span)) / 2;
    if (middle > f->x + text_cells(first) + 1 &&
        middle + text_cells(span) + 1 < end - text_cells(last))
        canvas_text(c, middle, y, STYLE_DIM, span);
    canvas_zone(c, f->x, y, f->width / 2, 1, "window left",
                "further into the past");
    canvas_zone(c, f->x + f->width / 2, y, f->width - f->width / 2, 1,
                "window right", "towards now");
}

void timeline_make_zones(struct canvas *c, const struct timeline *f, int height)
{
    uint64_t span = f->window.last - f->window.first;
    char command[40], tip[80], cycle[32];

    for (int x = 0; x < f->width; x++) {
        uint64_t at =
            f->window.first + (uint64_t)((double)span * (x + 0.5) / f->width);
        snprintf(command, sizeof command, "cursor %llu",
                 (unsigned long long)at);
        grouped_number(at, cycle, sizeof cycle);
        snprintf(tip, sizeof tip, "cycle %s; a click puts cursor %c here",
                 cycle, 'A' + f->time->active);
        canvas_zone(c, f->x + x, 0, 1, height, command, tip);
    }
}
