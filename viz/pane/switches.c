// SPDX-License-Identifier: Apache-2.0
/*
 * What switching from one domain to another costs: the average switch, direct
 * by kernel phase and late by what had to be fetched again, and the last
 * switches one by one. Bars are to one scale, so that they can be compared;
 * with another run beside this one (runner/companion.h), the same switches
 * there stand behind them as outlines.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

enum {
    WIDE = 60,
    LABEL = 26,
    PARTS = PHASE_COUNT + LATE_COUNT,
    GHOST_HATCH = 3
};

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

static double sum_of(const double part[PARTS])
{
    double sum = 0;

    for (int i = 0; i < PARTS; i++)
        sum += part[i];
    return sum;
}

/* Parts side by side from x on, `whole` taking `cells`; returns where it ends.
 */
static double draw_parts(struct canvas *c, double x, int y, int cells,
                         const double part[PARTS], double whole)
{
    for (int i = 0; i < PARTS && whole > 0; i++) {
        double width = part[i] / whole * cells;
        if (width > 0.02)
            canvas_rect(c, x, y + 0.18, width, 0.64, part_style(i),
                        part_hatch(i));
        x += width;
    }
    return x;
}

/* The same cost in the other run: an outline behind the bar. Characters have no
 * behind: there a line sticks out, or stands where the outline ends within the
 * bar. `part` cells is the bar, `ghost` the outline. */
static void draw_ghost(struct canvas *c, double x, int y, double part,
                       double ghost)
{
    if (ghost <= 0)
        return;
    if (c->graphic) {
        canvas_rect(c, x, y + 0.04, ghost, 0.92, STYLE_TRACK, GHOST_HATCH);
        canvas_frame(c, x, y + 0.04, ghost, 0.92, STYLE_DIM);
    } else if (ghost > part + 0.5) {
        canvas_line(c, (int)x, y, STYLE_DIM, false, (int)(ghost + 0.5));
        canvas_text(c, (int)(x + ghost - 0.5), y, STYLE_DIM, "┤");
    }
}

/* What must lie over the bar. */
static void draw_ghost_end(struct canvas *c, double x, int y, double part,
                           double ghost)
{
    if (!c->graphic && ghost > 0 && ghost <= part - 0.5)
        canvas_text(c, (int)(x + ghost), y, STYLE_STRONG, "│");
}

