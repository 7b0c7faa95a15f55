// SPDX-License-Identifier: Apache-2.0
/*
 * Who ran when: a lane per domain, from the moments that the model kept. A
 * domain runs from its first moment until another one's; the cycles of a switch
 * belong to the kernel and are drawn grey. Letters mark what is rare.
 */
#include "viz/pane.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 12, CELLS = 512 };

struct window {
    uint64_t first, last; /* cycles */
    int x, width;         /* cells */
};

static double at_cycle(const struct window *w, uint64_t cycle)
{
    double span = (double)(w->last - w->first);

    if (cycle <= w->first || span <= 0)
        return w->x;
    if (cycle >= w->last)
        return w->x + w->width;
    return w->x + (double)(cycle - w->first) / span * w->width;
}

/* All moments kept, or the newest part of them, moved back by v->column
 * eighths of it. */
static struct window find_window(const struct model *m,
                                 const struct pane_view *v, int width)
{
    uint64_t oldest =
        m->moment_count > MODEL_MOMENTS ? m->moment_count - MODEL_MOMENTS : 0;
    const struct moment *begin = model_moment(m, oldest);
    uint64_t first = begin ? begin->cycle : 0, last = m->cycle;
    uint64_t span = last > first ? last - first : 1;

    if (v->zoom > 0) {
        uint64_t part = span >> v->zoom, back;
        part = part > 64 ? part : 64;
        back = part / 8 * (uint64_t)v->column;
        last = last - first > back + part ? last - back : first + part;
        first = last > part ? last - part : 0;
    }
    return (struct window){ first, last > first ? last : first + 1, LABEL,
                            width - LABEL };
}

/* ---- lanes
 * -------------------------------------------------------------------
 */

/* Lanes that have something in the window, in order of appearance. */
static int find_lanes(const struct model *m, const struct window *w,
                      int lane[MODEL_LANES])
{
    bool seen[MODEL_LANES] = { false };
    int count = 0;

    for (uint64_t s = m->moment_count; s-- > 0;) {
        const struct moment *e = model_moment(m, s);
        if (!e)
            break;
        if (e->cycle <= w->last)
            seen[e->lane] = true;
        if (e->cycle < w->first)
            break; /* this one was running when the window begins */
    }
    for (int i = 0; i < m->lane_count; i++)
        if (seen[i])
            lane[count++] = i;
    return count;
}

/* Numbers of domains come again: the lane tells them apart, 0 = kernel. */
static int tint_of(const struct model *m, int lane)
{
    return m->lanes[lane].id == 0 ? -1 : (int)m->lanes[lane].id - 1;
}

static void draw_span(struct canvas *c, const struct model *m,
                      const struct window *w, const struct moment *from,
                      uint64_t until, double y)
{
    double x0 = at_cycle(w, from->cycle), x1 = at_cycle(w, until);
    int tint = tint_of(m, from->lane);

    if (until <= w->first || from->cycle >= w->last)
        return;
    canvas_rect(c, x0, y, x1 - x0 > 0.12 ? x1 - x0 : 0.12, 0.7,
                domain_style(tint), domain_hatch(tint));
}

/* The cycles of a switch, at the end of the old domain's time. */
static void draw_switch(struct canvas *c, const struct window *w,
                        const struct moment *e, double y)
{
    uint64_t begin = e->cycle > e->cost ? e->cycle - e->cost : 0;
    double x0 = at_cycle(w, begin), x1 = at_cycle(w, e->cycle);

    if (e->cycle > w->first && begin < w->last && x1 - x0 > 0.3)
        canvas_rect(c, x0, y, x1 - x0, 0.7, STYLE_KERNEL, HATCH_NONE);
}

static void draw_gap(struct canvas *c, const struct window *w, uint64_t from,
                     uint64_t until, int y, int height)
{
    double x0 = at_cycle(w, from), x1 = at_cycle(w, until);

    if (until <= w->first || from >= w->last)
        return;
    for (int i = 0; i < height; i++)
        for (int x = (int)x0; x + 1 < x1; x += 2)
            canvas_text(c, x, y + i, STYLE_FRAME, "·");
}

/* ---- marks
 * -------------------------------------------------------------------
 */

/* What is rarer hides what is common in the same cell. */
static int rank(char letter)
{
    static const char order[] = " MSRCc*F";
    const char *at = strchr(order, letter);

    return at ? (int)(at - order) : 0;
}

static enum style mark_style(char letter, bool over)
{
    if (over)
        return STYLE_SELECTED;
    return letter == 'C' || letter == 'c' || letter == '*'
               ? STYLE_STRONG
               : pane_letter_style(letter);
}

/* over: there is no line of their own, so on a graphic canvas only the rarest
 * are shown, on a ground of theirs. */
