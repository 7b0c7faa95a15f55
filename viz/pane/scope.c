// SPDX-License-Identifier: Apache-2.0
/*
 * The access microscope: an address and the stages it passes, protection first,
 * each with its verdict. Beside each stage stands which of the pointer's bits
 * it looks at: protection the whole address, translation the page number, the
 * caches the physical address. Last the verdict in words.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 12, WITH_BITS = 84, LEAST_BITS = 37, MOST_BITS = 80, TEXT = 58 };

static const char *const names[SCOPE_STAGES] = { "protection", "TLB",
                                                 "L2 TLB",     "walk",
                                                 "PMP",        "L1 cache",
                                                 "L2 cache",   "memory" };

static enum style letter_style(char letter)
{
    switch (letter) {
    case 'H':
        return STYLE_HIT;
    case 'M':
        return STYLE_MISS;
    case 'W':
        return STYLE_WALK;
    case 'R':
        return STYLE_FAULT;
    case '+':
        return STYLE_STRONG;
    default:
        return STYLE_DIM;
    }
}

/* ---- the pointer's bits
 * ------------------------------------------------------
 */

/* Fields from the left: the copies of the sign, one page-table index per
 * level, the offset in the page. Cells of field i, and where they begin. */
static int field_count(const struct scope *s)
{
    return s->levels ? s->levels + 2 : 1;
}

static int field_width(const struct scope *s, int bits)
{
    return bits / field_count(s);
}

static void field_text(const struct scope *s, int i, char *name, char *value,
                       size_t room)
{
    int levels = s->levels, level = levels - i;
    unsigned top = 12 + 9 * (unsigned)levels;

    if (levels == 0) {
        snprintf(name, room, "address");
        snprintf(value, room, "%llx", (unsigned long long)s->va);
    } else if (i == 0) {
        snprintf(name, room, "sign");
        snprintf(value, room, "%llx", (unsigned long long)(s->va >> top));
    } else if (i <= levels) {
        snprintf(name, room, "VPN%d", level);
        snprintf(value, room, "%03llx",
                 (unsigned long long)(s->va >> (12 + 9 * level) & 0x1ff));
    } else {
        snprintf(name, room, "offset");
        snprintf(value, room, "%03llx", (unsigned long long)(s->va & 0xfff));
    }
}

static void draw_bits(struct canvas *c, const struct scope *s, int x, int y,
                      int bits)
{
    int width = field_width(s, bits), count = field_count(s);

    for (int i = 0; i < count; i++) {
        char name[24], value[24];
        int cells, at = x + i * width;
        field_text(s, i, name, value, sizeof name);
        canvas_text(c, at + (width - text_cells(name)) / 2, y, STYLE_DIM, name);
        canvas_rect(c, at + 0.1, y + 1.0, width - 0.2, 1.0, STYLE_TRACK,
                    HATCH_NONE);
        cells = text_cells(value);
        canvas_text(c, at + (width - cells) / 2, y + 1, STYLE_STRONG, value);
        if (!c->graphic && i > 0)
            canvas_text(c, at, y + 1, STYLE_FRAME, "│");
    }
}

/* Which fields a stage looks at: first and end; false = none of them. */
static bool fields_of(const struct scope *s, enum scope_stage stage, int *first,
                      int *end)
{
    int count = field_count(s);

    *first = 0;
    *end = count;
    switch (stage) {
    case SCOPE_PROTECTION:
        return true;
    case SCOPE_TLB:
    case SCOPE_L2TLB:
    case SCOPE_WALK:
        *first = 1;
        *end = count - 1;
        return s->levels > 0;
    default:
        return false;
    }
}

/* What the stage looks at, below the fields; the walk takes them one by one. */
static void draw_wires(struct canvas *c, const struct scope *s,
                       enum scope_stage stage, int x, int y, int bits)
{
    enum style style =
        s->stage[stage].letter == '.' || s->stage[stage].letter == '-'
            ? STYLE_FRAME
            : letter_style(s->stage[stage].letter);
    int width = field_width(s, bits), first, end;
    char pa[40];

    if (!fields_of(s, stage, &first, &end)) {
        snprintf(pa, sizeof pa, "pa %llx", (unsigned long long)s->pa);
        if (style != STYLE_FRAME)
            canvas_text(c, x + (width * field_count(s) - text_cells(pa)) / 2, y,
                        STYLE_DIM, pa);
        return;
    }
    if (stage == SCOPE_WALK) {
        for (int i = first; i < end; i++)
            canvas_segment(c, x + i * width + 1, y + 0.5,
                           x + (i + 1) * width - 1.01, y + 0.5, style);
        return;
    }
    canvas_segment(c, x + first * width + 1, y + 0.5, x + end * width - 1.01,
                   y + 0.5, style);
}

/* ---- the stages -----------------------------------------------------------
 */

static void draw_stage(struct canvas *c, const struct scope *s,
                       enum scope_stage stage, int y, int width)
{
    const struct stage_row *r = &s->stage[stage];
    bool off = r->letter == '.' || r->letter == '-';
    enum style style = letter_style(r->letter);
    char cycles[16] = "";
    int room;

