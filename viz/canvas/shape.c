// SPDX-License-Identifier: Apache-2.0
/*
 * Shapes and zones of the draw list. A graphic canvas keeps shapes for its back
 * end; one of characters gets the nearest characters at once. See
 * canvas/canvas.h.
 */
#include "viz/canvas/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const fills[HATCH_COUNT] = { "█", "▓", "▒", "░",
                                                "▤", "▥", "▧", "▨" };

enum style domain_style(int i)
{
    return i < 0 ? STYLE_KERNEL : (enum style)((int)STYLE_DOMAIN + i % 8);
}

int domain_hatch(int i)
{
    return i < 0 ? HATCH_NONE : i % HATCH_COUNT;
}

static void add_shape(struct canvas *c, enum shape_kind kind, double x0,
                      double y0, double x1, double y1, enum style style,
                      int hatch)
{
    if (c->shape_count == c->shape_room) {
        c->shape_room = c->shape_room ? 2 * c->shape_room : 1024;
        c->shapes = canvas_grown(c->shapes, c->shape_room, sizeof *c->shapes);
    }
    c->shapes[c->shape_count++] =
        (struct shape){ .kind = (uint8_t)kind,
                        .style = (uint8_t)style,
                        .hatch = (uint8_t)hatch,
                        .x0 = (float)(c->box.x + x0),
                        .y0 = (float)(c->box.y + y0 + c->shift),
                        .x1 = (float)(c->box.x + x1),
                        .y1 = (float)(c->box.y + y1 + c->shift),
                        .clip = c->box,
                        .shift = (float)c->shift,
                        .before = c->run_count };
}

void canvas_rect(struct canvas *c, double x, double y, double width,
                 double height, enum style style, int hatch)
{
    if (width <= 0 || height <= 0)
        return;
    if (c->graphic) {
        add_shape(c, SHAPE_RECT, x, y, x + width, y + height, style, hatch);
        return;
    }
    if (style == STYLE_TRACK || style == STYLE_CARD)
        return; /* quiet grounds are not drawn with characters */
    /* ceil(x - 0.5): the first cell whose middle is not left of x */
    int first = (int)ceil(x - 0.5), end = (int)ceil(x + width - 0.5);
    int top = (int)ceil(y - 0.5), bottom = (int)ceil(y + height - 0.5);

    end = end == first ? first + 1 : end; /* a thing is never nothing */
    for (int row = top; row < bottom; row++)
        for (int column = first; column < end; column++)
            canvas_text(c, column, row, style, fills[hatch % HATCH_COUNT]);
}

void canvas_frame(struct canvas *c, double x, double y, double width,
                  double height, enum style style)
{
    int left = (int)x, top = (int)y, w = (int)width, h = (int)height;

    if (c->graphic) {
        add_shape(c, SHAPE_FRAME, x, y, x + width, y + height, style, c->pen);
        return;
    }
    if (w < 2 || h < 2)
        return;
    canvas_line(c, left + 1, top, style, false, w - 2);
    canvas_line(c, left + 1, top + h - 1, style, false, w - 2);
    canvas_line(c, left, top + 1, style, true, h - 2);
    canvas_line(c, left + w - 1, top + 1, style, true, h - 2);
    canvas_text(c, left, top, style, "┌");
    canvas_text(c, left + w - 1, top, style, "┐");
    canvas_text(c, left, top + h - 1, style, "└");
    canvas_text(c, left + w - 1, top + h - 1, style, "┘");
}

/* A line of characters, one per cell along its longer side; returns the last
 * cell in *x, *y. */
static void draw_cells(struct canvas *c, double x0, double y0, double x1,
                       double y1, enum style style)
{
    int ax = (int)floor(x0), ay = (int)floor(y0), bx = (int)floor(x1),
        by = (int)floor(y1);
    int steps = abs(bx - ax) > abs(by - ay) ? abs(bx - ax) : abs(by - ay);
    const char *what = ay == by ? "─" : ax == bx ? "│" : "·";

    for (int i = 0; i <= steps; i++)
        canvas_text(c, steps ? ax + (bx - ax) * i / steps : ax,
                    steps ? ay + (by - ay) * i / steps : ay, style, what);
}

