// SPDX-License-Identifier: Apache-2.0
/*
 * The code around pc: the source line on top, then disassembly with an arrow at
 * pc. Where there is room, source lines and symbols stand between the
 * instructions.
 */
#include "viz/pane.h"

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

static void draw_row(struct canvas *c, int y, const struct code_row *r)
{
    char address[24];
    enum style style = r->is_pc ? STYLE_CURRENT : STYLE_TEXT;

    if (r->is_label || r->is_source) {
        canvas_text(c, r->is_label ? 0 : 2, y,
                    r->is_label ? STYLE_STRONG : STYLE_DIM, r->text);
        return;
    }
    address_text(r->pc, c->box.width >= WIDE ? 16 : 8, address, sizeof address);
    if (c->box.width < WIDE && strncmp(address, "..", 2) == 0)
        snprintf(address, sizeof address, "%08llx",
                 (unsigned long long)(r->pc & 0xffffffff));
    if (r->is_pc)
        canvas_text(c, 0, y, style, "▶");
    canvas_text(c, 2, y, r->is_pc ? style : STYLE_DIM, address);
    canvas_text(c, 3 + (int)strlen(address), y, style, r->text);
}

/* Rows before pc that keep pc in the upper third of the pane. */
static int first_row(const struct model *m, int height, bool tall)
{
    int above = height / 3, i = m->code_pc;

    while (i > 0 && above > 0)
        above -= is_shown(&m->code[--i], tall);
    return i < 0 ? 0 : i;
}

struct pane_extent pane_code_draw(struct canvas *c, const struct model *m,
                                  const struct pane_view *v)
{
    bool tall = c->box.height >= TALL;
    int y = 0, from, skip = v->scroll;
    struct box whole = c->box;

    if (!m->has_machine) {
        canvas_wrap(c, 0, 0, STYLE_DIM,
                    "no machine now: none was made yet, or it is closed");
        return (struct pane_extent){ 1, c->box.height };
    }
    if (!tall)
        canvas_text(c, 0, y++, STYLE_DIM, m->source);
    from = first_row(m, c->box.height - y, tall);
    for (int i = from; i < m->code_count && y < c->box.height; i++) {
        if (!is_shown(&m->code[i], tall) || skip-- > 0)
            continue;
        if (whole.width >= WITH_HEAT && m->code_hottest > 1) {
            draw_heat(c, y, &m->code[i], m->code_hottest);
            c->box.width -= HEAT + 1;
        }
        draw_row(c, y++, &m->code[i]);
        c->box = whole;
    }
    if (m->code_count == 0)
        canvas_wrap(
            c, y, 0, STYLE_FAULT,
            "nothing can be read at pc: the next fetch will be refused");
    return (struct pane_extent){ m->code_count - from,
                                 c->box.height - (tall ? 0 : 1) };
}

void pane_code_title(const struct model *m, const struct pane_view *v, char *to,
                     size_t room)
{
    (void)v;
    snprintf(to, room, "%s", m->has_machine ? m->pc_symbol : "");
}
