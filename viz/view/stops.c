// SPDX-License-Identifier: Apache-2.0
/*
 * What stops a run, over the panes: the editor of the stop mask and the list of
 * breakpoints and watches; and the cursor of the code pane. What they change
 * goes through the command line.
 */
#include "viz/view/words.h"

#include <stdio.h>
#include <string.h>

#include "sim/event.h"

enum { MASK_COLUMNS = 2, MASK_ROWS = 10, MASK_WIDTH = 74, LIST_WIDTH = 110 };

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* ---- the stop mask
 * -----------------------------------------------------------
 */

/* In the order of the screen: the letters first. */
static const struct {
    enum event_kind kind;
    const char *doc;
} mask_rows[EVENT_KIND_COUNT] = {
    { EVENT_FAULT, "the kernel gave up on a user's access, or on itself" },
    { EVENT_TLB_MISS, "a TLB had no entry" },
    { EVENT_PROTECTION_MISS, "the protection unit had no entry" },
    { EVENT_SWITCH, "another domain runs; DOMAIN may be either of the two" },
    { EVENT_TRAP, "any trap: system call, interrupt, refused access" },
    { EVENT_SYSCALL, "a program asked the kernel for something" },
    { EVENT_RIGHTS, "a domain's right on a segment was given or taken" },
    { EVENT_CALL, "a portal was called" },
    { EVENT_RETURN, "a portal call returned" },
    { EVENT_MESSAGE, "a message was sent or taken" },
    { EVENT_DOMAIN, "a domain was made, has ended or was killed" },
    { EVENT_THREAD, "a thread was made or has ended" },
    { EVENT_SEGMENT, "a segment was made or given back" },
    { EVENT_PROGRAM, "a program was loaded" },
    { EVENT_MARK, "a program's own marker" },
    { EVENT_CONTEXT, "satp, sdomain or sprot was written" },
    { EVENT_FLUSH, "software threw translations or rights away" },
    { EVENT_HINT, "the kernel told something else" },
    { EVENT_BOOTED, "the kernel is up" },
    { EVENT_PANIC, "the kernel gave up" },
};

/* The word of the command line for a row: a letter has the same effect. */
static bool mask_is_on(const struct model *m, int row)
{
    return row < STOP_LETTERS ? m->stops >> row & 1
                              : m->stop_kinds >> mask_rows[row].kind & 1;
}

static void draw_mask_row(struct view *v, int row, int x, int y)
{
    struct canvas *c = &v->canvas;
    const char *name = event_kind_name(mask_rows[row].kind);
    bool on = mask_is_on(v->model, row);
    char command[40];

    canvas_print(c, x, y, v->overlay_row == row ? STYLE_SELECTED : STYLE_TEXT,
                 " [%c] %c %-16s", on ? '*' : ' ',
                 row < STOP_LETTERS ? stop_letters[row] : ' ', name);
    snprintf(command, sizeof command, "stop %s", name);
    canvas_zone(c, x, y, MASK_WIDTH / MASK_COLUMNS - 4, 1, command,
                mask_rows[row].doc);
}

void view_draw_mask(struct view *v)
{
    struct canvas *c = &v->canvas;
    const struct model *m = v->model;
    int height = MASK_ROWS + 6, row = v->overlay_row;

    view_draw_frame(c, "what stops a run",
                    " letters, or arrows and space; < > domain; Enter closes ",
                    (struct box){ (c->width - MASK_WIDTH) / 2,
                                  (c->height - height) / 2, MASK_WIDTH,
                                  height });
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        draw_mask_row(v, i, i / MASK_ROWS * (MASK_WIDTH / MASK_COLUMNS),
                      i % MASK_ROWS);
    canvas_print(c, 1, MASK_ROWS + 1, STYLE_TEXT, "%s: %s",
                 event_kind_name(mask_rows[row].kind), mask_rows[row].doc);
    canvas_print(c, 1, MASK_ROWS + 2, STYLE_TEXT, "of domain: %s",
                 m->stop_domain[0] ? m->stop_domain : "any");
    canvas_text(c, 1, MASK_ROWS + 3, STYLE_DIM,
                "Breakpoints and watches always stop: d lists them.");
}

/* The next domain, in the order of the model, after the last: any. */
static void choose_domain(struct view *v, int by)
{
    const struct model *m = v->model;
    char command[60];
    int n = m->domain_count + 1, now = 0;

    for (int i = 0; i < m->domain_count; i++)
        if (strcmp(m->domains[i].name, m->stop_domain) == 0)
            now = i + 1;
    now = (now + by + n) % n;
    snprintf(command, sizeof command, "stop in %s",
             now ? m->domains[now - 1].name : "any");
    view_command(v, command);
}

static void turn_row(struct view *v, int row)
{
    char command[40];

    snprintf(command, sizeof command, "stop %s",
             event_kind_name(mask_rows[row].kind));
    view_command(v, command);
}

void view_mask_key(struct view *v, int key)
{
    int row = v->overlay_row;

    for (int i = 0; i < STOP_LETTERS; i++)
        if (key == stop_letters[i] || key == stop_letters[i] + 'a' - 'A') {
            turn_row(v, i);
            return;
        }
    if (key == KEY_OF_UP || key == KEY_OF_DOWN)
        row += key == KEY_OF_DOWN ? 1 : -1;
    else if (key == KEY_OF_LEFT || key == KEY_OF_RIGHT)
        row += key == KEY_OF_RIGHT ? MASK_ROWS : -MASK_ROWS;
    else if (key == '<' || key == '>')
        choose_domain(v, key == '>' ? 1 : -1);
    else if (key == ' ')
        turn_row(v, row);
    else if (key == '\n' || key == 27 || key == 'm' || key == 'q')
        v->overlay = OVERLAY_NONE;
    v->overlay_row = clamp(row, 0, EVENT_KIND_COUNT - 1);
}

