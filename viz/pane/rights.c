// SPDX-License-Identifier: Apache-2.0
/*
 * The matrix of rights: a line per segment, a column per domain, as the kernel
 * has granted them. This is the policy; the protection pane shows the part of
 * it that the hardware holds now.
 */
#include "viz/pane/pane.h"

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

/* ---- the rows as a table ---------------------------------------------------
 */

enum { SEGMENT, SIZE, BASE, DOMAINS }; /* from there on a column per domain */

static const char *column_name(const struct model *m, int column)
{
    static const char *const names[] = { "segment", "size", "base" };

    if (column < DOMAINS)
        return names[column];
    return column - DOMAINS < m->domain_count
               ? m->domains[column - DOMAINS].name
               : NULL;
}

static int count_rows(const struct model *m)
{
    return m->segment_count;
}

static void cell_text(const struct model *m, int row, int column,
                      char to[TABLE_CELL])
{
    const struct segment_row *s = &m->segments[row];
    char rights[5];

    switch (column) {
    case SEGMENT:
        snprintf(to, TABLE_CELL, "%s", s->name);
        break;
    case SIZE:
        size_text(s->bytes, to, TABLE_CELL);
        break;
    case BASE:
        snprintf(to, TABLE_CELL, "%llx", (unsigned long long)s->base);
        break;
    default:
        rights_text(s->rights[column - DOMAINS], rights);
        snprintf(to, TABLE_CELL, "%s%s", rights,
                 s->elsewhere[column - DOMAINS] ? "@" : "");
        break;
    }
}

static bool number_of(const struct model *m, int row, int column, uint64_t *to)
{
    const struct segment_row *s = &m->segments[row];

    *to = column == SIZE   ? s->bytes
          : column == BASE ? s->base
          : column >= DOMAINS
              ? s->rights[column - DOMAINS] /* most rights: largest */
              : 0;
    return column != SEGMENT;
}

static void about(const struct model *m, int row, struct selection *to)
{
    selection_of_segment(to, &m->segments[row]);
}

const struct table pane_rights_table = { .rows = count_rows,
                                         .head = column_name,
                                         .cell = cell_text,
                                         .number = number_of,
                                         .about = about };

/* ---- drawing ---------------------------------------------------------------
 */

static void draw_row(struct canvas *c, int y, const struct model *m,
                     const struct pane_view *v, int row, int column,
                     enum style style)
{
    struct places p = places_for(c->box.width, m->domain_count);
    const struct segment_row *s = &m->segments[row];
    bool plain = style == STYLE_TEXT;
    char text[TABLE_CELL];
    int x = p.cells;

    canvas_print(c, 0, y, style, "%.*s", p.name, s->name);
    cell_text(m, row, SIZE, text);
    canvas_right(c, p.size, y, plain ? STYLE_DIM : style, text);
    if (p.base >= 0) {
        cell_text(m, row, BASE, text);
        canvas_right(c, p.base, y, plain ? STYLE_DIM : style, text);
    }
    for (int d = column; d < m->domain_count && x < c->box.width;
         d++, x += p.cell) {
        cell_text(m, row, DOMAINS + d, text);
        enum style own = m->domains[d].current ? STYLE_CURRENT
                         : s->rights[d]        ? STYLE_TEXT
                                               : STYLE_DIM;
        if (selection_has_domain(v->selection, m->domains[d].id))
            own = STYLE_LINKED;
        canvas_text(c, x, y, plain ? own : style, text);
    }
}

/* A domain's head is the domain: a click selects it. */
static void draw_domains(struct canvas *c, const struct model *m,
                         const struct pane_view *v, int column, int x, int cell)
{
    char command[60];

    for (int d = column; d < m->domain_count && x < c->box.width;
         d++, x += cell) {
        bool linked = selection_has_domain(v->selection, m->domains[d].id);
        canvas_print(c, x, 0,
                     linked                  ? STYLE_LINKED
                     : m->domains[d].current ? STYLE_CURRENT
                                             : STYLE_STRONG,
                     "%s%.*s", linked ? "»" : "", cell - 1 - linked,
                     m->domains[d].name);
        snprintf(command, sizeof command, "select domain %u", m->domains[d].id);
        canvas_zone(c, x, 0, cell - 1, 1, command,
                    "a domain: click to select it, right for more");
    }
}

struct pane_extent pane_rights_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    struct places p = places_for(c->box.width, m->domain_count);
    const struct table *t = &pane_rights_table;
    int order[TABLE_ROWS], count = table_order(t, m, v, order);
    int shown = c->box.height - 1;
    int column = v->column < m->domain_count ? v->column : 0;

    table_head(c, 0, 0, false, t, m, v, "rights", SEGMENT);
    table_head(c, p.size, 0, true, t, m, v, "rights", SIZE);
    if (p.base >= 0)
        table_head(c, p.base, 0, true, t, m, v, "rights", BASE);
    draw_domains(c, m, v, column, p.cells, p.cell);
    for (int y = 0; y < shown && y + v->scroll < count; y++) {
        int n = y + v->scroll;
        draw_row(
            c, y + 1, m, v, order[n], column,
            table_row(c, y + 1, n, m, v, t, order[n], "rights", STYLE_TEXT));
        table_mark(c, p.name, y + 1, n, m, v, t, order[n]);
    }
    if (m->segments_more > 0)
        canvas_print(c, 0, count + 1 - v->scroll, STYLE_DIM, "and %d more",
                     m->segments_more);
    if (m->segment_count == 0)
        canvas_text(c, 0, 1, STYLE_DIM, "no segments yet");
    return (struct pane_extent){ count + (m->segments_more > 0), shown };
}

void pane_rights_title(const struct model *m, const struct pane_view *v,
                       char *to, size_t room)
{

    int segments = m->segment_count + m->segments_more;
    int domains = m->domain_count + m->domains_more;

    if (table_filter_title(v, to, room))
        return;
    snprintf(to, room, "%d segment%s, %d domain%s", segments,
             segments == 1 ? "" : "s", domains, domains == 1 ? "" : "s");
}
