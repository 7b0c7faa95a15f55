// SPDX-License-Identifier: Apache-2.0
/*
 * A part of the address space to scale: a ruler, the segments with their names
 * as far as they have room, and a lane of rights per domain. With several
 * spaces each lane is a space, with segments of its own; a segment that stands
 * in several is joined by a line.
 */
#include "viz/pane/map.h"

#include <stdio.h>
#include <string.h>

#include "viz/pane/space.h"

enum { NAME_ROWS = 3, NAME_CELLS = 40 };

struct scale {
    struct canvas *c;
    const struct model *m;
    const struct pane_view *v;
    int width;        /* cells of the lanes */
    int unnamed;      /* segments in sight whose names have no room */
    int lanes, pitch; /* line of the first lane; lines of one */
    double top, bar;  /* of the bar in a lane: where, how high */
};

/* From where to where a segment is seen, in cells; false = not in sight. */
static bool span_of(const struct scale *s, uint64_t address, uint64_t bytes,
                    double *x0, double *x1)
{
    uint64_t end = address + (bytes ? bytes - 1 : 0);

    if (end < s->v->first || address > s->v->last)
        return false;
    *x0 = space_x(s->v, address, s->width);
    *x1 = space_x(s->v, end, s->width);
    *x0 = *x0 < 0 ? 0 : *x0;
    *x1 = *x1 > s->width ? s->width : *x1;
    if (*x1 - *x0 < 0.25) /* a thing is never nothing */
        *x1 = *x0 + 0.25;
    return true;
}

/* ---- the ruler
 * ---------------------------------------------------------------
 */

/* A power of two, so that labels have room. */
static uint64_t step_of(const struct scale *s, int cells)
{
    uint64_t step = 1;

    while (step < UINT64_C(1) << 63 &&
           space_x(s->v, s->v->first + step, s->width) < cells)
        step *= 2;
    return step;
}

static void draw_ruler(struct scale *s, int y)
{
    char last[24];
    int room =
        snprintf(last, sizeof last, "%llx", (unsigned long long)s->v->last);
    uint64_t step = step_of(s, room + 3);
    uint64_t at = (s->v->first + step - 1) / step * step;

    int end = 0;

    canvas_text(s->c, 0, y, STYLE_DIM, "address");
    for (; at >= s->v->first && at <= s->v->last; at += step) {
        int x = (int)space_x(s->v, at, s->width);
        char text[24];
        snprintf(text, sizeof text, "│%llx", (unsigned long long)at);
        if (x >= end && x + text_cells(text) <= s->width)
            end = canvas_text(s->c, MAP_LABEL + x, y, STYLE_DIM, text) + 1 -
                  MAP_LABEL;
        if (at + step < at)
            break;
    }
}

/* ---- names
 * -------------------------------------------------------------------
 */

/* The first row where nothing stands between x and x + cells; -1 = none. */
static int free_row(bool taken[NAME_ROWS][512], int x, int cells)
{
    for (int row = 0; row < NAME_ROWS; row++) {
        bool is_free = true;
        for (int i = x; i < x + cells && i < 512; i++)
            is_free &= !taken[row][i];
        if (is_free)
            return row;
    }
    return -1;
}

static void draw_name(struct scale *s, const struct segment_row *row, int x,
                      int y, const char *text)
{
    bool linked = selection_has_segment(s->v->selection, s->m, row);

    canvas_text(s->c, MAP_LABEL + x, y, linked ? STYLE_LINKED : STYLE_STRONG,
                text);
    map_segment_zone(s->c, row, MAP_LABEL + x, y, text_cells(text), 1);
}

