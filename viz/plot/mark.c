// SPDX-License-Identifier: Apache-2.0
/*
 * What tells series and parts apart: the colours of Okabe and Ito, which
 * colour-blind readers can tell apart, and with each a dash pattern, a marker
 * and a hatch, so that a black-and-white print says the same.
 */
#include "viz/plot/draw.h"

#include <math.h>

static const struct {
    double r, g, b;
} colours[MARK_COUNT] = {
    { 0x00 / 255., 0x72 / 255., 0xb2 / 255. }, /* blue */
    { 0xd5 / 255., 0x5e / 255., 0x00 / 255. }, /* vermillion */
    { 0x00 / 255., 0x9e / 255., 0x73 / 255. }, /* bluish green */
    { 0xe6 / 255., 0x9f / 255., 0x00 / 255. }, /* orange */
    { 0xcc / 255., 0x79 / 255., 0xa7 / 255. }, /* reddish purple */
    { 0x56 / 255., 0xb4 / 255., 0xe9 / 255. }, /* sky blue */
    { 0x55 / 255., 0x55 / 255., 0x55 / 255. }, /* dark grey, for black */
    { 0xf0 / 255., 0xe4 / 255., 0x42 / 255. }, /* yellow */
};

void mark_colour(cairo_t *cr, size_t i)
{
    i %= MARK_COUNT;
    cairo_set_source_rgb(cr, colours[i].r, colours[i].g, colours[i].b);
}

void mark_dashes(cairo_t *cr, size_t i)
{
    static const struct {
        int count;
        double length[6];
    } dashes[MARK_COUNT] = {
        { 0, { 0 } },      { 2, { 7, 3.5 } },
        { 2, { 2, 2.5 } }, { 4, { 9, 3, 2, 3 } },
        { 2, { 12, 4 } },  { 6, { 9, 2.5, 2, 2.5, 2, 2.5 } },
        { 2, { 4, 2 } },   { 4, { 5, 2, 1.5, 2 } },
    };

    /* Beyond eight series the dashes shift, so colour and dash pair anew. */
    i = (i + i / MARK_COUNT) % MARK_COUNT;
    cairo_set_dash(cr, dashes[i].length, dashes[i].count, 0);
}

/* A closed shape with n corners; star: every second corner further in. */
static void path_corners(cairo_t *cr, double x, double y, double radius, int n,
                         double turn, double inner)
{
    cairo_new_path(cr);
    for (int k = 0; k < n; k++) {
        double angle = turn + 2 * M_PI * k / n;
        double r = k % 2 ? radius * inner : radius;
        cairo_line_to(cr, x + r * sin(angle), y - r * cos(angle));
    }
    cairo_close_path(cr);
}

static void path_marker(cairo_t *cr, size_t i, double x, double y, double s)
{
    switch (i) {
    case 0:
        cairo_new_path(cr);
        cairo_arc(cr, x, y, s, 0, 2 * M_PI);
        break;
    case 1:
        path_corners(cr, x, y, 1.25 * s, 4, M_PI / 4, 1);
        break;
    case 2:
        path_corners(cr, x, y, 1.4 * s, 3, 0, 1);
        break;
    case 3:
        path_corners(cr, x, y, 1.4 * s, 4, 0, 1);
        break;
    case 4:
        path_corners(cr, x, y, 1.4 * s, 3, M_PI, 1);
        break;
    case 5:
        path_corners(cr, x, y, 1.5 * s, 10, 0, 0.45);
        break;
    case 6:
        path_corners(cr, x, y, 1.5 * s, 8, 0, 0.35);
        break;
    default:
        path_corners(cr, x, y, 1.3 * s, 6, 0, 1);
        break;
    }
}

void mark_point(cairo_t *cr, size_t i, double x, double y, double size)
{
    path_marker(cr, (i + i / MARK_COUNT) % MARK_COUNT, x, y, size);
    cairo_set_dash(cr, NULL, 0, 0);
    mark_colour(cr, i);
    cairo_fill_preserve(cr);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_set_line_width(cr, 0.8);
    cairo_stroke(cr);
}

/* Parallel lines across r, `gap` apart, rising (1), falling (-1) or upright
 * (0). */
