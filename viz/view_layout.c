// SPDX-License-Identifier: Apache-2.0
/*
 * Where the panes are. A set is a few rows of panes; up to 119 columns rows of
 * two, from 120 on of three. A row has a title line and content; spare lines go
 * to the rows by their share, unless the user has put the borders elsewhere.
 * The pane that has the keys can fill the screen (zoom). On a graphic canvas
 * each pane is a card, on one of characters lines stand between them.
 */
#include "viz/view.h"

#include <stdio.h>
#include <string.h>

enum { LEAST_HEIGHT = 3, LEAST_COLUMNS = 14 };

/* Air inside a card, in cells. */
#define TITLE_SHIFT   0.3
#define CONTENT_SHIFT 0.55

const char *const view_set_names[VIEW_SETS] = { "run",  "memory", "space",
                                                "cost", "time",   "text" };

struct grid_row {
    int count;
    enum pane_id pane[VIEW_COLUMNS];
    int width[VIEW_COLUMNS]; /* relative */
    int least, share;        /* lines of content; part of the spare ones */
};

struct grid {
    int rows;
    struct grid_row row[VIEW_ROWS];
};

static const struct grid grids[VIEW_SETS][2] = {
    /* run */
    { { 4,
        { { 2, { PANE_CODE, PANE_REGISTERS }, { 38, 41 }, 6, 5 },
          { 2, { PANE_TLB, PANE_PROTECTION }, { 43, 36 }, 5, 5 },
          { 2, { PANE_RIGHTS, PANE_LEDGER }, { 41, 38 }, 3, 4 },
          { 2, { PANE_EVENTS, PANE_CONSOLE }, { 49, 30 }, 3, 4 } } },
      { 3,
        { { 3,
            { PANE_CODE, PANE_SCOPE, PANE_REGISTERS },
            { 41, 47, 42 },
            11,
            5 },
          { 3,
            { PANE_TLB, PANE_PROTECTION, PANE_RIGHTS },
            { 46, 44, 40 },
            6,
            3 },
          { 3,
            { PANE_TIMELINE, PANE_EVENTS, PANE_CONSOLE },
            { 46, 50, 34 },
            6,
            3 } } } },
    /* memory */
    { { 2,
        { { 1, { PANE_SCOPE }, { 1 }, 11, 2 },
          { 2, { PANE_STORY, PANE_PROTECTION }, { 43, 36 }, 5, 3 } } },
      { 2,
        { { 2, { PANE_SCOPE, PANE_STORY }, { 86, 44 }, 14, 5 },
          { 3,
            { PANE_TLB, PANE_PROTECTION, PANE_CACHES },
            { 44, 40, 46 },
            10,
            4 } } } },
    /* space */
    { { 2,
        { { 1, { PANE_MAP }, { 1 }, 8, 3 },
          { 2, { PANE_RIGHTS, PANE_TLB }, { 36, 43 }, 5, 2 } } },
      { 2,
        { { 1, { PANE_MAP }, { 1 }, 14, 4 },
          { 3,
            { PANE_RIGHTS, PANE_PROTECTION, PANE_TLB },
            { 44, 42, 44 },
            8,
            3 } } } },
    /* cost */
    { { 2,
        { { 2, { PANE_LEDGER, PANE_SWITCHES }, { 38, 41 }, 8, 1 },
          { 2, { PANE_CACHES, PANE_RATIOS }, { 41, 38 }, 7, 1 } } },
      { 2,
        { { 2, { PANE_LEDGER, PANE_SWITCHES }, { 1, 1 }, 12, 5 },
          { 2, { PANE_CACHES, PANE_RATIOS }, { 1, 1 }, 10, 4 } } } },
    /* time */
    { { 2,
        { { 1, { PANE_TIMELINE }, { 1 }, 8, 1 },
          { 1, { PANE_EVENTS }, { 1 }, 8, 1 } } },
      { 2,
        { { 1, { PANE_TIMELINE }, { 1 }, 12, 4 },
          { 2, { PANE_EVENTS, PANE_RATIOS }, { 1, 1 }, 10, 3 } } } },
    /* text */
    { { 1, { { 2, { PANE_NOTES, PANE_CONSOLE }, { 39, 40 }, 18, 1 } } },
      { 1, { { 2, { PANE_NOTES, PANE_CONSOLE }, { 1, 1 }, 30, 1 } } } },
};

