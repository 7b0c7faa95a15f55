// SPDX-License-Identifier: Apache-2.0
/*
 * The counters over the whole run: a line per unit, a column per stretch of
 * time, as high as the share of look-ups that missed in it. One of them can be
 * chosen (key u, a click): then it has the pane to itself, and a caption.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

#include "mmu/access.h"

enum { NAME = 8, NOW = 16, MOST = 10 };

/* What one line shows: a numerator and a denominator of two samples. */
struct series {
    const char *name;
    int unit; /* enum unit, or one of the two below */
    enum { MISSES, CPI, SWITCHES } kind;
};

/* The lines there are; returns how many. */
static int find_series(const struct model *m, struct series all[UNIT_COUNT + 2])
{
    int count = 0;

    for (int u = 0; u < UNIT_COUNT; u++)
        if (m->units[u].hits + m->units[u].misses)
            all[count++] = (struct series){ m->units[u].name, u, MISSES };
    all[count++] = (struct series){ "cyc/ins", 0, CPI };
    all[count++] = (struct series){ "sw/Mcyc", 0, SWITCHES };
    return count;
}

int pane_ratio_named(const struct model *m, const char *name)
{
    struct series all[UNIT_COUNT + 2];
    int count = find_series(m, all);

    for (int i = 0; i < count; i++)
        if (strcmp(all[i].name, name) == 0)
            return i;
    return -1;
}

const char *pane_ratio_name(const struct model *m, int i)
{
    struct series all[UNIT_COUNT + 2];

    return i >= 0 && i < find_series(m, all) ? all[i].name : NULL;
}

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

/* What column x of `width` shows: between the last sample not after its begin
 * and the first not before its end. */
struct stretch {
    const struct sample *from, *to;
};

static struct stretch stretch_of(const struct model *m, int x, int width)
{
    const struct sample *s = m->samples, *last = s + m->sample_count - 1;
    double span = (double)(last->cycle - s->cycle);
    double begin = (double)s->cycle + span * x / width,
           end = (double)s->cycle + span * (x + 1) / width;
    struct stretch t = { s, last };

    while (t.from + 1 < last && (double)t.from[1].cycle <= begin)
        t.from++;
    while (t.to - 1 > t.from && (double)t.to[-1].cycle >= end)
        t.to--;
    return t;
}

static double column_value(const struct model *m, const struct series *s, int x,
                           int width)
{
    struct stretch t = stretch_of(m, x, width);

    return value_of(s, t.from, t.to);
}

/* The highest column. */
static int highest(const struct model *m, const struct series *s, int width,
                   double *most)
{
    int at = 0;

    *most = 0;
    for (int x = 0; x < width; x++) {
        double value = column_value(m, s, x, width);
        if (value > *most) {
            *most = value;
            at = x;
        }
    }
    return at;
}

static void draw_columns(struct canvas *c, const struct model *m,
                         const struct series *s, struct box at, double most)
{
    canvas_rect(c, at.x, at.y, at.width, at.height - 0.1, STYLE_TRACK,
                HATCH_NONE);
    for (int x = 0; x < at.width && most > 0; x++)
        canvas_column(c, at.x + x, at.y, 1, at.height,
                      column_value(m, s, x, at.width) / most,
                      s->kind == MISSES ? STYLE_MISS : STYLE_BAR);
}

/* "12.3%", "0.04%" or "5.25", in six columns at least. */
static void value_text(const struct series *s, double value, char to[16])
{
    snprintf(to, 16,
             s->kind != MISSES          ? "%6.2f"
             : value > 0 && value < 0.1 ? "%5.2f%%"
                                        : "%5.1f%%",
             value);
}

static double whole_run(const struct model *m, const struct series *s)
{
    const struct sample none = { 0 };

    return value_of(s, &none, &m->samples[m->sample_count - 1]);
}

static void draw_series(struct canvas *c, const struct model *m,
                        const struct series *s, int y, int height)
{
    int width = c->box.width - NOW - MOST;
    double most, whole = whole_run(m, s);
    char command[40], text[16];

    highest(m, s, width, &most);
    canvas_text(c, 0, y, STYLE_STRONG, s->name);
    value_text(s, s->kind == MISSES ? 100 - whole : whole, text);
    canvas_text(c, NAME, y, STYLE_TEXT, text);
    draw_columns(c, m, s, (struct box){ NOW, y, width, height }, most);
    value_text(s, most, text);
    canvas_text(c, NOW + width + 1, y, STYLE_DIM, text);
    snprintf(command, sizeof command, "ratio %s", s->name);
    canvas_zone(c, 0, y, c->box.width, height, command,
                "a click shows it alone");
}

/* ---- one of them alone -----------------------------------------------------
 */

