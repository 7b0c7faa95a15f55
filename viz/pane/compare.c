// SPDX-License-Identifier: Apache-2.0
/*
 * Two runs of one scenario side by side, at the same point of the program: A is
 * the run that is looked at, B its companion (runner/companion.h). A row per
 * figure, with a mark where they differ: + B has more, - B has less, * another
 * value.
 */
#include "cpu/disasm.h"
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

enum {
    ROWS = 120,
    MOST = 18,
    VALUE = 28,
    COLUMN = 56,
    NAME = 19,
    BROAD_NAME = 10,
    GAP = 3
};

struct row {
    char name[24], a[VALUE], b[VALUE], difference[VALUE];
    char mark;  /* '=' '+' '-' '*'; ' ' = a heading */
    bool broad; /* has no difference: the values take its place */
};

struct figures {
    struct row row[ROWS];
    int count, figures; /* rows before the registers */
};

static struct row *add_row(struct figures *t, const char *name)
{
    struct row *r = &t->row[t->count < ROWS - 1 ? t->count++ : ROWS - 1];

    *r = (struct row){ .mark = ' ' };
    snprintf(r->name, sizeof r->name, "%s", name);
    return r;
}

static void add_text(struct figures *t, const char *name, const char *a,
                     const char *b)
{
    struct row *r = add_row(t, name);

    snprintf(r->a, VALUE, "%.27s", a);
    snprintf(r->b, VALUE, "%.27s", b);
    r->mark = strcmp(a, b) == 0 ? '=' : '*';
}

static void add_number(struct figures *t, const char *name, uint64_t a,
                       uint64_t b)
{
    struct row *r = add_row(t, name);
    char by[VALUE - 1];

    grouped_number(a, r->a, VALUE);
    grouped_number(b, r->b, VALUE);
    r->mark = a == b ? '=' : b > a ? '+' : '-';
    if (a == b)
        return;
    grouped_number(b > a ? b - a : a - b, by, sizeof by);
    snprintf(r->difference, VALUE, "%c%s", r->mark, by);
}

/* Cycles a switch. */
static void add_share(struct figures *t, const char *name, uint64_t a,
                      uint64_t a_count, uint64_t b, uint64_t b_count)
{
    double x = a_count ? (double)a / (double)a_count : 0,
           y = b_count ? (double)b / (double)b_count : 0;
    struct row *r = add_row(t, name);

    snprintf(r->a, VALUE, "%.1f", x);
    snprintf(r->b, VALUE, "%.1f", y);
    r->mark = strcmp(r->a, r->b) == 0 ? '=' : y > x ? '+' : '-';
    if (r->mark != '=')
        snprintf(r->difference, VALUE, "%+.1f", y - x);
}

static void add_hex(struct figures *t, const char *name, uint64_t a, uint64_t b)
{
    char x[VALUE], y[VALUE];

    snprintf(x, sizeof x, "%llx", (unsigned long long)a);
    snprintf(y, sizeof y, "%llx", (unsigned long long)b);
    add_text(t, name, x, y);
}

/* ---- the figures -----------------------------------------------------------
 */

/* "program function+8" in two rows. */
static void add_symbols(struct figures *t, const char *a, const char *b)
{
    const char *x = strchr(a, ' '), *y = strchr(b, ' ');
    char first[VALUE], second[VALUE];

    snprintf(first, sizeof first, "%.*s", x ? (int)(x - a) : 0, a);
    snprintf(second, sizeof second, "%.*s", y ? (int)(y - b) : 0, b);
    add_text(t, "program", first, second);
    add_text(t, "function", x ? x + 1 : a, y ? y + 1 : b);
}

static void add_place(struct figures *t, const struct run_summary *a,
                      const struct run_summary *b)
{
    char x[VALUE], y[VALUE];

    add_row(t, "where");
    add_text(t, "machine", a->machine, b->machine);
    add_text(t, "protection", a->personality, b->personality);
    add_text(t, "domain", a->domain, b->domain);
    snprintf(x, sizeof x, "%c", a->privilege);
    snprintf(y, sizeof y, "%c", b->privilege);
    add_text(t, "privilege", x, y);
    add_symbols(t, a->pc_symbol, b->pc_symbol);
    add_number(t, "cycle", a->cycle, b->cycle);
    add_number(t, "instructions", a->instructions, b->instructions);
    add_number(t, "of programs", a->program, b->program);
    add_number(t, "faults", a->faults, b->faults);
}

