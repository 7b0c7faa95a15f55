// SPDX-License-Identifier: Apache-2.0
/*
 * Keys, the same in terminal and window. Most stand for a command; the rest
 * scroll, or write the command line. F-keys are translated by the back ends,
 * so letters always work. The list for the user is in view/help.c.
 */
#include "viz/view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* ---- scrolling --------------------------------------------------------------
 */

/* Lines that a key moves; 0 = it is no such key. */
static int lines_of(int key, int page)
{
    switch (key) {
    case KEY_OF_UP:
        return -1;
    case KEY_OF_DOWN:
        return 1;
    case KEY_OF_PAGE_UP:
        return -(page > 1 ? page - 1 : 1);
    case KEY_OF_PAGE_DOWN:
        return page > 1 ? page - 1 : 1;
    case KEY_OF_HOME:
        return -100000;
    case KEY_OF_END:
        return 100000;
    default:
        return 0;
    }
}

static void scroll(struct view *v, enum pane_id id, int lines)
{
    struct pane_view *p = &v->pane[id];
    const struct pane_extent *e = &v->extent[id];
    int most = e->lines > e->shown ? e->lines - e->shown : 0;

    if (id == PANE_EVENTS) /* moves the cursor, newest = 0 */
        view_move_cursor(v, id, -lines);
    else if (id == PANE_CODE)
        view_code_move(v, lines);
    else if (id == PANE_CONSOLE) /* scrolls back from the end */
        p->scroll = clamp(p->scroll - lines, 0, most);
    else
        p->scroll = clamp(p->scroll + lines, 0, most);
}

static void overlay_scroll(struct view *v, int lines)
{
    int most = v->overlay_lines - v->overlay_shown;

    v->overlay_scroll =
        clamp(v->overlay_scroll + lines, 0, most > 0 ? most : 0);
}

/* The wheel over the timeline zooms about the cycle under the pointer. */
static bool wheel_zooms(struct view *v, int x, int y, int lines)
{
    const struct zone *z = canvas_zone_at(&v->canvas, x, y);
    unsigned long long cycle;

    if (!z || sscanf(v->canvas.text + z->command, "cursor %llu", &cycle) != 1)
        return false;
    time_zoom(&v->time, v->model, lines < 0, cycle);
    return true;
}

void view_pointer_wheel(struct view *v, int x, int y, int lines)
{
    if (v->overlay != OVERLAY_NONE) {
        overlay_scroll(v, lines);
        return;
    }
    if (wheel_zooms(v, x, y, lines))
        return;
    for (int i = 0; i < 2; i++) {
        enum pane_id id = i ? PANE_GRAPH : PANE_MAP;
        const struct box *b = &v->place[id];
        if (x >= b->x && x < b->x + b->width && y >= b->y &&
            y < b->y + b->height) {
            view_zoom_at(v, id, lines < 0 ? 1 : -1, x, y);
            return;
        }
    }
    for (int i = 0; i < PANE_COUNT; i++) {
        const struct box *b = &v->place[i];
        if (x >= b->x && x < b->x + b->width && y >= b->y &&
            y < b->y + b->height)
            scroll(v, (enum pane_id)i, lines);
    }
}

/* ---- keys that are commands
 * --------------------------------------------------
 */

static const struct {
    int key;
    const char *command;
} keys[] = {
    { 's', "step" },
    { 'S', "step 100" },
    { 'n', "over" },
    { 'b', "back" },
    { KEY_OF_BACKSPACE, "back" },
    { 'B', "back 100" },
    { 'E', "back event" },
    { 'R', "back rights" },
    { 'C', "back point" },
    { ' ', "run" },
    { 'c', "run" },
    { 'e', "event" },
    { ']', "switch" },
    { '+', "speed +" },
    { '=', "speed +" },
    { '-', "speed -" },
    { 'o', "out" },
    { 'm', "stop" },
    { 'p', "toggle" },
    { 'd', "breaks" },
    { 'x', "fault" },
    { '\n', "menu" },
    { 'O', "sort" },
    { 'V', "sort -" },
    { 'y', "copy" },
    { 'G', "graph" },
    { 'f', "filter" },
    { 'w', "whole" },
    { 'a', "compare" },
    { 'u', "ratio" },
    { 't', "mark" },
    { '(', "window -" },
    { ')', "window +" },
    { 'l', "lanes" },
    { 'v', "cursor" },
    { '{', "cursor left" },
    { '}', "cursor right" },
    { 'i', "measure" },
    { 'M', "bookmark" },
    { 'z', "zoom" },
    { '\t', "next" },
    { KEY_OF_BACKTAB, "next -" },
    { 'H', "border left" },
    { 'L', "border right" },
    { 'K', "border up" },
    { 'J', "border down" },
    { 'T', "theme" },
    { '>', "scale +" },
    { '<', "scale -" },
    { 'P', "screenshot" },
    { KEY_OF_SCREENSHOT, "screenshot" },
    { 'r', "redraw" },
    { 12, "redraw" }, /* control-L */
    { '?', "help" },
    { 'h', "help" },
    { 'q', "quit" },
};

/* A command that began with a key can be said again by '.'. */
static void obey_line(struct view *v, const char *line)
{
    if (strcmp(line, v->last) != 0)
        snprintf(v->last, sizeof v->last, "%s", line);
    view_command(v, line);
}

static bool command_key(struct view *v, int key)
{
    char line[VIEW_COMMAND];

    if (key >= '1' && key < '1' + VIEW_SETS) {
        snprintf(line, sizeof line, "set %c", key);
        view_command(v, line);
        return true;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].key == key) {
            obey_line(v, keys[i].command);
            return true;
        }
    return false;
}

/* ---- the command line
 * --------------------------------------------------------
 */

