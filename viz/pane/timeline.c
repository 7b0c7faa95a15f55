// SPDX-License-Identifier: Apache-2.0
/*
 * Who ran when: a lane per domain, thread or hart, from the moments that the
 * model kept. A domain runs on a hart from its first moment until another
 * one's; the cycles of a switch belong to the kernel and are drawn grey.
 * Letters mark what is rare, arrows are portal calls. Below: cursors,
 * bookmarks, and what lies between the cursors (pane/between.c). When another
 * run goes beside this one, its lanes stand below.
 */
#include "viz/pane/timeline.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 12, THICKEST = 6, HARTS = 8 };

/* ---- lanes -----------------------------------------------------------------
 */

static int lane_of(const struct timeline *f, const struct moment *e)
{
    return f->time->lanes == LANES_HART     ? e->hart
           : f->time->lanes == LANES_THREAD ? e->thread
                                            : e->lane;
}

/* The lane that an S came from. */
static int other_lane_of(const struct timeline *f, const struct moment *e)
{
    return f->time->lanes == LANES_HART     ? e->hart
           : f->time->lanes == LANES_THREAD ? e->other_thread
                                            : e->other;
}

static int lanes_known(const struct timeline *f)
{
    const struct time_track *t = f->track;

    return f->time->lanes == LANES_HART     ? t->hart_count
           : f->time->lanes == LANES_THREAD ? t->thread_count
                                            : t->lane_count;
}

static void lane_label(const struct timeline *f, int lane, char *to,
                       size_t room)
{
    if (f->time->lanes == LANES_HART)
        snprintf(to, room, "hart %d", lane);
    else
        snprintf(to, room, "%.11s",
                 f->time->lanes == LANES_THREAD ? f->track->threads[lane].name
                                                : f->track->lanes[lane].name);
}

/* Runs over the moments, newest first; `until` is when each ended: at the next
 * one of its hart. False: there is none left. */
struct walk {
    uint64_t serial, until[256];
};

static struct walk begin_walk(const struct time_track *t)
{
    struct walk w = { .serial = t->moment_count };

    for (size_t h = 0; h < sizeof w.until / sizeof w.until[0]; h++)
        w.until[h] = t->cycle;
    return w;
}

static const struct moment *walk_on(const struct time_track *t, struct walk *w,
                                    uint64_t *until)
{
    const struct moment *e =
        w->serial > 0 ? time_moment(t, w->serial - 1) : NULL;
    const struct moment *before =
        w->serial > 1 ? time_moment(t, w->serial - 2) : NULL;

    if (!e)
        return NULL;
    w->serial--;
    *until = w->until[e->hart];
    w->until[e->hart] = e->gap && before ? before->cycle : e->cycle;
    return e;
}

/* Lanes that have something in the window, in order of appearance. */
static void find_lanes(struct timeline *f)
{
    bool seen[MODEL_LANES] = { false };
    struct walk w = begin_walk(f->track);
    const struct moment *e;
    uint64_t until;

    while ((e = walk_on(f->track, &w, &until)))
        if (timeline_touches(f, e->cycle, until))
            seen[lane_of(f, e) % MODEL_LANES] = true;
    f->count = 0;
    for (int i = 0; i < lanes_known(f) && i < MODEL_LANES; i++)
        if (seen[i])
            f->lane[f->count++] = i;
}

/* Line of a lane on the pane, -1 = not shown. */
static int row_of(const struct timeline *f, int lane)
{
    for (int i = f->skip; i < f->count; i++)
        if (f->lane[i] == lane)
            return (i - f->skip) * f->pitch;
    return -1;
}

/* A lane is a line of marks below what is drawn of who ran: so high. */
static double thickness(const struct timeline *f)
{
    return f->pitch > 2 ? f->pitch - 2.3 : 0.7;
}

/* Line of the marks, from the lane's first. */
static int marks_line(const struct timeline *f)
{
    return f->pitch > 2 ? f->pitch - 2 : f->pitch - 1;
}

/* ---- who runs --------------------------------------------------------------
 */

