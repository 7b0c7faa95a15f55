// SPDX-License-Identifier: Apache-2.0
/*
 * The TLBs: what they translate, entry by entry, newest first. I and D are the
 * two first-level units, 2 is the unit behind them.
 */
#include "viz/pane.h"

#include <stdio.h>

#include "mmu/access.h"

enum { WIDE = 60 };

static const char unit_letter[] = {
    [UNIT_ITLB] = 'I', [UNIT_DTLB] = 'D', [UNIT_L2TLB] = '2'
};

static void draw_row(struct canvas *c, int y, const struct tlb_row *t)
{
    char va[24], pa[24], size[16], rights[5], space[16];
    bool wide = c->box.width >= WIDE;

    address_text(t->va, wide ? 16 : 12, va, sizeof va);
    address_text(t->pa, wide ? 12 : 8, pa, sizeof pa);
    size_text(t->bytes, size, sizeof size);
    rights_text(t->rights, rights);
    if (t->global)
        snprintf(space, sizeof space, "all");
    else
        snprintf(space, sizeof space, "%u", t->asid);
    canvas_print(c, 0, y, pane_mark_style(t->mark),
                 "%c%c %s %s %*s %.3s%c%c%c %4s %3u%s%s", unit_letter[t->unit],
                 t->mark, va, pa, wide ? 4 : 2, size, rights,
                 t->user ? 'u' : '-', t->accessed ? 'a' : '-',
                 t->dirty ? 'd' : '-', space, t->age, wide ? "  " : "",
                 wide ? t->owner : "");
}

struct pane_extent pane_tlb_draw(struct canvas *c, const struct model *m,
                                 const struct pane_view *v)
{
    bool wide = c->box.width >= WIDE;
    int shown = c->box.height - 1, lines = m->tlb_count + (m->tlb_more > 0);

    canvas_print(c, 0, 0, STYLE_DIM, "   %*s %*s %*s rights asid age%s",
                 wide ? 16 : 12, "va", wide ? 12 : 8, "pa", wide ? 4 : 2, "",
                 wide ? "  owner" : "");
    for (int y = 0; y < shown && y + v->scroll < m->tlb_count; y++)
        draw_row(c, y + 1, &m->tlb[y + v->scroll]);
    if (m->tlb_more > 0)
        canvas_print(c, 0, m->tlb_count + 1 - v->scroll, STYLE_DIM,
                     "and %d more", m->tlb_more);
    if (m->has_machine && m->tlb_count == 0)
        canvas_wrap(c, 1, 0, STYLE_DIM,
                    "empty: nothing translated yet, or flushed");
    return (struct pane_extent){ lines, shown };
}

void pane_tlb_title(const struct model *m, const struct pane_view *v, char *to,
                    size_t room)
{

    const struct unit_row *u = m->units;
    char i[16], d[16];

    (void)v;
    if (!m->has_machine) {
        *to = 0;
        return;
    }
    percent_text(u[UNIT_ITLB].hits, u[UNIT_ITLB].hits + u[UNIT_ITLB].misses, i,
                 sizeof i);
    percent_text(u[UNIT_DTLB].hits, u[UNIT_DTLB].hits + u[UNIT_DTLB].misses, d,
                 sizeof d);
    snprintf(to, room, "I %u/%u %s D %u/%u %s", u[UNIT_ITLB].used,
             u[UNIT_ITLB].size, i, u[UNIT_DTLB].used, u[UNIT_DTLB].size, d);
}
