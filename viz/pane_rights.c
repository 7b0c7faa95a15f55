// SPDX-License-Identifier: Apache-2.0
/*
 * The matrix of rights: a line per segment, a column per domain, as the kernel
 * has granted them. This is the policy; the protection pane shows the part of
 * it that the hardware holds now.
 */
#include "viz/pane.h"

#include <stdio.h>
#include <string.h>

/* Where the columns end (name, size, base address) or begin (cells), and how
 * wide a cell is. */
struct places {
    int name, size, base, cells, cell;
};

static struct places places_for(int width, int domains)
{
    struct places p = { 10, 15, -1, 16, 7 };

    if (width >= 100)
        p = (struct places){ 20, 27, 45, 47, 7 };
    else if (width >= 60)
        p = (struct places){ 14, 20, 38, 40, 7 };
    if (domains > 0 && (width - p.cells) / domains > p.cell)
        p.cell = (width - p.cells) / domains;
    p.cell = p.cell < 14 ? p.cell : 14;
    return p;
}

static void draw_row(struct canvas *c, int y, const struct model *m,
                     const struct segment_row *s, int column)
{
    struct places p = places_for(c->box.width, m->domain_count);
    char text[24];
    int x = p.cells;

    canvas_print(c, 0, y, STYLE_TEXT, "%.*s", p.name, s->name);
    size_text(s->bytes, text, sizeof text);
    canvas_right(c, p.size, y, STYLE_DIM, text);
    if (p.base >= 0) {
        address_text(s->base, 16, text, sizeof text);
        canvas_right(c, p.base, y, STYLE_DIM, text);
    }
    for (int d = column; d < m->domain_count && x < c->box.width;
         d++, x += p.cell) {
        rights_text(s->rights[d], text);
        canvas_print(c, x, y,
                     m->domains[d].current ? STYLE_CURRENT
                     : s->rights[d]        ? STYLE_TEXT
                                           : STYLE_DIM,
                     "%s%s", text, s->elsewhere[d] ? "@" : "");
    }
}

struct pane_extent pane_rights_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    struct places p = places_for(c->box.width, m->domain_count);
    int shown = c->box.height - 1, x = p.cells;
    int column = v->column < m->domain_count ? v->column : 0;

    canvas_text(c, 0, 0, STYLE_DIM, "segment");
    canvas_right(c, p.size, 0, STYLE_DIM, "size");
    if (p.base >= 0)
        canvas_right(c, p.base, 0, STYLE_DIM, "base");
    for (int d = column; d < m->domain_count && x < c->box.width;
         d++, x += p.cell)
        canvas_print(c, x, 0,
                     m->domains[d].current ? STYLE_CURRENT : STYLE_STRONG,
                     "%.*s", p.cell - 1, m->domains[d].name);
    for (int y = 0; y < shown && y + v->scroll < m->segment_count; y++)
        draw_row(c, y + 1, m, &m->segments[y + v->scroll], column);
    if (m->segments_more > 0)
        canvas_print(c, 0, m->segment_count + 1 - v->scroll, STYLE_DIM,
                     "and %d more", m->segments_more);
    if (m->segment_count == 0)
        canvas_text(c, 0, 1, STYLE_DIM, "no segments yet");
    return (struct pane_extent){ m->segment_count + (m->segments_more > 0),
                                 shown };
}

void pane_rights_title(const struct model *m, const struct pane_view *v,
                       char *to, size_t room)
{

    int segments = m->segment_count + m->segments_more;
    int domains = m->domain_count + m->domains_more;

    (void)v;
    snprintf(to, room, "%d segment%s, %d domain%s", segments,
             segments == 1 ? "" : "s", domains, domains == 1 ? "" : "s");
}
