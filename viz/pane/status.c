// SPDX-License-Identifier: Apache-2.0
/*
 * The two status lines: what runs where, what the clock says, how well the
 * lookaside units do, and what will stop the next run. Whatever does not fit
 * is left out from the right.
 */
#include "viz/pane/pane.h"

#include <stdio.h>

#include "mmu/access.h"

enum { WITH_CHIPS = 150 };

static const char *const state_names[] = { "PAUSED", "RUNNING", "ENDED",
                                           "FAILED" };

/* The letters of the stop mask, a '.' for each that is off. */
static void mask_text(uint32_t stops, char to[STOP_LETTERS + 1])
{
    for (int i = 0; i < STOP_LETTERS; i++)
        to[i] = stops >> i & 1 ? stop_letters[i] : '.';
    to[STOP_LETTERS] = 0;
}

/* What the mask has besides its letters: "+2", " in bob". */
static void more_text(const struct model *m, char *to, size_t room)
{
    int kinds = __builtin_popcount(m->stop_kinds);
    int n = kinds ? snprintf(to, room, "+%d", kinds) : 0;

    to[n] = 0;
    if (m->stop_domain[0])
        snprintf(to + n, room - (size_t)n, " in %.12s", m->stop_domain);
}

/* Each letter can be clicked. */
static void draw_mask(struct canvas *c, int x, const char *mask)
{
    for (int i = 0; i < STOP_LETTERS; i++) {
        char command[12], tip[80];
        canvas_print(c, x + i, 1, STYLE_STATUS, "%c", mask[i]);
        snprintf(command, sizeof command, "stop %c", stop_letters[i]);
        snprintf(tip, sizeof tip, "stop at every %s: %s", stop_names[i],
                 mask[i] == '.' ? "off" : "on");
        canvas_zone(c, x + i, 1, 1, 1, command, tip);
    }
}

/* Draws " NAME 99.9%" if all of it fits; returns where the next may begin. */
static int draw_ratio(struct canvas *c, int x, const char *name,
                      const struct unit_row *u)
{
    char ratio[16], text[32];

    percent_text(u->hits, u->hits + u->misses, ratio, sizeof ratio);
    snprintf(text, sizeof text, " %s %s", name, ratio);
    if (x + text_cells(text) > c->box.width)
        return c->box.width;
    return canvas_text(c, x, 1, STYLE_STATUS, text);
}

/* The stop mask in words, at the right end; each is a button. Returns where it
 * begins. */
static int draw_chips(struct canvas *c, uint32_t stops, const char *more)
{
    int x = c->box.width - 1 - text_cells(more), first;

    canvas_text(c, x, 1, STYLE_STATUS, more);

    for (int i = 0; i < STOP_LETTERS; i++)
        x -= text_cells(stop_names[i]) + 5;
    first = x - 9;
    canvas_text(c, first, 1, STYLE_STATUS, "stop at: ");
    for (int i = 0; i < STOP_LETTERS; i++) {
        char command[12];
        bool on = stops >> i & 1;
        int end = canvas_print(c, x, 1, on ? STYLE_FOCUS : STYLE_BUTTON,
                               " %c %s ", stop_letters[i], stop_names[i]);
        snprintf(command, sizeof command, "stop %c", stop_letters[i]);
        canvas_zone(c, x, 1, end - x, 1, command,
                    on ? "the run stops at each; click: no longer"
                       : "click: the run stops at each");
        x = end + 1;
    }
    return first;
}

static void draw_ratios(struct canvas *c, int x, const struct model *m)
{
    x = draw_ratio(c, x, "ITLB", &m->units[UNIT_ITLB]);
    x = draw_ratio(c, x, "DTLB", &m->units[UNIT_DTLB]);
    if (m->protection)
        x = draw_ratio(c, x, "RPLB", &m->units[UNIT_DRPLB]);
    x = draw_ratio(c, x, "L1I", &m->units[UNIT_L1I]);
    x = draw_ratio(c, x, "L1D", &m->units[UNIT_L1D]);
    draw_ratio(c, x, "L2", &m->units[UNIT_L2]);
}

void pane_status(struct canvas *c, const struct model *m, const char *speed)
{
    char cycle[32], instructions[32], mask[STOP_LETTERS + 1], text[200];
    char more[40];
    struct box whole = c->box;
    int x;

    canvas_fill(c, 0, STYLE_STATUS);
    canvas_fill(c, 1, STYLE_STATUS);
    grouped_number(m->cycle, cycle, sizeof cycle);
    grouped_number(m->instructions, instructions, sizeof instructions);
    x = 0;
    text[0] = 0;
    if (m->has_machine) {
        x = canvas_print(c, x, 0, STYLE_STATUS, " %s%s%s %c  hart%u %s",
                         m->domain, m->thread[0] ? "/" : "", m->thread,
                         m->privilege, m->hart, m->machine);
        snprintf(text, sizeof text, "  cycle %s  insn %s ", cycle,
                 instructions);
    }
    canvas_right(c, whole.width, 0, STYLE_STATUS, text);
    c->box.width -= text_cells(text);
    canvas_print(c, x + 1, 0, STYLE_STATUS, " %s", m->scenario);
    c->box = whole;
    mask_text(m->stops, mask);
    more_text(m, more, sizeof more);
    canvas_print(c, 0, 1, STYLE_STATUS, " %-7s", state_names[m->state]);
    canvas_zone(c, 0, 1, 8, 1, "run", "run, or pause");
    x = canvas_print(c, 9, 1, STYLE_STATUS, "%s", speed);
    canvas_zone(c, 8, 1, x - 8, 1, "speed +",
                "speed in instructions a second; + and - change it");
    if (whole.width >= WITH_CHIPS) {
        c->box.width = draw_chips(c, m->stops, more) - 1;
        x++;
    } else {
        x = canvas_text(c, x, 1, STYLE_STATUS, "  stop ");
        draw_mask(c, x, mask);
        x = canvas_text(c, x + STOP_LETTERS, 1, STYLE_STATUS, more);
    }
    if (m->recorded)
        canvas_text(c, x, 1, STYLE_STATUS, " a recorded trace");
    else if (m->has_machine)
        draw_ratios(c, x, m);
    c->box = whole;
}
