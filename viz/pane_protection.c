// SPDX-License-Identifier: Apache-2.0
/*
 * Who may do what, as the hardware knows it now. With an RPLB: its entries, a
 * range of addresses each. Without one the page table decides, and the pane
 * says so, because that is the difference between the two worlds.
 */
#include "viz/pane.h"

#include <stdio.h>

#include "mmu/access.h"

enum { WIDE = 72 };

/* Columns of the domain's name when there is little room. */
static int name_cells(const struct canvas *c)
{
    return c->box.width >= 40 ? 10 : 6;
}

static void draw_row(struct canvas *c, int y, const struct range_row *r)
{
    char base[24], limit[24], size[24], rights[5];
    bool wide = c->box.width >= WIDE;
    char unit = r->unit == UNIT_IRPLB ? 'I' : 'D';
    int name = name_cells(c);

    address_text(r->base, wide ? 16 : 10, base, sizeof base);
    address_text(r->limit, 16, limit, sizeof limit);
    size_text(r->limit - r->base, size, sizeof size);
    rights_text(r->rights, rights);
    if (wide)
        canvas_print(c, 0, y, pane_mark_style(r->mark),
                     "%c%c %-12.12s %s %s %s %3u %6s %s", unit, r->mark,
                     r->domain_name, base, limit, rights, r->age, size,
                     r->segment);
    else
        canvas_print(c, 0, y, pane_mark_style(r->mark),
                     "%c%c %-*.*s %s+%-4s %s %s", unit, r->mark, name, name,
                     r->domain_name, base, size, rights, r->segment);
}

static struct pane_extent draw_page_table(struct canvas *c,
                                          const struct model *m)
{
    char text[400];
    int lines;

    snprintf(text, sizeof text,
             "The page table decides.\n"
             "R, W and X of each page's entry are the rights; every domain has "
             "a page table of its own. To switch domains is to switch page "
             "tables.\nsatp %llx",
             (unsigned long long)m->satp);
    lines = canvas_wrap(c, 0, 0, STYLE_TEXT, text);
    return (struct pane_extent){ lines, c->box.height };
}

struct pane_extent pane_protection_draw(struct canvas *c, const struct model *m,
                                        const struct pane_view *v)
{
    int shown = c->box.height - 1;

    if (!m->has_machine)
        return (struct pane_extent){ 0, c->box.height };
    if (!m->protection)
        return draw_page_table(c, m);
    if (c->box.width >= WIDE)
        canvas_text(c, 0, 0, STYLE_DIM,
                    "   domain                   base            limit rights "
                    "age   size segment");
    else
        canvas_text(c, 0, 0, STYLE_DIM, "   domain       range     rights seg");
    for (int y = 0; y < shown && y + v->scroll < m->range_count; y++)
        draw_row(c, y + 1, &m->ranges[y + v->scroll]);
    if (m->ranges_more > 0)
        canvas_print(c, 0, m->range_count + 1 - v->scroll, STYLE_DIM,
                     "and %d more", m->ranges_more);
    if (m->range_count == 0)
        canvas_wrap(c, 1, 0, STYLE_DIM,
                    "empty: no user access since the last invalidation");
    return (struct pane_extent){ m->range_count + (m->ranges_more > 0), shown };
}

void pane_protection_title(const struct model *m, const struct pane_view *v,
                           char *to, size_t room)
{

    const struct unit_row *d = &m->units[UNIT_DRPLB],
                          *i = &m->units[UNIT_IRPLB];
    char ratio[16];

    (void)v;
    if (!m->has_machine || !m->protection) {
        snprintf(to, room, "%s", m->has_machine ? m->personality : "");
        return;
    }
    percent_text(d->hits, d->hits + d->misses, ratio, sizeof ratio);
    snprintf(to, room, "I %u/%u D %u/%u %s", i->used, i->size, d->used, d->size,
             ratio);
}