void canvas_segment(struct canvas *c, double x0, double y0, double x1,
                    double y1, enum style style)
{
    if (c->graphic)
        add_shape(c, SHAPE_LINE, x0, y0, x1, y1, style, c->pen);
    else
        draw_cells(c, x0, y0, x1, y1, style);
}

void canvas_arrow(struct canvas *c, double x0, double y0, double x1, double y1,
                  enum style style)
{
    if (c->graphic) {
        add_shape(c, SHAPE_ARROW, x0, y0, x1, y1, style, c->pen);
        return;
    }
    draw_cells(c, x0, y0, x1, y1, style);
    double dx = x1 - x0, dy = y1 - y0;
    const char *head =
        fabs(dx) > fabs(dy) ? (dx > 0 ? "▶" : "◀") : (dy > 0 ? "▼" : "▲");
    canvas_text(c, (int)floor(x1), (int)floor(y1), style, head);
}

void canvas_column(struct canvas *c, int x, int y, int width, int height,
                   double share, enum style style)
{
    static const char *const eighths[] = { " ", "▁", "▂", "▃", "▄",
                                           "▅", "▆", "▇", "█" };
    double cells = share * height;

    if (c->graphic) {
        canvas_rect(c, x + 0.04, y + height - 0.1 - (height - 0.1) * share,
                    width - 0.08, (height - 0.1) * share, style, HATCH_NONE);
        return;
    }
    for (int row = 0; row < height; row++) {
        double part = cells - (height - 1 - row); /* of this cell */
        int n = part >= 1 ? 8 : part > 0 ? (int)(part * 8 + 0.5) : 0;
        n = n == 0 && part > 0 ? 1 : n;
        for (int i = 0; i < width && n > 0; i++)
            canvas_text(c, x + i, y + row, style, eighths[n]);
    }
}

/* ---- zones
 * ------------------------------------------------------------------ */

static uint32_t keep_text(struct canvas *c, const char *text)
{
    uint32_t at = (uint32_t)c->text_used;

    for (; *text; text++)
        canvas_add_byte(c, *text);
    canvas_add_byte(c, 0);
    return at;
}

void canvas_zone(struct canvas *c, int x, int y, int width, int height,
                 const char *command, const char *tip)
{
    int right = x + width, bottom = y + height;

    x = x < 0 ? 0 : x;
    y = y < 0 ? 0 : y;
    right = right < c->box.width ? right : c->box.width;
    bottom = bottom < c->box.height ? bottom : c->box.height;
    if (right <= x || bottom <= y)
        return;
    if (c->zone_count == c->zone_room) {
        c->zone_room = c->zone_room ? 2 * c->zone_room : 128;
        c->zones = canvas_grown(c->zones, c->zone_room, sizeof *c->zones);
    }
    uint32_t what = keep_text(c, command), says = keep_text(c, tip);
    c->zones[c->zone_count++] = (struct zone){
        { c->box.x + x, c->box.y + y, right - x, bottom - y }, what, says
    };
}

const struct zone *canvas_zone_at(const struct canvas *c, int x, int y)
{
    for (size_t i = c->zone_count; i-- > 0;) {
        const struct box *b = &c->zones[i].box;
        if (x >= b->x && x < b->x + b->width && y >= b->y &&
            y < b->y + b->height)
            return &c->zones[i];
    }
    return NULL;
}

struct canvas_mark canvas_mark(const struct canvas *c)
{
    return (struct canvas_mark){ c->run_count, c->shape_count, c->zone_count,
                                 c->text_used };
}

void canvas_back(struct canvas *c, struct canvas_mark mark)
{
    c->run_count = mark.runs;
    c->shape_count = mark.shapes;
    c->zone_count = mark.zones;
    c->text_used = mark.text;
}
