/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colours of the window and of pictures, dark and light, after the palette of
 * Okabe and Ito. Areas have the palette's own colours; text has the same hues,
 * lighter or darker until the contrast with its ground is at least 4.5 to 1 (a
 * test computes it). Areas that must be told apart are hatched as well.
 */
#pragma once

#include <stdint.h>

#include "viz/canvas/canvas.h"

/* 0xRRGGBB; ground 0 = the card's own. */
struct ink {
    uint32_t text, ground, area;
    bool bold;
};

struct theme {
    uint32_t window, card, edge, focus; /* edge: a card's border */
    struct ink ink[STYLE_COUNT];
};

extern const struct theme theme_dark, theme_light;

/* The ground that text of a style stands on. */
uint32_t theme_ground(const struct theme *t, enum style style);
/* Contrast of two colours, 1 to 21 (WCAG 2). */
double theme_contrast(uint32_t a, uint32_t b);
