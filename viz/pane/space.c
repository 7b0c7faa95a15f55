// SPDX-License-Identifier: Apache-2.0
/* The part of the address space that the map shows; see pane/space.h. */
#include "viz/pane/space.h"

#include <math.h>

bool space_is_scaled(const struct pane_view *v)
{
    return v->first != 0 || v->last != 0;
}

/* Addresses base-span/2 .. as far as there are any. */
static void set_around(struct pane_view *v, long double first, long double span)
{
    const long double all = 18446744073709551615.0L;

    span = span < SPACE_LEAST - 1 ? SPACE_LEAST - 1 : span > all ? all : span;
    first = first < 0 ? 0 : first + span > all ? all - span : first;
    v->first = (uint64_t)first;
    v->last = span >= all ? UINT64_MAX : v->first + (uint64_t)span;
}

static void widen(uint64_t va, uint64_t bytes, uint64_t *first, uint64_t *last)
{
    uint64_t end = va + (bytes ? bytes - 1 : 0);

    *first = va < *first ? va : *first;
    *last = end > *last ? end : *last;
}

void space_fit(const struct model *m, struct pane_view *v)
{
    uint64_t first = UINT64_MAX, last = 0;

    for (int i = 0; i < m->segment_count; i++) {
        const struct segment_row *s = &m->segments[i];
        if (m->one_space)
            widen(s->base, s->bytes, &first, &last);
        for (int d = 0; d < m->domain_count && !m->one_space; d++)
            if (s->rights[d])
                widen(s->address[d], s->bytes, &first, &last);
    }
    if (first > last) {
        first = 0;
        last = (UINT64_C(1) << 38) - 1;
    }
    long double span = (long double)(last - first);
    set_around(v, (long double)first - span / 20, span * 1.1L);
}

void space_all(struct pane_view *v)
{
    v->first = 0;
    v->last = UINT64_MAX;
}

void space_show(const struct model *m, struct pane_view *v, uint64_t va,
                uint64_t bytes)
{
    const struct segment_row *s = segment_holding(m, va, 0);
    long double span = (long double)(bytes > 1 ? bytes : SPACE_LEAST);

    if (s && s->bytes > span)
        span = (long double)s->bytes;
    set_around(v, (long double)va - span * 1.5L, span * 4);
}

void space_zoom(const struct model *m, struct pane_view *v, int by, double at)
{
    if (!space_is_scaled(v)) {
        space_fit(m, v);
        if (by > 0)
            return; /* the first step: the same, to scale */
    }
    long double span = (long double)(v->last - v->first);
    long double stays = (long double)v->first + span * (long double)at;
    long double wanted = by > 0 ? span / 2 : span * 2;

    if (wanted < SPACE_LEAST - 1)
        wanted = SPACE_LEAST - 1;
    set_around(v, stays - wanted * (long double)at, wanted);
}

void space_pan(const struct model *m, struct pane_view *v, double by)
{
    if (!space_is_scaled(v))
        space_fit(m, v);
    long double span = (long double)(v->last - v->first);

    set_around(v, (long double)v->first + span * (long double)by, span);
}

double space_x(const struct pane_view *v, uint64_t va, double cells)
{
    long double span = (long double)(v->last - v->first) + 1;

    return (double)(((long double)va - (long double)v->first) / span *
                    (long double)cells);
}

/* The share of a half: addresses of 12 bits and less are at its beginning. */
static double in_half(uint64_t offset, unsigned bits)
{
    double n = log2((double)offset + 1);

    n = n < 12 ? 12 : n > bits ? bits : n;
    return (n - 12) / (bits - 12);
}

double space_strip(uint64_t va, unsigned bits)
{
    const double half = 0.46, hole = 0.54;
    uint64_t size = UINT64_C(1) << bits;

    if (va < size)
        return half * in_half(va, bits);
    if (va >= 0 - size)
        return hole + (1 - hole) * in_half(va + size, bits);
    return half + (hole - half) * (double)va / 18446744073709551616.0;
}
