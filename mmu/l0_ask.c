/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See l0.h. Asking the units once, for the filter: is this an ordinary access,
 * and would a further one to its line be? Then the line goes in.
 */
#include "mmu/l0.h"

#include "mmu/protect/protect.h"
#include "mmu/translate/translate.h"

/* ---- is it an ordinary access? ------------------------------------------ */

/* What decides an access that misses in neither TLB nor protection unit. */
struct finding {
    uint64_t pa;
    int32_t page, range; /* entries, or -1 */
    uint8_t leaf;        /* low byte of the PTE */
};

enum l0_view l0_view(const struct mmu *m, uint8_t privilege)
{
    if (privilege == PRIV_M)
        return L0_M;
    if (m->regs.mxr)
        return L0_NEVER;
    if (privilege == PRIV_U)
        return L0_U;
    return m->regs.sum ? L0_S_SUM : L0_S;
}

static bool find_range(const struct mmu *m, enum unit unit, uint64_t va,
                       unsigned size, uint8_t needs, int32_t *range)
{
    const struct assoc *a = &m->unit[unit].array;
    if (a->overlapping)
        return false;
    *range = assoc_find(a, va, m->regs.domain);
    if (*range < 0)
        return false;
    const struct assoc_entry *e = &a->entry[*range];
    return !(needs & ~e->rights) && e->last - va >= size - 1;
}

static bool find_page(const struct mmu *m, enum unit unit,
                      enum access_kind kind, uint8_t privilege, uint64_t va,
                      struct finding *f)
{
    const struct assoc *a = &m->unit[unit].array;
    f->page = assoc_find(a, va, m->asid);
    if (f->page < 0)
        return false;
    const struct assoc_entry *e = &a->entry[f->page];
    f->leaf = e->rights;
    f->pa = a->payload[f->page].pa + (va - e->first);
    return !translate_needs_ad((uint8_t)kind, f->leaf) &&
           !translate_refusal(&m->regs, !m->protected, (uint8_t)kind, privilege,
                              f->leaf);
}

static bool find(struct mmu *m, enum access_kind kind, uint8_t privilege,
                 uint64_t va, unsigned size, struct finding *f)
{
    bool fetch = kind == ACCESS_FETCH, paged = m->levels && privilege != PRIV_M;
    uint8_t needs = protect_needs(kind);
    *f = (struct finding){ .pa = va, .page = -1, .range = -1 };
    if (paged &&
        !find_page(m, fetch ? UNIT_ITLB : UNIT_DTLB, kind, privilege, va, f))
        return false;
    bool checked =
        m->protected && (privilege == PRIV_U ||
                         (privilege == PRIV_S && paged && f->leaf & PTE_U));
    if (checked && !find_range(m, fetch ? UNIT_IRPLB : UNIT_DRPLB, va, size,
                               needs, &f->range))
        return false;
    return pmp_check(&m->pmp, pmp_mode(privilege), f->pa, size, needs);
}

/* ---- data ---------------------------------------------------------------- */

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
    return a - b < b_bytes || b - a < a_bytes;
}

/* The rights that all of the line has in the physical memory protection. */
static uint8_t pmp_rights(const struct mmu *m, uint8_t privilege, uint64_t pa,
                          uint64_t bytes)
{
    enum pmp_mode mode = pmp_mode(privilege);
    const struct pmp_piece *p = &m->pmp.last[mode];
    if (!m->pmp.guards[mode])
        return PMP_R | PMP_W | PMP_X;
    return pa >= p->first && pa + (bytes - 1) <= p->last ? p->rights : 0;
}

static uint8_t range_rights(const struct mmu *m, const struct finding *f,
                            uint64_t first, uint64_t bytes)
{
    if (f->range < 0)
        return RIGHT_R | RIGHT_W;
    const struct assoc_entry *e = &m->unit[UNIT_DRPLB].array.entry[f->range];
    return first >= e->first && first + (bytes - 1) <= e->last ? e->rights : 0;
}

/* Of the leaf, for this kind of data access. */
static bool page_allows(const struct mmu *m, const struct finding *f,
                        enum access_kind kind, uint8_t privilege)
{
    return f->page < 0 ||
           (!translate_needs_ad((uint8_t)kind, f->leaf) &&
            !translate_refusal(&m->regs, !m->protected, (uint8_t)kind,
                               privilege, f->leaf));
}

static void note(uint64_t *bits, int32_t index)
{
    if (index >= 0)
        bits[index / 64] |= UINT64_C(1) << index % 64;
}

