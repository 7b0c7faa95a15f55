// SPDX-License-Identifier: Apache-2.0
/*
 * The graphic back end, on cairo: shapes and text runs in the order of the
 * list. Letters stand in their cells one by one, so that columns stay aligned
 * whatever the font; hinting is off, so that a picture is the same on every
 * host that has the font.
 */
#include "viz/canvas/cairo.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FONT       "DejaVu Sans Mono"
#define FONT_SIZE  13.0
#define LINE_SPACE 1.32 /* cell height over letter size */

/* ---- looks -----------------------------------------------------------------
 */

static cairo_scaled_font_t *open_font(double size, bool bold)
{
    cairo_font_face_t *face = cairo_toy_font_face_create(
        FONT, CAIRO_FONT_SLANT_NORMAL,
        bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_matrix_t scale, unit;

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_matrix_init_scale(&scale, size, size);
    cairo_matrix_init_identity(&unit);
    cairo_scaled_font_t *font =
        cairo_scaled_font_create(face, &scale, &unit, options);
    cairo_font_options_destroy(options);
    cairo_font_face_destroy(face);
    return font;
}

void look_open(struct look *l, bool light, int scale)
{
    double size = FONT_SIZE * scale / 100;
    cairo_text_extents_t letter;
    cairo_font_extents_t e;

    l->theme = light ? &theme_light : &theme_dark;
    l->font[0] = open_font(size, false);
    l->font[1] = open_font(size, true);
    cairo_scaled_font_text_extents(l->font[0], "M", &letter);
    cairo_scaled_font_extents(l->font[0], &e);
    l->cell_width = round(letter.x_advance);
    l->cell_height = round(size * LINE_SPACE);
    l->baseline = round((l->cell_height - e.ascent - e.descent) / 2 + e.ascent);
}

void look_close(struct look *l)
{
    for (int i = 0; i < 2; i++)
        cairo_scaled_font_destroy(l->font[i]);
    memset(l, 0, sizeof *l);
}

void look_cells(const struct look *l, int pixel_width, int pixel_height,
                int *width, int *height)
{
    *width = (int)(pixel_width / l->cell_width);
    *height = (int)(pixel_height / l->cell_height);
}

/* The margin left of and above the first cell. */
static void margins(const struct look *l, const struct canvas *c,
                    int pixel_width, int pixel_height, double *x, double *y)
{
    *x = floor((pixel_width - c->width * l->cell_width) / 2);
    *y = floor((pixel_height - c->height * l->cell_height) / 2);
    *x = *x > 0 ? *x : 0;
    *y = *y > 0 ? *y : 0;
}

void look_cell_at(const struct look *l, const struct canvas *c, int pixel_width,
                  int pixel_height, int px, int py, int *x, int *y)
{
    double left, top;

    margins(l, c, pixel_width, pixel_height, &left, &top);
    *x = (int)floor((px - left) / l->cell_width);
    *y = (int)floor((py - top) / l->cell_height);
}

static void set_colour(cairo_t *cr, uint32_t colour, double alpha)
{
    cairo_set_source_rgba(cr, (colour >> 16 & 0xff) / 255.0,
                          (colour >> 8 & 0xff) / 255.0, (colour & 0xff) / 255.0,
                          alpha);
}

/* ---- shapes ----------------------------------------------------------------
 */

static void round_path(cairo_t *cr, double x, double y, double w, double h,
                       double r)
{
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -M_PI / 2, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, M_PI / 2);
    cairo_arc(cr, x + r, y + h - r, r, M_PI / 2, M_PI);
    cairo_arc(cr, x + r, y + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(cr);
}

/* Lines at a slope over the clipped area, `step` apart. */
static void hatch_lines(cairo_t *cr, double x, double y, double w, double h,
                        double dx, double dy, double step)
{
    int lines = (int)((w + h) / step);

    for (int i = -lines; i <= lines; i++) {
        double at = i * step;
        if (dy == 0) { /* level lines */
            cairo_move_to(cr, x, y + at);
            cairo_line_to(cr, x + w, y + at);
        } else {
            cairo_move_to(cr, x + at, y + (dy < 0 ? h : 0));
            cairo_line_to(cr, x + at + dx * h, y + (dy < 0 ? 0 : h));
        }
    }
    cairo_stroke(cr);
}

/* The hatch says what colour alone might not: 1 rising, 2 falling, 3 upright, 4
 * level, 5 rising and falling, 6 dense upright, 7 grid. */
static void draw_hatch(cairo_t *cr, const struct look *l, int hatch, double x,
                       double y, double w, double h)
{
    double step = l->cell_width * 0.75;

    cairo_save(cr);
    cairo_rectangle(cr, x, y, w, h);
    cairo_clip(cr);
    set_colour(cr, l->theme->card, 0.75);
    cairo_set_line_width(cr, l->cell_width * 0.17);
    if (hatch == 1 || hatch == 5)
        hatch_lines(cr, x, y, w, h, 1, -1, step);
    if (hatch == 2 || hatch == 5)
        hatch_lines(cr, x, y, w, h, 1, 1, step);
    if (hatch == 3 || hatch == 7)
        hatch_lines(cr, x, y, w, h, 0, 1, step);
    if (hatch == 4 || hatch == 7)
        hatch_lines(cr, x, y, w, h, 1, 0, step);
    if (hatch == 6)
        hatch_lines(cr, x, y, w, h, 0, 1, step / 2);
    cairo_restore(cr);
}

/* A pane's ground; hatch 1 = the one with the keys. */
static void draw_card(cairo_t *cr, const struct look *l, bool focused, double x,
                      double y, double w, double h)
{
    double edge = focused ? 1.5 : 1;

    round_path(cr, x + 0.5, y + 0.5, w - 1, h - 1, l->cell_width * 0.6);
    set_colour(cr, l->theme->card, 1);
    cairo_fill_preserve(cr);
    set_colour(cr, focused ? l->theme->focus : l->theme->edge, 1);
    cairo_set_line_width(cr, edge);
    cairo_stroke(cr);
}

/* Line width and dashes. */
static void set_pen(cairo_t *cr, const struct look *l, double width, int pen)
{
    double dash = l->cell_width * 0.6;

    width = width > 1 ? width : 1;
    width *= pen & PEN_HEAVY ? 2.6 : 1;
    cairo_set_line_width(cr, pen & PEN_DOUBLE ? 3 * width : width);
    cairo_set_dash(cr, &dash, pen & PEN_DASHED ? 1 : 0, 0);
}

static void draw_line(cairo_t *cr, const struct look *l, double x0, double y0,
                      double x1, double y1, bool head, int pen)
{
    double size = l->cell_width * (pen & PEN_HEAVY ? 1.1 : 0.7);
    double angle = atan2(y1 - y0, x1 - x0);

    set_pen(cr, l, l->cell_width * 0.16, pen);
    /* level and upright lines on pixels, so that they are sharp */
    if (fabs(y0 - y1) < 0.01)
        y0 = y1 = floor(y0) + 0.5;
    if (fabs(x0 - x1) < 0.01)
        x0 = x1 = floor(x0) + 0.5;
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
    cairo_stroke(cr);
    if (pen & PEN_DOUBLE) { /* the middle is the ground again */
        cairo_save(cr);
        set_colour(cr, l->theme->card, 1);
        cairo_set_line_width(cr,
                             l->cell_width * (pen & PEN_HEAVY ? 0.3 : 0.16));
        cairo_move_to(cr, x0, y0);
        cairo_line_to(cr, x1, y1);
        cairo_stroke(cr);
        cairo_restore(cr);
    }
    if (!head)
        return;
    cairo_move_to(cr, x1, y1);
    cairo_line_to(cr, x1 - size * cos(angle - 0.45),
                  y1 - size * sin(angle - 0.45));
    cairo_line_to(cr, x1 - size * cos(angle + 0.45),
                  y1 - size * sin(angle + 0.45));
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void draw_shape(cairo_t *cr, const struct look *l, const struct shape *s)
{
    double cw = l->cell_width, ch = l->cell_height;
    double x0 = s->x0 * cw, y0 = s->y0 * ch, x1 = s->x1 * cw, y1 = s->y1 * ch;

    cairo_save(cr);
    cairo_rectangle(cr, s->clip.x * cw, ((double)s->clip.y + s->shift) * ch,
                    s->clip.width * cw, s->clip.height * ch);
    cairo_clip(cr);
    set_colour(cr, l->theme->ink[s->style].area, 1);
    switch ((enum shape_kind)s->kind) {
    case SHAPE_RECT:
        if (s->style == STYLE_CARD) {
            draw_card(cr, l, s->hatch, x0, y0, x1 - x0, y1 - y0);
            break;
        }
        cairo_rectangle(cr, x0, y0, x1 - x0, y1 - y0);
        cairo_fill(cr);
        if (s->hatch)
            draw_hatch(cr, l, s->hatch, x0, y0, x1 - x0, y1 - y0);
        break;
    case SHAPE_FRAME:
        set_pen(cr, l, 1, s->hatch);
        cairo_rectangle(cr, floor(x0) + 0.5, floor(y0) + 0.5,
                        floor(x1 - x0) - 1, floor(y1 - y0) - 1);
        cairo_stroke(cr);
        break;
    case SHAPE_LINE:
    case SHAPE_ARROW:
        draw_line(cr, l, x0, y0, x1, y1, s->kind == SHAPE_ARROW, s->hatch);
        break;
    }
    cairo_restore(cr);
}

/* ---- text ------------------------------------------------------------------
 */

static void draw_ground(cairo_t *cr, const struct look *l,
                        const struct text_run *r, const struct ink *ink)
{
    double x = r->x * l->cell_width,
           y = ((double)r->y + r->shift) * l->cell_height;
    double w = r->cells * l->cell_width;

    if (!ink->ground)
        return;
    set_colour(cr, ink->ground, 1);
    if (r->style == STYLE_BUTTON || r->style == STYLE_FOCUS)
        round_path(cr, x, y + 1, w, l->cell_height - 2, l->cell_width * 0.45);
    else
        cairo_rectangle(cr, x, y, w, l->cell_height);
    cairo_fill(cr);
}

static void draw_run(cairo_t *cr, const struct look *l, const struct canvas *c,
                     const struct text_run *r)
{
    const struct ink *ink = &l->theme->ink[r->style];
    cairo_scaled_font_t *font = l->font[ink->bold];
    cairo_glyph_t *glyphs = NULL;
    int count = 0;

    draw_ground(cr, l, r, ink);
    if (cairo_scaled_font_text_to_glyphs(font, 0, 0, c->text + r->text,
                                         r->bytes, &glyphs, &count, NULL, NULL,
                                         NULL) != CAIRO_STATUS_SUCCESS)
        return;
    for (int i = 0; i < count; i++) {
        glyphs[i].x = (r->x + i) * l->cell_width;
        glyphs[i].y =
            floor(((double)r->y + r->shift) * l->cell_height) + l->baseline;
    }
    cairo_set_scaled_font(cr, font);
    set_colour(cr, ink->text, 1);
    cairo_show_glyphs(cr, glyphs, count);
    cairo_glyph_free(glyphs);
}

void canvas_paint(const struct canvas *c, const struct look *l, cairo_t *cr,
                  int pixel_width, int pixel_height)
{
    size_t shape = 0;
    double x, y;

    set_colour(cr, l->theme->window, 1);
    cairo_paint(cr);
    margins(l, c, pixel_width, pixel_height, &x, &y);
    cairo_save(cr);
    cairo_translate(cr, x, y);
    for (size_t i = 0; i <= c->run_count; i++) {
        for (; shape < c->shape_count && c->shapes[shape].before <= i; shape++)
            draw_shape(cr, l, &c->shapes[shape]);
        if (i < c->run_count)
            draw_run(cr, l, c, &c->runs[i]);
    }
    cairo_restore(cr);
}

/* ---- pictures --------------------------------------------------------------
 */

static bool ends_with(const char *path, const char *end)
{
    size_t n = strlen(path), k = strlen(end);

    return n > k && strcmp(path + n - k, end) == 0;
}

static bool write_text(const struct canvas *c, const char *path,
                       struct err *err)
{
    FILE *f = fopen(path, "w");
    bool good = f != NULL;

    if (f) {
        canvas_write_text(c, f);
        good = !ferror(f);
        good &= fclose(f) == 0;
    }
    return good || err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %s",
                           path, strerror(errno));
}

bool picture_write(const struct canvas *c, const struct look *l,
                   const char *path, int pixel_width, int pixel_height,
                   struct err *err)
{
    bool png = ends_with(path, ".png"), svg = ends_with(path, ".svg");
    cairo_surface_t *surface;
    cairo_status_t status;

    if (ends_with(path, ".txt"))
        return write_text(c, path, err);
    if (!png && !svg && !ends_with(path, ".pdf"))
        return err_set(err, EXIT_USAGE,
                       "%s: expected a name that ends in .png, .svg, .pdf or "
                       ".txt",
                       path);
    surface = png ? cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixel_width,
                                               pixel_height)
              : svg ? cairo_svg_surface_create(path, pixel_width, pixel_height)
                    : cairo_pdf_surface_create(path, pixel_width, pixel_height);
    cairo_t *cr = cairo_create(surface);
    canvas_paint(c, l, cr, pixel_width, pixel_height);
    cairo_show_page(cr);
    cairo_destroy(cr);
    if (png) {
        status = cairo_surface_write_to_png(surface, path);
    } else {
        cairo_surface_finish(surface); /* this writes it */
        status = cairo_surface_status(surface);
    }
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ||
           err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %s", path,
                   cairo_status_to_string(status));
}