static bool is_wide(const struct view *v)
{
    return v->canvas.width >= VIEW_WIDE;
}

static const struct grid *grid_of(const struct view *v, int set)
{
    return &grids[set][is_wide(v)];
}

static struct view_split *split_of(struct view *v)
{
    return &v->split[v->set][is_wide(v)];
}

/* ---- sets and focus --------------------------------------------------------
 */

bool view_set_has(const struct view *v, int set, enum pane_id id)
{
    const struct grid *g = grid_of(v, set);

    for (int r = 0; r < g->rows; r++)
        for (int i = 0; i < g->row[r].count; i++)
            if (g->row[r].pane[i] == id)
                return true;
    return false;
}

void view_focus(struct view *v, enum pane_id id)
{
    v->focus = id;
    if (view_set_has(v, v->set, id))
        return;
    for (int s = 0; s < VIEW_SETS; s++)
        if (view_set_has(v, s, id)) {
            v->set = s;
            v->zoomed = false;
            return;
        }
    v->zoomed = true; /* in no set of this screen: alone */
}

void view_focus_next(struct view *v, int by)
{
    const struct grid *g = grid_of(v, v->set);
    enum pane_id all[VIEW_ROWS * VIEW_COLUMNS];
    int count = 0, at = by > 0 ? -1 : 0;

    for (int r = 0; r < g->rows; r++)
        for (int i = 0; i < g->row[r].count; i++)
            all[count++] = g->row[r].pane[i];
    for (int i = 0; i < count; i++)
        if (all[i] == v->focus)
            at = i;
    v->focus = all[(at + by + count) % count];
}

/* ---- sizes ------------------------------------------------------------------
 */

static int status_lines(const struct view *v)
{
    return is_wide(v) ? 3 : 2;
}

struct box view_grid_box(const struct view *v)
{
    int top = status_lines(v);

    return (struct box){ 0, top, v->canvas.width, v->canvas.height - top - 1 };
}

/* Parts of `whole` by weight; the last takes what is left. */
static void divide(int whole, const double *weight, int count, int least,
                   int *to)
{
    double sum = 0;
    int used = 0;

    for (int i = 0; i < count; i++)
        sum += weight[i];
    for (int i = 0; i < count; i++) {
        int rest = count - 1 - i;
        to[i] = i == count - 1 ? whole - used
                               : (int)(whole * weight[i] / sum + 0.5);
        to[i] = to[i] > whole - used - rest * least
                    ? whole - used - rest * least
                    : to[i];
        to[i] = to[i] < least && i < count - 1 ? least : to[i];
        used += to[i];
    }
}

/* Widths of a row's panes, one column between two. */
static void find_widths(const struct view *v, int row, int width,
                        int to[VIEW_COLUMNS])
{
    const struct grid_row *r = &grid_of(v, v->set)->row[row];
    const struct view_split *s = &v->split[v->set][is_wide(v)];
    int sum = 0, room = width - (r->count - 1), used = 0;

    if (s->width[row][0] > 0) {
        divide(room, s->width[row], r->count, LEAST_COLUMNS, to);
        return;
    }
    for (int i = 0; i < r->count; i++)
        sum += r->width[i];
    for (int i = 0; i < r->count; i++) {
        to[i] = i == r->count - 1 ? room - used : room * r->width[i] / sum;
        used += to[i];
    }
}

/* Heights of the rows, titles included. */
static void find_heights(const struct view *v, int height, int to[VIEW_ROWS])
{
    const struct grid *g = grid_of(v, v->set);
    const struct view_split *s = &v->split[v->set][is_wide(v)];
    int least = 0, shares = 0, spare, given = 0;

    if (s->height[0] > 0) {
        divide(height, s->height, g->rows, LEAST_HEIGHT, to);
        return;
    }
    for (int i = 0; i < g->rows; i++) {
        least += g->row[i].least + 1;
        shares += g->row[i].share;
    }
    spare = height > least ? height - least : 0;
    for (int i = 0; i < g->rows; i++) {
        int extra =
            i == g->rows - 1 ? spare - given : spare * g->row[i].share / shares;
        to[i] = g->row[i].least + 1 + extra;
        given += extra;
    }
}