static void add_switches(struct figures *t, const struct switch_stats *a,
                         const struct switch_stats *b)
{
    char name[24];

    add_row(t, "cycles a switch");
    add_number(t, "switches", a->count, b->count);
    add_share(t, "direct", a->direct, a->count, b->direct, b->count);
    for (int p = 0; p < PHASE_COUNT; p++) {
        snprintf(name, sizeof name, "  %s", phase_name((enum phase)p));
        if (a->phase[p] || b->phase[p])
            add_share(t, name, a->phase[p], a->count, b->phase[p], b->count);
    }
    for (int l = 0; l < LATE_COUNT; l++) {
        snprintf(name, sizeof name, "late %s", late_name((enum late_group)l));
        if (a->late[l] || b->late[l])
            add_share(t, name, a->late[l], a->count, b->late[l], b->count);
    }
}

static void add_misses(struct figures *t, const struct run_summary *a,
                       const struct run_summary *b, bool whole)
{
    struct sample x = a->newest, y = b->newest;

    if (!whole) {
        x = sample_difference(&a->newest, &a->began);
        y = sample_difference(&b->newest, &b->began);
    }
    add_row(t, "misses");
    for (int u = 0; u < UNIT_COUNT; u++)
        if (x.hits[u] + x.misses[u] + y.hits[u] + y.misses[u])
            add_number(t, a->units[u].name, x.misses[u], y.misses[u]);
}

static void add_accounts(struct figures *t, const struct run_summary *a,
                         const struct run_summary *b, bool whole)
{
    add_row(t, "cycles by account");
    for (int i = 0; i < a->bar_count && i < b->bar_count; i++) {
        uint64_t x = whole ? a->bars[i].total : a->bars[i].window,
                 y = whole ? b->bars[i].total : b->bars[i].window;
        if (!a->bars[i].is_switch && (x || y))
            add_number(t, a->bars[i].name, x, y);
    }
}

static void add_registers(struct figures *t, const struct run_summary *a,
                          const struct run_summary *b)
{
    add_row(t, "registers");
    add_hex(t, "pc", a->pc, b->pc);
    for (int i = 1; i < 32; i++)
        add_hex(t, register_names[i], a->x[i], b->x[i]);
    for (int i = t->figures; i < t->count; i++)
        t->row[i].broad = true;
}

static void make_table(struct figures *t, const struct model *m, bool whole)
{
    struct run_summary a;
    const struct run_summary *b = &m->other.run;

    model_summary(m, &a);
    t->count = 0;
    add_place(t, &a, b);
    add_switches(t, whole ? &a.switch_total : &a.switch_window,
                 whole ? &b->switch_total : &b->switch_window);
    add_misses(t, &a, b, whole);
    add_accounts(t, &a, b, whole);
    t->figures = t->count;
    add_registers(t, &a, b);
}

/* ---- drawing ---------------------------------------------------------------
 */

/* Right-aligned where the value is a number, or shorter than its column. */
static void draw_value(struct canvas *c, int right, int y, int room,
                       enum style style, const char *text)
{
    if (text_cells(text) <= room)
        canvas_right(c, right, y, style, text);
    else
        canvas_print(c, right - room, y, style, "%.*s", room, text);
}

/* Where the columns of a row end. */
struct columns {
    int name, a, b, difference, room;
};

static struct columns columns_of(int x, int width, bool broad)
{
    struct columns k = { .name = broad ? BROAD_NAME : NAME };

    k.room = (width - k.name - GAP - (broad ? 0 : 2)) / (broad ? 2 : 3);
    if (k.room > MOST)
        k.room = MOST; /* what belongs together stands together */
    k.a = x + k.name + k.room;
    k.b = k.a + GAP + k.room;
    k.difference = k.b + 1 + k.room;
    return k;
}

/* Titles of the columns. */
static void draw_heads(struct canvas *c, int y, const struct columns *k,
                       bool broad)
{
    canvas_right(c, k->a, y, STYLE_STRONG, "A");
    canvas_right(c, k->b, y, STYLE_STRONG, "B");
    if (!broad)
        canvas_right(c, k->difference, y, STYLE_DIM, "B - A");
}

