// SPDX-License-Identifier: Apache-2.0
/*
 * The address space. The bar on top is the user half to scale, where segments
 * are specks. Below, they are pushed together: a column per address at which
 * any domain has a segment, a lane per domain. In one space every column is one
 * segment; with several spaces it need not be, and a segment that stands in
 * several columns is joined by a line.
 */
#include "viz/pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = 12, LEAST_COLUMN = 11, MOST_COLUMN = 40, COLUMNS = 256 };

struct column {
    uint64_t address;
    int segment; /* of model.segments; the first one found there */
};

struct map {
    struct column column[COLUMNS];
    int count, first, shown; /* all; those on the screen */
    int width;               /* cells of one */
};

static int compare(const void *a, const void *b)
{
    const struct column *x = a, *y = b;

    return x->address < y->address ? -1 : x->address > y->address;
}

static void add_column(struct map *map, uint64_t address, int segment)
{
    for (int i = 0; i < map->count; i++)
        if (map->column[i].address == address)
            return;
    if (map->count < COLUMNS)
        map->column[map->count++] = (struct column){ address, segment };
}

/* Every address at which somebody has a segment; those that nobody holds stand
 * at their own. */
static void find_columns(const struct model *m, struct map *map)
{
    map->count = 0;
    for (int i = 0; i < m->segment_count; i++) {
        const struct segment_row *s = &m->segments[i];
        bool held = false;
        for (int d = 0; d < m->domain_count; d++) {
            if (!s->rights[d])
                continue;
            add_column(map, s->address[d], i);
            held = true;
        }
        if (!held)
            add_column(map, s->base, i);
    }
    qsort(map->column, (size_t)map->count, sizeof *map->column, compare);
}

static void fit_columns(struct map *map, int width, int first)
{
    int room = width > LABEL ? width - LABEL : 0;

    map->shown =
        room / LEAST_COLUMN < map->count ? room / LEAST_COLUMN : map->count;
    map->first =
        first < map->count - map->shown ? first : map->count - map->shown;
    map->first = map->first < 0 ? 0 : map->first;
    map->width = map->shown > 0 ? room / map->shown : room;
    map->width = map->width < MOST_COLUMN ? map->width : MOST_COLUMN;
}

/* ---- to scale
 * -----------------------------------------------------------------
 */

static void draw_scale(struct canvas *c, const struct model *m,
                       const struct map *map, int y)
{
    unsigned levels = m->scope.levels ? m->scope.levels : 3,
             bits = 11 + 9 * levels;
    double half = (double)(UINT64_C(1) << bits);
    int width = c->box.width - LABEL;

    canvas_print(c, 0, y, STYLE_DIM, "2^%u bytes", bits);
    canvas_rect(c, LABEL, y + 0.2, width, 0.6, STYLE_TRACK, HATCH_NONE);
    if (!c->graphic)
        canvas_line(c, LABEL, y, STYLE_FRAME, false, width);
    for (int i = 0; i < map->count; i++) {
        double x = (double)map->column[i].address / half * width;
        if (x < width)
            canvas_rect(c, LABEL + x, y + 0.1, 0.2, 0.8, STYLE_CURRENT,
                        HATCH_NONE);
    }
}

/* The part of the scale that the columns below are. */
static void draw_fan(struct canvas *c, const struct model *m,
                     const struct map *map, int y)
{
    unsigned levels = m->scope.levels ? m->scope.levels : 3;
    double half = (double)(UINT64_C(1) << (11 + 9 * levels));
    int width = c->box.width - LABEL, last = map->first + map->shown - 1;
    double x0 = (double)map->column[map->first].address / half * width;
    double x1 = (double)map->column[last].address / half * width;

    if (!c->graphic) /* slanted lines of characters would only confuse */
        return;
    canvas_segment(c, LABEL + x0, y, LABEL, y + 0.9, STYLE_FRAME);
    canvas_segment(c, LABEL + (x1 < width ? x1 : width), y,
                   LABEL + map->shown * map->width - 1, y + 0.9, STYLE_FRAME);
}

/* ---- pushed together
 * ----------------------------------------------------------
 */

static int column_x(const struct map *map, int i)
{
    return LABEL + (i - map->first) * map->width;
}

static void draw_heads(struct canvas *c, const struct model *m,
                       const struct map *map, int y)
{
    canvas_text(c, 0, y, STYLE_DIM, m->one_space ? "segment" : "in order");
    canvas_text(c, 0, y + 1, STYLE_DIM, "address");
    for (int i = map->first; i < map->first + map->shown; i++) {
        const struct segment_row *s = &m->segments[map->column[i].segment];
        char address[24], size[16], head[64];
        int x = column_x(map, i), room = map->width - 1;
        size_text(s->bytes, size, sizeof size);
        if (m->one_space)
            snprintf(head, sizeof head, "%s %s", s->name, size);
        else
            snprintf(head, sizeof head, "%s", size);
        canvas_print(c, x, y, STYLE_STRONG, "%.*s", room, head);
        address_text(map->column[i].address, 0, address, sizeof address);
        snprintf(address, sizeof address, "%llx",
                 (unsigned long long)map->column[i].address);
        canvas_print(c, x, y + 1, STYLE_DIM, "%.*s", room, address);
    }
}

