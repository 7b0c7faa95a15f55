// SPDX-License-Identifier: Apache-2.0
/*
 * The menu of the selected thing: what can be done with it, each a command that
 * the command line knows, too. The right button or Enter opens it.
 */
#include "viz/view/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

PRINTF_LIKE(3, 4)
static void add(struct view_menu *menu, const char *label, const char *format,
                ...)
{
    va_list list;

    if (menu->count == MENU_ITEMS)
        return;
    snprintf(menu->item[menu->count].label, sizeof menu->item[0].label, "%s",
             label);
    va_start(list, format);
    vsnprintf(menu->item[menu->count].command, sizeof menu->item[0].command,
              format, list);
    va_end(list);
    menu->count++;
}

/* The name to explain an address for, "" = whoever runs. */
static const char *asker(const struct view *v)
{
    int row = domain_row_of(v->model, v->selection.domain);

    return row >= 0 ? v->model->domains[row].name : "";
}

static void add_place(struct view *v, const char *name)
{
    const struct selection *s = &v->selection;
    struct view_menu *menu = &v->menu;

    const char *who = s->kind == SELECT_ADDRESS ? asker(v) : "";

    add(menu, "explain this address", "explain %" PRIx64 "%s%s", s->va,
        who[0] ? " " : "", who);
    add(menu, "show it on the map", "find map");
    add(menu, "find it in the TLB", "find TLB");
    if (v->model->protection)
        add(menu, "find it in the protection unit", "find protection");
    add(menu, "find it among the rights", "find rights");
    add(menu, "find it among the events", "find events");
    add(menu, "break here", "break 0x%" PRIx64, s->va);
    add(menu,
        s->kind == SELECT_SEGMENT ? "watch who writes this segment"
                                  : "watch who writes here",
        "watch 0x%" PRIx64 ",%" PRIu64, s->va, s->bytes);
    if (name[0])
        add(menu, "who may touch it, as a graph", "graph rights");
}

static void add_domain(struct view *v)
{
    struct view_menu *menu = &v->menu;
    const char *name = v->selection.name;

    add(menu, "its rights", "find rights");
    add(menu, "find it in the protection unit", "find protection");
    add(menu, "find it among the events", "find events");
    add(menu, "when it ran", "find timeline");
    add(menu, "its page table, as a graph", "graph pagetable %s", name);
    add(menu, "whom it calls, as a graph", "graph calls");
}

void view_menu_open(struct view *v, int x, int y)
{
    struct view_menu *menu = &v->menu;

    memset(menu, 0, sizeof *menu);
    menu->x = x;
    menu->y = y;
    switch (v->selection.kind) {
    case SELECT_ADDRESS:
    case SELECT_SEGMENT:
        add_place(v, v->selection.name);
        break;
    case SELECT_DOMAIN:
        add_domain(v);
        break;
    case SELECT_THREAD:
        add(menu, "what it waits for, as a graph", "graph waits");
        add(menu, "find it among the events", "find events");
        break;
    case SELECT_NODE:
        add(menu, "go to where it is shown", "find");
        break;
    case SELECT_NONE:
        break;
    }
    if (v->selection.kind != SELECT_NONE) {
        add(menu, "copy it as text", "copy");
        add(menu, "select nothing", "select none");
    }
    if (panes[v->focus].table) {
        add(menu, "sort by the next column", "sort");
        add(menu, "copy the whole table", "copy all");
    }
    add(menu, "about this pane", "help");
    v->overlay = OVERLAY_MENU;
}

void view_menu_draw(struct view *v)
{
    struct canvas *c = &v->canvas;
    struct view_menu *menu = &v->menu;
    int width = 24, height = menu->count + 2;
    char command[120];

    for (int i = 0; i < menu->count; i++) {
        int cells = text_cells(menu->item[i].label) + 6;
        width = cells > width ? cells : width;
    }
    struct box b = { menu->x, menu->y, width, height };
    b.x = b.x + width > c->width ? c->width - width : b.x;
    b.y = b.y + height > c->height - 1 ? c->height - 1 - height : b.y;
    view_draw_frame(c, "", "", b);
    for (int i = 0; i < menu->count; i++) {
        enum style style = i == menu->chosen ? STYLE_SELECTED : STYLE_TEXT;
        if (i == menu->chosen)
            canvas_fill(c, i, style);
        canvas_text(c, 0, i, style, i == menu->chosen ? "▶" : " ");
        canvas_text(c, 2, i, style, menu->item[i].label);
        snprintf(command, sizeof command, "%s", menu->item[i].command);
        canvas_zone(c, 0, i, width - 4, 1, command, command);
    }
}

void view_menu_key(struct view *v, int key)
{
    struct view_menu *menu = &v->menu;
    char command[100];

    if (key == KEY_OF_UP || key == KEY_OF_BACKTAB) {
        menu->chosen = (menu->chosen + menu->count - 1) % menu->count;
    } else if (key == KEY_OF_DOWN || key == '\t') {
        menu->chosen = (menu->chosen + 1) % menu->count;
    } else if (key == '\n' || key == ' ') {
        snprintf(command, sizeof command, "%s",
                 menu->item[menu->chosen].command);
        v->overlay = OVERLAY_NONE;
        view_command(v, command);
    } else {
        v->overlay = OVERLAY_NONE;
    }
}