static void draw_marks(struct canvas *c, const struct model *m,
                       const struct window *w, int lane, int y, bool over)
{
    char cell[CELLS] = { 0 };

    over &= c->graphic;
    for (uint64_t s = m->moment_count; s-- > 0;) {
        const struct moment *e = model_moment(m, s);
        if (!e || e->cycle < w->first)
            break;
        if (e->lane != lane || e->letter == ' ' || e->letter == 'S' ||
            e->cycle > w->last)
            continue;
        int x = (int)at_cycle(w, e->cycle);
        if (x >= w->x + w->width)
            x = w->x + w->width - 1;
        if (x >= 0 && x < CELLS &&
            rank(e->letter) > rank(cell[x] ? cell[x] : ' '))
            cell[x] = e->letter;
    }
    for (int x = 0; x < CELLS; x++)
        if (cell[x] && (!over || rank(cell[x]) >= rank('C')))
            canvas_print(c, x, y, mark_style(cell[x], over), "%c", cell[x]);
}

/* ---- all of it
 * ----------------------------------------------------------------
 */

struct rows {
    const int *lane;
    int count, skip, y, pitch;
};

/* Line of a lane on the pane, -1 = not shown. */
static int row_of(const struct rows *r, int lane)
{
    for (int i = r->skip; i < r->count; i++)
        if (r->lane[i] == lane)
            return r->y + (i - r->skip) * r->pitch;
    return -1;
}

static void draw_spans(struct canvas *c, const struct model *m,
                       const struct window *w, const struct rows *r)
{
    uint64_t until = m->cycle;
    int height = (r->count - r->skip) * r->pitch;

    for (uint64_t s = m->moment_count; s-- > 0;) {
        const struct moment *e = model_moment(m, s), *before = NULL;
        if (!e)
            break;
        int y = row_of(r, e->lane);
        if (y >= 0)
            draw_span(c, m, w, e, until, y + 0.15);
        before = s > 0 ? model_moment(m, s - 1) : NULL;
        if (e->gap && before)
            draw_gap(c, w, before->cycle, e->cycle, r->y, height);
        y = row_of(r, e->other);
        if (e->letter == 'S' && y >= 0)
            draw_switch(c, w, e, y + 0.15);
        until = e->gap && before ? before->cycle : e->cycle;
        if (e->cycle < w->first)
            break;
    }
}

static void draw_arrows(struct canvas *c, const struct model *m,
                        const struct window *w, const struct rows *r)
{
    for (uint64_t s = m->moment_count; s-- > 0;) {
        const struct moment *e = model_moment(m, s);
        if (!e || e->cycle < w->first)
            break;
        int from = row_of(r, e->other), to = row_of(r, e->lane);
        if (e->letter != 'C' || from < 0 || to < 0 || from == to ||
            e->cycle > w->last)
            continue;
        double x = at_cycle(w, e->cycle);
        canvas_arrow(c, x, from + 0.5, x, to + (to > from ? 0.1 : 0.9),
                     STYLE_STRONG);
    }
}

static void draw_axis(struct canvas *c, const struct window *w, int y)
{
    char text[32], middle[32], span[32];

    canvas_segment(c, w->x, y + 0.05, w->x + w->width - 0.01, y + 0.05,
                   STYLE_FRAME);
    grouped_number(w->first, text, sizeof text);
    grouped_number(w->last, middle, sizeof middle);
    grouped_number(w->last - w->first, span, sizeof span);
    canvas_text(c, 0, y, STYLE_DIM, "cycle");
    canvas_text(c, w->x, y, STYLE_DIM, text);
    canvas_right(c, w->x + w->width, y, STYLE_DIM, middle);
    if (w->width > 56)
        canvas_print(c, w->x + w->width / 2 - text_cells(span) / 2 - 4, y,
                     STYLE_DIM, "%s cycles", span);
}

struct pane_extent pane_timeline_draw(struct canvas *c, const struct model *m,
                                      const struct pane_view *v)
{
    struct window w = find_window(m, v, c->box.width);
    int lane[MODEL_LANES], count, room = c->box.height - 1, shown;

    if (m->moment_count == 0 || w.width < 8) {
        canvas_text(c, 0, 0, STYLE_DIM, "nothing has happened yet");
        return (struct pane_extent){ 1, c->box.height };
    }
    count = find_lanes(m, &w, lane);
    struct rows r = { lane, count, v->scroll < count ? v->scroll : 0, 0,
                      2 * count <= room ? 2 : 1 };
    shown = room / r.pitch;
    struct box whole = c->box;
    c->box.height = room;
    draw_spans(c, m, &w, &r);
    draw_arrows(c, m, &w, &r);
    for (int i = r.skip; i < count && i - r.skip < shown; i++) {
        int y = (i - r.skip) * r.pitch;
        canvas_print(c, 0, y, STYLE_TEXT, "%.11s", m->lanes[lane[i]].name);
        draw_marks(c, m, &w, lane[i], r.pitch > 1 ? y + 1 : y, r.pitch == 1);
    }
    c->box = whole;
    int bottom = (count - r.skip) * r.pitch;
    draw_axis(c, &w, bottom < room ? bottom : room);
    return (struct pane_extent){ count, shown };
}

void pane_timeline_title(const struct model *m, const struct pane_view *v,
                         char *to, size_t room)
{
    *to = 0;
    if (m->moment_count)
        snprintf(to, room, "%s%s",
                 v->zoom ? "( more time  ) less" : ") zooms in",
                 v->zoom && v->column ? "  arrows: back, forth" : "");
}