static void draw_bar(struct canvas *c, double x, int y, int cells,
                     const double part[PARTS], double ghost, double most)
{
    double width = most > 0 ? sum_of(part) / most * cells : 0;

    ghost = most > 0 ? ghost / most * cells : 0;
    draw_ghost(c, x, y, width, ghost);
    draw_parts(c, x, y, cells, part, most);
    draw_ghost_end(c, x, y, width, ghost);
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

/* Direct and late cycles of the average switch. */
static double average_of(const struct switch_stats *s)
{
    double part[PARTS];

    average(s, part);
    return sum_of(part);
}

/* The other run's, of the same window; NULL: there is none. */
static const struct switch_stats *other_stats(const struct model *m, bool whole)
{
    const struct switch_stats *s =
        whole ? &m->other.run.switch_total : &m->other.run.switch_window;

    return m->other.state != OTHER_NONE && s->count > 0 ? s : NULL;
}

/* Direct cycles of the same switch there, 0 = not known. */
static uint64_t other_switch(const struct model *m, uint64_t number)
{
    const struct run_summary *run = &m->other.run;

    for (int i = 0; m->other.state != OTHER_NONE && i < run->switch_count; i++)
        if (run->switches[i].number == number)
            return run->switches[i].direct;
    return 0;
}

/* Who the outlines are, or why there are none; returns the lines. */
static int draw_other(struct canvas *c, int y, const struct model *m,
                      const struct switch_stats *s)
{
    char text[MODEL_LINE * 2];

    if (m->other.state == OTHER_NONE)
        return 0;
    if (m->other.state != OTHER_THERE || !s) {
        pane_other_text(m, text, sizeof text);
        return canvas_wrap(c, y, 0, STYLE_CHANGED, text);
    }
    if (c->graphic) {
        canvas_rect(c, 0, y + 0.04, 1, 0.92, STYLE_TRACK, GHOST_HATCH);
        canvas_frame(c, 0, y + 0.04, 1, 0.92, STYLE_DIM);
    } else {
        canvas_text(c, 0, y, STYLE_DIM, "┤");
    }
    int x = canvas_print(c, 2, y, STYLE_TEXT, "%s: average %.0f, late %.0f",
                         m->other.label, average_of(s),
                         average_of(s) - (double)s->direct / (double)s->count);
    if (c->box.width >= WIDE)
        canvas_print(c, x, y, STYLE_TEXT, "; %llu of them, at %s",
                     (unsigned long long)s->count, m->other.point);
    return 1;
}

static int draw_average(struct canvas *c, const struct model *m,
                        const struct switch_stats *s,
                        const struct switch_stats *other, double most)
{
    double part[PARTS], sum, gifts = 0;
    int y = 1;

    average(s, part);
    sum = sum_of(part);
    for (int l = 0; l < LATE_COUNT; l++)
        gifts += (double)s->gift[l] / (double)s->count;
    canvas_print(c, 0, 0, STYLE_STRONG, "average %.0f cycles", sum);
    draw_bar(c, LABEL, 0, c->box.width - LABEL, part,
             other ? average_of(other) : 0, most);
    y += draw_legend(c, y, part);
    canvas_print(c, 0, y++, STYLE_DIM, "direct %.0f, late %.0f, gifts %.1f%s",
                 (double)s->direct / (double)s->count,
                 sum - (double)s->direct / (double)s->count, gifts,
                 c->box.width >= WIDE ? " (hits owed to others)" : "");
    return y + draw_other(c, y, m, other);
}

/* Where the bars of single switches begin. */
static int bars_at(const struct canvas *c, const struct model *m)
{
    int at = c->box.width >= WIDE ? LABEL + 6 : LABEL - 6;

    return m->other.state != OTHER_NONE ? at + 6 : at;
}

static void draw_row(struct canvas *c, int y, const struct model *m,
                     const struct switch_row *s, double most)
{
    double part[PARTS] = { 0 };
    uint64_t other = other_switch(m, s->number);
    bool wide = c->box.width >= WIDE;
    int at = bars_at(c, m);
    char cycle[32];

    for (int i = 0; i < PHASE_COUNT; i++)
        part[i] = (double)s->phase[i];
    grouped_number(s->cycle, cycle, sizeof cycle);
    if (wide)
        canvas_right(c, 11, y, STYLE_DIM, cycle);
    canvas_print(c, wide ? 12 : 0, y, STYLE_TEXT, "%.6s→%.6s", s->from, s->to);
    if (other)
        canvas_print(c, at - 6, y, STYLE_DIM, "%5llu",
                     (unsigned long long)other);
    canvas_print(c, wide ? LABEL : LABEL - 12, y, STYLE_STRONG, "%5llu",
                 (unsigned long long)s->direct);
    draw_bar(c, at, y, c->box.width - at, part, (double)other, most);
}

/* The scale of all bars: the dearest of them. */
static double dearest(const struct model *m, const struct switch_stats *s,
                      const struct switch_stats *other)
{
    double most = average_of(s);

    if (other && average_of(other) > most)
        most = average_of(other);
    for (int i = 0; i < m->switch_count; i++) {
        uint64_t there = other_switch(m, m->switches[i].number);
        if ((double)m->switches[i].direct > most)
            most = (double)m->switches[i].direct;
        if ((double)there > most)
            most = (double)there;
    }
    return most;
}

static void draw_heads(struct canvas *c, int y, const struct model *m)
{
    bool wide = c->box.width >= WIDE;

    canvas_text(c, 0, y, STYLE_DIM, wide ? "      cycle from→to" : "from→to");
    canvas_right(c, (wide ? LABEL : LABEL - 12) + 5, y, STYLE_DIM,
                 m->other.state != OTHER_NONE && !wide ? "here" : "direct");
    if (m->other.state == OTHER_NONE)
        return;
    canvas_right(c, bars_at(c, m) - 1, y, STYLE_DIM, "there");
}

struct pane_extent pane_switches_draw(struct canvas *c, const struct model *m,
                                      const struct pane_view *v)
{
    const struct switch_stats *s = v->whole || m->switch_window.count == 0
                                       ? &m->switch_total
                                       : &m->switch_window;
    const struct switch_stats *other = other_stats(m, s == &m->switch_total);
    double most = dearest(m, s, other);
    int y, shown;

    if (s->count == 0) {
        canvas_wrap(c, 0, 0, STYLE_DIM,
                    "no switch yet: only one domain has run");
        return (struct pane_extent){ 1, c->box.height };
    }
    y = draw_average(c, m, s, other, most);
    draw_heads(c, y++, m);
    shown = c->box.height - y;
    for (int i = 0; i < shown && i + v->scroll < m->switch_count; i++)
        draw_row(c, y + i, m, &m->switches[i + v->scroll], most);
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