static const char *meaning(const struct series *s)
{
    static const char *const units[UNIT_COUNT] = {
        [UNIT_ITLB] = "the TLB for fetches",
        [UNIT_DTLB] = "the TLB for loads and stores",
        [UNIT_L2TLB] = "the second-level TLB",
        [UNIT_IRPLB] = "the protection unit for fetches",
        [UNIT_DRPLB] = "the protection unit for loads and stores",
        [UNIT_L1I] = "the first cache of instructions",
        [UNIT_L1D] = "the first cache of data",
        [UNIT_L2] = "the second cache",
    };

    return s->kind == MISSES ? units[s->unit]
           : s->kind == CPI  ? "cycles per instruction"
                             : "switches of domain in a million cycles";
}

static void add_causes(const struct unit_row *u, char *to, size_t room)
{
    const char *comma = "";
    size_t used = 0;

    for (int i = 0; i < MISS_CAUSE_COUNT && used < room; i++) {
        if (!u->by_cause[i])
            continue;
        used += (size_t)snprintf(to + used, room - used, "%s %s %llu", comma,
                                 miss_cause_name((enum miss_cause)i),
                                 (unsigned long long)u->by_cause[i]);
        comma = ",";
    }
}

static const char *trimmed(const char *text)
{
    return text + strspn(text, " ");
}

/* What the student sees, in words. */
static void caption(const struct model *m, const struct series *s, int width,
                    char *to, size_t room)
{
    const struct unit_row *u = &m->units[s->unit];
    char looks[32], misses[32], each[32], at[32], whole[16], high[16];
    double most;
    struct stretch t = stretch_of(m, highest(m, s, width, &most), width);
    const struct sample *first = m->samples,
                        *last = first + m->sample_count - 1;
    size_t used;

    /* samples may be fewer than columns: then those are as wide as they */
    int stretches = m->sample_count - 1 < width ? m->sample_count - 1 : width;
    grouped_number((last->cycle - first->cycle) / (uint64_t)stretches, each,
                   sizeof each);
    grouped_number(t.from->cycle, at, sizeof at);
    value_text(s, whole_run(m, s), whole);
    value_text(s, most, high);
    if (s->kind == MISSES) {
        grouped_number(u->hits + u->misses, looks, sizeof looks);
        grouped_number(u->misses, misses, sizeof misses);
        used = (size_t)snprintf(
            to, room,
            "%s, %s: of %s look-ups in the whole run %s missed, %s. A "
            "column is the share that missed in about %s cycles; the highest, "
            "%s, begins at cycle %s.%s",
            s->name, meaning(s), looks, misses, trimmed(whole), each,
            trimmed(high), at, u->misses ? " Why they missed:" : "");
        add_causes(u, to + used, room - used);
        return;
    }
    snprintf(to, room,
             "%s, %s: %s in the whole run. A column is about %s cycles; the "
             "highest, %s, begins at cycle %s.",
             s->name, meaning(s), trimmed(whole), each, trimmed(high), at);
}

static struct pane_extent draw_alone(struct canvas *c, const struct model *m,
                                     const struct series *s)
{
    struct box at = { NAME, 0, c->box.width - NAME, 0 };
    char text[MODEL_LINE * 3], first[32], last[32];
    char value[16];
    double most;

    caption(m, s, at.width, text, sizeof text);
    highest(m, s, at.width, &most);
    at.height = c->box.height - pane_lines(c, text) - 1;
    at.height = at.height > 1 ? at.height : 1;
    draw_columns(c, m, s, at, most);
    value_text(s, most, value);
    canvas_text(c, 0, 0, STYLE_DIM, value);
    value_text(s, 0, value);
    if (at.height > 1)
        canvas_text(c, 0, at.height - 1, STYLE_DIM, value);
    grouped_number(m->samples[0].cycle, first, sizeof first);
    grouped_number(m->samples[m->sample_count - 1].cycle, last, sizeof last);
    canvas_text(c, 0, at.height, STYLE_DIM, "cycle");
    canvas_text(c, at.x, at.height, STYLE_DIM, first);
    canvas_right(c, c->box.width, at.height, STYLE_DIM, last);
    canvas_wrap(c, at.height + 1, 0, STYLE_TEXT, text);
    canvas_zone(c, 0, 0, c->box.width, c->box.height, "ratio all",
                "a click shows all of them");
    return (struct pane_extent){ 1, 1 };
}

struct pane_extent pane_ratios_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    struct series all[UNIT_COUNT + 2];
    int count = find_series(m, all), height, y = 1;

    if (m->sample_count < 2 || c->box.width < NOW + MOST + 8) {
        canvas_text(c, 0, 0, STYLE_DIM, "not enough has happened yet");
        return (struct pane_extent){ 1, c->box.height };
    }
    if (v->chosen > 0 && v->chosen <= count)
        return draw_alone(c, m, &all[v->chosen - 1]);
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
    char first[32], last[32];

    *to = 0;
    if (m->sample_count < 2)
        return;
    grouped_number(m->samples[0].cycle, first, sizeof first);
    grouped_number(m->samples[m->sample_count - 1].cycle, last, sizeof last);
    snprintf(to, room, "%s%s to %s", v->chosen ? "u the next  " : "u one  ",
             first, last);
}
