/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the user's breakpoints and watches are in a machine; see stops/stops.h.
 * A name may be in several places: `main` in each program, a source line in
 * each function it was built into, a segment at another address in each domain.
 * The kernel's own places are also where they were loaded to, until it
 * translates.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/xsas.h"
#include "sim/stops/stops.h"

enum { LINE_PLACES = 16 };

/* ---- places ---------------------------------------------------------------
 */

static void add_place(struct stops *s, struct stop_point *p,
                      const struct point *at, bool bare)
{
    if (s->places == s->room) {
        s->room = s->room ? 2 * s->room : 64;
        s->at = realloc(s->at, s->room * sizeof *s->at);
        s->place = realloc(s->place, s->room * sizeof *s->place);
        if (!s->at || !s->place)
            err_no_memory();
    }
    if (!bare && p->places++ == 0) {
        p->va = at->va;
        p->bytes = at->bytes;
    }
    s->at[s->places] = *at;
    s->place[s->places++] =
        (struct stop_place){ .point = (size_t)(p - s->point), .bare = bare };
}

/* Since place `from`, all lie in this segment. */
static void note_segment(struct stops *s, size_t from, uint64_t base)
{
    for (size_t i = from; i < s->places; i++) {
        s->place[i].in_segment = true;
        s->place[i].segment = base;
    }
}

static void add_kinds(struct stops *s, struct stop_point *p, uint64_t va,
                      uint64_t bytes, bool bare)
{
    uint8_t data = p->access & (RIGHT_R | RIGHT_W);
    struct point at = { POINT_PC, va, p->watch ? bytes : 0 };
    if (!p->watch || p->access & RIGHT_X)
        add_place(s, p, &at, bare);
    at.kind = data == RIGHT_R   ? POINT_LOAD
              : data == RIGHT_W ? POINT_STORE
                                : POINT_ACCESS;
    if (p->watch && data)
        add_place(s, p, &at, bare);
}

/* An ELF address of one of the machine's files. */
static void add_code(struct stops *s, struct stop_point *p,
                     const struct machine *m, const struct registry_code *c,
                     uint64_t address, uint64_t bytes)
{
    uint64_t pa;
    add_kinds(s, p, address + c->bias, bytes, false);
    if (c->file == m->registry.kernel && elf_physical(c->file, address, &pa) &&
        pa != address)
        add_kinds(s, p, pa, bytes, true);
}

/* ---- names -----------------------------------------------------------------
 */

static void find_symbol(struct stops *s, struct stop_point *p,
                        const struct machine *m, const struct registry_code *c)
{
    const struct stop_where *w = &p->where;
    const struct elf_symbol *e = elf_symbol_find(c->file, w->name);
    if (!e || e->absolute || (p->watch && w->number >= e->size && e->size))
        return;
    uint64_t rest = e->size ? e->size - w->number : 8;
    add_code(s, p, m, c, e->address + w->number, w->bytes ? w->bytes : rest);
}

static void find_line(struct stops *s, struct stop_point *p,
                      const struct machine *m, const struct registry_code *c)
{
    uint64_t at[LINE_PLACES];
    size_t n = elf_line_places(c->file, p->where.name, (int)p->where.number, at,
                               LINE_PLACES);
    for (size_t i = 0; i < n; i++)
        add_code(s, p, m, c, at[i], 0);
}

static void find_in_files(struct stops *s, struct stop_point *p,
                          const struct machine *m)
{
    const char *program = p->where.program;
    struct registry_code c;
    for (size_t i = 0; registry_code(&m->registry, i, &c); i++) {
        if (!c.file ||
            (program[0] && !registry_code_is(&c, program, strlen(program))))
            continue;
        if (p->where.kind == WHERE_LINE)
            find_line(s, p, m, &c);
        else
            find_symbol(s, p, m, &c);
    }
}

/* Is there a place of this point at va already? */
static bool has_place(const struct stops *s, const struct stop_point *p,
                      uint64_t va)
{
    for (size_t i = 0; i < s->places; i++)
        if (&s->point[s->place[i].point] == p && s->at[i].va == va)
            return true;
    return false;
}

/* A segment: at its own address, and wherever a domain sees it. */
static void find_segment(struct stops *s, struct stop_point *p,
                         const struct registry *r,
                         const struct registry_segment *g)
{
    const struct stop_where *w = &p->where;
    if (w->number >= g->bytes)
        return;
    uint64_t bytes = w->bytes ? w->bytes : g->bytes - w->number;
    size_t first = s->places;
    add_kinds(s, p, g->base + w->number, bytes, false);
    for (size_t i = 0; i < r->domain_count; i++) {
        const struct registry_right *a =
            registry_right(r, r->domains[i].id, g->base);
        if (r->domains[i].live && a && a->rights &&
            !has_place(s, p, a->address + w->number))
            add_kinds(s, p, a->address + w->number, bytes, false);
    }
    note_segment(s, first, g->base);
}

static void find_segments(struct stops *s, struct stop_point *p,
                          const struct machine *m)
{
    const struct registry *r = &m->registry;
    for (size_t i = 0; i < r->segment_count; i++)
        if (r->segments[i].live &&
            strcmp(r->segments[i].name, p->where.name) == 0)
            find_segment(s, p, r, &r->segments[i]);
}

static void say_where(struct stop_point *p, const struct machine *m)
{
    p->found[0] = 0;
    if (p->places && p->watch)
        snprintf(p->found, sizeof p->found, "%" PRIx64 "..%" PRIx64, p->va,
                 p->va + p->bytes - 1);
    else if (p->places)
        registry_place_text(&m->registry, p->va, p->found, sizeof p->found);
}

static void find(struct stops *s, struct stop_point *p, const struct machine *m)
{
    const struct stop_where *w = &p->where;
    p->places = 0;
    if (w->kind == WHERE_ADDRESS)
        add_kinds(s, p, w->number, w->bytes, false);
    else if (p->watch && w->kind == WHERE_NAME && !w->program[0])
        find_segments(s, p, m);
    if (!p->places && w->kind != WHERE_ADDRESS)
        find_in_files(s, p, m);
    say_where(p, m);
}

/* ---- all of them -----------------------------------------------------------
 */

/* What places depend on. */
static void know(const struct machine *m, uint64_t known[5])
{
    const uint64_t *n = m->event_count;
    known[0] = (uint64_t)(uintptr_t)m->registry.kernel;
    known[1] = n[EVENT_PROGRAM];
    known[2] = n[EVENT_SEGMENT];
    known[3] = n[EVENT_DOMAIN];
    known[4] = n[EVENT_RIGHTS];
}

static uint32_t news_of(const struct stop_point *p)
{
    if (p->where.kind == WHERE_ADDRESS)
        return 0;
    return EVENT_BIT(EVENT_PROGRAM) |
           (p->watch ? EVENT_BIT(EVENT_SEGMENT) | EVENT_BIT(EVENT_RIGHTS) : 0);
}

void stops_resolve(struct stops *s, const struct machine *m)
{
    uint64_t known[5];
    if (!m || (!s->count && !s->places))
        return;
    know(m, known);
    if (s->machine == m && !s->stale &&
        memcmp(known, s->known, sizeof known) == 0)
        return;
    memcpy(s->known, known, sizeof known);
    s->machine = m;
    s->stale = false;
    s->places = 0;
    s->news = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!s->point[i].off) {
            find(s, &s->point[i], m);
            s->news |= news_of(&s->point[i]);
        }
    s->live = s->places;
    for (size_t i = 0; i < s->count; i++)
        if (s->point[i].off)
            find(s, &s->point[i], m);
}
