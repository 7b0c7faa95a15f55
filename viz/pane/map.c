// SPDX-License-Identifier: Apache-2.0
/*
 * The address space. The strip on top is all of it, by powers of two, and says
 * where one is. Below, either a part of it to scale (pane/map_scale.c) or, as
 * long as nobody has zoomed, the segments pushed together: a column per address
 * at which any domain has a segment, a lane per domain. In one space every
 * column is one segment; with several spaces it need not be, and a segment that
 * stands in several columns is joined by a line.
 */
#include "viz/pane/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/pane/space.h"

enum { LABEL = MAP_LABEL, LEAST_COLUMN = 11, MOST_COLUMN = 40, COLUMNS = 256 };

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

/* ---- the strip of the whole
 * --------------------------------------------------
 */

static unsigned bits_of(const struct model *m)
{
    return 11 + 9 * (m->scope.levels ? m->scope.levels : 3u);
}

/* The part of the strip that is shown below. */
static void shown_part(const struct model *m, const struct map *map,
                       const struct pane_view *v, double *x0, double *x1)
{
    uint64_t first = v->first, last = v->last;

    if (!space_is_scaled(v)) {
        first = map->column[map->first].address;
        last = map->column[map->first + map->shown - 1].address;
    }
    *x0 = space_strip(first, bits_of(m));
    *x1 = space_strip(last, bits_of(m));
}

/* Halves, the hole between them, a line at every segment, a frame around what
 * is shown. In characters: the letters u, . and k instead of grounds. */
static void draw_strip(struct canvas *c, const struct model *m,
                       const struct map *map, const struct pane_view *v)
{
    unsigned bits = bits_of(m);
    int width = c->box.width - LABEL;
    double low = space_strip((UINT64_C(1) << bits) - 1, bits) * width,
           high = space_strip(0 - (UINT64_C(1) << bits), bits) * width;
    double x0, x1;
    char text[40];

    shown_part(m, map, v, &x0, &x1);
    canvas_text(c, 0, 0, STYLE_DIM, "2^64 bytes");
    canvas_rect(c, LABEL, 0.15, low, 0.7, STYLE_TRACK, HATCH_NONE);
    canvas_rect(c, LABEL + high, 0.15, width - high, 0.7, STYLE_TRACK,
                HATCH_NONE);
    if (!c->graphic)
        canvas_line(c, LABEL, 0, STYLE_FRAME, false, width);
    for (int i = 0; i < map->count; i++)
        canvas_rect(c,
                    LABEL + space_strip(map->column[i].address, bits) * width,
                    0.15, 0.2, 0.7, STYLE_CURRENT, HATCH_NONE);
    snprintf(text, sizeof text, "user half: 0 to 2^%u", bits);
    if (text_cells(text) + 2 < low / 2)
        canvas_text(c, LABEL + 1, 0, STYLE_DIM, text);
    if (width - high > 16)
        canvas_right(c, LABEL + width - 1, 0, STYLE_DIM, "kernel half");
    x1 = (x1 - x0) * width < 0.5 ? x0 + 0.5 / width : x1;
    if (c->graphic)
        canvas_frame(c, LABEL + x0 * width - 0.3, 0.02, (x1 - x0) * width + 0.6,
                     0.96, STYLE_STRONG);
    else
        for (int x = (int)(x0 * width); x <= (int)(x1 * width) && x < width;
             x++)
            canvas_text(c, LABEL + x, 0, STYLE_STRONG, "▓");
    canvas_zone(c, LABEL, 0, width, 1, "map all",
                "the whole address space by powers of two: the user half, a "
                "hole that no address has, the kernel half; the frame is what "
                "the map shows. Click: all of it to scale");
}

/* From the strip to the columns below. */
static void draw_fan(struct canvas *c, const struct model *m,
                     const struct map *map, const struct pane_view *v, int y)
{
    int width = c->box.width - LABEL;
    double x0, x1;

    if (!c->graphic) /* slanted lines of characters would only confuse */
        return;
    shown_part(m, map, v, &x0, &x1);
    canvas_segment(c, LABEL + x0 * width, y, LABEL, y + 0.9, STYLE_FRAME);
    canvas_segment(c, LABEL + x1 * width, y,
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
                       const struct map *map, const struct pane_view *v, int y)
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
        bool linked = m->one_space && selection_has_segment(v->selection, m, s);
        canvas_print(c, x, y, linked ? STYLE_LINKED : STYLE_STRONG, "%s%.*s",
                     linked ? "»" : "", room - linked, head);
        map_segment_zone(c, s, x, y, room, 2);
        snprintf(address, sizeof address, "%llx",
                 (unsigned long long)map->column[i].address);
        canvas_print(c, x, y + 1, STYLE_DIM, "%.*s", room, address);
    }
}

