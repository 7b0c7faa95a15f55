// SPDX-License-Identifier: Apache-2.0
/*
 * Every lookaside unit and cache in a line: how full, how well it does, why it
 * missed. Below, the lines of the first data cache.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 70, CAUSES_AT = 34, RIGHT = 23 };

static const char cause_letters[MISS_CAUSE_COUNT] = { 'c', 'p', 'f',
                                                      's', 'i', 'h' };
_Static_assert(MISS_CAUSE_COUNT == 6, "a letter and a style for each cause");
static const enum style cause_style[MISS_CAUSE_COUNT] = {
    STYLE_KERNEL, STYLE_WALK, STYLE_TRAP, STYLE_SWITCH, STYLE_MISS, STYLE_FAULT
};

/* The causes of a unit's misses as parts of one bar. */
static void draw_causes(struct canvas *c, int x, int y, int cells,
                        const struct unit_row *u)
{
    double at = x;

    for (int i = 0; i < MISS_CAUSE_COUNT && u->misses; i++) {
        double width = (double)u->by_cause[i] / (double)u->misses * cells;
        canvas_rect(c, at, y + 0.2, width, 0.6, cause_style[i], i);
        at += width;
    }
}

static void draw_numbers(struct canvas *c, int x, int y,
                         const struct unit_row *u)
{
    for (int i = 0; i < MISS_CAUSE_COUNT; i++) {
        if (u->by_cause[i])
            x = canvas_print(c, x, y,
                             i == MISS_SWITCH ? STYLE_SWITCH : STYLE_TEXT,
                             "%c%llu ", cause_letters[i],
                             (unsigned long long)u->by_cause[i]);
    }
}

/* ---- the rows as a table ---------------------------------------------------
 */

enum { UNIT, USED, HITS, MISSES, CAUSE, LATE, GIFTS, REACH, COLUMNS };

static const char *column_name(const struct model *m, int column)
{
    static const char *const names[] = { "unit",  "used", "hits",  "misses",
                                         "cause", "late", "gifts", "reach" };

    (void)m;
    return column < COLUMNS ? names[column] : NULL;
}

static int count_rows(const struct model *m)
{
    return m->has_machine ? UNIT_COUNT : 0;
}

static bool is_there(const struct model *m, const struct pane_view *v, int row)
{
    (void)v;
    return m->units[row].size > 0;
}

static bool number_of(const struct model *m, int row, int column, uint64_t *to)
{
    const struct unit_row *u = &m->units[row];
    uint64_t all = u->hits + u->misses;

    *to = column == USED     ? u->used
          : column == HITS   ? (all ? u->hits * 1000 / all : 0)
          : column == MISSES ? u->misses
          : column == LATE   ? u->late
          : column == GIFTS  ? u->gifts
                             : u->reach;
    return column != UNIT && column != CAUSE;
}

static void causes_text(const struct unit_row *u, char *to, size_t room)
{
    size_t used = 0;

    *to = 0;
    for (int i = 0; i < MISS_CAUSE_COUNT && used < room; i++)
        if (u->by_cause[i])
            used += (size_t)snprintf(to + used, room - used, "%s%c%llu",
                                     used ? " " : "", cause_letters[i],
                                     (unsigned long long)u->by_cause[i]);
}

static void cell_text(const struct model *m, int row, int column,
                      char to[TABLE_CELL])
{
    const struct unit_row *u = &m->units[row];
    uint64_t number = 0;

    if (column == UNIT)
        snprintf(to, TABLE_CELL, "%s", u->name);
    else if (column == USED)
        snprintf(to, TABLE_CELL, "%u/%u", u->used, u->size);
    else if (column == HITS)
        percent_text(u->hits, u->hits + u->misses, to, TABLE_CELL);
    else if (column == CAUSE)
        causes_text(u, to, TABLE_CELL);
    else if (number_of(m, row, column, &number))
        snprintf(to, TABLE_CELL, "%llu", (unsigned long long)number);
}

const struct table pane_caches_table = { .rows = count_rows,
                                         .head = column_name,
                                         .cell = cell_text,
                                         .number = number_of,
                                         .shown = is_there };

/* ---- drawing ---------------------------------------------------------------
 */

static void draw_unit(struct canvas *c, int y, const struct unit_row *u,
                      enum style style)
{
    char used[24], ratio[16], misses[32], reach[16], late[40];
    bool wide = c->box.width >= WIDE;
    int end = c->box.width - (wide ? RIGHT : 0);

    snprintf(used, sizeof used, "%u/%u", u->used, u->size);
    percent_text(u->hits, u->hits + u->misses, ratio, sizeof ratio);
    grouped_number(u->misses, misses, sizeof misses);
    reach_text(u->reach, reach, sizeof reach);
    canvas_text(c, 0, y, style == STYLE_TEXT ? STYLE_STRONG : style, u->name);
    canvas_right(c, 16, y, style, used);
    canvas_right(c, 23, y, style, ratio);
    canvas_right(c, CAUSES_AT - 1, y, style, misses);
    if (!wide) {
        draw_numbers(c, CAUSES_AT, y, u);
        return;
    }
    draw_causes(c, CAUSES_AT, y, end - CAUSES_AT, u);
    snprintf(late, sizeof late, "%llu", (unsigned long long)u->late);
    canvas_right(c, end + 7, y, style, late);
    snprintf(late, sizeof late, "%llu", (unsigned long long)u->gifts);
    canvas_right(c, end + 15, y, style, late);
    canvas_right(c, c->box.width, y, style, reach);
}

