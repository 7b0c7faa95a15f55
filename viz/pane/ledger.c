// SPDX-License-Identifier: Apache-2.0
/*
 * Where the cycles went, as bars, largest first: the accounts, which add up to
 * all cycles, and below them what the switches cost, directly (by kernel phase)
 * and late. Of the last command, or of the whole run (key w).
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <stdlib.h>

struct line {
    const struct bar_row *bar;
    uint64_t value;
    int place;
};

static uint64_t value_of(bool whole, const struct bar_row *b)
{
    return whole ? b->total : b->window;
}

static int compare(const void *a, const void *b)
{
    const struct line *x = a, *y = b;

    if (x->bar->is_switch != y->bar->is_switch)
        return x->bar->is_switch ? 1 : -1;
    if (x->bar->is_switch || x->value == y->value)
        return x->place - y->place;
    return x->value < y->value ? 1 : -1;
}

/* The bars that are not zero, in the order of showing. */
static int sorted(const struct model *m, bool whole, struct line *line)
{
    int count = 0;

    for (int i = 0; i < m->bar_count; i++) {
        uint64_t value = value_of(whole, &m->bars[i]);
        if (value > 0)
            line[count++] = (struct line){ &m->bars[i], value, i };
    }
    qsort(line, (size_t)count, sizeof *line, compare);
    return count;
}

static void draw_line(struct canvas *c, int y, const struct line *l,
                      uint64_t whole)
{
    char text[32], percent[16];
    int name = c->box.width >= 50 ? 24 : 18, right = c->box.width;

    canvas_print(c, 0, y, STYLE_TEXT, "%.*s", name - 1, l->bar->name);
    grouped_number(l->value, text, sizeof text);
    if (l->bar->is_count) {
        canvas_right(c, right, y, STYLE_TEXT, text);
        return;
    }
    percent_text(l->value, whole, percent, sizeof percent);
    canvas_right(c, right, y, STYLE_TEXT, percent);
    right -= 7;
    if (c->box.width >= 50) {
        canvas_right(c, right, y, STYLE_DIM, text);
        right -= 16;
    }
    if (right - name > 0)
        canvas_bar(c, name, y, l->bar->is_switch ? STYLE_SWITCH : STYLE_BAR,
                   right - name, l->value, whole);
}

struct pane_extent pane_ledger_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    struct line line[MODEL_BARS];
    int count = sorted(m, v->whole, line), y = -v->scroll, lines = 0;
    uint64_t whole = v->whole ? m->total_cycles : m->window_cycles;
    uint64_t switches = v->whole ? m->total_switches : m->window_switches;

    for (int i = 0; i < count; i++, lines++) {
        if (line[i].bar->is_switch && (i == 0 || !line[i - 1].bar->is_switch))
            canvas_print(c, 0, y + lines++, STYLE_STRONG,
                         "in %llu switch%s:", (unsigned long long)switches,
                         switches == 1 ? "" : "es");
        draw_line(c, y + lines, &line[i], whole);
    }
    if (count == 0 && m->has_machine)
        canvas_text(c, 0, 0, STYLE_DIM, "no cycles yet");
    return (struct pane_extent){ lines, c->box.height };
}

void pane_ledger_title(const struct model *m, const struct pane_view *v,
                       char *to, size_t room)
{

    char cycles[32];

    grouped_number(v->whole ? m->total_cycles : m->window_cycles, cycles,
                   sizeof cycles);
    snprintf(to, room, "%s: %s", v->whole ? "whole run" : "last command",
             cycles);
}
