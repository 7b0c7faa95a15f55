// SPDX-License-Identifier: Apache-2.0
/*
 * The axes of a panel: which numbers its area spans, and the ticks. A linear y
 * axis always holds 0, so that lengths can be compared; a logarithmic one ends
 * at powers. A log x axis may hold 0, which sits one step left of the smallest
 * power, after a break in the axis.
 * Used by plot/panel.c.
 */
#include "viz/plot/draw.h"

#include <math.h>
#include <string.h>

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

static double base_of(enum plot_scale scale)
{
    return scale == SCALE_LOG2 ? 2 : scale == SCALE_LOG10 ? 10 : 0;
}

static double log_of(double base, double value)
{
    return base == 2 ? log2(value) : log10(value);
}

/* From power to power, in whole steps of so many that few ticks remain. */
static void find_log_y_range(const struct plot_panel *p, struct axes *s)
{
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < p->series_count; i++)
        for (size_t k = 0; k < p->series[i].count; k++)
            widen(&low, &high, log_of(s->y_base, p->series[i].point[k].y));
    low = floor(low + 1e-9);
    high = fmax(ceil(high - 1e-9), low + 1);
    s->y_step = ceil((high - low) / 8);
    s->y_low = low;
    s->y_high = low + ceil((high - low) / s->y_step) * s->y_step;
}