/* ---- borders ----------------------------------------------------------------
 */

struct view_drag view_border_at(const struct view *v, int x, int y)
{
    const struct grid *g = grid_of(v, v->set);
    struct box all = view_grid_box(v);
    int heights[VIEW_ROWS], widths[VIEW_COLUMNS], top = all.y;

    if (v->zoomed || y < all.y)
        return (struct view_drag){ 0 };
    find_heights(v, all.height, heights);
    for (int r = 0; r < g->rows; r++) {
        int left = 0;
        if (r > 0 && y == top)
            return (struct view_drag){ true, false, r - 1, 0 };
        find_widths(v, r, all.width, widths);
        for (int i = 0; i < g->row[r].count - 1; i++) {
            left += widths[i];
            if (x == left && y > top && y < top + heights[r])
                return (struct view_drag){ true, true, r, i };
            left++;
        }
        top += heights[r];
    }
    return (struct view_drag){ 0 };
}

/* The border after part i of `count` moves to `at`; parts become fractions. */
static void move_part(int *part, int count, int i, int at, int least,
                      double *fraction)
{
    int before = 0, both = part[i] + part[i + 1], whole = 0;

    for (int k = 0; k < i; k++)
        before += part[k];
    part[i] = at - before;
    part[i] = part[i] > both - least ? both - least : part[i];
    part[i] = part[i] < least ? least : part[i];
    part[i + 1] = both - part[i];
    for (int k = 0; k < count; k++)
        whole += part[k];
    for (int k = 0; k < count; k++)
        fraction[k] = (double)part[k] / whole;
}

void view_drag_to(struct view *v, int x, int y)
{
    const struct grid *g = grid_of(v, v->set);
    struct box all = view_grid_box(v);
    struct view_split *s = split_of(v);
    int part[VIEW_ROWS > VIEW_COLUMNS ? VIEW_ROWS : VIEW_COLUMNS];
    const struct view_drag *d = &v->drag;

    if (!d->on)
        return;
    if (d->upright) {
        find_widths(v, d->row, all.width, part);
        move_part(part, g->row[d->row].count, d->column, x - d->column,
                  LEAST_COLUMNS, s->width[d->row]);
    } else {
        find_heights(v, all.height, part);
        move_part(part, g->rows, d->row, y - all.y, LEAST_HEIGHT, s->height);
    }
}

void view_move_border(struct view *v, bool upright, int by)
{
    const struct grid *g = grid_of(v, v->set);
    struct box b = v->place[v->focus];

    for (int r = 0; r < g->rows; r++)
        for (int i = 0; i < g->row[r].count; i++) {
            if (g->row[r].pane[i] != v->focus)
                continue;
            bool last = upright ? i == g->row[r].count - 1 : r == g->rows - 1;
            if (upright ? g->row[r].count < 2 : g->rows < 2)
                return;
            v->drag = (struct view_drag){ true, upright, r - (!upright && last),
                                          i - (upright && last) };
            view_drag_to(v, (last ? b.x - 1 : b.x + b.width) + by,
                         (last ? b.y : b.y + b.height) + by);
            v->drag.on = false;
            return;
        }
}

/* ---- drawing ----------------------------------------------------------------
 */

