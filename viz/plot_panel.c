// SPDX-License-Identifier: Apache-2.0
/*
 * One panel: title, legend outside the data, axes with units, and lines or
 * stacked bars. The y axis always holds 0, so that lengths can be compared. A
 * log2 x axis may hold 0, which sits one step left of the smallest power, after
 * a break in the axis. Comes from plot_draw.c.
 */
#include "viz/plot_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAMES = 64 };

/* How the panel's numbers map to its plot area. */
struct scaling {
    struct rect area;
    double y_low, y_high, y_step;
    double x_low, x_high; /* after x_place */
    bool log2;
    double zero; /* log2: where x = 0 goes */
    bool has_zero;
};

/* ---- ranges -------------------------------------------------------------- */

static void widen(double *low, double *high, double value)
{
    *low = value < *low ? value : *low;
    *high = value > *high ? value : *high;
}

/* Ends of a bar: sums of its negative and of its positive parts. */
static void bar_ends(const struct plot_group *g, double *low, double *high)
{
    *low = *high = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (g->part[i].value < 0)
            *low += g->part[i].value;
        else
            *high += g->part[i].value;
    }
}

static void find_y_range(const struct plot_panel *p, struct scaling *s)
{
    double low = 0, high = 0, bar_low, bar_high;

    for (size_t i = 0; i < p->series_count; i++)
        for (size_t k = 0; k < p->series[i].count; k++)
            widen(&low, &high, p->series[i].point[k].y);
    for (size_t i = 0; i < p->group_count; i++) {
        bar_ends(&p->group[i], &bar_low, &bar_high);
        widen(&low, &high, bar_low);
        widen(&low, &high, bar_high);
    }
    for (size_t i = 0; i < p->y.tick_count; i++)
        widen(&low, &high, p->y.tick[i]);
    if (high <= low)
        high = low + 1;
    if (p->kind == PLOT_STACKED_BARS && high > 0)
        high += 0.04 * (high - low); /* room for the totals */
    s->y_step = nice_step(high - low, 6);
    s->y_low = floor(low / s->y_step + 1e-9) * s->y_step;
    s->y_high = ceil(high / s->y_step - 1e-9) * s->y_step;
}

static double x_place(const struct scaling *s, double x)
{
    if (!s->log2)
        return x;
    return x > 0 ? log2(x) : s->zero;
}

static void find_x_range(const struct plot_panel *p, struct scaling *s)
{
    double least = INFINITY, low = INFINITY, high = -INFINITY;

    s->log2 = p->x.scale == SCALE_LOG2;
    for (size_t i = 0; i < p->series_count; i++) {
        for (size_t k = 0; k < p->series[i].count; k++) {
            double x = p->series[i].point[k].x;
            if (x > 0 && x < least)
                least = x;
            s->has_zero |= s->log2 && x <= 0;
        }
    }
    s->zero = isfinite(least) ? floor(log2(least) + 1e-9) - 1 : -1;
    for (size_t i = 0; i < p->series_count; i++)
        for (size_t k = 0; k < p->series[i].count; k++)
            widen(&low, &high, x_place(s, p->series[i].point[k].x));
    if (high <= low)
        high = low + 1;
    s->x_low = low;
    s->x_high = high;
}

static double x_to_page(const struct scaling *s, double x)
{
    double t = (x_place(s, x) - s->x_low) / (s->x_high - s->x_low);

    /* 3 % of air left and right, so that the first marker clears the axis */
    return s->area.x + s->area.w * (0.03 + 0.94 * t);
}

static double y_to_page(const struct scaling *s, double y)
{
    double t = (y - s->y_low) / (s->y_high - s->y_low);

    return s->area.y + s->area.h * (1 - t);
}

/* ---- axes ---------------------------------------------------------------- */

static double y_tick_width(cairo_t *cr, const struct plot_panel *p,
                           const struct scaling *s)
{
    char text[64];
    double widest = 0;
    int decimals = number_decimals(s->y_step);

    text_set(cr, FACE_PLAIN, 10, 0.25);
    for (size_t i = 0; i < p->y.tick_count; i++) {
        number_write(p->y.tick[i], number_decimals(p->y.tick[i]), text,
                     sizeof text);
        widest = fmax(widest, text_width(cr, text));
    }
    for (double y = s->y_low; y <= s->y_high + s->y_step / 2; y += s->y_step) {
        number_write(y, decimals, text, sizeof text);
        widest = fmax(widest, text_width(cr, text));
    }
    return widest;
}

