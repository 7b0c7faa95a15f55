// SPDX-License-Identifier: Apache-2.0
/*
 * The page: title, panels side by side, notes; and the file it goes to. An SVG
 * also gets the titles and notes as text (<title>, <desc>), for search and for
 * readers who listen. The same description gives the same bytes: no dates, no
 * screen settings.
 */
#include "viz/plot/draw.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double MARGIN = 26, GAP = 34, PNG_SCALE = 2;

struct bytes {
    char *at;
    size_t count, room;
};

static void bytes_add(struct bytes *b, const void *from, size_t n)
{
    if (!b->at || b->count + n > b->room) {
        b->room = 2 * (b->count + n);
        b->at = realloc(b->at, b->room);
        if (!b->at)
            err_no_memory();
    }
    memcpy(b->at + b->count, from, n);
    b->count += n;
}

/* ---- the page -------------------------------------------------------------
 */

static double draw_heading(cairo_t *cr, const struct plot *p, double width)
{
    double y = MARGIN;

    text_set(cr, FACE_BOLD, 17, 0);
    y += 21.0 *
         text_wrap(cr, MARGIN, y + 15, PLACE_LEFT, width, 21, p->title, true);
    if (p->subtitle) {
        text_set(cr, FACE_PLAIN, 11, 0.3);
        y += 15.0 * text_wrap(cr, MARGIN, y + 12, PLACE_LEFT, width, 15,
                              p->subtitle, true);
    }
    return y + 14;
}

/* Notes hang from the bottom edge; returns where they begin. */
static double draw_notes(cairo_t *cr, const struct plot *p, double width)
{
    int lines = 0;
    double y;

    text_set(cr, FACE_PLAIN, 10, 0.3);
    for (size_t i = 0; i < p->note_count; i++)
        lines += text_wrap(cr, 0, 0, PLACE_LEFT, width, 14, p->note[i], false);
    y = p->height - MARGIN - 14.0 * lines;
    double top = y - (lines ? 10 : 0);
    for (size_t i = 0; i < p->note_count; i++)
        y += 14.0 * text_wrap(cr, MARGIN, y + 12, PLACE_LEFT, width, 14,
                              p->note[i], true);
    return top;
}

/* Panels of one row share what they need above and below, so that their axes
 * lie on one line. */
static void draw_row(cairo_t *cr, const struct plot_panel *panel, size_t count,
                     struct rect r)
{
    double w = (r.w - GAP * (double)(count - 1)) / (double)count;
    struct panel_room room = { 0, 0 };

    for (size_t i = 0; i < count; i++) {
        struct panel_room one = panel_measure(cr, &panel[i], w);
        room.above = fmax(room.above, one.above);
        room.below = fmax(room.below, one.below);
    }
    for (size_t i = 0; i < count; i++)
        panel_draw(cr, &panel[i],
                   (struct rect){ r.x + (w + GAP) * (double)i, r.y, w, r.h },
                   room);
}

static size_t panels_per_row(const struct plot *p)
{
    size_t fit = p->width >= 1200 ? 3 : p->width >= 640 ? 2 : 1;

    return p->panel_count == 4 && fit == 3 ? 2 : fit;
}

static void draw_page(cairo_t *cr, const struct plot *p)
{
    double width = p->width - 2 * MARGIN, top, bottom;
    size_t per_row = panels_per_row(p);
    size_t rows = (p->panel_count + per_row - 1) / per_row;

    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    top = draw_heading(cr, p, width);
    bottom = draw_notes(cr, p, width);
    double h = (bottom - top - 18 * (double)(rows - 1)) / (double)rows;
    for (size_t i = 0; i < p->panel_count; i += per_row) {
        size_t left = p->panel_count - i;
        size_t row = i / per_row;
        double y = top + (h + 18) * (double)row;
        draw_row(cr, &p->panel[i], left < per_row ? left : per_row,
                 (struct rect){ MARGIN, y, width, h });
    }
}

/* ---- files ----------------------------------------------------------------
 */