static uint64_t *stamp_of(struct mmu *m, struct assoc *a, int32_t index)
{
    return index < 0 ? &m->l0->unread : &a->stamp[index];
}

/* Is there anything that a further use would have to tell the shadow? */
static bool in_shadow(const struct lookaside *u, int32_t index)
{
    return index < 0 || !u->history.node || u->history.node_of[index];
}

/* Puts the line, or its block, of the access just made in, if it qualifies. */
static void fill(struct mmu *m, uint8_t privilege, uint64_t va,
                 const struct finding *f)
{
    struct l0 *l = m->l0;
    struct assoc *l1d = &m->unit[UNIT_L1D].array;
    struct assoc *alone = m->alone.on ? &m->alone.now->unit[UNIT_L1D] : NULL;
    uint64_t bytes = ~l->line_mask + 1, first = va & l->line_mask;
    uint64_t pa = f->pa & l->line_mask;
    enum l0_view view = l0_view(m, privilege);
    bool lent = view == L0_S_SUM && f->range >= 0; /* the user's, under SUM */
    if (l->closed || view == L0_NEVER || lent || !l1d->entry ||
        overlap(pa, bytes, l->apart_first, l->apart_bytes) ||
        points_watch(l->point, l->points, first, bytes))
        return;
    int32_t index = assoc_find(l1d, pa, 0);
    int32_t copy = alone ? assoc_find(alone, pa, 0) : ASSOC_NONE;
    if (index < 0 || (alone && copy < 0) ||
        !in_shadow(&m->unit[UNIT_L1D], index) ||
        !in_shadow(&m->unit[UNIT_DTLB], f->page))
        return;
    uint8_t rights =
        range_rights(m, f, first, bytes) & pmp_rights(m, privilege, pa, bytes);
    bool load = rights & RIGHT_R && page_allows(m, f, ACCESS_LOAD, privilege);
    bool store = rights & RIGHT_W && !m->through && l1d->entry[index].dirty &&
                 page_allows(m, f, ACCESS_STORE, privilege) &&
                 !bus_has_code(m->bus, pa, (unsigned)bytes);
    unsigned slot = (unsigned)(va / L0_BLOCK % L0_SLOTS);
    uint64_t tag =
        va & (bytes > L0_BLOCK ? ~(uint64_t)(L0_BLOCK - 1) : l->line_mask);
    unsigned slots = bytes > L0_BLOCK ? (unsigned)(bytes / L0_BLOCK) : 1;
    if (l->views_of[index] >> view & 1 &&
        l->slot_of[index][view] / slots != slot / slots)
        l0_forget_line(m, pa); /* it was there by another address */
    l->slot_of[index][view] = (uint8_t)slot;
    l->views_of[index] |= (uint8_t)(1U << view);
    l->line[view][slot] = (struct l0_line){
        .load = load ? tag : L0_EMPTY,
        .store = store ? tag : L0_EMPTY,
        .host = (uintptr_t)bus_ram(m->bus, pa, 1) - (uintptr_t)first,
        .used = { &l1d->stamp[index], stamp_of(m, alone, copy),
                  stamp_of(m, &m->unit[UNIT_DTLB].array, f->page),
                  stamp_of(m, &m->unit[UNIT_DRPLB].array, f->range) },
        .page = f->page,
        .range = f->range,
    };
    l->live[view][slot / 64] |= UINT64_C(1) << slot % 64;
    if (store)
        bus_may_write(m->bus, pa, bytes);
    note(l->pages, f->page);
    note(l->ranges, f->range);
}

/* Before an access that brings something into an alone copy, which then has to
 * choose what goes. */
static void settle_before(struct mmu *m, const struct finding *f, uint64_t va)
{
    const struct alone_slot *now = m->alone.now;
    if (!m->alone.on)
        return;
    if ((f->page >= 0 && assoc_find(&now->unit[UNIT_DTLB], va, m->asid) < 0) ||
        (f->range >= 0 &&
         assoc_find(&now->unit[UNIT_DRPLB], va, m->regs.domain) < 0))
        l0_settle(m);
}

static bool ordinary(struct mmu *m, enum access_kind kind, uint8_t privilege,
                     uint64_t va, unsigned size, struct finding *f)
{
    if (va & (size - 1) || !find(m, kind, privilege, va, size, f) ||
        !bus_ram(m->bus, f->pa, size) ||
        overlap(f->pa, size, m->l0->apart_first, m->l0->apart_bytes) ||
        points_watch(m->l0->point, m->l0->points, va, size))
        return false;
    settle_before(m, f, va);
    return true;
}

