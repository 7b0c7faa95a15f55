// SPDX-License-Identifier: Apache-2.0
/* The two themes; see canvas/theme.h. */
#include "viz/canvas/theme.h"

#include <math.h>

/* Okabe and Ito: black is not used, grey stands for the kernel. */
#define SKY        0x56B4E9
#define ORANGE     0xE69F00
#define GREEN      0x009E73
#define PURPLE     0xCC79A7
#define BLUE       0x0072B2
#define VERMILLION 0xD55E00
#define YELLOW     0xF0E442

const struct theme theme_dark = {
    .window = 0x14171B,
    .card = 0x1D2127,
    .edge = 0x2B313A,
    .focus = 0x56B4E9,
    .ink = {
        [STYLE_TEXT] = { 0xD9DEE5, 0, 0xD9DEE5, false },
        [STYLE_DIM] = { 0x98A1AB, 0, 0x98A1AB, false },
        [STYLE_STRONG] = { 0xF5F7FA, 0, 0xF5F7FA, true },
        [STYLE_FRAME] = { 0x8A939E, 0, 0x4A525C, false },
        [STYLE_FOCUS] = { 0x0E1A22, 0x56B4E9, 0x56B4E9, true },
        [STYLE_STATUS] = { 0xE6EAEF, 0x262C34, 0x262C34, false },
        [STYLE_CURRENT] = { 0x6FC3F2, 0, SKY, true },
        [STYLE_CHANGED] = { 0xF0B429, 0, ORANGE, true },
        [STYLE_SELECTED] = { 0xFFFFFF, 0x3A4656, 0x3A4656, false },
        [STYLE_LINKED] = { 0xE6EAEF, 0x29323E, 0x29323E, false },
        [STYLE_HIT] = { 0x1DC496, 0, GREEN, false },
        [STYLE_MISS] = { 0xE69F00, 0, ORANGE, true },
        [STYLE_FAULT] = { 0xFF8138, 0, VERMILLION, true },
        [STYLE_SWITCH] = { 0xDB93BA, 0, PURPLE, true },
        [STYLE_WALK] = { 0x4FB0F0, 0, BLUE, true },
        [STYLE_TRAP] = { 0x56B4E9, 0, SKY, false },
        [STYLE_BAR] = { 0x4FB0F0, 0, BLUE, false },
        [STYLE_TRACK] = { 0x98A1AB, 0, 0x2A3038, false },
        [STYLE_CARD] = { 0xD9DEE5, 0, 0x1D2127, false },
        [STYLE_BUTTON] = { 0xE6EAEF, 0x2E3641, 0x2E3641, false },
        [STYLE_KERNEL] = { 0xA9B1BA, 0, 0x7D8590, false },
        [STYLE_DOMAIN] = { 0x56B4E9, 0, SKY, false },
        [STYLE_DOMAIN + 1] = { 0xE69F00, 0, ORANGE, false },
        [STYLE_DOMAIN + 2] = { 0x1DC496, 0, GREEN, false },
        [STYLE_DOMAIN + 3] = { 0xDB93BA, 0, PURPLE, false },
        [STYLE_DOMAIN + 4] = { 0x4FB0F0, 0, BLUE, false },
        [STYLE_DOMAIN + 5] = { 0xFF8138, 0, VERMILLION, false },
        [STYLE_DOMAIN + 6] = { 0xF0E442, 0, YELLOW, false },
        [STYLE_DOMAIN + 7] = { 0xD9DEE5, 0, 0xC8CED6, false },
    },
};

const struct theme theme_light = {
    .window = 0xE9ECF0,
    .card = 0xFCFDFE,
    .edge = 0xCFD5DC,
    .focus = 0x156EA0,
    .ink = {
        [STYLE_TEXT] = { 0x22272E, 0, 0x22272E, false },
        [STYLE_DIM] = { 0x565F6A, 0, 0x565F6A, false },
        [STYLE_STRONG] = { 0x000000, 0, 0x000000, true },
        [STYLE_FRAME] = { 0x616B76, 0, 0xA4ADB7, false },
        [STYLE_FOCUS] = { 0xFFFFFF, 0x156EA0, 0x156EA0, true },
        [STYLE_STATUS] = { 0x1B2026, 0xD5DBE2, 0xD5DBE2, false },
        [STYLE_CURRENT] = { 0x0F6292, 0, SKY, true },
        [STYLE_CHANGED] = { 0x7D5600, 0, ORANGE, true },
        [STYLE_SELECTED] = { 0x000000, 0xC4DDF0, 0xC4DDF0, false },
        [STYLE_LINKED] = { 0x1B2026, 0xE4EFF8, 0xE4EFF8, false },
        [STYLE_HIT] = { 0x006B4E, 0, GREEN, false },
        [STYLE_MISS] = { 0x7D5600, 0, ORANGE, true },
        [STYLE_FAULT] = { 0xA84800, 0, VERMILLION, true },
        [STYLE_SWITCH] = { 0x9C3A70, 0, PURPLE, true },
        [STYLE_WALK] = { 0x0065A0, 0, BLUE, true },
        [STYLE_TRAP] = { 0x156EA0, 0, SKY, false },
        [STYLE_BAR] = { 0x0065A0, 0, BLUE, false },
        [STYLE_TRACK] = { 0x565F6A, 0, 0xE6EAEE, false },
        [STYLE_CARD] = { 0x22272E, 0, 0xFCFDFE, false },
        [STYLE_BUTTON] = { 0x1B2026, 0xFCFDFE, 0xFCFDFE, false },
        [STYLE_KERNEL] = { 0x565F6A, 0, 0x9AA2AC, false },
        [STYLE_DOMAIN] = { 0x156EA0, 0, SKY, false },
        [STYLE_DOMAIN + 1] = { 0x7D5600, 0, ORANGE, false },
        [STYLE_DOMAIN + 2] = { 0x006B4E, 0, GREEN, false },
        [STYLE_DOMAIN + 3] = { 0x9C3A70, 0, PURPLE, false },
        [STYLE_DOMAIN + 4] = { 0x0065A0, 0, BLUE, false },
        [STYLE_DOMAIN + 5] = { 0xA84800, 0, VERMILLION, false },
        [STYLE_DOMAIN + 6] = { 0x6A6308, 0, YELLOW, false },
        [STYLE_DOMAIN + 7] = { 0x22272E, 0, 0x565F6A, false },
    },
};

uint32_t theme_ground(const struct theme *t, enum style style)
{
    return t->ink[style].ground ? t->ink[style].ground : t->card;
}

/* Relative luminance (WCAG 2). */
static double luminance(uint32_t colour)
{
    static const double weight[] = { 0.0722, 0.7152, 0.2126 };
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double part = (colour >> (8 * i) & 0xff) / 255.0;
        sum += weight[i] * (part <= 0.03928 ? part / 12.92
                                            : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double theme_contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a), y = luminance(b);

    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}