/* The segment that domain d sees at an address, -1 = none. */
static int segment_at(const struct model *m, int d, uint64_t address)
{
    for (int i = 0; i < m->segment_count; i++)
        if (m->segments[i].rights[d] && m->segments[i].address[d] == address)
            return i;
    return -1;
}

/* What domain d may do with the segment at column i. Where a lane has two
 * lines, the lower one is filled as far as the segment goes. */
static void draw_cell(struct canvas *c, const struct model *m,
                      const struct map *map, int d, int i, int y, int pitch)
{
    int x = column_x(map, i), width = map->width - 1;
    int segment = segment_at(m, d, map->column[i].address);
    int tint = (int)m->domains[d].id - 1, room = width;
    char rights[5], text[64];

    if (segment < 0) {
        canvas_rect(c, x, y + pitch - 0.85, width, 0.7, STYLE_TRACK,
                    HATCH_NONE);
        canvas_text(c, x, y, STYLE_DIM, "·");
        return;
    }
    rights_text(m->segments[segment].rights[d], rights);
    snprintf(text, sizeof text, m->one_space ? "%s" : "%s %s", rights,
             m->segments[segment].name);
    canvas_rect(c, x, y + pitch - 0.85, pitch > 1 ? width : 2, 0.7,
                domain_style(tint), domain_hatch(tint));
    int text_x = pitch > 1 ? x : x + 3;
    room -= text_x - x;
    canvas_print(c, text_x, y,
                 m->domains[d].current ? STYLE_CURRENT : STYLE_TEXT, "%.*s",
                 room > 0 ? room : 0, text);
}

static int draw_lanes(struct canvas *c, const struct model *m,
                      const struct map *map, int y, int skip, int pitch)
{
    for (int d = skip; d < m->domain_count; d++, y += pitch) {
        canvas_print(
            c, 0, y, m->domains[d].current ? STYLE_CURRENT : STYLE_TEXT,
            "%s%.10s", m->domains[d].current ? "▶" : " ", m->domains[d].name);
        for (int i = map->first; i < map->first + map->shown; i++)
            draw_cell(c, m, map, d, i, y, pitch);
    }
    return y;
}

/* The column that holds the access under the microscope, -1 = none. */
static int scope_column(const struct model *m, const struct map *map)
{
    for (int i = 0; i < map->count && m->scope.valid; i++) {
        uint64_t base = map->column[i].address;
        uint64_t bytes = m->segments[map->column[i].segment].bytes;
        if (m->scope.va - base < bytes)
            return i;
    }
    return -1;
}

static void draw_access(struct canvas *c, const struct model *m,
                        const struct map *map, int y)
{
    int i = scope_column(m, map);

    if (i < map->first || i >= map->first + map->shown)
        return;
    canvas_print(c, column_x(map, i), y,
                 m->scope.refused ? STYLE_FAULT : STYLE_HIT, "▲ %s %llx",
                 m->scope.refused ? "R refused" : "access",
                 (unsigned long long)m->scope.va);
}

/* One segment, several addresses: a line from column to column below. */
static void draw_joins(struct canvas *c, const struct model *m,
                       const struct map *map, int y)
{
    for (int s = 0; s < m->segment_count && !m->one_space; s++) {
        int first = -1, last = -1;
        for (int i = map->first; i < map->first + map->shown; i++)
            for (int d = 0; d < m->domain_count; d++)
                if (segment_at(m, d, map->column[i].address) == s) {
                    first = first < 0 ? i : first;
                    last = i;
                }
        if (first == last || y >= c->box.height)
            continue;
        canvas_segment(c, column_x(map, first) + 1, y + 0.5,
                       column_x(map, last) + 1.5, y + 0.5, STYLE_SWITCH);
        canvas_print(c, 0, y, STYLE_SWITCH, "%.11s", m->segments[s].name);
        y++;
    }
}

struct pane_extent pane_map_draw(struct canvas *c, const struct model *m,
                                 const struct pane_view *v)
{
    struct map map;
    int y, pitch = 4 + 2 * m->domain_count + 2 <= c->box.height ? 2 : 1;

    find_columns(m, &map);
    if (map.count == 0) {
        canvas_text(c, 0, 0, STYLE_DIM, "no segments yet");
        return (struct pane_extent){ 1, c->box.height };
    }
    fit_columns(&map, c->box.width, v->column);
    if (map.shown == 0) {
        canvas_text(c, 0, 0, STYLE_DIM, "too narrow");
        return (struct pane_extent){ 1, c->box.height };
    }
    draw_scale(c, m, &map, 0);
    draw_fan(c, m, &map, 1);
    draw_heads(c, m, &map, 2);
    y = draw_lanes(c, m, &map, 4, v->scroll, pitch);
    draw_access(c, m, &map, y++);
    draw_joins(c, m, &map, y);
    return (struct pane_extent){ m->domain_count + 1,
                                 (c->box.height - 4) / pitch };
}

void pane_map_title(const struct model *m, const struct pane_view *v, char *to,
                    size_t room)
{
    (void)v;
    *to = 0;
    if (m->segment_count == 0)
        return;
    snprintf(to, room, "%s",
             m->one_space ? "one space: a column is one segment for everybody"
                          : "several spaces: the same address may mean "
                            "another segment in each lane");
}
