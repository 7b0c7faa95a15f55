// SPDX-License-Identifier: Apache-2.0
/*
 * Text and numbers for the plotter. Font hinting is off, so that the same
 * description gives the same picture whatever the screen.
 */
#include "viz/plot/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cairo_user_data_key_t family_key;

void text_family(cairo_t *cr, const char *family)
{
    if (cairo_set_user_data(cr, &family_key, (void *)(uintptr_t)family, NULL) !=
        CAIRO_STATUS_SUCCESS)
        err_no_memory();
}

void text_set(cairo_t *cr, enum text_face face, double size, double grey)
{
    const char *family = cairo_get_user_data(cr, &family_key);

    cairo_select_font_face(
        cr, family ? family : "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
        face == FACE_BOLD ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, size);
    cairo_set_source_rgb(cr, grey, grey, grey);
}

double text_width(cairo_t *cr, const char *text)
{
    cairo_text_extents_t e;

    cairo_text_extents(cr, text, &e);
    return e.x_advance;
}

void text_write(cairo_t *cr, double x, double y, enum text_place place,
                const char *text)
{
    double w = place == PLACE_LEFT ? 0 : text_width(cr, text);

    cairo_move_to(cr, place == PLACE_MIDDLE ? x - w / 2 : x - w, y);
    cairo_show_text(cr, text);
}

/* Longest run of whole words from text that is at most `width` wide; at least
 * one word. Copies it to line; returns where the rest begins. */
static const char *take_line(cairo_t *cr, const char *text, double width,
                             char *line, size_t room)
{
    const char *end = text, *good = text;

    while (*good) {
        end = good + strspn(good, " ");
        end += strcspn(end, " ");
        size_t n = (size_t)(end - text);
        if (n >= room)
            break;
        memcpy(line, text, n);
        line[n] = 0;
        if (good > text && text_width(cr, line) > width)
            break;
        good = end;
    }
    if (good == text) /* one word longer than line: cut it */
        good = text + (strlen(text) < room - 1 ? strlen(text) : room - 1);
    memcpy(line, text, (size_t)(good - text));
    line[good - text] = 0;
    return good + strspn(good, " ");
}

int text_wrap(cairo_t *cr, double x, double y, enum text_place place,
              double width, double leading, const char *text, bool draw)
{
    char line[1000];
    int lines = 0;

    text += strspn(text, " ");
    while (*text) {
        text = take_line(cr, text, width, line, sizeof line);
        if (draw)
            text_write(cr, x, y + leading * lines, place, line);
        lines++;
    }
    return lines;
}

void number_write(double value, int decimals, char *to, size_t room)
{
    char plain[400];
    size_t digits, used = 0;
    const char *at = plain;

    snprintf(plain, sizeof plain, "%.*f", decimals, value);
    if (strtod(plain, NULL) == 0 && *at == '-')
        at++; /* no "-0" */
    if (*at == '-' && used + 1 < room)
        to[used++] = *at++;
    digits = strspn(at, "0123456789");
    for (size_t i = 0; at[i]; i++) {
        if (used + 2 >= room)
            break;
        if (i > 0 && i < digits && (digits - i) % 3 == 0)
            to[used++] = ',';
        to[used++] = at[i];
    }
    to[used] = 0;
}

int number_decimals(double step)
{
    int decimals = 0;

    while (decimals < 9 && fabs(step - round(step)) > 1e-9 * fabs(step)) {
        step *= 10;
        decimals++;
    }
    return decimals;
}

double nice_step(double span, int most)
{
    static const double steps[] = { 1, 2, 5 };

    if (!(span > 0) || !isfinite(span))
        return 1;
    double power = pow(10, floor(log10(span / most)));
    for (;; power *= 10)
        for (int i = 0; i < 3; i++)
            if (span / (steps[i] * power) <= most + 1e-9)
                return steps[i] * power;
}