    canvas_print(c, 1, y, style, "%c", r->letter);
    canvas_text(c, 3, y, off ? STYLE_DIM : STYLE_STRONG, names[stage]);
    if (r->known && !off)
        snprintf(cycles, sizeof cycles, "%u", r->cycles);
    room = width - NAME - 4 - (cycles[0] ? text_cells(cycles) + 1 : 0);
    canvas_print(c, NAME + 2, y, off ? STYLE_DIM : style, "%.*s",
                 room > 0 ? room : 0,
                 r->letter == '.' && !r->text[0] ? "not asked" : r->text);
    canvas_right(c, width - 1, y, STYLE_STRONG, cycles);
}

static const char *origin_text(const struct scope *s)
{
    switch (s->origin) {
    case SCOPE_OF_REFUSAL:
        return "refused during the last command";
    case SCOPE_ASKED:
        return "you asked: nothing happens";
    default:
        return "the last step";
    }
}

/* How the pane is divided: stages left, the pointer's bits right. */
struct scope_places {
    int width; /* of the stages */
    int bits;  /* of the bits, 0 = no room */
    int pitch; /* lines per stage */
};

static struct scope_places places_for(const struct canvas *c, int verdict)
{
    int width = c->box.width, spare = c->box.height - 3 - verdict;
    struct scope_places p = { .width = width, .pitch = 1 };

    if (width >= WITH_BITS) {
        p.bits = width - 3 - TEXT;
        p.bits = p.bits > MOST_BITS ? MOST_BITS : p.bits;
        p.bits = p.bits < LEAST_BITS ? LEAST_BITS : p.bits;
        p.width = width - 3 - p.bits;
        p.width = p.width > TEXT + 10 ? TEXT + 10 : p.width;
        p.pitch = spare / SCOPE_STAGES;
        p.pitch = p.pitch < 1 ? 1 : p.pitch > 3 ? 3 : p.pitch;
    }
    return p;
}

/* Thin lines from the fields down to the last stage that looks at them. */
static void draw_drops(struct canvas *c, const struct scope *s, int x, int y,
                       const struct scope_places *p)
{
    int width = field_width(s, p->bits), count = field_count(s);

    for (int i = 0; i < count && c->graphic; i++) {
        bool page = i > 0 && i < count - 1 && s->levels > 0;
        int last = page ? SCOPE_WALK : SCOPE_PROTECTION;
        double middle = x + (i + 0.5) * width;
        canvas_segment(c, middle, y - p->pitch + 1.0, middle,
                       y + last * p->pitch + 0.5, STYLE_FRAME);
    }
}

static void draw_stages(struct canvas *c, const struct scope *s, int y,
                        const struct scope_places *p)
{
    int x = p->width + 3;

    if (p->bits)
        draw_drops(c, s, x, y, p);
    for (int i = 0; i < SCOPE_STAGES; i++, y += p->pitch) {
        bool off = s->stage[i].letter == '.' || s->stage[i].letter == '-';
        if (c->graphic && p->pitch > 1) /* a box per stage */
            canvas_frame(c, 0, y - 0.35, p->width, 1.7,
                         off ? STYLE_TRACK : letter_style(s->stage[i].letter));
        draw_stage(c, s, (enum scope_stage)i, y, p->width);
        if (p->bits)
            draw_wires(c, s, (enum scope_stage)i, x, y, p->bits);
    }
}

struct pane_extent pane_scope_draw(struct canvas *c, const struct model *m,
                                   const struct pane_view *v)
{
    const struct scope *s = &m->scope;
    struct box whole = c->box;
    int verdict, y = -v->scroll;

    if (!s->valid) {
        canvas_text(c, 0, 0, STYLE_DIM, "no access yet");
        return (struct pane_extent){ 1, c->box.height };
    }
    verdict = pane_lines(c, s->verdict);
    struct scope_places p = places_for(c, verdict);
    canvas_print(c, 0, y++, STYLE_STRONG, "%.*s", p.width, s->what);
    canvas_print(c, 0, y++, STYLE_DIM, "%.*s", p.width, s->who);
    if (p.bits)
        draw_bits(c, s, p.width + 3, y - 2, p.bits);
    y += p.pitch - 1;
    draw_stages(c, s, y, &p);
    y += SCOPE_STAGES * p.pitch;
    if (y + verdict < c->box.height)
        y++;
    c->box.y += y > 0 ? y : 0;
    c->box.height -= y > 0 ? y : 0;
    if (c->box.height > 0)
        canvas_wrap(c, 0, 0, s->refused ? STYLE_FAULT : STYLE_TEXT, s->verdict);
    c->box = whole;
    return (struct pane_extent){ y + v->scroll + verdict, whole.height };
}

void pane_scope_title(const struct model *m, const struct pane_view *v,
                      char *to, size_t room)
{
    (void)v;
    *to = 0;
    if (!m->scope.valid)
        return;
    if (m->scope.cycles_known)
        snprintf(to, room, "%s: %u cycles", origin_text(&m->scope),
                 m->scope.cycles);
    else
        snprintf(to, room, "%s", origin_text(&m->scope));
}