static void draw_y_tick(cairo_t *cr, const struct scaling *s, double value,
                        int decimals)
{
    char text[64];
    double y = y_to_page(s, value);

    cairo_set_line_width(cr, 0.7);
    cairo_set_source_rgb(cr, 0.87, 0.87, 0.87);
    cairo_move_to(cr, s->area.x, y);
    cairo_line_to(cr, s->area.x + s->area.w, y);
    cairo_stroke(cr);
    text_set(cr, FACE_PLAIN, 10, 0.25);
    number_write(value, decimals, text, sizeof text);
    text_write(cr, s->area.x - 6, y + 3.5, PLACE_RIGHT, text);
}

static void draw_y_axis(cairo_t *cr, const struct plot_panel *p,
                        const struct scaling *s)
{
    if (p->y.tick_count) {
        for (size_t i = 0; i < p->y.tick_count; i++)
            draw_y_tick(cr, s, p->y.tick[i], number_decimals(p->y.tick[i]));
    } else {
        int n = (int)lround((s->y_high - s->y_low) / s->y_step);
        for (int i = 0; i <= n; i++)
            draw_y_tick(cr, s, s->y_low + i * s->y_step,
                        number_decimals(s->y_step));
    }
    text_set(cr, FACE_PLAIN, 10.5, 0.25);
    text_write(cr, s->area.x - 6 - y_tick_width(cr, p, s), s->area.y - 11,
               PLACE_LEFT, p->y.label);
}

static void draw_zero_line(cairo_t *cr, const struct scaling *s)
{
    double y = y_to_page(s, 0), x0 = s->area.x, x1 = x0 + s->area.w;

    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_set_line_width(cr, 1);
    cairo_move_to(cr, x0, y);
    cairo_line_to(cr, x1, y);
    cairo_stroke(cr);
    if (!s->has_zero)
        return;
    /* the break between 0 and the first power of two */
    double middle =
        x_to_page(s, 0) + 0.5 * 0.94 * s->area.w / (s->x_high - s->x_low);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_set_line_width(cr, 3);
    cairo_move_to(cr, middle - 2.5, y);
    cairo_line_to(cr, middle + 2.5, y);
    cairo_stroke(cr);
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_set_line_width(cr, 1);
    for (int side = -1; side <= 1; side += 2) {
        cairo_move_to(cr, middle + 2.5 * side - 2, y + 4.5);
        cairo_line_to(cr, middle + 2.5 * side + 2, y - 4.5);
    }
    cairo_stroke(cr);
}

/* Draws the tick at x unless its label would touch the one before. */
static void draw_x_tick(cairo_t *cr, const struct scaling *s, double x,
                        double *used_to)
{
    char text[64];
    double at = x_to_page(s, x), w, bottom = s->area.y + s->area.h;

    if (at < s->area.x - 0.5 || at > s->area.x + s->area.w + 0.5)
        return;
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_set_line_width(cr, 0.8);
    cairo_move_to(cr, at, bottom);
    cairo_line_to(cr, at, bottom + 4);
    cairo_stroke(cr);
    text_set(cr, FACE_PLAIN, 10, 0.25);
    number_write(x, number_decimals(x), text, sizeof text);
    w = text_width(cr, text);
    if (at - w / 2 < *used_to + 4)
        return;
    text_write(cr, at, bottom + 15, PLACE_MIDDLE, text);
    *used_to = at + w / 2;
}

static void draw_x_axis(cairo_t *cr, const struct plot_panel *p,
                        const struct scaling *s)
{
    double used_to = -INFINITY;

    if (p->x.tick_count) {
        for (size_t i = 0; i < p->x.tick_count; i++)
            draw_x_tick(cr, s, p->x.tick[i], &used_to);
    } else if (s->log2) {
        if (s->has_zero)
            draw_x_tick(cr, s, 0, &used_to);
        for (double e = ceil(s->x_low + (s->has_zero ? 0.5 : 0) - 1e-9);
             e <= s->x_high + 1e-9; e++)
            draw_x_tick(cr, s, exp2(e), &used_to);
    } else {
        double step = nice_step(s->x_high - s->x_low, 8);
        for (double x = ceil(s->x_low / step - 1e-9) * step;
             x <= s->x_high + 1e-9 * step; x += step)
            draw_x_tick(cr, s, fabs(x) < 1e-9 * step ? 0 : x, &used_to);
    }
}

