// SPDX-License-Identifier: Apache-2.0
/*
 * One panel: title, legend outside the data, axes with units (plot/axis.c), and
 * lines or stacked bars. Comes from plot/draw.c.
 */
#include "viz/plot/draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAMES = PLOT_NAMES };

/* ---- lines --------------------------------------------------------------- */

static void draw_line(cairo_t *cr, const struct plot_series *line,
                      const struct axes *s)
{
    cairo_save(cr);
    mark_colour(cr, line->mark);
    mark_dashes(cr, line->dash);
    cairo_set_line_width(cr, 2);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_new_path(cr); /* forget where the last text ended */
    for (size_t k = 0; k < line->count; k++)
        cairo_line_to(cr, axes_x(s, line->point[k].x),
                      axes_y(s, line->point[k].y));
    cairo_stroke(cr);
    cairo_restore(cr);
}

/* Series after i that have a point at the same place on the page. */
static int covered_by(const struct plot_panel *p, size_t i,
                      const struct axes *s, double x, double y)
{
    int count = 0;

    for (size_t later = i + 1; later < p->series_count; later++)
        for (size_t k = 0; k < p->series[later].count; k++) {
            const struct plot_point *q = &p->series[later].point[k];
            if (fabs(axes_x(s, q->x) - x) < 2 &&
                fabs(axes_y(s, q->y) - y) < 3) {
                count++;
                break;
            }
        }
    return count;
}

/* Where points coincide the ones below are drawn larger, so that all show. */
static void draw_points(cairo_t *cr, const struct plot_panel *p, size_t i,
                        const struct axes *s)
{
    const struct plot_series *line = &p->series[i];
    size_t every = line->count / 24 + 1;

    for (size_t k = 0; k < line->count; k += every) {
        double x = axes_x(s, line->point[k].x);
        double y = axes_y(s, line->point[k].y);
        int above = covered_by(p, i, s, x, y);
        mark_point(cr, line->mark, x, y, 3.6 + 1.7 * (above < 3 ? above : 3));
    }
}

/* ---- bars ---------------------------------------------------------------- */

/* Names of the parts, each once, in order of first appearance. */
static size_t part_names(const struct plot_panel *p, const char **name)
{
    size_t count = 0, n;

    for (size_t i = 0; i < p->group_count; i++)
        for (size_t k = 0; k < p->group[i].count; k++) {
            for (n = 0; n < count; n++)
                if (strcmp(name[n], p->group[i].part[k].name) == 0)
                    break;
            if (n == count && count < NAMES)
                name[count++] = p->group[i].part[k].name;
        }
    return count;
}

static size_t part_index(const char *const *name, size_t count,
                         const char *wanted)
{
    size_t i = 0;

    while (i + 1 < count && strcmp(name[i], wanted) != 0)
        i++;
    return i;
}

/* Totals: three digits or so, whole numbers as they are. */
static int total_decimals(double value)
{
    double size = fabs(value);

    return size >= 100 || size == floor(size) ? 0 : size >= 1 ? 1 : 2;
}

static void draw_bar(cairo_t *cr, const struct plot_group *g,
                     const char *const *name, size_t names, double x, double w,
                     const struct axes *s)
{
    double up = 0, down = 0;
    char text[64];

    for (size_t k = 0; k < g->count; k++) {
        double value = g->part[k].value, *end = value < 0 ? &down : &up;
        double from = axes_y(s, *end), to = axes_y(s, *end + value);
        *end += value;
        if (fabs(to - from) > 0.05)
            mark_fill(cr, part_index(name, names, g->part[k].name),
                      (struct rect){ x, fmin(from, to), w, fabs(to - from) });
    }
    text_set(cr, FACE_BOLD, 10, 0.1);
    number_write(up + down, total_decimals(up + down), text, sizeof text);
    text_write(cr, x + w / 2, axes_y(s, up) - 4, PLACE_MIDDLE, text);
}

/* Bars' labels: lines of words under the bar, or slanted when a word is wider
 * than its slot. */
static bool labels_slanted(cairo_t *cr, const struct plot_panel *p, double slot)
{
    char word[200];

    text_set(cr, FACE_PLAIN, 10, 0.1);
    for (size_t i = 0; i < p->group_count; i++) {
        const char *at = p->group[i].label;
        while (*at) {
            size_t n = strcspn(at, " ");
            snprintf(word, sizeof word, "%.*s", (int)n, at);
            if (text_width(cr, word) > slot - 4)
                return true;
            at += n;
            at += strspn(at, " ");
        }
    }
    return false;
}