static void find_y_range(const struct plot_panel *p, struct axes *s)
{
    double low = 0, high = 0, bar_low, bar_high;

    s->y_base = p->kind == PLOT_LINES ? base_of(p->y.scale) : 0;
    if (s->y_base > 0) {
        find_log_y_range(p, s);
        return;
    }
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

static double x_place(const struct axes *s, double x)
{
    if (s->x_base == 0)
        return x;
    return x > 0 ? log_of(s->x_base, x) : s->zero;
}

static void find_x_range(const struct plot_panel *p, struct axes *s)
{
    double least = INFINITY, low = INFINITY, high = -INFINITY;

    s->x_base = base_of(p->x.scale);
    for (size_t i = 0; i < p->series_count; i++) {
        for (size_t k = 0; k < p->series[i].count; k++) {
            double x = p->series[i].point[k].x;
            if (x > 0 && x < least)
                least = x;
            s->has_zero |= s->x_base > 0 && x <= 0;
        }
    }
    s->zero = s->x_base > 0 && isfinite(least)
                  ? floor(log_of(s->x_base, least) + 1e-9) - 1
                  : -1;
    for (size_t i = 0; i < p->series_count; i++)
        for (size_t k = 0; k < p->series[i].count; k++)
            widen(&low, &high, x_place(s, p->series[i].point[k].x));
    if (high <= low)
        high = low + 1;
    s->x_low = low;
    s->x_high = high;
}

double axes_x(const struct axes *s, double x)
{
    double t = (x_place(s, x) - s->x_low) / (s->x_high - s->x_low);

    /* 3 % of air left and right, so that the first marker clears the axis */
    return s->area.x + s->area.w * (0.03 + 0.94 * t);
}

double axes_y(const struct axes *s, double y)
{
    double place = s->y_base > 0 ? log_of(s->y_base, y) : y;
    double t = (place - s->y_low) / (s->y_high - s->y_low);

    return s->area.y + s->area.h * (1 - t);
}

/* ---- axes ---------------------------------------------------------------- */

static int y_steps(const struct axes *s)
{
    return (int)lround((s->y_high - s->y_low) / s->y_step);
}

/* The number at the i-th chosen tick, and its decimals. */
static double y_tick(const struct axes *s, int i, int *decimals)
{
    double at = s->y_low + i * s->y_step;

    *decimals = number_decimals(s->y_step);
    if (s->y_base == 0)
        return at;
    at = s->y_base == 2 ? exp2(at) : pow(10, at);
    *decimals = number_decimals(at);
    return at;
}

static double y_tick_width(cairo_t *cr, const struct plot_panel *p,
                           const struct axes *s)
{
    char text[64];
    double widest = 0;
    int decimals;

    text_set(cr, FACE_PLAIN, 10, 0.25);
    for (size_t i = 0; i < p->y.tick_count; i++) {
        number_write(p->y.tick[i], number_decimals(p->y.tick[i]), text,
                     sizeof text);
        widest = fmax(widest, text_width(cr, text));
    }
    for (int i = 0; i <= y_steps(s); i++) {
        double value = y_tick(s, i, &decimals);
        number_write(value, decimals, text, sizeof text);
        widest = fmax(widest, text_width(cr, text));
    }
    return widest;
}

static void draw_y_tick(cairo_t *cr, const struct axes *s, double value,
                        int decimals)
{
    char text[64];
    double y = axes_y(s, value);

    cairo_set_line_width(cr, 0.7);
    cairo_set_source_rgb(cr, 0.87, 0.87, 0.87);
    cairo_move_to(cr, s->area.x, y);
    cairo_line_to(cr, s->area.x + s->area.w, y);
    cairo_stroke(cr);
    text_set(cr, FACE_PLAIN, 10, 0.25);
    number_write(value, decimals, text, sizeof text);
    text_write(cr, s->area.x - 6, y + 3.5, PLACE_RIGHT, text);
}

void axes_draw_y(cairo_t *cr, const struct plot_panel *p, const struct axes *s)
{
    if (p->y.tick_count) {
        for (size_t i = 0; i < p->y.tick_count; i++)
            if (s->y_base == 0 || p->y.tick[i] > 0)
                draw_y_tick(cr, s, p->y.tick[i], number_decimals(p->y.tick[i]));
    } else {
        for (int i = 0; i <= y_steps(s); i++) {
            int decimals;
            double value = y_tick(s, i, &decimals);
            draw_y_tick(cr, s, value, decimals);
        }
    }
    text_set(cr, FACE_PLAIN, 10.5, 0.25);
    text_write(cr, s->area.x - 6 - y_tick_width(cr, p, s), s->area.y - 11,
               PLACE_LEFT, p->y.label);
}

void axes_draw_zero(cairo_t *cr, const struct axes *s)
{
    double y = s->y_base > 0 ? s->area.y + s->area.h : axes_y(s, 0);
    double x0 = s->area.x, x1 = x0 + s->area.w;

    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_set_line_width(cr, 1);
    cairo_move_to(cr, x0, y);
    cairo_line_to(cr, x1, y);
    cairo_stroke(cr);
    if (!s->has_zero)
        return;
    /* the break between 0 and the first power */
    double middle =
        axes_x(s, 0) + 0.5 * 0.94 * s->area.w / (s->x_high - s->x_low);
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
static void draw_x_tick(cairo_t *cr, const struct axes *s, double x,
                        double *used_to)
{
    char text[64];
    double at = axes_x(s, x), w, bottom = s->area.y + s->area.h;

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

void axes_draw_x(cairo_t *cr, const struct plot_panel *p, const struct axes *s)
{
    double used_to = -INFINITY;

    if (p->x.tick_count) {
        for (size_t i = 0; i < p->x.tick_count; i++)
            draw_x_tick(cr, s, p->x.tick[i], &used_to);
    } else if (s->x_base > 0) {
        int first = (int)ceil(s->x_low + (s->has_zero ? 0.5 : 0) - 1e-9);
        if (s->has_zero)
            draw_x_tick(cr, s, 0, &used_to);
        for (int e = first; e <= s->x_high + 1e-9; e++)
            draw_x_tick(cr, s, s->x_base == 2 ? exp2(e) : pow(10, e), &used_to);
    } else {
        double step = nice_step(s->x_high - s->x_low, 8);
        double first = ceil(s->x_low / step - 1e-9) * step;
        int n = (int)floor((s->x_high - first) / step + 1e-9);
        for (int i = 0; i <= n; i++) {
            double x = first + i * step;
            draw_x_tick(cr, s, fabs(x) < 1e-9 * step ? 0 : x, &used_to);
        }
    }
}

void axes_find(cairo_t *cr, const struct plot_panel *p, struct rect r,
               struct axes *s)
{
    memset(s, 0, sizeof *s);
    find_y_range(p, s);
    if (p->kind == PLOT_LINES)
        find_x_range(p, s);
    double left = y_tick_width(cr, p, s) + 8;
    s->area = (struct rect){ r.x + left, r.y, r.w - left, r.h };
}