/* ---- breakpoints and watches
 * ---------------------------------------------------
 */

static void draw_stop_row(struct view *v, const struct stop_row *s, int y,
                          bool chosen)
{
    struct canvas *c = &v->canvas;
    char command[40], hits[40], place[MODEL_LINE + 20];
    enum style style = chosen   ? STYLE_SELECTED
                       : s->off ? STYLE_DIM
                                : STYLE_TEXT;

    snprintf(hits, sizeof hits, "%llu hit%s", (unsigned long long)s->hits,
             s->hits == 1 ? "" : "s");
    if (!s->places)
        snprintf(place, sizeof place, "waits: not there yet");
    else
        snprintf(place, sizeof place, "%s%s", s->place,
                 s->places > 1 ? " ..." : "");
    if (chosen)
        canvas_fill(c, 2 * y, style);
    canvas_text(c, 0, 2 * y, s->off ? STYLE_DIM : STYLE_FAULT,
                s->off ? "○" : "●");
    canvas_print(c, 2, 2 * y, style, "%2u  %s", s->number, s->line);
    canvas_right(c, c->box.width, 2 * y, style, hits);
    canvas_print(c, 6, 2 * y + 1, STYLE_DIM, "%s%s", s->off ? "off; " : "",
                 place);
    snprintf(command, sizeof command, "%s %u", s->off ? "enable" : "disable",
             s->number);
    canvas_zone(c, 0, 2 * y, c->box.width, 2, command, "on or off");
}

void view_draw_stops(struct view *v)
{
    struct canvas *c = &v->canvas;
    const struct model *m = v->model;
    int width = c->width - 4 < LIST_WIDTH ? c->width - 4 : LIST_WIDTH;
    int rows = m->stop_point_count, room = (c->height - 6) / 2, first;
    int shown = rows < room ? rows : room, height = 2 * shown + 2;

    if (rows == 0)
        height = 6;
    view_draw_frame(c, "breakpoints and watches",
                    " space on or off, x delete, Enter the code there ",
                    (struct box){ (c->width - width) / 2,
                                  (c->height - height) / 2, width, height });
    v->overlay_row = clamp(v->overlay_row, 0, rows > 0 ? rows - 1 : 0);
    first = v->overlay_row - shown + 1 > 0 ? v->overlay_row - shown + 1 : 0;
    for (int i = 0; i < shown; i++)
        draw_stop_row(v, &m->stop_points[first + i], i,
                      first + i == v->overlay_row);
    if (rows == 0)
        canvas_wrap(c, 0, 0, STYLE_DIM,
                    "There are none. p sets a breakpoint at pc or at the line "
                    "chosen in the code; :break fault_kill, :break trap.c:40, "
                    ":watch SEGMENT by DOMAIN set others.");
}

/* A command about the chosen one. */
static void obey_on(struct view *v, const char *word)
{
    char command[40];

    snprintf(command, sizeof command, "%s %u", word,
             v->model->stop_points[v->overlay_row].number);
    view_command(v, command);
}

static void look_at_code(struct view *v, const struct stop_row *s)
{
    char command[40];

    v->overlay = OVERLAY_NONE;
    if (s->watch || !s->places)
        return;
    snprintf(command, sizeof command, "code 0x%llx", (unsigned long long)s->va);
    view_command(v, command);
}

void view_stops_key(struct view *v, int key)
{
    int count = v->model->stop_point_count;
    const struct stop_row *s = &v->model->stop_points[v->overlay_row];

    if (key == KEY_OF_UP || key == KEY_OF_DOWN)
        v->overlay_row = clamp(v->overlay_row + (key == KEY_OF_DOWN ? 1 : -1),
                               0, count > 0 ? count - 1 : 0);
    else if (key == ' ' && count > 0)
        obey_on(v, s->off ? "enable" : "disable");
    else if (key == 'x' && count > 0)
        obey_on(v, "delete");
    else if (key == '\n' && count > 0)
        look_at_code(v, s);
    else if (key != ' ' && key != 'x')
        v->overlay = OVERLAY_NONE;
}

/* ---- the code pane's cursor
 * ------------------------------------------------------
 */

static bool is_instruction(const struct code_row *r)
{
    return !r->is_source && !r->is_label;
}

/* Rows left before the ends of the model's list, when it should look on. */
enum { CODE_MARGIN = 12 };

void view_code_move(struct view *v, int lines)
{
    const struct model *m = v->model;
    struct pane_view *p = &v->pane[PANE_CODE];
    int row = pane_code_chosen(m, p), by = lines < 0 ? -1 : 1;
    char where[24];

    if (lines == 0) {
        p->cursor_at = 0;
        view_wish_text(v, WISH_LOOK, "");
        return;
    }
    if (row < 0)
        row = m->code_pc < 0 ? 0 : m->code_pc;
    for (int i = row; i >= 0 && i < m->code_count && lines != 0; i += by) {
        if (!is_instruction(&m->code[i]))
            continue;
        lines -= i != row ? by : 0;
        row = i;
    }
    if (row >= m->code_count)
        return;
    p->cursor = m->code[row].pc;
    p->cursor_at = m->cycle;
    if (row >= CODE_MARGIN && row < m->code_count - 2 * CODE_MARGIN)
        return;
    snprintf(where, sizeof where, "0x%llx", (unsigned long long)p->cursor);
    view_wish_text(v, WISH_LOOK, where);
}