/* Numbers of domains come again: the lane tells them apart, 0 = kernel. */
static int tint_of(const struct time_track *t, int domain)
{
    return t->lanes[domain].id == 0 ? -1 : (int)t->lanes[domain].id - 1;
}

/* Did the same domain run before this moment, on its hart? */
static bool goes_on(const struct time_track *t, const struct moment *e,
                    uint64_t serial)
{
    const struct moment *before;

    while (serial > 0 && (before = time_moment(t, --serial)))
        if (before->hart == e->hart)
            return before->lane == e->lane;
    return false;
}

/* What is to be drawn next in a lane: spans of one domain with less than a
 * pixel between them are one bar, so a window full of moments stays cheap. */
struct bar {
    bool any;
    double x0, x1;
    int tint, y;
};

#define PIXEL 0.12 /* of a cell, about */

static void draw_bar(struct canvas *c, const struct timeline *f,
                     const struct bar *b)
{
    if (b->any)
        canvas_rect(c, b->x0, b->y + 0.15,
                    b->x1 - b->x0 > PIXEL ? b->x1 - b->x0 : PIXEL, thickness(f),
                    domain_style(b->tint), domain_hatch(b->tint));
}

/* Spans come from the newest to the oldest. */
static void add_span(struct canvas *c, const struct timeline *f, struct bar *b,
                     const struct moment *from, uint64_t until, int y)
{
    double x0 = timeline_x(f, from->cycle), x1 = timeline_x(f, until);
    int tint =
        f->time->lanes == LANES_THREAD && f->track->threads[from->thread].kernel
            ? -1
            : tint_of(f->track, from->lane);

    if (!timeline_touches(f, from->cycle, until))
        return;
    if (b->any && b->tint == tint && x1 > b->x0 - PIXEL) {
        b->x0 = x0 < b->x0 ? x0 : b->x0;
    } else if (!b->any || x0 < b->x0 - PIXEL) {
        draw_bar(c, f, b);
        *b = (struct bar){ true, x0, x1, tint, y };
    }
}

/* A hart's lane says whose time it is, wherever a name fits. */
static void draw_names(struct canvas *c, const struct timeline *f)
{
    struct walk w = begin_walk(f->track);
    const struct moment *e, *newer[HARTS] = { NULL };
    uint64_t until, end[HARTS] = { 0 };

    while (f->time->lanes == LANES_HART &&
           (e = walk_on(f->track, &w, &until))) {
        const struct moment *after = newer[e->hart % HARTS];
        uint64_t *last = &end[e->hart % HARTS];
        int y = row_of(f, e->hart), x = (int)timeline_x(f, e->cycle);
        const char *name = f->track->lanes[e->lane].name;
        if (!after || after->lane != e->lane)
            *last = until;
        newer[e->hart % HARTS] = e;
        if (y >= 0 && timeline_sees(f, e->cycle) &&
            !goes_on(f->track, e, w.serial) &&
            x + text_cells(name) + 1 <= timeline_x(f, *last))
            canvas_text(c, x, y, STYLE_SELECTED, name);
    }
}

/* The cycles of a switch, at the end of the old domain's time. */
static void draw_switch(struct canvas *c, const struct timeline *f,
                        const struct moment *e, int y)
{
    uint64_t begin = e->cycle > e->cost ? e->cycle - e->cost : 0;
    double x0 = timeline_x(f, begin), x1 = timeline_x(f, e->cycle);

    if (timeline_touches(f, begin, e->cycle) && x1 - x0 > 0.3)
        canvas_rect(c, x0, y + 0.15, x1 - x0, thickness(f), STYLE_KERNEL,
                    HATCH_NONE);
}

static void draw_gap(struct canvas *c, const struct timeline *f, uint64_t from,
                     uint64_t until)
{
    double x0 = timeline_x(f, from), x1 = timeline_x(f, until);
    int height = (f->count - f->skip) * f->pitch;

    if (!timeline_touches(f, from, until))
        return;
    for (int i = 0; i < height; i++)
        for (int x = (int)x0; x + 1 < x1; x += 2)
            canvas_text(c, x, i, STYLE_FRAME, "·");
}