/* ---- lines --------------------------------------------------------------- */

static void draw_series(cairo_t *cr, const struct plot_series *line, size_t i,
                        const struct scaling *s)
{
    size_t every = line->count / 24 + 1;

    cairo_save(cr);
    mark_colour(cr, i);
    mark_dashes(cr, i);
    cairo_set_line_width(cr, 2);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_new_path(cr); /* forget where the last text ended */
    for (size_t k = 0; k < line->count; k++)
        cairo_line_to(cr, x_to_page(s, line->point[k].x),
                      y_to_page(s, line->point[k].y));
    cairo_stroke(cr);
    cairo_restore(cr);
    for (size_t k = 0; k < line->count; k += every)
        mark_point(cr, i, x_to_page(s, line->point[k].x),
                   y_to_page(s, line->point[k].y), 3.6);
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
                     const struct scaling *s)
{
    double up = 0, down = 0;
    char text[64];

    for (size_t k = 0; k < g->count; k++) {
        double value = g->part[k].value, *end = value < 0 ? &down : &up;
        double from = y_to_page(s, *end), to = y_to_page(s, *end + value);
        *end += value;
        if (fabs(to - from) > 0.05)
            mark_fill(cr, part_index(name, names, g->part[k].name),
                      (struct rect){ x, fmin(from, to), w, fabs(to - from) });
    }
    text_set(cr, FACE_BOLD, 10, 0.1);
    number_write(up + down, total_decimals(up + down), text, sizeof text);
    text_write(cr, x + w / 2, y_to_page(s, up) - 4, PLACE_MIDDLE, text);
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
                      const struct scaling *s)
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
    const char *name[NAMES];
    size_t count =
        p->kind == PLOT_LINES ? p->series_count : part_names(p, name);

    if (p->kind == PLOT_LINES)
        for (size_t i = 0; i < count; i++)
            name[i] = p->series[i].name;
    return legend(cr, r, name, count, p->kind, draw);
}

static double draw_title(cairo_t *cr, const struct plot_panel *p, struct rect r,
                         bool draw)
{
    text_set(cr, FACE_BOLD, 12.5, 0.05);
    return 16.0 * text_wrap(cr, r.x, r.y + 13, PLACE_LEFT, r.w, 16, p->title,
                            draw) +
           6;
}

static void find_scaling(cairo_t *cr, const struct plot_panel *p, struct rect r,
                         struct scaling *s)
{
    memset(s, 0, sizeof *s);
    find_y_range(p, s);
    if (p->kind == PLOT_LINES)
        find_x_range(p, s);
    double left = y_tick_width(cr, p, s) + 8;
    s->area = (struct rect){ r.x + left, r.y, r.w - left, r.h };
}

struct panel_room panel_measure(cairo_t *cr, const struct plot_panel *p,
                                double width)
{
    struct rect r = { 0, 0, width, 0 };
    struct scaling s;
    struct panel_room room;

    room.above = draw_title(cr, p, r, false) + draw_legend(cr, p, r, false) +
                 26; /* y label */
    room.below = 18; /* tick labels */
    if (p->kind == PLOT_STACKED_BARS) {
        find_scaling(cr, p, r, &s);
        room.below =
            6 + labels_height(cr, p, s.area.w / (double)p->group_count);
    }
    room.below += 20; /* x label */
    return room;
}

void panel_draw(cairo_t *cr, const struct plot_panel *p, struct rect r,
                struct panel_room room)
{
    struct scaling s;
    struct rect inside = { r.x, r.y + room.above, r.w,
                           r.h - room.above - room.below };
    double title = draw_title(cr, p, r, true);

    draw_legend(cr, p, (struct rect){ r.x, r.y + title, r.w, 0 }, true);
    find_scaling(cr, p, inside, &s);
    draw_y_axis(cr, p, &s);
    if (p->kind == PLOT_LINES) {
        draw_zero_line(cr, &s);
        draw_x_axis(cr, p, &s);
        for (size_t i = 0; i < p->series_count; i++)
            draw_series(cr, &p->series[i], i, &s);
    } else {
        draw_bars(cr, p, &s);
        draw_zero_line(cr, &s);
    }
    double below = panel_measure(cr, p, r.w).below;
    text_set(cr, FACE_PLAIN, 10.5, 0.25);
    text_write(cr, s.area.x + s.area.w / 2, s.area.y + s.area.h + below - 5,
               PLACE_MIDDLE, p->x.label);
}