static double labels_height(cairo_t *cr, const struct plot_panel *p,
                            double slot)
{
    double height = 0, h;
    bool slanted = labels_slanted(cr, p, slot);

    for (size_t i = 0; i < p->group_count; i++) {
        const char *label = p->group[i].label;
        h = slanted ? 10 + text_width(cr, label) * sin(M_PI / 5)
                    : 12.5 * text_wrap(cr, 0, 0, PLACE_MIDDLE, slot - 4, 12.5,
                                       label, false);
        height = fmax(height, h);
    }
    return height;
}

static void draw_bar_label(cairo_t *cr, const char *label, double middle,
                           double slot, bool slanted, double bottom)
{
    text_set(cr, FACE_PLAIN, 10, 0.1);
    if (!slanted) {
        text_wrap(cr, middle, bottom + 14, PLACE_MIDDLE, slot - 4, 12.5, label,
                  true);
        return;
    }
    cairo_save(cr);
    cairo_translate(cr, middle + 4, bottom + 11);
    cairo_rotate(cr, -M_PI / 5);
    text_write(cr, 0, 0, PLACE_RIGHT, label);
    cairo_restore(cr);
}

static void draw_bars(cairo_t *cr, const struct plot_panel *p,
                      const struct axes *s)
{
    const char *name[NAMES];
    size_t names = part_names(p, name);
    double slot = s->area.w / (double)p->group_count;
    double w = fmin(0.66 * slot, 64), bottom = s->area.y + s->area.h;
    bool slanted = labels_slanted(cr, p, slot);

    for (size_t i = 0; i < p->group_count; i++) {
        double middle = s->area.x + slot * ((double)i + 0.5);
        draw_bar(cr, &p->group[i], name, names, middle - w / 2, w, s);
        draw_bar_label(cr, p->group[i].label, middle, slot, slanted, bottom);
    }
}

/* ---- the panel ------------------------------------------------------------
 */

static double draw_legend(cairo_t *cr, const struct plot_panel *p,
                          struct rect r, bool draw)
{
    struct legend_entry entry[NAMES];
    const char *name[NAMES];
    size_t count =
        p->kind == PLOT_LINES ? p->series_count : part_names(p, name);

    for (size_t i = 0; i < count; i++)
        if (p->kind == PLOT_LINES)
            entry[i] =
                (struct legend_entry){ p->series[i].name, p->series[i].mark,
                                       p->series[i].dash };
        else
            entry[i] = (struct legend_entry){ name[i], i, i };
    return legend(cr, r, entry, count, p->kind, draw);
}

static double draw_title(cairo_t *cr, const struct plot_panel *p, struct rect r,
                         bool draw)
{
    text_set(cr, FACE_BOLD, 12.5, 0.05);
    return 16.0 * text_wrap(cr, r.x, r.y + 13, PLACE_LEFT, r.w, 16, p->title,
                            draw) +
           6;
}

struct panel_room panel_measure(cairo_t *cr, const struct plot_panel *p,
                                double width)
{
    struct rect r = { 0, 0, width, 0 };
    struct axes s;
    struct panel_room room;

    room.above = draw_title(cr, p, r, false) + draw_legend(cr, p, r, false) +
                 26; /* y label */
    room.below = 18; /* tick labels */
    if (p->kind == PLOT_STACKED_BARS) {
        axes_find(cr, p, r, &s);
        room.below =
            6 + labels_height(cr, p, s.area.w / (double)p->group_count);
    }
    room.below += 20; /* x label */
    return room;
}

void panel_draw(cairo_t *cr, const struct plot_panel *p, struct rect r,
                struct panel_room room)
{
    struct axes s;
    struct rect inside = { r.x, r.y + room.above, r.w,
                           r.h - room.above - room.below };
    double title = draw_title(cr, p, r, true);

    draw_legend(cr, p, (struct rect){ r.x, r.y + title, r.w, 0 }, true);
    axes_find(cr, p, inside, &s);
    axes_draw_y(cr, p, &s);
    if (p->kind == PLOT_LINES) {
        axes_draw_zero(cr, &s);
        axes_draw_x(cr, p, &s);
        for (size_t i = 0; i < p->series_count; i++)
            draw_line(cr, &p->series[i], &s);
        for (size_t i = 0; i < p->series_count; i++)
            draw_points(cr, p, i, &s);
    } else {
        draw_bars(cr, p, &s);
        axes_draw_zero(cr, &s);
    }
    double below = panel_measure(cr, p, r.w).below;
    text_set(cr, FACE_PLAIN, 10.5, 0.25);
    text_write(cr, s.area.x + s.area.w / 2, s.area.y + s.area.h + below - 5,
               PLACE_MIDDLE, p->x.label);
}