static void draw_heading(struct canvas *c, const struct model *m,
                         const struct pane_view *v)
{
    int end = c->box.width - RIGHT;
    const int x[COLUMNS] = { 0,         16,      23,       CAUSES_AT - 1,
                             CAUSES_AT, end + 7, end + 15, c->box.width };
    int shown = c->box.width >= WIDE ? COLUMNS : CAUSE
    +1;

    for (int i = 0; i < shown; i++)
        table_head(c, x[i], 0, i != UNIT && i != CAUSE, &pane_caches_table, m,
                   v, "caches", i);
}

/* What the parts of the bars are. */
static void draw_legend(struct canvas *c, int y)
{
    int x = 0;

    if (c->box.width < WIDE)
        return; /* there, letters say it */
    x = canvas_text(c, 0, y, STYLE_DIM, "causes:") + 1;
    for (int i = 0; i < MISS_CAUSE_COUNT; i++) {
        canvas_rect(c, x, y + 0.2, 1, 0.6, cause_style[i], i);
        x = canvas_text(c, x + 2, y, STYLE_DIM,
                        miss_cause_name((enum miss_cause)i)) +
            2;
    }
}

/* ---- lines of the first data cache ------------------------------------------
 */

/* The most recently used of some neighbouring sets' lines in one way. */
static struct line_row line_at(const struct model *m, int set, int sets,
                               int way)
{
    struct line_row best = { .mark = ' ' };

    for (int s = set; s < set + sets && s < (int)m->line_sets; s++) {
        struct line_row l =
            m->lines[(uint32_t)s * m->line_ways + (uint32_t)way];
        if (l.mark != ' ' || (best.mark == ' ' && l.valid &&
                              (!best.valid || l.heat > best.heat)))
            best = l;
    }
    return best;
}

static void draw_line(struct canvas *c, double x, double y, double width,
                      double height, const struct line_row *l)
{
    static const enum style heat[] = { STYLE_TRACK, STYLE_KERNEL, STYLE_WALK,
                                       STYLE_TRAP };
    static const char *const text[] = { "░", "░", "▒", "▓" };

    if (l->mark != ' ') {
        if (c->graphic)
            canvas_rect(c, x, y, width, height, pane_mark_style(l->mark),
                        HATCH_NONE);
        else
            canvas_print(c, (int)x, (int)y, pane_mark_style(l->mark), "%c",
                         l->mark);
    } else if (!l->valid) {
        if (!c->graphic)
            canvas_text(c, (int)x, (int)y, STYLE_DIM, "·");
    } else if (c->graphic) {
        canvas_rect(c, x + width * 0.06, y + height * 0.08, width * 0.88,
                    height * 0.84, heat[l->heat], l->dirty ? 1 : HATCH_NONE);
    } else {
        canvas_text(c, (int)x, (int)y, heat[l->heat], text[l->heat]);
    }
}

static void draw_lines(struct canvas *c, const struct model *m, int y)
{
    int sets = (int)m->line_sets, per = 1;

    while ((sets + per - 1) / per > c->box.width)
        per++;
    int columns = (sets + per - 1) / per;
    double width = c->graphic ? (double)c->box.width / columns : 1;
    if (width > 2)
        width = 2;
    canvas_print(c, 0, y++, STYLE_DIM,
                 per > 1 ? "L1D: a column = %d sets, a row = a way"
                         : "L1 data cache: a column = a set, a row = a way",
                 per);
    double room = (double)(c->box.height - y) / m->line_ways;
    double height = c->graphic && room > 0.2 && room < 1 ? room : 1;
    for (int way = 0; way < (int)m->line_ways; way++)
        for (int i = 0; i < columns; i++) {
            struct line_row l = line_at(m, i * per, per, way);
            draw_line(c, i * width, y + way * height, width, height, &l);
        }
}

struct pane_extent pane_caches_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    const struct table *t = &pane_caches_table;
    int order[TABLE_ROWS], count = table_order(t, m, v, order);
    int y = 1 - v->scroll, lines = 1 + count, map = (int)m->line_ways + 1;

    if (!m->has_machine)
        return (struct pane_extent){ 0, c->box.height };
    for (int n = 0; n < count; n++, y++)
        if (y > 0)
            draw_unit(
                c, y, &m->units[order[n]],
                table_row(c, y, n, m, v, t, order[n], "caches", STYLE_TEXT));
    draw_heading(c, m, v);
    if (c->box.width >= WIDE) {
        draw_legend(c, y++);
        lines++;
    }
    if (m->line_sets > 0) {
        draw_lines(c, m, y + 1);
        lines += map + 1;
    }
    return (struct pane_extent){ lines - 1, c->box.height - 1 };
}

void pane_caches_title(const struct model *m, const struct pane_view *v,
                       char *to, size_t room)
{
    if (table_filter_title(v, to, room))
        return;
    snprintf(to, room, "%s",
             m->has_machine ? "c cold p capacity f conflict s switch i inval."
                            : "");
}