/* Name and right text, over a line that is there already. */
static void draw_title(struct view *v, enum pane_id id, struct box b)
{
    struct canvas *c = &v->canvas;
    bool focused = v->focus == id;
    char text[160], name[60], command[40];
    int x;

    canvas_box(c, b);
    snprintf(name, sizeof name, focused && !c->graphic ? "[%s]" : " %s ",
             panes[id].name);
    x = canvas_text(c, 1, 0, focused ? STYLE_FOCUS : STYLE_STRONG, name);
    snprintf(command, sizeof command, "pane %s", panes[id].name);
    canvas_zone(c, 0, 0, b.width, 1, command, panes[id].help);
    panes[id].title(v->model, &v->pane[id], text, sizeof text);
    if (!text[0])
        return;
    int room = b.width - x - 4; /* a blank on both sides, a bit of line */
    if (room < 0 || text_cells(text) > room)
        text[room > 0 ? room : 0] = 0;
    canvas_print(c, b.width - text_cells(text) - 3, 0, STYLE_DIM, " %s ", text);
}

/* Draws the pane; when it turns out to be scrolled beyond its end (it has
 * become higher, or its subject shorter), once more from where it may be. */
static void draw_content(struct view *v, enum pane_id id)
{
    struct canvas *c = &v->canvas;
    struct pane_view *p = &v->pane[id];
    struct canvas_mark mark = canvas_mark(c);

    for (int round = 0; round < 2; round++) {
        v->extent[id] = panes[id].draw(c, v->model, p);
        int most = v->extent[id].lines - v->extent[id].shown;
        if (p->scroll <= most || p->scroll == 0)
            return;
        p->scroll = most > 0 ? most : 0;
        canvas_back(c, mark);
    }
}

static void draw_pane(struct view *v, enum pane_id id, struct box b)
{
    struct box title = b, content = b;

    v->place[id] = b;
    title.height = 1;
    content.y++;
    content.height--;
    if (v->canvas.graphic) {
        canvas_box(&v->canvas, b);
        canvas_rect(&v->canvas, 0, 0.1, b.width, b.height - 0.2, STYLE_CARD,
                    v->focus == id);
        content.x++; /* a margin inside the card */
        content.width -= 2;
        content.height--; /* shared by what is above and below */
        v->canvas.shift = TITLE_SHIFT;
    }
    draw_title(v, id, title);
    if (v->canvas.graphic)
        v->canvas.shift = CONTENT_SHIFT;
    canvas_box(&v->canvas, content);
    v->pane[id].focused = v->focus == id;
    draw_content(v, id);
    v->canvas.shift = 0;
}

static bool is_edge(const struct view *v, int row, int x)
{
    int widths[VIEW_COLUMNS] = { 0 }, at = -1;

    if (row < 0)
        return false;
    find_widths(v, row, v->canvas.width, widths);
    for (int i = 0; i < grid_of(v, v->set)->row[row].count - 1; i++) {
        at += widths[i] + 1;
        if (at == x)
            return true;
    }
    return false;
}

/* The line above a row, with joints where upright lines meet it; -1 = no row
 * there. */
static void draw_rule(struct view *v, int y, int above, int below)
{
    struct canvas *c = &v->canvas;

    if (c->graphic)
        return;
    canvas_box(c, (struct box){ 0, y, c->width, 1 });
    canvas_line(c, 0, 0, STYLE_FRAME, false, c->width);
    for (int x = 0; x < c->width; x++) {
        bool up = is_edge(v, above, x), down = is_edge(v, below, x);
        if (up || down)
            canvas_text(c, x, 0, STYLE_FRAME,
                        up && down ? "┼"
                        : up       ? "┴"
                                   : "┬");
    }
}

static void draw_row(struct view *v, int row, struct box b)
{
    const struct grid_row *r = &grid_of(v, v->set)->row[row];
    int widths[VIEW_COLUMNS] = { 0 }, x = b.x;

    find_widths(v, row, b.width, widths);
    for (int i = 0; i < r->count; i++) {
        draw_pane(v, r->pane[i], (struct box){ x, b.y, widths[i], b.height });
        x += widths[i];
        if (i == r->count - 1)
            break;
        if (!v->canvas.graphic) {
            canvas_box(&v->canvas, (struct box){ x, b.y + 1, 1, b.height - 1 });
            canvas_line(&v->canvas, 0, 0, STYLE_FRAME, true, b.height - 1);
        }
        x++;
    }
}