static cairo_status_t to_bytes(void *closure, const unsigned char *data,
                               unsigned int length)
{
    bytes_add(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void add_escaped(struct bytes *b, const char *text)
{
    for (; *text; text++) {
        const char *as = *text == '&'   ? "&amp;"
                         : *text == '<' ? "&lt;"
                         : *text == '>' ? "&gt;"
                                        : NULL;
        if (as)
            bytes_add(b, as, strlen(as));
        else
            bytes_add(b, text, 1);
    }
}

static void add_line(struct bytes *b, const char *text)
{
    if (!text)
        return;
    add_escaped(b, text);
    bytes_add(b, "\n", 1);
}

static void add_description(struct bytes *b, const struct plot *p)
{
    static const char open[] = "\n<title>", between[] = "</title>\n<desc>",
                      close[] = "</desc>";

    bytes_add(b, open, sizeof open - 1);
    add_escaped(b, p->title);
    bytes_add(b, between, sizeof between - 1);
    add_line(b, p->subtitle);
    for (size_t i = 0; i < p->panel_count; i++) {
        const struct plot_panel *panel = &p->panel[i];
        add_line(b, panel->title);
        for (size_t k = 0; k < panel->series_count; k++)
            add_line(b, panel->series[k].name);
        for (size_t k = 0; k < panel->group_count; k++)
            add_line(b, panel->group[k].label);
    }
    for (size_t i = 0; i < p->note_count; i++)
        add_line(b, p->note[i]);
    bytes_add(b, close, sizeof close - 1);
}

/* Cairo's SVG, with the description after its <svg ...> tag. */
static void describe_svg(struct bytes *svg, const struct plot *p)
{
    struct bytes out = { 0 };
    const char *tag, *end = NULL;

    bytes_add(svg, "", 1); /* a NUL, for strstr */
    svg->count--;
    tag = strstr(svg->at, "<svg");
    if (tag)
        end = strchr(tag, '>');
    if (!end)
        bug("cairo wrote an SVG without <svg>");
    bytes_add(&out, svg->at, (size_t)(end + 1 - svg->at));
    add_description(&out, p);
    bytes_add(&out, end + 1, svg->count - (size_t)(end + 1 - svg->at));
    free(svg->at);
    *svg = out;
}

MUST_CHECK
static bool render(const struct plot *p, const char *ending, struct bytes *to,
                   struct err *err)
{
    cairo_surface_t *s;
    cairo_font_options_t *font = cairo_font_options_create();
    bool png = strcmp(ending, "png") == 0, pdf = strcmp(ending, "pdf") == 0;
    double scale = png ? PNG_SCALE : 1;

    if (png)
        s = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                       (int)(p->width * scale),
                                       (int)(p->height * scale));
    else if (pdf)
        s = cairo_pdf_surface_create_for_stream(to_bytes, to, p->width,
                                                p->height);
    else
        s = cairo_svg_surface_create_for_stream(to_bytes, to, p->width,
                                                p->height);
    if (pdf) {
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, p->title);
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE,
                                       "2000-01-01T00:00:00Z");
    } else if (!png) {
        cairo_svg_surface_set_document_unit(s, CAIRO_SVG_UNIT_PX);
    }
    cairo_t *cr = cairo_create(s);
    cairo_font_options_set_hint_style(font, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(font, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(font, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, font);
    cairo_scale(cr, scale, scale);
    text_family(cr, p->font);
    draw_page(cr, p);
    cairo_show_page(cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    if (status == CAIRO_STATUS_SUCCESS && png)
        status = cairo_surface_write_to_png_stream(s, to_bytes, to);
    cairo_surface_finish(s);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(s);
    cairo_surface_destroy(s);
    cairo_font_options_destroy(font);
    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(err, EXIT_HOST_RESOURCE, "cannot draw: %s",
                       cairo_status_to_string(status));
    if (!png && !pdf)
        describe_svg(to, p);
    return true;
}

MUST_CHECK
static bool write_file(const char *path, const struct bytes *b, struct err *err)
{
    bool to_stdout = strcmp(path, "-") == 0;
    FILE *f = to_stdout ? stdout : fopen(path, "wb");
    bool ok;

    if (!f)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: %s", path,
                       strerror(errno));
    ok = fwrite(b->at, 1, b->count, f) == b->count;
    ok &= fflush(f) == 0;
    if (!to_stdout)
        ok &= fclose(f) == 0;
    if (!ok)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %s", path,
                       strerror(errno));
    return true;
}

bool plot_write(const struct plot *p, const char *path, struct err *err)
{
    const char *dot = strrchr(path, '.');
    const char *ending = strcmp(path, "-") == 0 ? "svg" : dot ? dot + 1 : "";
    struct bytes b = { 0 };
    bool ok;

    if (strcmp(ending, "svg") != 0 && strcmp(ending, "png") != 0 &&
        strcmp(ending, "pdf") != 0)
        return err_set(err, EXIT_USAGE,
                       "%s: the file must end in .svg, .png or .pdf", path);
    ok = render(p, ending, &b, err) && write_file(path, &b, err);
    free(b.at);
    return ok;
}

#ifdef __SANITIZE_ADDRESS__
/* fontconfig keeps its caches until the process ends; that is no leak. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
#endif