void map_segment_zone(struct canvas *c, const struct segment_row *s, int x,
                      int y, int width, int height)
{
    char command[40], tip[80], size[16];

    size_text(s->bytes, size, sizeof size);
    snprintf(command, sizeof command, "select segment %llx",
             (unsigned long long)s->base);
    snprintf(tip, sizeof tip, "segment %.30s, %s at %llx", s->name, size,
             (unsigned long long)s->base);
    canvas_zone(c, x, y, width, height, command, tip);
}

void map_lane_name(struct canvas *c, const struct model *m,
                   const struct pane_view *v, int d, int y)
{
    const struct domain_row *row = &m->domains[d];
    bool linked = selection_has_domain(v->selection, row->id);
    char command[40];

    canvas_print(c, 0, y,
                 linked         ? STYLE_LINKED
                 : row->current ? STYLE_CURRENT
                                : STYLE_TEXT,
                 "%s%.10s",
                 row->current ? "▶"
                 : linked     ? "»"
                              : " ",
                 row->name);
    snprintf(command, sizeof command, "select domain %u", row->id);
    canvas_zone(c, 0, y, LABEL - 1, 1, command,
                "a domain: click to select it, right for more");
}

int map_segment_at(const struct model *m, int d, uint64_t address)
{
    for (int i = 0; i < m->segment_count; i++)
        if (m->segments[i].rights[d] && m->segments[i].address[d] == address)
            return i;
    return -1;
}

/* What domain d may do with the segment at column i. Where a lane has two
 * lines, the lower one is filled as far as the segment goes. */
static void draw_cell(struct canvas *c, const struct model *m,
                      const struct map *map, const struct pane_view *v, int d,
                      int i, int y, int pitch)
{
    int x = column_x(map, i), width = map->width - 1;
    int segment = map_segment_at(m, d, map->column[i].address);
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
                 selection_has_segment(v->selection, m, &m->segments[segment])
                     ? STYLE_LINKED
                 : m->domains[d].current ? STYLE_CURRENT
                                         : STYLE_TEXT,
                 "%.*s", room > 0 ? room : 0, text);
    map_segment_zone(c, &m->segments[segment], x, y, width, pitch);
}

static int draw_lanes(struct canvas *c, const struct model *m,
                      const struct map *map, const struct pane_view *v, int y,
                      int pitch)
{
    for (int d = v->scroll; d < m->domain_count; d++, y += pitch) {
        map_lane_name(c, m, v, d, y);
        for (int i = map->first; i < map->first + map->shown; i++)
            draw_cell(c, m, map, v, d, i, y, pitch);
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
                if (map_segment_at(m, d, map->column[i].address) == s) {
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
    draw_strip(c, m, &map, v);
    if (space_is_scaled(v))
        return map_draw_scaled(c, m, v, 1);
    draw_fan(c, m, &map, v, 1);
    draw_heads(c, m, &map, v, 2);
    y = draw_lanes(c, m, &map, v, 4, pitch);
    draw_access(c, m, &map, y++);
    draw_joins(c, m, &map, y);
    return (struct pane_extent){ m->domain_count + 1,
                                 (c->box.height - 4) / pitch };
}

void pane_map_title(const struct model *m, const struct pane_view *v, char *to,
                    size_t room)
{
    char cells[24];

    *to = 0;
    if (m->segment_count == 0)
        return;
    if (space_is_scaled(v)) {
        uint64_t bytes = v->last - v->first + 1; /* 0 = all 2^64 */
        reach_text(bytes ? bytes : UINT64_MAX, cells, sizeof cells);
        snprintf(to, room, "%s bytes to scale from %llx; Home: all segments",
                 bytes ? cells : "all", (unsigned long long)v->first);
        return;
    }
    snprintf(to, room, "%s",
             m->one_space ? "one space: a column is one segment for everybody"
                          : "several spaces: the same address may mean "
                            "another segment in each lane");
}
