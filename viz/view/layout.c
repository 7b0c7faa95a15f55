// SPDX-License-Identifier: Apache-2.0
/*
 * Draws the screen: status lines, tabs, the panes in their places
 * (view/grid.c), the last line. A pane has a title line and content; the one
 * that has the keys can fill the screen (zoom). On a graphic canvas each pane
 * is a card, on one of characters lines stand between them.
 */
#include "viz/view/grid.h"

#include <stdio.h>
#include <string.h>

/* Air inside a card, in cells. */
#define TITLE_SHIFT   0.3
#define CONTENT_SHIFT 0.55

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
    pane_title(v->model, &v->pane[id], id, text, sizeof text);
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

    p->places = v->places;
    view_keep_cursor(v, id);
    for (int round = 0; round < 2; round++) {
        v->extent[id] = pane_draw(c, v->model, p, id);
        if (round == 0 && view_reveal(v, id)) {
            canvas_back(c, mark);
            continue;
        }
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
    view_find_widths(v, row, v->canvas.width, widths);
    for (int i = 0; i < view_grid(v).row[row].count - 1; i++) {
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
    const struct grid grid = view_grid(v);
    const struct grid_row *r = &grid.row[row];
    int widths[VIEW_COLUMNS] = { 0 }, x = b.x;

    view_find_widths(v, row, b.width, widths);
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
    int heights[VIEW_ROWS] = { 0 }, y = b.y;

    view_find_heights(v, b.height, heights);
    for (int r = 0; r < view_grid(v).rows; r++) {
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
    { "b back", "back", "one instruction back (also: B a hundred, E event)" },
    { "n over", "over", "one instruction, or the whole call it makes" },
    { "space run", "run", "run at the chosen speed, or pause" },
    { "e event", "event", "run to the next event of the stop mask" },
    { "] switch", "switch", "run to the next domain switch" },
    { "-", "speed -", "slower" },
    { "+", "speed +", "faster" },
    { "m stops", "stop", "what ends a run: fault, TLB miss, ..." },
    { "x fault", "fault", "the story of the last fault" },
    { "? help", "help", "about the pane that has the keys, and all keys" },
    { "z zoom", "zoom", "this pane on the whole screen, and back" },
};

enum { BUTTONS = sizeof buttons / sizeof buttons[0] };

/* air: cells after it. */
static int draw_button(struct canvas *c, int x, int air, const char *text,
                       const char *command, const char *tip, bool chosen)
{
    int end = x + text_cells(text) + 2;

    if (end > c->box.width)
        return end;
    canvas_print(c, x, 0, chosen ? STYLE_FOCUS : STYLE_BUTTON, " %s ", text);
    canvas_zone(c, x, 0, end - x, 1, command, tip);
    return end + air;
}

static int buttons_width(const struct view *v)
{
    int width = 0;

    for (int i = 0; i < BUTTONS; i++)
        if (!view_is_locked(v, buttons[i].command))
            width += text_cells(buttons[i].text) + 2;
    return width;
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
        "a second run of the scenario beside this one",
        "rights, calls, page tables, waits ... as a graph",
    };
    struct canvas *c = &v->canvas;
    char text[40], command[20];
    int x = 1, width = buttons_width(v), all = x + 1 + width, air;

    for (int i = 0; i < VIEW_SETS; i++)
        all += text_cells(view_set_names[i]) + 4;
    air = c->graphic && all + VIEW_SETS + BUTTONS <= c->width;
    width += air * BUTTONS;
    canvas_box(c, (struct box){ 0, 2, c->width, 1 });
    for (int i = 0; i < VIEW_SETS; i++) {
        snprintf(text, sizeof text, "%d %s", i + 1, view_set_names[i]);
        snprintf(command, sizeof command, "set %d", i + 1);
        x = draw_button(c, x, air, text, command, tips[i], i == v->set);
    }
    x = x + 1 > c->width - width ? x + 1 : c->width - width;
    for (int i = 0; i < BUTTONS; i++)
        if (!view_is_locked(v, buttons[i].command))
            x = draw_button(c, x, air, buttons[i].text, buttons[i].command,
                            buttons[i].tip, false);
}

/* ---- the last line ----------------------------------------------------------
 */

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
    if (view_is_wide(v)) {
        x = draw_bookmark(v, x);
        canvas_text(c, x, 0, STYLE_DIM,
                    " Tab z pane  : command  / search  g explain an address");
    } else {
        canvas_text(c, x, 0, STYLE_DIM,
                    " s step  n over  space run  e event  ] switch  m stops  "
                    "x fault  1-7 Tab z");
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

    view_follow_lab(v);
    canvas_begin(c, width, height, v->ascii);
    c->graphic = v->graphic;
    memset(v->place, 0, sizeof v->place);
    if (width < VIEW_LEAST_WIDTH || height < VIEW_LEAST_HEIGHT) {
        draw_too_small(v);
        return;
    }
    canvas_box(c, (struct box){ 0, 0, width, 2 });
    pane_status(c, v->model, runner_speed_text(v->model->speed));
    if (view_is_wide(v))
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
    view_follow_graph(v);
}

void view_init(struct view *v, const struct model *model)
{
    memset(v, 0, sizeof *v);
    v->model = model;
    v->pointer_x = v->pointer_y = -1;
    v->panning = PANE_COUNT;
    v->pane[PANE_GRAPH].zoom = -1;
    for (int i = 0; i < PANE_COUNT; i++) {
        v->pane[i].selected = -1;
        v->pane[i].selection = &v->selection;
    }
    v->pane[PANE_TIMELINE].time = &v->time;
    v->pane[PANE_COMPARE].whole = true; /* where two runs part is long ago */
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