/* Names above the bar of all segments: in one space they are everybody's. */
static void draw_names(struct scale *s, int y, int rows)
{
    bool taken[NAME_ROWS][512] = { { false } };
    double x0, x1;
    char text[80], size[16];

    for (int round = 0; round < 2; round++) /* the selected one comes first */
        for (int i = 0; i < s->m->segment_count; i++) {
            const struct segment_row *row = &s->m->segments[i];
            bool first = selection_has_segment(s->v->selection, s->m, row);
            if (first != (round == 0) ||
                !span_of(s, row->base, row->bytes, &x0, &x1))
                continue;
            size_text(row->bytes, size, sizeof size);
            snprintf(text, sizeof text, "%s%.*s %s", first ? "»" : "",
                     NAME_CELLS, row->name, size);
            int cells = text_cells(text), x = (int)x0;
            x = x + cells > s->width ? s->width - cells : x;
            int at = x < 0 ? -1 : free_row(taken, x, cells + 1);
            if (at < 0 || at >= rows) {
                s->unnamed++;
                continue;
            }
            for (int k = x > 0 ? x - 1 : 0; k <= x + cells && k < 512; k++)
                taken[at][k] = true;
            draw_name(s, row, x, y + rows - 1 - at, text);
        }
}

static void draw_segments(struct scale *s, int y)
{
    double x0, x1;

    canvas_text(s->c, 0, y, STYLE_DIM, "segments");
    canvas_rect(s->c, MAP_LABEL, y + 0.4, s->width, 0.2, STYLE_TRACK,
                HATCH_NONE);
    for (int i = 0; i < s->m->segment_count; i++) {
        const struct segment_row *row = &s->m->segments[i];
        if (!span_of(s, row->base, row->bytes, &x0, &x1))
            continue;
        bool linked = selection_has_segment(s->v->selection, s->m, row);
        canvas_rect(s->c, MAP_LABEL + x0, y + 0.15,
                    x1 - x0 > 1 ? x1 - x0 - 0.15 : x1 - x0, 0.7,
                    linked ? STYLE_CURRENT : STYLE_KERNEL, HATCH_NONE);
        map_segment_zone(s->c, row, MAP_LABEL + (int)x0, y, (int)(x1 - x0) + 1,
                         1);
    }
}

/* ---- lanes
 * -------------------------------------------------------------------
 */

/* "rw" and, with several spaces, the name, as far as there is room. */
static void draw_rights(struct scale *s, int d, const struct segment_row *row,
                        int y, double x0, double x1, int *end)
{
    char rights[5], text[80];
    size_t n = 0;
    int x = (int)x0, room = (int)(x1 - x0 + 0.5);
    bool linked = selection_has_segment(s->v->selection, s->m, row);

    rights_text(row->rights[d], rights);
    for (int i = 0; rights[i]; i++)
        if (rights[i] != '-')
            text[n++] = rights[i];
    text[n] = 0;
    if (!s->m->one_space)
        snprintf(text + n, sizeof text - n, " %.*s", NAME_CELLS, row->name);
    room = room > 1 ? room - (room > 3) : 1;
    if (x < *end)
        return; /* another one's letters stand there */
    canvas_print(s->c, MAP_LABEL + x, y,
                 linked                     ? STYLE_LINKED
                 : s->m->domains[d].current ? STYLE_CURRENT
                                            : STYLE_TEXT,
                 "%.*s", room, text);
    *end = x + room;
}

static void draw_lane(struct scale *s, int d, int y)
{
    int tint = (int)s->m->domains[d].id - 1, end = 0;
    double x0, x1;

    map_lane_name(s->c, s->m, s->v, d, y);
    canvas_rect(s->c, MAP_LABEL, y + s->top, s->width, s->bar, STYLE_TRACK,
                HATCH_NONE);
    for (int i = 0; i < s->m->segment_count; i++) {
        const struct segment_row *row = &s->m->segments[i];
        if (!row->rights[d] ||
            !span_of(s, row->address[d], row->bytes, &x0, &x1))
            continue;
        if (s->pitch > 1 || s->c->graphic)
            canvas_rect(s->c, MAP_LABEL + x0, y + s->top,
                        x1 - x0 > 1 ? x1 - x0 - 0.15 : x1 - x0, s->bar,
                        domain_style(tint), domain_hatch(tint));
        draw_rights(s, d, row, y, x0, x1, &end);
        map_segment_zone(s->c, row, MAP_LABEL + (int)x0, y, (int)(x1 - x0) + 1,
                         s->pitch);
    }
}

