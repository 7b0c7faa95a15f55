// SPDX-License-Identifier: Apache-2.0
/*
 * The pointer: a click on a zone is the zone's command, a click on a pane gives
 * it the keys, two clicks zoom it; borders can be dragged; the wheel scrolls
 * what is under it (view/keys.c). Places are cells of the screen.
 */
#include "viz/view/view.h"

#include <stdio.h>
#include <string.h>

static enum pane_id pane_at(const struct view *v, int x, int y)
{
    for (int i = 0; i < PANE_COUNT; i++) {
        const struct box *b = &v->place[i];
        if (x >= b->x && x < b->x + b->width && y >= b->y &&
            y < b->y + b->height)
            return (enum pane_id)i;
    }
    return PANE_COUNT;
}

bool view_on_border(const struct view *v, int x, int y)
{
    const struct view_drag d = view_border_at(v, x, y);

    return d.on && v->overlay == OVERLAY_NONE;
}

/* The timeline's cursor follows the pointer. */
static bool drag_cursor(struct view *v, int x, int y)
{
    const struct zone *z = canvas_zone_at(&v->canvas, x, y);
    const char *command = z ? v->canvas.text + z->command : "";

    if (strncmp(command, "cursor ", 7) != 0)
        return false;
    view_command(v, command);
    return true;
}

void view_pointer_move(struct view *v, int x, int y)
{
    v->pointer_x = x;
    v->pointer_y = y;
    v->tip_wanted = false;
    if (v->cursor_dragged)
        drag_cursor(v, x, y);
    else if (v->drag.on)
        view_drag_to(v, x, y);
    if (v->panning < PANE_COUNT && (x != v->pan_x || y != v->pan_y)) {
        view_pan(v, v->panning, x - v->pan_x, y - v->pan_y);
        v->pan_x = x;
        v->pan_y = y;
    }
}

static void begin_pan(struct view *v, enum pane_id id, int x, int y)
{
    v->panning = id;
    v->pan_x = x;
    v->pan_y = y;
}

static bool is_node(const struct view *v, const struct zone *z)
{
    return z && strncmp(v->canvas.text + z->command, "select node", 11) == 0;
}

void view_pointer_menu(struct view *v, int x, int y)
{
    const struct zone *z = canvas_zone_at(&v->canvas, x, y);
    const char *command = z ? v->canvas.text + z->command : "";
    enum pane_id id = pane_at(v, x, y);
    char line[VIEW_COMMAND];

    v->overlay = OVERLAY_NONE;
    if (id < PANE_COUNT)
        v->focus = id;
    snprintf(line, sizeof line, "%s", command);
    if (is_node(v, z)) /* it may be selected already: do not go there */
        v->selection.node[0] = 0;
    if (strncmp(line, "select ", 7) == 0 || strncmp(line, "row ", 4) == 0)
        view_command(v, line);
    view_menu_open(v, x, y);
}

/* Two clicks there are one and another one: breakpoints, lists over the panes,
 * nodes of a graph. */
static bool clicks_are_single(const struct view *v, const struct zone *z)
{
    return v->overlay != OVERLAY_NONE || is_node(v, z) ||
           (z && strncmp(v->canvas.text + z->command, "toggle ", 7) == 0);
}

void view_pointer_press(struct view *v, int x, int y, bool twice)
{
    const struct zone *z = canvas_zone_at(&v->canvas, x, y);
    enum pane_id id = pane_at(v, x, y);

    v->tip_wanted = false;
    if (v->overlay == OVERLAY_HELP || v->overlay == OVERLAY_STORY) {
        v->overlay = OVERLAY_NONE;
        return;
    }
    if (v->overlay == OVERLAY_MENU) {
        v->overlay = OVERLAY_NONE;
        if (z && v->canvas.text[z->command])
            view_command(v, v->canvas.text + z->command);
        return;
    }
    if (v->overlay != OVERLAY_NONE && !z) {
        v->overlay = OVERLAY_NONE;
        return;
    }
    if (view_on_border(v, x, y))
        v->drag = view_border_at(v, x, y);
    else if (id == PANE_MAP || id == PANE_GRAPH)
        begin_pan(v, id, x, y);
    if (twice && id < PANE_COUNT && !clicks_are_single(v, z))
        view_command(v, "zoom");
    else if (drag_cursor(v, x, y))
        v->cursor_dragged = true;
    else if (z && v->canvas.text[z->command])
        view_command(v, v->canvas.text + z->command);
    else if (id < PANE_COUNT)
        v->focus = id;
}

void view_pointer_release(struct view *v)
{
    v->drag.on = v->cursor_dragged = false;
    v->panning = PANE_COUNT;
}

const char *view_tip(const struct view *v)
{
    const struct zone *z;

    if (!v->tip_wanted || v->overlay != OVERLAY_NONE || v->pointer_x < 0)
        return NULL;
    z = canvas_zone_at(&v->canvas, v->pointer_x, v->pointer_y);
    return z && v->canvas.text[z->tip] ? v->canvas.text + z->tip : NULL;
}
