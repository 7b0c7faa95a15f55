// SPDX-License-Identifier: Apache-2.0
/*
 * Where the panes are: rows of two up to 119 columns, of three from 120 on. A
 * row has a title line and content; spare lines go to the rows by their share.
 * The pane that has the keys can fill the screen (zoom).
 */
#include "viz/tui.h"

#include <stdio.h>

enum { ROW_PANES = 3, STATUS_LINES = 2, WIDE = 120 };

struct grid_row {
    int count;
    enum pane_id pane[ROW_PANES];
    int width[ROW_PANES]; /* relative */
    int least, share;     /* lines of content; part of the spare ones */
};

static const struct grid_row narrow[] = {
    { 2, { PANE_CODE, PANE_REGISTERS }, { 38, 41 }, 6, 5 },
    { 2, { PANE_TLB, PANE_PROTECTION }, { 43, 36 }, 5, 5 },
    { 2, { PANE_RIGHTS, PANE_LEDGER }, { 41, 38 }, 3, 4 },
    { 2, { PANE_EVENTS, PANE_CONSOLE }, { 49, 30 }, 3, 4 },
};

static const struct grid_row wide[] = {
    { 3, { PANE_CODE, PANE_REGISTERS, PANE_RIGHTS }, { 42, 42, 36 }, 6, 5 },
    { 3, { PANE_TLB, PANE_PROTECTION, PANE_LEDGER }, { 44, 38, 38 }, 6, 4 },
    { 2, { PANE_EVENTS, PANE_CONSOLE }, { 70, 61 }, 6, 4 },
};

/* Name and right text, over a line that is there already. */
static void draw_title(struct tui *t, enum pane_id id, struct box b)
{
    struct canvas *c = &t->canvas;
    bool focused = t->focus == id;
    char text[120], name[40];
    int x;

    canvas_box(c, b);
    snprintf(name, sizeof name, focused ? "[%s]" : " %s ", panes[id].name);
    x = canvas_text(c, 1, 0, focused ? STYLE_FOCUS : STYLE_STRONG, name);
    panes[id].title(&t->model, text, sizeof text);
    if (!text[0])
        return;
    int room = b.width - x - 4; /* a blank on both sides, a bit of line */
    if (room < 0 || text_cells(text) > room)
        text[room > 0 ? room : 0] = 0;
    canvas_print(c, b.width - text_cells(text) - 3, 0, STYLE_DIM, " %s ", text);
}

/* Draws the pane; when it turns out to be scrolled beyond its end (it has
 * become higher, or its subject shorter), once more from where it may be. */
static void draw_content(struct tui *t, enum pane_id id)
{
    struct canvas *c = &t->canvas;
    struct pane_view *v = &t->view[id];
    size_t runs = c->run_count, bytes = c->text_used;

    for (int round = 0; round < 2; round++) {
        t->extent[id] = panes[id].draw(c, &t->model, v);
        int most = t->extent[id].lines - t->extent[id].shown;
        if (v->scroll <= most || v->scroll == 0)
            return;
        v->scroll = most > 0 ? most : 0;
        c->run_count = runs;
        c->text_used = bytes;
    }
}

static void draw_pane(struct tui *t, enum pane_id id, struct box b)
{
    struct box title = b, content = b;

    title.height = 1;
    content.y++;
    content.height--;
    draw_title(t, id, title);
    canvas_box(&t->canvas, content);
    t->view[id].focused = t->focus == id;
    draw_content(t, id);
}

/* Widths of a row's panes; the last takes what is left. */
static void find_widths(const struct grid_row *row, int width,
                        int to[ROW_PANES])
{
    int sum = 0, room = width - (row->count - 1), used = 0;

    for (int i = 0; i < row->count; i++)
        sum += row->width[i];
    for (int i = 0; i < row->count; i++) {
        to[i] = i == row->count - 1 ? room - used : room * row->width[i] / sum;
        used += to[i];
    }
}

static bool is_edge(const struct grid_row *row, int width, int x)
{
    int widths[ROW_PANES] = { 0 }, at = -1;

    if (!row)
        return false;
    find_widths(row, width, widths);
    for (int i = 0; i < row->count - 1; i++) {
        at += widths[i] + 1;
        if (at == x)
            return true;
    }
    return false;
}

