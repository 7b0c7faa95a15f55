/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graphic back end: plays a draw list with cairo, into a window's surface
 * or a picture. A look is theme and size: how many pixels a cell has.
 */
#pragma once

#include <cairo.h>

#include "viz/canvas/theme.h"

struct look {
    const struct theme *theme;
    double cell_width, cell_height; /* pixels */
    double baseline;                /* below the top of a cell */
    cairo_scaled_font_t *font[2];   /* plain, bold */
};

/* scale: percent; 100 = letters of 13 pixels. */
void look_open(struct look *l, bool light, int scale);
void look_close(struct look *l);
/* Cells that fit into so many pixels. */
void look_cells(const struct look *l, int pixel_width, int pixel_height,
                int *width, int *height);
/* The whole screen, on a surface of so many pixels. */
void canvas_paint(const struct canvas *c, const struct look *l, cairo_t *cr,
                  int pixel_width, int pixel_height);
/* Cell under a pixel; the same margins as canvas_paint. */
void look_cell_at(const struct look *l, const struct canvas *c, int pixel_width,
                  int pixel_height, int px, int py, int *x, int *y);
/* Writes a picture; the kind is the name's ending: png, svg, pdf, or txt for
 * the text alone. */
MUST_CHECK
bool picture_write(const struct canvas *c, const struct look *l,
                   const char *path, int pixel_width, int pixel_height,
                   struct err *err);