/* The same segment in this lane and the next ones that have it. */
static void draw_joins(struct scale *s, int first, int end)
{
    double a0, a1, b0, b1;

    for (int i = 0; i < s->m->segment_count; i++) {
        const struct segment_row *row = &s->m->segments[i];
        int last = -1;
        for (int d = first; d < end; d++) {
            if (!row->rights[d] ||
                !span_of(s, row->address[d], row->bytes, &b0, &b1))
                continue;
            if (last >= 0 &&
                span_of(s, row->address[last], row->bytes, &a0, &a1))
                canvas_segment(
                    s->c, MAP_LABEL + a0 + 0.1,
                    s->lanes + (last - first) * s->pitch + s->top + s->bar,
                    MAP_LABEL + b0 + 0.1,
                    s->lanes + (d - first) * s->pitch + s->top, STYLE_SWITCH);
            last = d;
        }
    }
}

/* ---- marks
 * -------------------------------------------------------------------
 */

static void draw_mark(struct scale *s, int y, uint64_t va, enum style style,
                      const char *what)
{
    char text[60];
    int x = (int)space_x(s->v, va, s->width);

    if (va < s->v->first || va > s->v->last)
        return;
    snprintf(text, sizeof text, "▲ %s %llx", what, (unsigned long long)va);
    if (x + text_cells(text) > s->width)
        snprintf(text, sizeof text, "%s %llx ▲", what, (unsigned long long)va);
    if (x + text_cells(text) > s->width)
        x -= text_cells(text) - 1;
    canvas_text(s->c, MAP_LABEL + (x > 0 ? x : 0), y, style, text);
}

static void draw_marks(struct scale *s, int y)
{
    const struct selection *chosen = s->v->selection;
    const struct scope *scope = &s->m->scope;

    if (scope->valid)
        draw_mark(s, y, scope->va, scope->refused ? STYLE_FAULT : STYLE_HIT,
                  scope->refused ? "R refused" : "access");
    if (chosen && chosen->kind == SELECT_ADDRESS)
        draw_mark(s, y + 1, chosen->va, STYLE_STRONG, "selected");
    else if (s->unnamed > 0)
        canvas_print(s->c, MAP_LABEL, y + 1, STYLE_DIM,
                     "%d name%s no room: ) zooms in", s->unnamed,
                     s->unnamed == 1 ? " has" : "s have");
}

/* ---- all of it
 * ---------------------------------------------------------------
 */

struct pane_extent map_draw_scaled(struct canvas *c, const struct model *m,
                                   const struct pane_view *v, int y)
{
    struct scale s = { .c = c, .m = m, .v = v };
    int rows = c->box.height >= 16 ? NAME_ROWS : c->box.height >= 11 ? 2 : 1;
    int fixed = y + 1 + (m->one_space ? rows + 1 : 0) + 2;
    int room = c->box.height - fixed, end;

    s.width = c->box.width - MAP_LABEL;
    if (s.width < 8) {
        canvas_text(c, 0, y, STYLE_DIM, "too narrow");
        return (struct pane_extent){ 1, c->box.height };
    }
    int most = c->graphic ? 3 : 2,
        all = m->domain_count > 0 ? m->domain_count : 1;
    s.pitch = room / all > most ? most : room / all > 1 ? room / all : 1;
    s.top = s.pitch > 1 ? 1.15 : 0.6;
    s.bar = s.pitch > 1 ? s.pitch - 1.3 : 0.3;
    draw_ruler(&s, y++);
    if (m->one_space) {
        draw_names(&s, y, rows);
        y += rows;
        draw_segments(&s, y++);
    }
    s.lanes = y;
    end = v->scroll + (room > 0 ? room / s.pitch : 0);
    end = end < m->domain_count ? end : m->domain_count;
    if (s.pitch > 1 && !m->one_space && c->graphic)
        draw_joins(&s, v->scroll, end);
    for (int d = v->scroll; d < end; d++, y += s.pitch)
        draw_lane(&s, d, y);
    draw_marks(&s, y);
    return (struct pane_extent){ m->domain_count, room / s.pitch };
}