static void begin_line(struct view *v, const char *text)
{
    v->commanding = true;
    v->choices[0] = 0;
    v->notice[0] = 0;
    snprintf(v->line, sizeof v->line, "%s", text);
}

static void line_key(struct view *v, int key)
{
    size_t n = strlen(v->line);

    if (key == '\t') {
        view_complete(v);
        return;
    }
    v->choices[0] = 0;
    if (key == 27 || (key == KEY_OF_BACKSPACE && n == 0)) {
        v->commanding = false;
    } else if (key == KEY_OF_BACKSPACE) {
        v->line[n - 1] = 0;
    } else if (key == KEY_OF_UP) {
        snprintf(v->line, sizeof v->line, "%s", v->last);
    } else if (key == '\n') {
        v->commanding = false;
        obey_line(v, v->line);
    } else if (key >= 0x20 && key < 0x7f && n + 1 < sizeof v->line) {
        v->line[n] = (char)key;
        v->line[n + 1] = 0;
    }
}

/* ---- overlays
 * ----------------------------------------------------------------
 */

static void overlay_key(struct view *v, int key)
{
    int lines = lines_of(key, v->overlay_shown);

    if (lines)
        overlay_scroll(v, lines);
    else if (key == ' ')
        overlay_scroll(v, lines_of(KEY_OF_PAGE_DOWN, v->overlay_shown));
    else
        v->overlay = OVERLAY_NONE;
}

/* ---- all keys
 * ----------------------------------------------------------------
 */

static void escape(struct view *v)
{
    struct pane_view *p = &v->pane[v->focus];

    v->zoomed = false;
    if (v->focus == PANE_CODE)
        view_code_move(v, 0);
    v->selection.kind = SELECT_NONE;
    if (v->focus == PANE_MAP)
        p->first = p->last = 0;
    p->selected = -1;
    p->scroll = 0;
    p->search[0] = 0;
    p->chosen = 0;
    if (v->focus == PANE_TIMELINE) {
        v->time.span = v->time.last = 0;
        v->time.cursor[0].set = v->time.cursor[1].set = false;
    }
}

static void arrow_sideways(struct view *v, int by)
{
    struct pane_view *p = &v->pane[v->focus];

    if (v->focus == PANE_MAP || v->focus == PANE_GRAPH)
        view_pan(v, v->focus, -by * v->place[v->focus].width / 8, 0);
    else if (v->focus == PANE_TIMELINE)
        time_pan(&v->time, v->model, by);
    else
        p->column =
            clamp(p->column + by, 0,
                  v->model->domain_count > 0 ? v->model->domain_count - 1 : 0);
}

/* Up and down: the cursor of a pane with rows, else the content. */
static void move(struct view *v, enum pane_id id, int lines)
{
    if (id == PANE_MAP && lines == lines_of(KEY_OF_HOME, 0))
        view_command(v, "map fit");
    else if (id == PANE_GRAPH && v->places && abs(lines) > 1)
        view_pan(v, id, 0, -lines);
    else if (view_has_cursor(v, id))
        view_move_cursor(v, id, id == PANE_EVENTS ? -lines : lines);
    else
        scroll(v, id, lines);
}

void view_key(struct view *v, int key)
{
    if (v->commanding) {
        line_key(v, key);
    } else if (v->overlay == OVERLAY_MASK) {
        view_mask_key(v, key);
    } else if (v->overlay == OVERLAY_STOPS) {
        view_stops_key(v, key);
    } else if (v->overlay == OVERLAY_MENU) {
        view_menu_key(v, key);
    } else if (v->overlay != OVERLAY_NONE) {
        overlay_key(v, key);
    } else if (key == ':') {
        begin_line(v, "");
    } else if (key == '/') {
        begin_line(v, v->focus == PANE_CODE ? "code " : "search ");
    } else if (key == 'g') {
        begin_line(v, "explain ");
    } else if (key == '\'') {
        begin_line(v, "go ");
    } else if (key == 'U') {
        begin_line(v, "until ");
    } else if (key == 'W') {
        begin_line(v, "watch ");
    } else if (key == '.') {
        view_command(v, v->last);
    } else if (key == 27) {
        escape(v);
    } else if (key == KEY_OF_LEFT || key == KEY_OF_RIGHT) {
        arrow_sideways(v, key == KEY_OF_RIGHT ? 1 : -1);
    } else if (lines_of(key, v->extent[v->focus].shown)) {
        move(v, v->focus, lines_of(key, v->extent[v->focus].shown));
    } else {
        command_key(v, key);
    }
}

/* ---- scripts
 * ------------------------------------------------------------------ */

bool view_script_key(const char **script, int *key, bool *bad)
{
    static const struct {
        const char *name;
        int key;
    } names[] = { { "<space>", ' ' },
                  { "<tab>", '\t' },
                  { "<backtab>", KEY_OF_BACKTAB },
                  { "<enter>", '\n' },
                  { "<esc>", 27 },
                  { "<up>", KEY_OF_UP },
                  { "<down>", KEY_OF_DOWN },
                  { "<left>", KEY_OF_LEFT },
                  { "<right>", KEY_OF_RIGHT },
                  { "<pgup>", KEY_OF_PAGE_UP },
                  { "<pgdn>", KEY_OF_PAGE_DOWN },
                  { "<home>", KEY_OF_HOME },
                  { "<end>", KEY_OF_END },
                  { "<lt>", '<' } };

    *bad = false;
    if (!**script)
        return false;
    if (**script != '<') {
        *key = (unsigned char)*(*script)++;
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n = strlen(names[i].name);
        if (strncmp(*script, names[i].name, n) == 0) {
            *script += n;
            *key = names[i].key;
            return true;
        }
    }
    *bad = true;
    return false;
}