static void draw_grid(struct view *v, struct box b)
{
    int heights[VIEW_ROWS], y = b.y;

    find_heights(v, b.height, heights);
    for (int r = 0; r < grid_of(v, v->set)->rows; r++) {
        draw_rule(v, y, r - 1, r);
        draw_row(v, r, (struct box){ b.x, y, b.width, heights[r] });
        y += heights[r];
    }
}

/* ---- tabs and buttons -------------------------------------------------------
 */

static const struct {
    const char *text, *command, *tip;
} buttons[] = {
    { "s step", "step", "one instruction (also: S a hundred)" },
    { "n over", "over", "one instruction, or the whole call it makes" },
    { "space run", "run", "run at the chosen speed, or pause" },
    { "e event", "event", "run to the next event of the stop mask" },
    { "] switch", "switch", "run to the next domain switch" },
    { "-", "speed -", "slower" },
    { "+", "speed +", "faster" },
    { "m stops", "stop", "what ends a run: fault, TLB miss, ..." },
    { "x fault", "fault", "the story of the last fault" },
    { "z zoom", "zoom", "this pane on the whole screen, and back" },
    { "? help", "help", "about the pane that has the keys, and all keys" },
};

static int draw_button(struct canvas *c, int x, const char *text,
                       const char *command, const char *tip, bool chosen)
{
    int end = x + text_cells(text) + 2;

    if (end > c->box.width)
        return end;
    canvas_print(c, x, 0, chosen ? STYLE_FOCUS : STYLE_BUTTON, " %s ", text);
    canvas_zone(c, x, 0, end - x, 1, command, tip);
    return end + (c->graphic ? 1 : 0);
}

static void draw_tabs(struct view *v)
{
    static const char *const tips[VIEW_SETS] = {
        "code, access, registers, TLB, protection, what happens",
        "one access from pointer to memory, and the story of a fault",
        "the address space: segments, and who may do what with them",
        "where the cycles went, and what switching domains costs",
        "who ran when, and what happened",
        "the scenario's text, its checks, and what was printed",
    };
    struct canvas *c = &v->canvas;
    char text[40], command[20];
    int x = 1;

    canvas_box(c, (struct box){ 0, 2, c->width, 1 });
    for (int i = 0; i < VIEW_SETS; i++) {
        snprintf(text, sizeof text, "%d %s", i + 1, view_set_names[i]);
        snprintf(command, sizeof command, "set %d", i + 1);
        x = draw_button(c, x, text, command, tips[i], i == v->set);
    }
    int width = 0;
    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++)
        width += text_cells(buttons[i].text) + 2 + c->graphic;
    x = x + 2 > c->width - width ? x + 2 : c->width - width;
    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++)
        x = draw_button(c, x, buttons[i].text, buttons[i].command,
                        buttons[i].tip, false);
}

/* ---- the last line ----------------------------------------------------------
 */

static void draw_mask(struct view *v)
{
    struct canvas *c = &v->canvas;
    char command[16];
    int x = canvas_text(c, 0, 0, STYLE_STRONG, " stop at: ");

    for (int i = 0; i < STOP_LETTERS; i++) {
        bool on = v->model->stops >> i & 1;
        int begin = x;
        x = canvas_print(c, x, 0, on ? STYLE_SELECTED : STYLE_TEXT, "%c %s%s",
                         stop_letters[i], stop_names[i], on ? "*" : "") +
            1;
        snprintf(command, sizeof command, "stop %c", stop_letters[i]);
        canvas_zone(c, begin, 0, x - begin, 1, command, "on or off");
    }
    canvas_text(c, x, 0, STYLE_DIM, "Enter = done");
}

/* What happened since the bookmark. */
static int draw_bookmark(struct view *v, int x)
{
    const struct model *m = v->model;
    const struct view_bookmark *b = &v->bookmark;
    char cycles[32], instructions[32];

    if (!b->set || m->cycle < b->cycle)
        return x;
    grouped_number(m->cycle - b->cycle, cycles, sizeof cycles);
    grouped_number(m->instructions - b->instructions, instructions,
                   sizeof instructions);
    return canvas_print(
        &v->canvas, x, 0, STYLE_TEXT,
        " since t: %s cycles, %s insn, %llu switches, %llu TLB and %llu "
        "protection misses |",
        cycles, instructions,
        (unsigned long long)(m->total_switches - b->switches),
        (unsigned long long)(m->units[UNIT_ITLB].misses +
                             m->units[UNIT_DTLB].misses - b->tlb_misses),
        (unsigned long long)(m->units[UNIT_IRPLB].misses +
                             m->units[UNIT_DRPLB].misses -
                             b->protection_misses));
}

