// SPDX-License-Identifier: Apache-2.0
/*
 * What switching from one domain to another costs: the average switch, direct
 * by kernel phase and late by what had to be fetched again, and the last
 * switches one by one. Bars are to one scale, so that they can be compared.
 */
#include "viz/pane.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 60, LABEL = 26, PARTS = PHASE_COUNT + LATE_COUNT };

/* Style of a part. */
static enum style part_style(int i)
{
    static const enum style styles[PARTS] = {
        [PHASE_USER] = STYLE_HIT,
        [PHASE_SCRIPT] = STYLE_DIM,
        [PHASE_KERNEL] = STYLE_KERNEL,
        [PHASE_TRAP] = STYLE_TRAP,
        [PHASE_SAVE] = STYLE_WALK,
        [PHASE_SCHEDULE] = STYLE_HIT,
        [PHASE_SWITCH] = STYLE_SWITCH,
        [PHASE_FLUSH] = STYLE_FAULT,
        [PHASE_RESTORE] = STYLE_BAR,
        [PHASE_REFILL] = STYLE_MISS,
        [PHASE_COUNT + LATE_TLB] = STYLE_MISS,
        [PHASE_COUNT + LATE_PROTECTION] = STYLE_FAULT,
        [PHASE_COUNT + LATE_CACHE] = STYLE_DIM,
    };

    return styles[i];
}

/* Hatch of a part: with its style it is unlike every other. */
static int part_hatch(int i)
{
    static const uint8_t hatches[PARTS] = {
        [PHASE_USER] = 1,
        [PHASE_SCRIPT] = 2,
        [PHASE_KERNEL] = 0,
        [PHASE_TRAP] = 3,
        [PHASE_SAVE] = 4,
        [PHASE_SCHEDULE] = 5,
        [PHASE_SWITCH] = 6,
        [PHASE_FLUSH] = 1,
        [PHASE_RESTORE] = 7,
        [PHASE_REFILL] = 2,
        [PHASE_COUNT + LATE_TLB] = 1,
        [PHASE_COUNT + LATE_PROTECTION] = 2,
        [PHASE_COUNT + LATE_CACHE] = 6,
    };

    return hatches[i];
}

static void part_name(int i, char *to, size_t room)
{
    if (i < PHASE_COUNT)
        snprintf(to, room, "%s", phase_name((enum phase)i));
    else
        snprintf(to, room, "late %s",
                 late_name((enum late_group)(i - PHASE_COUNT)));
}

/* Parts side by side from x on, `whole` taking `cells`; returns where it ends.
 */
static double draw_parts(struct canvas *c, double x, int y, int cells,
                         const double part[PARTS], double whole)
{
    for (int i = 0; i < PARTS && whole > 0; i++) {
        double width = part[i] / whole * cells;
        if (width > 0.02)
            canvas_rect(c, x, y + 0.15, width, 0.7, part_style(i),
                        part_hatch(i));
        x += width;
    }
    return x;
}

/* The parts that are not zero with their cycles, as many a line as fit;
 * returns the lines. */
static int draw_legend(struct canvas *c, int y, const double part[PARTS])
{
    int x = 0, begin = y;

    for (int i = 0; i < PARTS; i++) {
        char name[32], text[64];
        if (part[i] < 0.05)
            continue;
        part_name(i, name, sizeof name);
        snprintf(text, sizeof text, "%s %.1f", name, part[i]);
        if (x > 0 && x + 3 + text_cells(text) > c->box.width) {
            x = 0;
            y++;
        }
        canvas_rect(c, x, y + 0.15, 1, 0.7, part_style(i), part_hatch(i));
        x = canvas_text(c, x + 2, y, STYLE_TEXT, text) + 2;
    }
    return y - begin + 1;
}

static void average(const struct switch_stats *s, double part[PARTS])
{
    for (int i = 0; i < PARTS; i++) {
        uint64_t cycles =
            i < PHASE_COUNT ? s->phase[i] : s->late[i - PHASE_COUNT];
        part[i] = s->count ? (double)cycles / (double)s->count : 0;
    }
}

static double sum_of(const double part[PARTS])
{
    double sum = 0;

    for (int i = 0; i < PARTS; i++)
        sum += part[i];
    return sum;
}

static int draw_average(struct canvas *c, int y, const struct switch_stats *s,
                        double most)
{
    double part[PARTS], sum, gifts = 0;

    average(s, part);
    sum = sum_of(part);
    for (int l = 0; l < LATE_COUNT; l++)
        gifts += (double)s->gift[l] / (double)s->count;
    canvas_print(c, 0, y, STYLE_STRONG, "average %.0f cycles", sum);
    draw_parts(c, LABEL, y, c->box.width - LABEL, part, most);
    y++;
    y += draw_legend(c, y, part);
    canvas_print(c, 0, y++, STYLE_DIM, "direct %.0f, late %.0f, gifts %.1f%s",
                 (double)s->direct / (double)s->count,
                 sum - (double)s->direct / (double)s->count, gifts,
                 c->box.width >= WIDE ? " (hits owed to others)" : "");
    return y;
}

static void draw_row(struct canvas *c, int y, const struct switch_row *s,
                     double most)
{
    double part[PARTS] = { 0 };
    char cycle[32];
    bool wide = c->box.width >= WIDE;

    for (int i = 0; i < PHASE_COUNT; i++)
        part[i] = (double)s->phase[i];
    grouped_number(s->cycle, cycle, sizeof cycle);
    if (wide)
        canvas_right(c, 11, y, STYLE_DIM, cycle);
    canvas_print(c, wide ? 12 : 0, y, STYLE_TEXT, "%.6s→%.6s", s->from, s->to);
    int at = wide ? LABEL + 6 : LABEL - 6;
    canvas_print(c, at - 6, y, STYLE_STRONG, "%5llu",
                 (unsigned long long)s->direct);
    draw_parts(c, at, y, c->box.width - at, part, most);
}

/* The scale of all bars: the dearest of them. */
static double dearest(const struct model *m, const struct switch_stats *s)
{
    double part[PARTS], most;

    average(s, part);
    most = sum_of(part);
    for (int i = 0; i < m->switch_count; i++)
        if ((double)m->switches[i].direct > most)
            most = (double)m->switches[i].direct;
    return most;
}

struct pane_extent pane_switches_draw(struct canvas *c, const struct model *m,
                                      const struct pane_view *v)
{
    const struct switch_stats *s = v->whole || m->switch_window.count == 0
                                       ? &m->switch_total
                                       : &m->switch_window;
    double most = dearest(m, s);
    int y, shown;

    if (s->count == 0) {
        canvas_wrap(c, 0, 0, STYLE_DIM,
                    "no switch yet: only one domain has run");
        return (struct pane_extent){ 1, c->box.height };
    }
    y = draw_average(c, 0, s, most);
    canvas_text(c, 0, y++, STYLE_DIM,
                c->box.width >= WIDE ? "      cycle from→to        direct"
                                     : "from→to       direct");
    shown = c->box.height - y;
    for (int i = 0; i < shown && i + v->scroll < m->switch_count; i++)
        draw_row(c, y + i, &m->switches[i + v->scroll], most);
    return (struct pane_extent){ m->switch_count, shown > 0 ? shown : 0 };
}

void pane_switches_title(const struct model *m, const struct pane_view *v,
                         char *to, size_t room)
{
    bool whole = v->whole || m->switch_window.count == 0;
    char count[32];

    grouped_number(whole ? m->switch_total.count : m->switch_window.count,
                   count, sizeof count);
    snprintf(to, room, "%s: %s", whole ? "whole run" : "last command", count);
}