static void hatch_lines(cairo_t *cr, struct rect r, double gap, int slope)
{
    double from = slope < 0 ? r.x - r.h : r.x;
    double to = slope > 0 ? r.x + r.w + r.h : r.x + r.w;
    int n = (int)((to - from) / gap + 0.5);

    for (int i = 0; i < n; i++) {
        double x = from + gap * (i + 0.5);
        cairo_move_to(cr, x, r.y);
        cairo_line_to(cr, x - slope * r.h, r.y + r.h);
    }
    cairo_stroke(cr);
}

static void hatch_level(cairo_t *cr, struct rect r, double gap)
{
    int n = (int)(r.h / gap + 0.5);

    for (int i = 0; i < n; i++) {
        double y = r.y + r.h - gap * (i + 0.5);
        cairo_move_to(cr, r.x, y);
        cairo_line_to(cr, r.x + r.w, y);
    }
    cairo_stroke(cr);
}

/* Rows of dots: dashes of no length with round ends. */
static void hatch_dots(cairo_t *cr, struct rect r, double gap)
{
    const double dash[2] = { 0, gap };
    int n = (int)(r.h / gap + 0.5);

    cairo_save(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cr, 2);
    cairo_set_dash(cr, dash, 2, 0);
    for (int row = 0; row < n; row++) {
        double y = r.y + r.h - gap * (row + 0.5);
        cairo_move_to(cr, r.x + (row % 2 ? gap : gap / 2), y);
        cairo_line_to(cr, r.x + r.w, y);
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void hatch(cairo_t *cr, size_t i, struct rect r)
{
    switch (i) {
    case 1:
        hatch_lines(cr, r, 6, 1);
        break;
    case 2:
        hatch_dots(cr, r, 5);
        break;
    case 3:
        hatch_lines(cr, r, 6, -1);
        break;
    case 4:
        hatch_level(cr, r, 4);
        break;
    case 5:
        hatch_lines(cr, r, 7, 1);
        hatch_lines(cr, r, 7, -1);
        break;
    case 6:
        hatch_lines(cr, r, 4.5, 0);
        break;
    case 7:
        hatch_lines(cr, r, 5, 0);
        hatch_level(cr, r, 5);
        break;
    default:
        break;
    }
}

void mark_fill(cairo_t *cr, size_t i, struct rect r)
{
    size_t kind = (i + i / MARK_COUNT) % MARK_COUNT;

    cairo_save(cr);
    cairo_rectangle(cr, r.x, r.y, r.w, r.h);
    cairo_clip_preserve(cr);
    mark_colour(cr, i);
    cairo_fill(cr);
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_line_width(cr, 1.1);
    if (i % MARK_COUNT == MARK_COUNT - 1)
        cairo_set_source_rgba(cr, 0, 0, 0, 0.6);
    else
        cairo_set_source_rgba(cr, 1, 1, 1, 0.85);
    hatch(cr, kind, r);
    cairo_restore(cr);
    cairo_rectangle(cr, r.x, r.y, r.w, r.h);
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_set_line_width(cr, 0.6);
    cairo_stroke(cr);
}

static void legend_sample(cairo_t *cr, const struct legend_entry *e, double x,
                          double y, enum plot_kind kind)
{
    if (kind == PLOT_STACKED_BARS) {
        mark_fill(cr, e->mark, (struct rect){ x, y - 9, 18, 11 });
        return;
    }
    cairo_save(cr);
    mark_colour(cr, e->mark);
    mark_dashes(cr, e->dash);
    cairo_set_line_width(cr, 2);
    cairo_move_to(cr, x, y - 3.5);
    cairo_line_to(cr, x + 34, y - 3.5);
    cairo_stroke(cr);
    cairo_restore(cr);
    mark_point(cr, e->mark, x + 17, y - 3.5, 3.6);
}

double legend(cairo_t *cr, struct rect r, const struct legend_entry *entry,
              size_t count, enum plot_kind kind, bool draw)
{
    const double row = 17, sample = kind == PLOT_LINES ? 40 : 23, gap = 16;
    double x = r.x, y = r.y + 12;

    for (size_t i = 0; i < count; i++) {
        text_set(cr, FACE_PLAIN, 10.5, 0.1);
        double w = sample + text_width(cr, entry[i].name);
        if (x > r.x && x + w > r.x + r.w) {
            x = r.x;
            y += row;
        }
        if (draw) {
            text_write(cr, x + sample, y, PLACE_LEFT, entry[i].name);
            legend_sample(cr, &entry[i], x, y, kind);
        }
        x += w + gap;
    }
    return y - r.y - 12 + row;
}