static void draw_footer(struct view *v, int y)
{
    static const char always[] = " ? help  q quit ";
    struct canvas *c = &v->canvas;
    const char *notice = v->notice[0] ? v->notice : v->model->notice;
    int x = 0;

    canvas_box(c, (struct box){ 0, y, c->width, 1 });
    if (v->overlay == OVERLAY_MASK) {
        draw_mask(v);
        return;
    }
    if (v->commanding) {
        x = canvas_print(c, 0, 0, STYLE_STRONG, " :%s", v->line);
        canvas_text(c, x, 0, STYLE_SELECTED, " ");
        canvas_print(c, x + 2, 0, STYLE_DIM, "%s",
                     v->choices[0] ? v->choices
                                   : "Enter obeys, Tab completes, Esc leaves");
        return;
    }
    canvas_right(c, c->width, 0, STYLE_STRONG, always);
    canvas_zone(c, c->width - 16, 0, 8, 1, "help", "");
    canvas_zone(c, c->width - 8, 0, 8, 1, "quit", "");
    c->box.width -= 17;
    if (notice[0])
        x = canvas_print(c, x, 0, STYLE_STRONG, " %s |", notice);
    if (is_wide(v)) {
        x = draw_bookmark(v, x);
        canvas_text(c, x, 0, STYLE_DIM,
                    " Tab z pane  : command  / search  g explain an address");
    } else {
        canvas_text(c, x, 0, STYLE_DIM,
                    " s step  n over  space run  e event  ] switch  m stops  "
                    "x fault  1-6 Tab z");
    }
}

static void draw_too_small(struct view *v)
{
    struct canvas *c = &v->canvas;

    canvas_print(c, 0, 0, STYLE_TEXT, "needs %dx%d, has %dx%d",
                 VIEW_LEAST_WIDTH, VIEW_LEAST_HEIGHT, c->width, c->height);
    canvas_text(c, 0, 1, STYLE_TEXT, "enlarge it; q quits");
}

void view_draw(struct view *v, int width, int height)
{
    struct canvas *c = &v->canvas;

    canvas_begin(c, width, height, v->ascii);
    c->graphic = v->graphic;
    memset(v->place, 0, sizeof v->place);
    if (width < VIEW_LEAST_WIDTH || height < VIEW_LEAST_HEIGHT) {
        draw_too_small(v);
        return;
    }
    canvas_box(c, (struct box){ 0, 0, width, 2 });
    pane_status(c, v->model, runner_speed_text(v->model->speed));
    if (is_wide(v))
        draw_tabs(v);
    if (!v->zoomed && !view_set_has(v, v->set, v->focus))
        view_focus_next(v, 1); /* the screen has become another one */
    if (v->zoomed) {
        draw_rule(v, view_grid_box(v).y, -1, -1);
        draw_pane(v, v->focus, view_grid_box(v));
    } else {
        draw_grid(v, view_grid_box(v));
    }
    draw_footer(v, height - 1);
    view_draw_overlay(v);
}

void view_init(struct view *v, const struct model *model)
{
    memset(v, 0, sizeof *v);
    v->model = model;
    v->pointer_x = v->pointer_y = -1;
    for (int i = 0; i < PANE_COUNT; i++)
        v->pane[i].selected = -1;
}

void view_free(struct view *v)
{
    canvas_free(&v->canvas);
}

void view_obeyed_by(struct view *v, struct runner *r)
{
    for (int i = 0; i < v->wish_count; i++)
        runner_obey(r, &v->wishes[i]);
    v->wish_count = 0;
    runner_look(r);
}