static void draw_spans(struct canvas *c, const struct timeline *f)
{
    struct walk w = begin_walk(f->track);
    struct bar bar[MODEL_LANES] = { { 0 } };
    const struct moment *e;
    uint64_t until;

    while ((e = walk_on(f->track, &w, &until))) {
        const struct moment *before =
            w.serial > 0 ? time_moment(f->track, w.serial - 1) : NULL;
        int lane = lane_of(f, e), y = row_of(f, lane);
        if (y >= 0)
            add_span(c, f, &bar[lane % MODEL_LANES], e, until, y);
        if (e->gap && before)
            draw_gap(c, f, before->cycle, e->cycle);
    }
    for (int i = 0; i < MODEL_LANES; i++)
        draw_bar(c, f, &bar[i]);
    for (uint64_t s = f->track->moment_count;
         s-- > 0 && (e = time_moment(f->track, s));) {
        int y = row_of(f, other_lane_of(f, e));
        if (e->letter == 'S' && y >= 0)
            draw_switch(c, f, e, y);
    }
}

/* ---- calls -----------------------------------------------------------------
 */

/* Arrows from the caller's lane to the callee's, and a plain line back. Where
 * they would stand in each other's cell, only the newest is drawn. */
static void draw_arrows(struct canvas *c, const struct timeline *f)
{
    bool taken[TIMELINE_CELLS] = { false };

    if (f->time->lanes != LANES_DOMAIN)
        return;
    for (uint64_t s = f->track->moment_count; s-- > 0;) {
        const struct moment *e = time_moment(f->track, s);
        if (!e)
            break;
        int from = row_of(f, e->lane), to = row_of(f, e->other);
        if ((e->letter != 'C' && e->letter != 'c') || from < 0 || to < 0 ||
            from == to || !timeline_sees(f, e->cycle))
            continue;
        int x = timeline_cell(f, e->cycle);
        if (x < 0 || x >= TIMELINE_CELLS || taken[x])
            continue;
        taken[x] = true;
        double at = c->graphic ? timeline_x(f, e->cycle) : x + 0.5;
        int below = f->pitch > 1 ? marks_line(f) + 1 : 1; /* its marks */
        double y0 = from + (to > from ? below : 0.1),
               y1 = to + (to > from ? 0.1 : below);
        if (e->letter == 'C')
            canvas_arrow(c, at, y0, at, y1, STYLE_STRONG);
        else
            canvas_segment(c, at, y0, at, y1, STYLE_FRAME);
    }
}

/* ---- marks -----------------------------------------------------------------
 */