static void draw_row(struct canvas *c, int x, int y, int width,
                     const struct row *r)
{
    struct columns k = columns_of(x, width, r->broad);
    bool differs = r->mark != '=' && r->mark != ' ';
    enum style style = differs ? STYLE_CHANGED : STYLE_DIM;
    char mark[2] = { r->mark, 0 };

    if (r->mark == ' ') {
        canvas_text(c, x, y, STYLE_STRONG, r->name);
        if (r->broad)
            draw_heads(c, y, &k, true);
        return;
    }
    canvas_print(c, x, y, STYLE_TEXT, "%.*s", k.name - 1, r->name);
    draw_value(c, k.a, y, k.room, STYLE_TEXT, r->a);
    canvas_text(c, k.a + 1, y, style, mark);
    draw_value(c, k.b, y, k.room, style, r->b);
    if (!r->broad)
        draw_value(c, k.difference, y, k.room, style, r->difference);
}

int pane_other_text(const struct model *m, char *to, size_t room)
{
    const struct other_run *o = &m->other;

    if (o->state == OTHER_NONE)
        return snprintf(to, room,
                        "No other run. a, or compare with what to change, runs "
                        "the scenario once more beside this one, to the same "
                        "point.");
    if (o->state == OTHER_FAILED)
        return snprintf(to, room, "B, %s, cannot run: %s", o->label, o->why);
    if (!m->has_machine)
        return snprintf(to, room,
                        "This run has no machine now: nothing to compare.");
    if (o->state == OTHER_WAITS)
        return snprintf(to, room,
                        "B, %s, waits at %s, and follows when this run stands.",
                        o->label, o->point);
    if (o->state == OTHER_BEHIND)
        return snprintf(to, room, "B, %s, is on its way to %s: %d%%.", o->label,
                        o->point, o->percent);
    if (o->state == OTHER_ENDED)
        return snprintf(to, room, "B, %s, has come to its end before %s%s",
                        o->label, o->point,
                        o->run.machine[0] ? "; its figures are those there."
                                          : ".");
    return snprintf(to, room,
                    "A: this run. B: %s, the same scenario. %s at %s%s.",
                    o->label, o->beyond ? "B just beyond, A" : "Both", o->point,
                    o->in_kernel ? "; A has gone on in the kernel since" : "");
}

struct pane_extent pane_compare_draw(struct canvas *c, const struct model *m,
                                     const struct pane_view *v)
{
    struct figures t;
    char text[MODEL_LINE * 2];
    bool two = c->box.width >= 2 * COLUMN + 2;
    int width = two ? (c->box.width - 2) / 2 : c->box.width, y, shown, lines;

    pane_other_text(m, text, sizeof text);
    y = canvas_wrap(c, 0, 0, STYLE_TEXT, text);
    if (m->other.state == OTHER_NONE || m->other.state == OTHER_FAILED ||
        m->other.state == OTHER_WAITS || !m->has_machine ||
        !m->other.run.machine[0] || width < NAME + 20)
        return (struct pane_extent){ y, c->box.height };
    make_table(&t, m, v->whole);
    struct columns k = columns_of(0, width, false);
    draw_heads(c, y++, &k, false);
    shown = c->box.height - y;
    lines = two ? t.figures : t.count;
    for (int i = v->scroll; i < lines && i - v->scroll < shown; i++)
        draw_row(c, 0, y + i - v->scroll, width, &t.row[i]);
    for (int i = t.figures + v->scroll;
         two && i < t.count && i - t.figures - v->scroll < shown; i++)
        draw_row(c, width + 2, y + i - t.figures - v->scroll, width, &t.row[i]);
    if (two && t.count - t.figures > lines)
        lines = t.count - t.figures;
    return (struct pane_extent){ lines, shown > 0 ? shown : 0 };
}

void pane_compare_title(const struct model *m, const struct pane_view *v,
                        char *to, size_t room)
{
    *to = 0;
    if (m->other.state != OTHER_NONE)
        snprintf(to, room, "%s", v->whole ? "whole run" : "last command");
}
