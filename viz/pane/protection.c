// SPDX-License-Identifier: Apache-2.0
/*
 * Who may do what, as the hardware knows it now. With an RPLB: its entries, a
 * range of addresses each. Without one the page table decides, and the pane
 * says so, because that is the difference between the two worlds.
 */
#include "viz/pane/pane.h"

#include <stdio.h>

#include "mmu/access.h"

enum { WIDE = 72 };

/* Columns of the domain's name when there is little room. */
static int name_cells(const struct canvas *c)
{
    return c->box.width >= 40 ? 10 : 6;
}

/* ---- the rows as a table ---------------------------------------------------
 */

enum { UNIT, DOMAIN, BASE, LIMIT, RIGHTS, AGE, SIZE, SEGMENT, COLUMNS };

static const char *column_name(const struct model *m, int column)
{
    static const char *const names[] = { "u",    "domain", "base", "limit",
                                         "rwxm", "age",    "size", "segment" };

    (void)m;
    return column < COLUMNS ? names[column] : NULL;
}

static int count_rows(const struct model *m)
{
    return m->range_count;
}

static char unit_of(const struct range_row *r)
{
    return r->unit == UNIT_IRPLB ? 'I' : 'D';
}

static bool number_of(const struct model *m, int row, int column, uint64_t *to)
{
    const struct range_row *r = &m->ranges[row];

    *to = column == BASE    ? r->base
          : column == LIMIT ? r->limit
          : column == SIZE  ? r->limit - r->base
                            : r->age;
    return column == BASE || column == LIMIT || column == SIZE || column == AGE;
}

static void cell_text(const struct model *m, int row, int column,
                      char to[TABLE_CELL])
{
    const struct range_row *r = &m->ranges[row];
    uint64_t number;

    if (column == UNIT)
        snprintf(to, TABLE_CELL, "%c%c", unit_of(r), r->mark);
    else if (column == DOMAIN)
        snprintf(to, TABLE_CELL, "%s", r->domain_name);
    else if (column == SEGMENT)
        snprintf(to, TABLE_CELL, "%s", r->segment);
    else if (column == RIGHTS)
        rights_text(r->rights, to);
    else if (number_of(m, row, column, &number) && column == SIZE)
        size_text(number, to, TABLE_CELL);
    else
        snprintf(to, TABLE_CELL, column == AGE ? "%llu" : "%llx",
                 (unsigned long long)number);
}

static void about(const struct model *m, int row, struct selection *to)
{
    const struct range_row *r = &m->ranges[row];

    selection_of_address(to, r->base, r->limit - r->base, r->domain);
}

const struct table pane_protection_table = { .rows = count_rows,
                                             .head = column_name,
                                             .cell = cell_text,
                                             .number = number_of,
                                             .about = about };

/* ---- drawing ---------------------------------------------------------------
 */

static void draw_row(struct canvas *c, int y, const struct range_row *r,
                     enum style style)
{
    char base[24], limit[24], size[24], rights[5];
    bool wide = c->box.width >= WIDE;
    char unit = unit_of(r);
    int name = name_cells(c);

    address_text(r->base, wide ? 16 : 10, base, sizeof base);
    address_text(r->limit, 16, limit, sizeof limit);
    size_text(r->limit - r->base, size, sizeof size);
    rights_text(r->rights, rights);
    if (wide)
        canvas_print(c, 0, y, style, "%c%c %-12.12s %s %s %s %3u %6s %s", unit,
                     r->mark, r->domain_name, base, limit, rights, r->age, size,
                     r->segment);
    else
        canvas_print(c, 0, y, style, "%c%c %-*.*s %s+%-4s %s %s", unit, r->mark,
                     name, name, r->domain_name, base, size, rights,
                     r->segment);
}

static void draw_heads(struct canvas *c, const struct model *m,
                       const struct pane_view *v)
{
    /* where a column begins, or (numbers) ends; -1 = not shown */
    static const int wide[COLUMNS] = { 0, 3, 32, 49, 50, 58, 65, 66 };
    int name = name_cells(c);
    const int narrow[COLUMNS] = { 0,         3,  name + 14, -1,
                                  name + 20, -1, -1,        name + 25 };
    bool is_wide = c->box.width >= WIDE;
    const int *x = is_wide ? wide : narrow;

    for (int i = 0; i < COLUMNS; i++)
        if (x[i] >= 0)
            table_head(c, x[i], 0,
                       i == BASE || i == LIMIT || i == AGE || i == SIZE,
                       &pane_protection_table, m, v, "protection", i);
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
    const struct table *t = &pane_protection_table;
    int order[TABLE_ROWS], count, shown = c->box.height - 1;

    if (!m->has_machine)
        return (struct pane_extent){ 0, c->box.height };
    if (!m->protection)
        return draw_page_table(c, m);
    count = table_order(t, m, v, order);
    draw_heads(c, m, v);
    for (int y = 0; y < shown && y + v->scroll < count; y++) {
        int n = y + v->scroll;
        const struct range_row *row = &m->ranges[order[n]];
        draw_row(c, y + 1, row,
                 table_row(c, y + 1, n, m, v, t, order[n], "protection",
                           pane_mark_style(row->mark)));
        table_mark(c, 2, y + 1, n, m, v, t, order[n]);
    }
    if (m->ranges_more > 0)
        canvas_print(c, 0, count + 1 - v->scroll, STYLE_DIM, "and %d more",
                     m->ranges_more);
    if (m->range_count == 0)
        canvas_wrap(c, 1, 0, STYLE_DIM,
                    "empty: no user access since the last invalidation");
    return (struct pane_extent){ count + (m->ranges_more > 0), shown };
}

void pane_protection_title(const struct model *m, const struct pane_view *v,
                           char *to, size_t room)
{

    const struct unit_row *d = &m->units[UNIT_DRPLB],
                          *i = &m->units[UNIT_IRPLB];
    char ratio[16];

    if (m->has_machine && m->protection && table_filter_title(v, to, room))
        return;
    if (!m->has_machine || !m->protection) {
        snprintf(to, room, "%s", m->has_machine ? m->personality : "");
        return;
    }
    percent_text(d->hits, d->hits + d->misses, ratio, sizeof ratio);
    snprintf(to, room, "I %u/%u D %u/%u %s", i->used, i->size, d->used, d->size,
             ratio);
}