/* What is rarer hides what is common in the same cell. */
static int rank(char letter)
{
    static const char order[] = " TMSRcC*F";
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

/* On a line of their own below the spans, or over them when there is none: on a
 * graphic canvas then only the rarest, on a ground of theirs. */
static void draw_marks(struct canvas *c, const struct timeline *f, int lane,
                       int y)
{
    char cell[TIMELINE_CELLS] = { 0 };
    bool over = f->pitch == 1 && c->graphic;

    for (uint64_t s = f->track->moment_count; s-- > 0;) {
        const struct moment *e = time_moment(f->track, s);
        if (!e)
            break;
        if (lane_of(f, e) != lane || e->letter == ' ' || e->letter == 'S' ||
            !timeline_sees(f, e->cycle))
            continue;
        int x = timeline_cell(f, e->cycle);
        if (x >= 0 && x < TIMELINE_CELLS &&
            rank(e->letter) > rank(cell[x] ? cell[x] : ' '))
            cell[x] = e->letter;
    }
    for (int x = 0; x < TIMELINE_CELLS; x++)
        if (cell[x] && (!over || rank(cell[x]) >= rank('c')))
            canvas_print(c, x, y + marks_line(f), mark_style(cell[x], over),
                         "%c", cell[x]);
}

/* ---- all of it -------------------------------------------------------------
 */

static bool has_flags(const struct time_view *t)
{
    return t->cursor[0].set || t->cursor[1].set || t->bookmark_count > 0;
}

/* One run's lanes, in the current box. */
static void draw_lanes(struct canvas *c, const struct timeline *f)
{
    char label[MODEL_NAME];

    draw_spans(c, f);
    draw_names(c, f);
    timeline_draw_cursors(c, f);
    draw_arrows(c, f);
    for (int i = f->skip; i < f->count; i++) {
        lane_label(f, f->lane[i], label, sizeof label);
        canvas_text(c, 0, (i - f->skip) * f->pitch, STYLE_TEXT, label);
        draw_marks(c, f, f->lane[i], (i - f->skip) * f->pitch);
    }
}

/* The other run's lanes below, in the same scale; both end where they are at
 * the same point of the program. Returns the lines it took. */
static int draw_other(struct canvas *c, const struct model *m,
                      struct timeline *f, int y, int room)
{
    struct box whole = c->box;
    int lines = f->count * f->pitch;

    canvas_print(c, 0, y, STYLE_DIM,
                 "%s, up to the same point:", m->other.label);
    lines = lines < room - 1 ? lines : room - 1;
    canvas_box(c, (struct box){ whole.x, whole.y + y + 1, whole.width, lines });
    draw_lanes(c, f);
    canvas_box(c, whole);
    return lines + 1;
}

static struct timeline other_timeline(const struct model *m,
                                      const struct timeline *f,
                                      const struct time_track *track)
{
    struct timeline other = *f;

    other.count = 0;
    other.track = track;
    other.shift = (int64_t)(track->cycle - m->cycle);
    if (m->other.state == OTHER_THERE && m->has_machine)
        find_lanes(&other);
    return other;
}

/* So many lines a lane that all lanes fit, if they can. */
static int pitch_of(const struct canvas *c, int lanes, int room)
{
    int most = c->graphic ? THICKEST : 3;
    int pitch = lanes > 0 && lanes * 2 <= room ? room / lanes : 1;

    return pitch < most ? pitch : most;
}

struct pane_extent pane_timeline_draw(struct canvas *c, const struct model *m,
                                      const struct pane_view *v)
{
    struct time_track track = time_track(m), beside = time_track_other(m);
    struct timeline f = { m,      v->time,    time_window(v->time, m),
                          &track, .x = LABEL, .width = c->box.width - LABEL };
    struct box whole = c->box;
    char between[MODEL_STORY];
    int below = 1 + has_flags(v->time), room, y;

    if (m->moment_count == 0 || f.width < 8) {
        canvas_text(c, 0, 0, STYLE_DIM, "no event has happened yet");
        return (struct pane_extent){ 1, c->box.height };
    }
    find_lanes(&f);
    pane_between_text(m, v->time, between, sizeof between);
    room = c->box.height - below - (between[0] ? pane_lines(c, between) : 0);
    room = room > 1 ? room : 1;
    f.skip = v->scroll < f.count ? v->scroll : 0;
    struct timeline other = other_timeline(m, &f, &beside);
    if (f.count + other.count + 1 > room)
        other.count = 0; /* no room for it */
    f.pitch =
        pitch_of(c, f.count + other.count, other.count > 0 ? room - 1 : room);
    other.pitch = f.pitch;
    other.skip = 0;
    y = (f.count - f.skip) * f.pitch;
    y = y < room ? y : room / f.pitch * f.pitch;
    c->box.height = y < whole.height ? y : whole.height;
    timeline_make_zones(c, &f, y);
    draw_lanes(c, &f);
    c->box = whole;
    if (other.count > 0)
        y += draw_other(c, m, &other, y, room - y);
    timeline_draw_axis(c, &f, y);
    if (below > 1)
        timeline_draw_flags(c, &f, y + 1);
    canvas_wrap(c, y + below, 0, STYLE_TEXT, between);
    return (struct pane_extent){ f.count, room / f.pitch };
}

void pane_timeline_title(const struct model *m, const struct pane_view *v,
                         char *to, size_t room)
{
    *to = 0;
    if (m->moment_count)
        snprintf(to, room, "l lanes: %s  %s", lane_names[v->time->lanes],
                 v->time->span ? "( ) zoom  arrows move" : ") zooms in");
}
