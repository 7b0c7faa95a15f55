// SPDX-License-Identifier: Apache-2.0
/*
 * Texts over the panes: the help (the pane that has the keys, then keys,
 * commands and all panes) and the story of a fault. Any key but the arrows
 * closes them. And the tip beside the pointer.
 */
#include "viz/view/view.h"

#include <stdio.h>
#include <string.h>

static const char keys[] =
    "This is a machine that runs a scenario. Nothing you look at changes it: "
    "only the keys that move time do.\n"
    "\n"
    "TIME\n"
    "s        one instruction        S   a hundred\n"
    "n        step over a call: until the function or system call returns\n"
    "o        step out: until the function at pc returns\n"
    "space    run at the chosen speed, and pause again (also c)\n"
    "+ -      faster, slower: 1, 3, 10 ... instructions a second up to max\n"
    "e        run to the next event of the stop mask\n"
    "]        run to the next domain switch\n"
    "b        back one instruction (also Backspace)   B   a hundred\n"
    "E        back to the last event of the stop mask before now\n"
    "R        back to the last change of a right on the segment that the last\n"
    "         fault hit: when was it given, when taken?\n"
    "C        back to the last breakpoint or watch met before now\n"
    "m        edit the stop mask: what ends a run\n"
    "         F fault  M TLB miss  R protection miss  S switch  T trap ...\n"
    "p        a breakpoint at pc, or at the line chosen in the code; again: "
    "none\n"
    "d        breakpoints and watches: the list    W   watch an address\n"
    "U        run until an expression holds, such as a0 == 3\n"
    "t        measure from here: cycles, instructions, misses since then\n"
    "LOOKING\n"
    "1-8      sets of panes: run, memory, space, cost, time, text, a/b, graph\n"
    "Tab      the next pane of the set; its title is lit, or in brackets\n"
    "z        zoom: that pane fills the screen; again: back\n"
    "arrows, PgUp, PgDn, Home, End   scroll it, or move the cursor in its\n"
    "         rows; what it is on is selected, and lit in every pane (»)\n"
    "Esc      nothing selected, no filter, not zoomed; back to the newest\n"
    "Enter    menu: what can be done with what is selected\n"
    "O V      rows by the next column; the other way round\n"
    "y        copy the row as text (:copy all, the table)\n"
    "H L K J  move its border left, right, up, down\n"
    "x        explain the last fault, or the selected one\n"
    "g        explain an address: what would the machine say to an access?\n"
    "f /      events: only those of the stop mask; only rows that say...\n"
    "         (in the code pane, / looks for a function or an address)\n"
    "( )      timeline, map, graph: further away, nearer; left and right\n"
    "         arrows: to the side; map: Home = all segments\n"
    "G        the graph; again: the next kind of graph\n"
    "l        timeline: a lane per domain, per thread, per hart\n"
    "v { }    timeline: the other cursor; move it (also: a click)\n"
    "i        count exactly what happened between the two cursors\n"
    "M '      a bookmark here; go to a bookmark\n"
    "a        a second run of the scenario, under the other protection,\n"
    "         beside this one: what differs, and ghosts behind the switches\n"
    "u        ratios: one alone, the next one, all\n"
    "w        cycles: of the last command, or of the whole run\n"
    ":        command line; Tab completes; . says the last command again\n"
    "P        a picture of the screen    r   draw the screen again\n"
    "?        this help        q   quit\n"
    "IN THE WINDOW ALSO\n"
    "T        dark or light      < >   smaller, larger (also control - +)\n"
    "mouse    click buttons, titles, letters of the stop mask; two clicks\n"
    "         zoom; drag borders; the wheel scrolls, or zooms map, graph and\n"
    "         timeline; drag map and graph; rest on it for a tip; the other\n"
    "         button opens the menu of what it is on\n"
    "\n"
    "THE LINES ON TOP\n"
    "Scenario, machine, hart (a hardware thread), domain/thread that runs, "
    "privilege (U user, S kernel, M machine), clock in cycles, instructions "
    "done. Then state, speed, stop mask, and hit ratios: how often an address "
    "was found in the TLBs (translation), the RPLB (protection) and the "
    "caches L1 and L2.\n"
    "\n"
    "COMMANDS\n";

