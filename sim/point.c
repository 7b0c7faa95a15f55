/* SPDX-License-Identifier: Apache-2.0 */
/* See point.h. */
#include "sim/point.h"

static bool touches(const struct access *a, const struct point *p)
{
    uint8_t kind = a->kind;
    bool wanted = p->kind == POINT_ACCESS ||
                  (p->kind == POINT_STORE && kind != ACCESS_LOAD) ||
                  (p->kind == POINT_LOAD && kind != ACCESS_STORE);
    return wanted && point_touches(p, a->va, a->size);
}

bool point_is_met(const struct point *p, const struct cpu *c)
{
    const struct step *s = &c->step;
    if (point_is_code(p))
        return point_is_at(p, c->pc);
    return s->retired && s->data.size && !s->data.refused &&
           touches(&s->data, p);
}

bool points_met(const struct points *p, const struct cpu *c, struct point *met)
{
    const struct step *s = &c->step;
    bool found = false;
    if (!s->retired && !(s->events & STEP_TRAP))
        return false; /* it waits */
    if (!(p->harts >> s->hart & 1))
        return false;
    if (p->step >> s->hart & 1 &&
        (!p->step_below || c->privilege < p->step_below)) {
        *met = (struct point){ .kind = POINT_STEP, .va = c->pc };
        found = true;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (!point_is_met(&p->at[i], c))
            continue;
        *met = p->at[i];
        found = true;
        if (point_is_data(met))
            break;
    }
    return found;
}
