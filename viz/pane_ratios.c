// SPDX-License-Identifier: Apache-2.0
/*
 * The counters over the whole run: a line per unit, a column per stretch of
 * time, as high as the share of look-ups that missed in it.
 */
#include "viz/pane.h"

#include <stdio.h>

#include "mmu/access.h"

enum { NAME = 8, NOW = 16, MOST = 10 };

/* What one line shows: a numerator and a denominator of two samples. */
struct series {
    const char *name;
    int unit; /* enum unit, or one of the two below */
    enum { MISSES, CPI, SWITCHES } kind;
};

static double value_of(const struct series *s, const struct sample *a,
                       const struct sample *b)
{
    double looks, cycles = (double)(b->cycle - a->cycle),
                  instructions = (double)(b->instructions - a->instructions);

    switch (s->kind) {
    case CPI:
        return instructions > 0 ? cycles / instructions : 0;
    case SWITCHES:
        return cycles > 0 ? (double)(b->switches - a->switches) * 1e6 / cycles
                          : 0;
    default:
        looks = (double)(b->hits[s->unit] - a->hits[s->unit] +
                         b->misses[s->unit] - a->misses[s->unit]);
        return looks > 0
                   ? 100.0 * (double)(b->misses[s->unit] - a->misses[s->unit]) /
                         looks
                   : 0;
    }
}

/* The stretch of column x: samples from and to. */
static void stretch(const struct model *m, int x, int width, int *from, int *to)
{
    int steps = m->sample_count - 1;

    *from = (int)((long)steps * x / width);
    *to = (int)((long)steps * (x + 1) / width);
    if (*to == *from)
        *to = *from + 1;
}

static void draw_series(struct canvas *c, const struct model *m,
                        const struct series *s, int y, int height)
{
    int width = c->box.width - NOW - MOST, from, to;
    const struct sample *last = &m->samples[m->sample_count - 1], none = { 0 };
    double most = 0, whole = value_of(s, &none, last);

    for (int x = 0; x < width; x++) {
        stretch(m, x, width, &from, &to);
        double value = value_of(s, &m->samples[from], &m->samples[to]);
        most = value > most ? value : most;
    }
    canvas_text(c, 0, y, STYLE_STRONG, s->name);
    canvas_print(c, NAME, y, STYLE_TEXT,
                 s->kind == MISSES ? "%5.1f%%" : "%6.2f",
                 s->kind == MISSES ? 100 - whole : whole);
    canvas_rect(c, NOW, y, width, height - 0.1, STYLE_TRACK, HATCH_NONE);
    for (int x = 0; x < width && most > 0; x++) {
        stretch(m, x, width, &from, &to);
        double value = value_of(s, &m->samples[from], &m->samples[to]);
        canvas_column(c, NOW + x, y, 1, height, value / most,
                      s->kind == MISSES ? STYLE_MISS : STYLE_BAR);
    }
    canvas_print(c, NOW + width + 1, y, STYLE_DIM,
                 s->kind == MISSES ? "%5.1f%%" : "%6.2f", most);
}

struct pane_extent pane_ratios_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    struct series all[UNIT_COUNT + 2];
    int count = 0, height, y = 1;

    if (m->sample_count < 2 || c->box.width < NOW + MOST + 8) {
        canvas_text(c, 0, 0, STYLE_DIM, "not enough has happened yet");
        return (struct pane_extent){ 1, c->box.height };
    }
    for (int u = 0; u < UNIT_COUNT; u++)
        if (m->units[u].hits + m->units[u].misses)
            all[count++] = (struct series){ m->units[u].name, u, MISSES };
    all[count++] = (struct series){ "cyc/ins", 0, CPI };
    all[count++] = (struct series){ "sw/Mcyc", 0, SWITCHES };
    height = (c->box.height - 1) / count;
    height = height > 3 ? 3 : height < 1 ? 1 : height;
    canvas_text(c, 0, 0, STYLE_DIM,
                c->box.width >= 46 ? "unit     hits   missed, over time"
                                   : "unit     hits   missed");
    canvas_right(c, c->box.width, 0, STYLE_DIM, "highest");
    for (int i = v->scroll; i < count; i++, y += height)
        draw_series(c, m, &all[i], y, height);
    return (struct pane_extent){ count, (c->box.height - 1) / height };
}

void pane_ratios_title(const struct model *m, const struct pane_view *v,
                       char *to, size_t room)
{
    char cycle[32];

    (void)v;
    *to = 0;
    grouped_number(m->cycle, cycle, sizeof cycle);
    if (m->sample_count > 1)
        snprintf(to, room, "0 to %s", cycle);
}