/* The line above a row, with joints where upright lines meet it. */
static void draw_rule(struct canvas *c, int y, const struct grid_row *above,
                      const struct grid_row *below)
{
    canvas_box(c, (struct box){ 0, y, c->width, 1 });
    canvas_line(c, 0, 0, STYLE_FRAME, false, c->width);
    for (int x = 0; x < c->width; x++) {
        bool up = is_edge(above, c->width, x);
        bool down = is_edge(below, c->width, x);
        if (up || down)
            canvas_text(c, x, 0, STYLE_FRAME,
                        up && down ? "┼"
                        : up       ? "┴"
                                   : "┬");
    }
}

static void draw_row(struct tui *t, const struct grid_row *row, struct box b)
{
    int widths[ROW_PANES] = { 0 }, x = b.x;

    find_widths(row, b.width, widths);
    for (int i = 0; i < row->count; i++) {
        draw_pane(t, row->pane[i], (struct box){ x, b.y, widths[i], b.height });
        x += widths[i];
        if (i == row->count - 1)
            break;
        canvas_box(&t->canvas, (struct box){ x, b.y + 1, 1, b.height - 1 });
        canvas_line(&t->canvas, 0, 0, STYLE_FRAME, true, b.height - 1);
        x++;
    }
}

static void draw_grid(struct tui *t, const struct grid_row *row, int rows,
                      struct box b)
{
    int least = 0, shares = 0, spare, y = b.y, given = 0;

    for (int i = 0; i < rows; i++) {
        least += row[i].least + 1;
        shares += row[i].share;
    }
    spare = b.height > least ? b.height - least : 0;
    for (int i = 0; i < rows; i++) {
        int extra =
            i == rows - 1 ? spare - given : spare * row[i].share / shares;
        int h = row[i].least + 1 + extra;
        given += extra;
        draw_rule(&t->canvas, y, i > 0 ? &row[i - 1] : NULL, &row[i]);
        draw_row(t, &row[i], (struct box){ b.x, y, b.width, h });
        y += h;
    }
}

static void draw_footer(struct tui *t, int y)
{
    static const char always[] = " ? help  q quit ";
    struct canvas *c = &t->canvas;
    int x = 0;

    canvas_box(c, (struct box){ 0, y, c->width, 1 });
    if (t->overlay == OVERLAY_MASK) {
        x = canvas_text(c, 0, 0, STYLE_STRONG, " stop at: ");
        for (int i = 0; i < STOP_LETTERS; i++)
            x = canvas_print(c, x, 0,
                             t->model.stops >> i & 1 ? STYLE_SELECTED
                                                     : STYLE_TEXT,
                             "%c %s%s", stop_letters[i], stop_names[i],
                             t->model.stops >> i & 1 ? "*" : "") +
                1;
        canvas_text(c, x, 0, STYLE_DIM, "Enter = done");
        return;
    }
    if (t->model.notice[0])
        x = canvas_print(c, x, 0, STYLE_STRONG, " %s |", t->model.notice);
    canvas_text(c, x, 0, STYLE_DIM,
                " s step  n over  space run  e event  ] switch  m stops  "
                "x fault  Tab z pane");
    canvas_right(c, c->width, 0, STYLE_STRONG, always);
}

static void draw_too_small(struct tui *t)
{
    struct canvas *c = &t->canvas;

    canvas_print(c, 0, 0, STYLE_TEXT, "needs %dx%d, has %dx%d", TUI_LEAST_WIDTH,
                 TUI_LEAST_HEIGHT, c->width, c->height);
    canvas_text(c, 0, 1, STYLE_TEXT, "enlarge it; q quits");
}

void tui_draw(struct tui *t, int width, int height)
{
    struct canvas *c = &t->canvas;
    struct box middle = { 0, STATUS_LINES, width, height - STATUS_LINES - 1 };

    canvas_begin(c, width, height, t->ascii);
    if (width < TUI_LEAST_WIDTH || height < TUI_LEAST_HEIGHT) {
        draw_too_small(t);
        return;
    }
    canvas_box(c, (struct box){ 0, 0, width, STATUS_LINES });
    pane_status(c, &t->model, tui_speed_text(t->model.speed));
    if (t->zoomed) {
        draw_rule(c, middle.y, NULL, NULL);
        draw_pane(t, t->focus, middle);
    } else if (width >= WIDE) {
        draw_grid(t, wide, sizeof wide / sizeof wide[0], middle);
    } else {
        draw_grid(t, narrow, sizeof narrow / sizeof narrow[0], middle);
    }
    draw_footer(t, height - 1);
    tui_draw_overlay(t);
}