/* The whole help as one text: first about the pane that has the keys. */
static void help_text(const struct view *v, char *to, size_t room)
{
    size_t used =
        (size_t)snprintf(to, room, "%s\n%s\n\n%s", panes[v->focus].name,
                         panes[v->focus].help, keys);

    view_command_help(to + used, room - used);
    used += strlen(to + used);
    used += (size_t)snprintf(to + used, room - used, "\nTHE PANES\n");
    for (int i = 0; i < PANE_COUNT && used < room; i++)
        used += (size_t)snprintf(to + used, room - used, "%s: %s\n",
                                 panes[i].name, panes[i].help);
}

void view_draw_frame(struct canvas *c, const char *title, const char *keys_do,
                     struct box b)
{
    canvas_box(c, b);
    canvas_zone(c, 0, 0, b.width, b.height, "", ""); /* hides those below */
    canvas_rect(c, 0, 0, b.width, b.height, STYLE_CARD, 1);
    for (int y = 0; y < b.height && !c->graphic; y++)
        canvas_fill(c, y, STYLE_TEXT);
    if (!c->graphic) {
        canvas_line(c, 0, 0, STYLE_FRAME, false, b.width);
        canvas_line(c, 0, b.height - 1, STYLE_FRAME, false, b.width);
        canvas_line(c, 0, 1, STYLE_FRAME, true, b.height - 2);
        canvas_line(c, b.width - 1, 1, STYLE_FRAME, true, b.height - 2);
    }
    if (title[0])
        canvas_print(c, 2, 0, STYLE_FOCUS, " %s ", title);
    if (title[0])
        canvas_right(c, b.width - 2, b.height - 1, STYLE_DIM, keys_do);
    canvas_box(c, (struct box){ b.x + 2, b.y + 1, b.width - 4, b.height - 2 });
}

/* A frame around text in the middle of the screen, as high as it needs and the
 * screen allows. */
static void draw_text(struct view *v, const char *title, const char *text,
                      int width)
{
    struct canvas *c = &v->canvas;
    int height;

    canvas_box(c, (struct box){ 0, 0, width - 4, 0 }); /* to count the lines */
    v->overlay_lines = canvas_wrap(c, 0, 0, STYLE_TEXT, text);
    height = v->overlay_lines + 2;
    height = height < c->height - 2 ? height : c->height - 2;
    v->overlay_shown = height - 2;
    view_draw_frame(c, title, " arrows scroll, any other key closes ",
                    (struct box){ (c->width - width) / 2,
                                  (c->height - height) / 2, width, height });
    canvas_wrap(c, 0, v->overlay_scroll, STYLE_TEXT, text);
}

/* The tip, below the pointer or above it, wherever there is room. */
static void draw_tip(struct view *v, const char *text)
{
    struct canvas *c = &v->canvas;
    int width = text_cells(text) + 4 < 56 ? text_cells(text) + 4 : 56, height;
    char copy[1024];

    snprintf(copy, sizeof copy, "%s", text); /* drawing may move c->text */
    canvas_box(c, (struct box){ 0, 0, width - 4, 0 });
    height = canvas_wrap(c, 0, 0, STYLE_TEXT, copy) + 2;
    struct box b = { v->pointer_x + 1, v->pointer_y + 1, width, height };
    b.x = b.x + width > c->width ? c->width - width : b.x;
    b.y = b.y + height > c->height ? v->pointer_y - height : b.y;
    view_draw_frame(c, "", "", b);
    canvas_wrap(c, 0, 0, STYLE_TEXT, copy);
}

void view_draw_overlay(struct view *v)
{
    struct canvas *c = &v->canvas;
    int width = c->width - 4 < 96 ? c->width - 4 : 96;
    char text[16384];

    if (v->overlay == OVERLAY_HELP) {
        help_text(v, text, sizeof text);
        draw_text(v, "help", text, width);
    } else if (v->overlay == OVERLAY_STORY) {
        draw_text(v, v->story_title, v->story, width);
    } else if (v->overlay == OVERLAY_MASK) {
        view_draw_mask(v);
    } else if (v->overlay == OVERLAY_STOPS) {
        view_draw_stops(v);
    } else if (v->overlay == OVERLAY_MENU) {
        view_menu_draw(v);
    } else if (view_tip(v)) {
        draw_tip(v, view_tip(v));
    }
}
