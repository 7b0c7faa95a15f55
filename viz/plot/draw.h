/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the drawing files of the plotter: text and numbers (plot/text.c),
 * what tells series apart (plot/mark.c), axes (plot/axis.c), panels
 * (plot/panel.c), the page and the file (plot/draw.c). Units are points, y
 * grows downward.
 */
#pragma once

#include <cairo.h>

#include "viz/plot/plot.h"

struct rect {
    double x, y, w, h;
};

/* ---- plot/text.c ------------------------------------------------------- */

enum text_face { FACE_PLAIN, FACE_BOLD };
enum text_place { PLACE_LEFT, PLACE_MIDDLE, PLACE_RIGHT };

/* The family of all text on cr; NULL = DejaVu Sans. Must stay. */
void text_family(cairo_t *cr, const char *family);
/* Font and colour for what follows; grey 0 = black, 1 = white. */
void text_set(cairo_t *cr, enum text_face face, double size, double grey);
double text_width(cairo_t *cr, const char *text);
/* Writes text with its left end, middle or right end at (x, baseline y). */
void text_write(cairo_t *cr, double x, double y, enum text_place place,
                const char *text);
/* Writes words in lines of at most `width`; returns the number of lines. With
 * draw = false it only counts. */
int text_wrap(cairo_t *cr, double x, double y, enum text_place place,
              double width, double leading, const char *text, bool draw);

/* 12345.5 with one decimal -> "12,345.5". */
void number_write(double value, int decimals, char *to, size_t room);
/* Decimals needed to tell multiples of step apart. */
int number_decimals(double step);
/* 1, 2 or 5 times a power of ten, so that span / step is at most `most`. */
double nice_step(double span, int most);

/* ---- plot/mark.c ------------------------------------------------------- */

enum { MARK_COUNT = 8 };

/* Series i has its own colour, dashes and marker; part i its own colour and
 * hatch: nothing is told by colour alone. */
void mark_colour(cairo_t *cr, size_t i);
void mark_dashes(cairo_t *cr, size_t i);
void mark_point(cairo_t *cr, size_t i, double x, double y, double size);
void mark_fill(cairo_t *cr, size_t i, struct rect r);

struct legend_entry {
    const char *name;
    size_t mark, dash;
};
/* A row-wrapped legend; lines or boxes. Returns its height; draw = false only
 * measures. */
double legend(cairo_t *cr, struct rect r, const struct legend_entry *entry,
              size_t count, enum plot_kind kind, bool draw);

/* ---- plot/axis.c ------------------------------------------------------- */

/* How the panel's numbers map to its plot area. */
struct axes {
    struct rect area;
    double y_low, y_high, y_step; /* after the logarithm */
    double x_low, x_high;         /* likewise */
    double x_base, y_base;        /* of the logarithm; 0 = linear */
    double zero;                  /* log: where x = 0 goes */
    bool has_zero;
};

/* What the panel's data need, with its plot area inside r: the tick labels go
 * left of the area. */
void axes_find(cairo_t *cr, const struct plot_panel *p, struct rect r,
               struct axes *a);
double axes_x(const struct axes *a, double x);
double axes_y(const struct axes *a, double y);
void axes_draw_y(cairo_t *cr, const struct plot_panel *p, const struct axes *a);
void axes_draw_x(cairo_t *cr, const struct plot_panel *p, const struct axes *a);
/* The line y = 0, or the lower edge of a log axis, with its break when x = 0 is
 * on a log axis. */
void axes_draw_zero(cairo_t *cr, const struct axes *a);

/* ---- plot/panel.c ------------------------------------------------------- */

/* Room that a panel needs above and below its plot area, so that neighbours can
 * be given the same. */
struct panel_room {
    double above, below;
};
struct panel_room panel_measure(cairo_t *cr, const struct plot_panel *p,
                                double width);
void panel_draw(cairo_t *cr, const struct plot_panel *p, struct rect r,
                struct panel_room room);
