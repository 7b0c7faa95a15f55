// SPDX-License-Identifier: Apache-2.0
/*
 * The TLBs: what they translate, entry by entry, newest first. I and D are the
 * two first-level units, 2 is the unit behind them.
 */
#include "viz/pane/pane.h"

#include <stdio.h>

#include "mmu/access.h"

enum { WIDE = 60 };

static const char unit_letter[] = {
    [UNIT_ITLB] = 'I', [UNIT_DTLB] = 'D', [UNIT_L2TLB] = '2'
};

/* ---- the rows as a table ---------------------------------------------------
 */

enum { UNIT, VA, PA, SIZE, RIGHTS, ASID, AGE, OWNER, COLUMNS };

static const char *column_name(const struct model *m, int column)
{
    static const char *const names[] = { "unit",   "va",   "pa",  "size",
                                         "rights", "asid", "age", "owner" };

    (void)m;
    return column < COLUMNS ? names[column] : NULL;
}

static int count_rows(const struct model *m)
{
    return m->tlb_count;
}

static void space_text(const struct tlb_row *t, char *to, size_t room)
{
    if (t->global)
        snprintf(to, room, "all");
    else
        snprintf(to, room, "%u", t->asid);
}

static void rights_of(const struct tlb_row *t, char to[7])
{
    char rights[5];

    rights_text(t->rights, rights);
    snprintf(to, 7, "%.3s%c%c%c", rights, t->user ? 'u' : '-',
             t->accessed ? 'a' : '-', t->dirty ? 'd' : '-');
}

static void cell_text(const struct model *m, int row, int column,
                      char to[TABLE_CELL])
{
    const struct tlb_row *t = &m->tlb[row];

    switch (column) {
    case UNIT:
        snprintf(to, TABLE_CELL, "%c%c", unit_letter[t->unit], t->mark);
        break;
    case VA:
    case PA:
        snprintf(to, TABLE_CELL, "%llx",
                 (unsigned long long)(column == VA ? t->va : t->pa));
        break;
    case SIZE:
        size_text(t->bytes, to, TABLE_CELL);
        break;
    case RIGHTS:
        rights_of(t, to);
        break;
    case ASID:
        space_text(t, to, TABLE_CELL);
        break;
    case AGE:
        snprintf(to, TABLE_CELL, "%u", t->age);
        break;
    default:
        snprintf(to, TABLE_CELL, "%s", t->owner);
        break;
    }
}

static bool number_of(const struct model *m, int row, int column, uint64_t *to)
{
    const struct tlb_row *t = &m->tlb[row];

    *to = column == VA     ? t->va
          : column == PA   ? t->pa
          : column == SIZE ? t->bytes
          : column == ASID ? (t->global ? UINT64_MAX : t->asid)
                           : t->age;
    return column != UNIT && column != RIGHTS && column != OWNER;
}

static void about(const struct model *m, int row, struct selection *to)
{
    const struct tlb_row *t = &m->tlb[row];

    selection_of_address(to, t->va, t->bytes, t->owner_id);
}

const struct table pane_tlb_table = { .rows = count_rows,
                                      .head = column_name,
                                      .cell = cell_text,
                                      .number = number_of,
                                      .about = about };

/* ---- drawing ---------------------------------------------------------------
 */

static void draw_row(struct canvas *c, int y, const struct tlb_row *t,
                     enum style style)
{
    char va[24], pa[24], size[16], rights[7], space[16];
    bool wide = c->box.width >= WIDE;

    address_text(t->va, wide ? 16 : 12, va, sizeof va);
    address_text(t->pa, wide ? 12 : 8, pa, sizeof pa);
    size_text(t->bytes, size, sizeof size);
    rights_of(t, rights);
    space_text(t, space, sizeof space);
    canvas_print(c, 0, y, style, "%c%c %s %s %*s %s %4s %3u%s%s",
                 unit_letter[t->unit], t->mark, va, pa, wide ? 4 : 2, size,
                 rights, space, t->age, wide ? "  " : "", wide ? t->owner : "");
}

static void draw_heads(struct canvas *c, const struct model *m,
                       const struct pane_view *v)
{
    /* where a column ends, or (rights, owner) begins */
    static const int wide[COLUMNS] = { 0, 19, 32, 37, 38, 49, 53, 55 };
    static const int narrow[COLUMNS] = { 0, 15, 24, -1, 28, 39, 43, -1 };
    const int *x = c->box.width >= WIDE ? wide : narrow;

    for (int i = 0; i < COLUMNS; i++)
        if (x[i] >= 0)
            table_head(c, x[i], 0, i != UNIT && i != RIGHTS && i != OWNER,
                       &pane_tlb_table, m, v, "TLB", i);
}

struct pane_extent pane_tlb_draw(struct canvas *c, const struct model *m,
                                 const struct pane_view *v)
{
    const struct table *t = &pane_tlb_table;
    int order[TABLE_ROWS], count = table_order(t, m, v, order);
    int shown = c->box.height - 1, lines = count + (m->tlb_more > 0);

    draw_heads(c, m, v);
    for (int y = 0; y < shown && y + v->scroll < count; y++) {
        int n = y + v->scroll;
        const struct tlb_row *row = &m->tlb[order[n]];
        draw_row(c, y + 1, row,
                 table_row(c, y + 1, n, m, v, t, order[n], "TLB",
                           pane_mark_style(row->mark)));
        table_mark(c, 2, y + 1, n, m, v, t, order[n]);
    }
    if (m->tlb_more > 0)
        canvas_print(c, 0, count + 1 - v->scroll, STYLE_DIM, "and %d more",
                     m->tlb_more);
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

    if (!m->has_machine) {
        *to = 0;
        return;
    }
    if (table_filter_title(v, to, room))
        return;
    percent_text(u[UNIT_ITLB].hits, u[UNIT_ITLB].hits + u[UNIT_ITLB].misses, i,
                 sizeof i);
    percent_text(u[UNIT_DTLB].hits, u[UNIT_DTLB].hits + u[UNIT_DTLB].misses, d,
                 sizeof d);
    snprintf(to, room, "I %u/%u %s D %u/%u %s", u[UNIT_ITLB].used,
             u[UNIT_ITLB].size, i, u[UNIT_DTLB].used, u[UNIT_DTLB].size, d);
}