bool l0_load(struct mmu *m, uint8_t privilege, uint64_t va, unsigned size,
             uint64_t *value)
{
    struct finding f;
    if (!ordinary(m, ACCESS_LOAD, privilege, va, size, &f))
        return false;
    struct access a = { .va = va,
                        .size = (uint8_t)size,
                        .kind = ACCESS_LOAD,
                        .privilege = privilege };
    if (!mmu_load(m, &a, value))
        bug("an ordinary load was refused");
    fill(m, privilege, va, &f);
    return true;
}

bool l0_store(struct mmu *m, uint8_t privilege, uint64_t va, unsigned size,
              uint64_t value)
{
    struct finding f;
    if (!ordinary(m, ACCESS_STORE, privilege, va, size, &f))
        return false;
    struct access a = { .va = va,
                        .size = (uint8_t)size,
                        .kind = ACCESS_STORE,
                        .privilege = privilege };
    if (!mmu_store(m, &a, value))
        bug("an ordinary store was refused");
    fill(m, privilege, va, &f);
    return true;
}

/* ---- fetch --------------------------------------------------------------- */

/* The unit's entry and the alone copy's: both must be there. */
static bool add_unit(struct mmu *m, struct l0_fetch *f, enum unit unit,
                     int32_t index, uint64_t address, uint32_t context)
{
    const struct lookaside *u = &m->unit[unit];
    if (index < 0 || !in_shadow(u, index))
        return false;
    f->used[f->uses++] = &u->array.stamp[index];
    if (!m->alone.on)
        return true;
    const struct assoc *alone = &m->alone.now->unit[unit];
    int32_t i = assoc_find(alone, address, context);
    if (i < 0)
        return false;
    f->used[f->uses++] = &alone->stamp[i];
    return true;
}

/* Only bytes that are judged like the one at va. */
static void clamp(struct l0_fetch *f, uint64_t va, uint64_t below,
                  uint64_t above)
{
    uint64_t last = f->first + (f->bytes - 1);
    if (va - f->first > below)
        f->first = va - below;
    if (last - va > above)
        last = va + above;
    f->bytes = last - f->first + 1;
}

bool l0_fetch(struct mmu *m, uint8_t privilege, uint64_t va, struct l0_fetch *f)
{
    struct finding at;
    const struct lookaside *l1i = &m->unit[UNIT_L1I];
    if (!lookaside_present(l1i) ||
        !find(m, ACCESS_FETCH, privilege, va, 2, &at) ||
        !bus_ram(m->bus, at.pa, 2))
        return false;
    *f = (struct l0_fetch){ .first = va & m->l0->line_mask,
                            .bytes = ~m->l0->line_mask + 1 };
    if (at.page >= 0 && !add_unit(m, f, UNIT_ITLB, at.page, va, m->asid))
        return false;
    if (at.range >= 0) {
        const struct assoc_entry *e =
            &m->unit[UNIT_IRPLB].array.entry[at.range];
        clamp(f, va, va - e->first, e->last - va);
        if (!add_unit(m, f, UNIT_IRPLB, at.range, va, m->regs.domain))
            return false;
    }
    enum pmp_mode mode = pmp_mode(privilege);
    if (m->pmp.guards[mode]) {
        struct pmp_piece p = pmp_find(&m->pmp, mode, at.pa);
        clamp(f, va, at.pa - p.first, p.last - at.pa);
    }
    if (!add_unit(m, f, UNIT_L1I, assoc_find(&l1i->array, at.pa, 0), at.pa, 0))
        return false;
    f->pa = at.pa - (va - f->first);
    f->host = bus_ram(m->bus, f->pa, 1);
    return true;
}

static void forget_bytes(struct mmu *m, uint64_t pa, unsigned bytes)
{
    if (!m->l0)
        return;
    uint64_t line = pa & m->l0->line_mask;
    for (; line < pa + bytes; line += ~m->l0->line_mask + 1)
        l0_forget_line(m, line);
}

/* The stores of all harts. */
bool l0_hold_code(struct mmu *m, uint64_t pa, unsigned bytes)
{
    forget_bytes(m, pa, bytes);
    for (struct mmu *other = m->next; other && other != m; other = other->next)
        forget_bytes(other, pa, bytes);
    return bus_hold_code(m->bus, pa, bytes);
}
