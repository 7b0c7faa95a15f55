// SPDX-License-Identifier: Apache-2.0
/*
 * The registers, arguments first because they change most. A star marks what
 * the last command changed. Where there is room, what a value points at stands
 * beside it: a symbol, or a segment and an offset.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

#include "cpu/disasm.h"

enum { NARROW = 20, WITH_SYMBOL = 38, SPECIALS = 6 };

static const uint8_t order[] = { 10, 11, 12, 13, 14, 15, 16, 17, 2,  1,  4,
                                 8,  9,  18, 19, 20, 21, 22, 23, 24, 25, 26,
                                 27, 5,  6,  7,  28, 29, 30, 31, 3 };
enum { ORDINARY = sizeof order };

struct cell {
    const char *name, *symbol;
    uint64_t value;
    bool changed, special; /* special: a CSR, with a longer name */
    bool unknown;          /* the trace does not say */
    bool linked;           /* points at what is selected */
};

static struct cell cell_of(const struct model *m, int i)
{
    const struct {
        const char *name;
        uint64_t value;
    } special[SPECIALS] = {
        { "satp", m->satp },     { "sdomain", m->sdomain },
        { "scause", m->scause }, { "stval", m->stval },
        { "sepc", m->sepc },     { "sstatus", m->sstatus },
    };

    if (i >= ORDINARY)
        return (struct cell){ special[i - ORDINARY].name,
                              "",
                              special[i - ORDINARY].value,
                              false,
                              true,
                              m->recorded,
                              false };
    int x = order[i];
    return (struct cell){ register_names[x],
                          m->symbol[x],
                          m->x[x],
                          m->x[x] != m->x_before[x],
                          false,
                          m->x_unknown >> x & 1,
                          false };
}

static void draw_cell(struct canvas *c, int x, int y, int width,
                      const struct cell *r)
{
    enum style style = r->linked    ? STYLE_LINKED
                       : r->changed ? STYLE_CHANGED
                                    : STYLE_TEXT;
    char value[24];
    int name =
        r->name[0] == 's' && r->name[1] > '9' && r->name[1] != 'p' ? 8 : 3;
    int digits = width - name - 1 < 16 ? width - name - 1 : 16;

    if (r->unknown)
        snprintf(value, sizeof value, "%*s", digits, "?");
    else
        address_text(r->value, digits, value, sizeof value);
    canvas_text(c, x, y, r->changed ? style : STYLE_STRONG, r->name);
    if (r->changed)
        canvas_text(c, x + 3, y, style, "*");
    canvas_text(c, x + name + 1, y, style, value);
    if (r->linked)
        canvas_text(c, x + name, y, style, "»");
    if (width >= WITH_SYMBOL)
        canvas_print(c, x + name + digits + 2, y, STYLE_DIM, "%.*s",
                     width - name - digits - 3, r->symbol);
}

struct pane_extent pane_registers_draw(struct canvas *c, const struct model *m,
                                       const struct pane_view *v)
{
    int count = ORDINARY + SPECIALS, width = c->box.width;
    int columns = width / WITH_SYMBOL, rows, pitch;

    /* Symbols only if they cost no register its place. */
    if (columns == 0 || (count + columns - 1) / columns > c->box.height)
        columns = (width + 1) / (NARROW + 1);
    columns = columns > 0 ? columns : 1;
    rows = (count + columns - 1) / columns;
    pitch = (width + 1) / columns; /* one cell between columns */
    if (!m->has_machine)
        return (struct pane_extent){ 0, c->box.height };
    for (int i = v->scroll * columns; i < count; i++) {
        struct cell r = cell_of(m, i);
        r.linked =
            v->selection && v->selection->kind != SELECT_DOMAIN &&
            selection_has_range(v->selection, m, r.value, 1, m->domain_id);
        draw_cell(c, i % columns * pitch, i / columns - v->scroll, pitch - 1,
                  &r);
    }
    return (struct pane_extent){ rows, c->box.height };
}

void pane_registers_title(const struct model *m, const struct pane_view *v,
                          char *to, size_t room)
{

    int changed = 0;

    (void)v;
    for (int i = 1; i < 32; i++)
        changed += m->x[i] != m->x_before[i];
    *to = 0;
    if (changed)
        snprintf(to, room, "* = changed (%d)", changed);
}

int pane_register_named(const char *name, size_t length)
{
    for (int i = 0; i < 32; i++)
        if (strlen(register_names[i]) == length &&
            strncmp(register_names[i], name, length) == 0)
            return i;
    return -1;
}
