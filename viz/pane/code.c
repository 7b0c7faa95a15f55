// SPDX-License-Identifier: Apache-2.0
/*
 * The code around pc, or wherever the user looks: the source line on top, then
 * disassembly with an arrow at pc and a mark at each breakpoint. Where there is
 * room, source lines and symbols stand between the instructions.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

enum { TALL = 12, WIDE = 60, WITH_HEAT = 38, HEAT = 4 };

/* In a low pane only instructions are shown. */
static bool is_shown(const struct code_row *r, bool tall)
{
    return tall || (!r->is_source && !r->is_label);
}

/* The right edge: how often pc was found here, the hottest line full. */
static void draw_heat(struct canvas *c, int y, const struct code_row *r,
                      uint32_t hottest)
{
    if (r->heat > 0 && hottest > 1)
        canvas_bar(c, c->box.width - HEAT, y, STYLE_MISS, HEAT, r->heat,
                   hottest);
}

/* Left of the address: pc's arrow, a breakpoint's mark; a click sets one. */
static void draw_gutter(struct canvas *c, int y, const struct code_row *r)
{
    char command[40];

    if (r->is_pc)
        canvas_text(c, 0, y, STYLE_CURRENT, "▶");
    if (r->stop == '*')
        canvas_text(c, 1, y, STYLE_FAULT, "●");
    else if (r->stop == 'o')
        canvas_text(c, 1, y, STYLE_DIM, "○");
    snprintf(command, sizeof command, "toggle 0x%llx",
             (unsigned long long)r->pc);
    canvas_zone(c, 0, y, 2, 1, command,
                r->stop == '*'   ? "a breakpoint; click: none any more"
                : r->stop == 'o' ? "a breakpoint that is off; click: none"
                                 : "click: a breakpoint here");
}

static void draw_row(struct canvas *c, int y, const struct code_row *r,
                     bool chosen)
{
    char address[24];
    enum style style = chosen     ? STYLE_SELECTED
                       : r->is_pc ? STYLE_CURRENT
                                  : STYLE_TEXT;

    if (r->is_label || r->is_source) {
        canvas_text(c, r->is_label ? 0 : 2, y,
                    r->is_label ? STYLE_STRONG : STYLE_DIM, r->text);
        return;
    }
    address_text(r->pc, c->box.width >= WIDE ? 16 : 8, address, sizeof address);
    if (c->box.width < WIDE && strncmp(address, "..", 2) == 0)
        snprintf(address, sizeof address, "%08llx",
                 (unsigned long long)(r->pc & 0xffffffff));
    draw_gutter(c, y, r);
    canvas_text(c, 2, y, r->is_pc || chosen ? style : STYLE_DIM, address);
    canvas_text(c, 3 + (int)strlen(address), y, style, r->text);
}

static int row_at(const struct model *m, uint64_t pc)
{
    for (int i = 0; i < m->code_count; i++)
        if (m->code[i].pc == pc && is_shown(&m->code[i], false))
            return i;
    return -1;
}

int pane_code_chosen(const struct model *m, const struct pane_view *v)
{
    if (v->cursor_at && v->cursor_at == m->cycle)
        return row_at(m, v->cursor);
    return m->look.set ? row_at(m, m->look.va) : -1;
}

/* Rows before the middle one that keep it in the upper third of the pane. */
static int first_row(const struct model *m, const struct pane_view *v,
                     int height, bool tall)
{
    int above = height / 3, chosen = pane_code_chosen(m, v);
    int i = chosen >= 0 || m->look.set ? chosen : m->code_pc;

    while (i > 0 && above > 0)
        above -= is_shown(&m->code[--i], tall);
    return i < 0 ? 0 : i;
}

struct pane_extent pane_code_draw(struct canvas *c, const struct model *m,
                                  const struct pane_view *v)
{
    bool tall = c->box.height >= TALL;
    int y = 0, from, chosen = pane_code_chosen(m, v);
    struct box whole = c->box;

    if (!m->has_machine) {
        canvas_wrap(c, 0, 0, STYLE_DIM,
                    "no machine now: none was made yet, or it is closed");
        return (struct pane_extent){ 1, c->box.height };
    }
    if (!tall)
        canvas_text(c, 0, y++, STYLE_DIM, m->source);
    from = first_row(m, v, c->box.height - y, tall);
    for (int i = from; i < m->code_count && y < c->box.height; i++) {
        if (!is_shown(&m->code[i], tall))
            continue;
        if (whole.width >= WITH_HEAT && m->code_hottest > 1) {
            draw_heat(c, y, &m->code[i], m->code_hottest);
            c->box.width -= HEAT + 1;
        }
        draw_row(c, y++, &m->code[i], i == chosen);
        c->box = whole;
    }
    if (m->code_count == 0)
        canvas_wrap(
            c, y, 0, STYLE_FAULT,
            m->look.set
                ? "nothing can be read there: not in the space of who runs now"
                : "nothing can be read at pc: the next fetch will be refused");
    /* the cursor scrolls, not the pane */
    return (struct pane_extent){ 0, c->box.height - (tall ? 0 : 1) };
}

void pane_code_title(const struct model *m, const struct pane_view *v, char *to,
                     size_t room)
{
    (void)v;
    if (m->has_machine && m->look.set)
        snprintf(to, room, "not pc: %s", m->look_symbol);
    else
        snprintf(to, room, "%s", m->has_machine ? m->pc_symbol : "");
}
