// SPDX-License-Identifier: Apache-2.0
/*
 * Texts over the panes: the help (keys, then what each pane means) and the
 * story of a fault. Any key but the arrows closes them.
 */
#include "viz/tui.h"

#include <stdio.h>
#include <string.h>

static const char keys[] =
    "This is a machine that runs a scenario. Nothing you look at changes it: "
    "only the keys that move time do.\n"
    "\n"
    "TIME\n"
    "s        one instruction        S   a hundred\n"
    "n        step over a call: until the function or system call returns\n"
    "space    run at the chosen speed, and pause again (also c)\n"
    "+ -      faster, slower: 1, 3, 10 ... instructions a second up to max\n"
    "e        run to the next event of the stop mask\n"
    "]        run to the next domain switch\n"
    "m        edit the stop mask: what ends a run\n"
    "         F fault  M TLB miss  R protection miss  S switch  T trap\n"
    "LOOKING\n"
    "Tab 1-8  choose a pane (its name is in brackets)\n"
    "z        zoom: that pane fills the screen; again: back\n"
    "arrows, PgUp, PgDn, Home, End   scroll it; Esc: back to the newest\n"
    "x        explain the last fault, or the selected one\n"
    "f        events: only those of the stop mask, or all\n"
    "w        cycles: of the last command, or of the whole run\n"
    "r        draw the screen again\n"
    "?        this help        q   quit\n"
    "\n"
    "THE TWO LINES ON TOP\n"
    "Scenario, machine, hart (a hardware thread), domain/thread that runs, "
    "privilege (U user, S kernel, M machine), clock in cycles, instructions "
    "done. Then state, speed, stop mask, and hit ratios: how often an address "
    "was found in the TLBs (translation), the RPLB (protection) and the "
    "caches L1 and L2.\n"
    "\n"
    "THE PANES\n";

/* The whole help as one text. */
static void help_text(char *to, size_t room)
{
    size_t used = (size_t)snprintf(to, room, "%s", keys);

    for (int i = 0; i < PANE_COUNT && used < room; i++)
        used += (size_t)snprintf(to + used, room - used, "%d %s: %s\n", i + 1,
                                 panes[i].name, panes[i].help);
}

/* An empty frame in the middle of the screen; the box inside it is current. */
static void draw_frame(struct canvas *c, const char *title, int width,
                       int height)
{
    struct box b = { (c->width - width) / 2, (c->height - height) / 2, width,
                     height };

    canvas_box(c, b);
    for (int y = 0; y < height; y++)
        canvas_fill(c, y, STYLE_TEXT);
    canvas_line(c, 0, 0, STYLE_FRAME, false, width);
    canvas_line(c, 0, height - 1, STYLE_FRAME, false, width);
    canvas_line(c, 0, 1, STYLE_FRAME, true, height - 2);
    canvas_line(c, width - 1, 1, STYLE_FRAME, true, height - 2);
    canvas_print(c, 2, 0, STYLE_FOCUS, " %s ", title);
    canvas_right(c, width - 2, height - 1, STYLE_DIM,
                 " arrows scroll, any other key closes ");
    canvas_box(c, (struct box){ b.x + 2, b.y + 1, width - 4, height - 2 });
}

/* A frame around text, as high as it needs and the screen allows. */
static void draw_text(struct tui *t, const char *title, const char *text,
                      int width)
{
    struct canvas *c = &t->canvas;
    int height;

    canvas_box(c, (struct box){ 0, 0, width - 4, 0 }); /* to count the lines */
    t->overlay_lines = canvas_wrap(c, 0, 0, STYLE_TEXT, text);
    height = t->overlay_lines + 2;
    height = height < c->height - 2 ? height : c->height - 2;
    t->overlay_shown = height - 2;
    draw_frame(c, title, width, height);
    canvas_wrap(c, 0, t->overlay_scroll, STYLE_TEXT, text);
}

void tui_draw_overlay(struct tui *t)
{
    struct canvas *c = &t->canvas;
    int width = c->width - 4 < 96 ? c->width - 4 : 96;
    char text[8192];

    if (t->overlay == OVERLAY_HELP) {
        help_text(text, sizeof text);
        draw_text(t, "help", text, width);
    } else if (t->overlay == OVERLAY_STORY) {
        draw_text(t, "the story of a fault", t->story, width);
    }
}
