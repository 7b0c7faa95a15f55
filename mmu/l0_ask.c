/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See l0.h. Asking the units once, for the filter: is this an ordinary access,
 * and would a further one to its line be? Then the line goes in.
 */
#include "mmu/l0.h"

#include "mmu/hierarchy.h"
#include "mmu/protect/protect.h"
#include "mmu/translate/translate.h"

/* Loads and stores have each a copy of their own of the whole way. */
#define INLINE inline __attribute__((always_inline))

/* ---- is it an ordinary access? ------------------------------------------ */

/* What decides an access that misses in neither TLB nor protection unit. */
struct finding {
    uint64_t pa;
    uint8_t *host;       /* of pa */
    int32_t page, range; /* entries, or -1 */
    uint8_t leaf;        /* low byte of the PTE */
    uint8_t size;        /* of the access */
    bool missed;         /* the DTLB has no entry; page = -1 as yet */
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

static bool leaf_allows(const struct mmu *m, enum access_kind kind,
                        uint8_t privilege, uint8_t leaf)
{
    return !translate_needs_ad((uint8_t)kind, leaf) &&
           !translate_refusal(&m->regs, !m->protected, (uint8_t)kind, privilege,
                              leaf);
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
    return leaf_allows(m, kind, privilege, f->leaf);
}

static enum refusal read_pte(void *context, uint64_t pa, uint64_t *pte)
{
    const struct mmu *m = context;
    const uint8_t *at = bus_ram(m->bus, pa, sizeof *pte);
    if (!at || !pmp_allows(&m->pmp, PMP_MODE_SU, pa, sizeof *pte, PMP_R))
        return REFUSED_BUS;
    *pte = bus_ram_load(at, sizeof *pte);
    return REFUSED_NOT;
}

/* What the DTLB does not have: in the L2 TLB, or by a walk that changes
 * nothing. */
static bool find_beyond(struct mmu *m, enum access_kind kind, uint8_t privilege,
                        uint64_t va, struct finding *f)
{
    const struct lookaside *l2 = &m->unit[UNIT_L2TLB];
    f->missed = true;
    if (lookaside_present(l2) &&
        find_page(m, UNIT_L2TLB, kind, privilege, va, f)) {
        f->page = ASSOC_NONE;
        return true;
    }
    if (f->page >= 0 || !walk_canonical(va, m->levels))
        return false;
    f->page = ASSOC_NONE;
    const struct walk_memory memory = { read_pte, m };
    struct walk w = walk_find(m->regs.satp, va, &memory);
    f->leaf = (uint8_t)w.pte;
    f->pa = w.pa + (va & ((UINT64_C(1) << w.page_shift) - 1));
    return !w.refused && leaf_allows(m, kind, privilege, f->leaf);
}

static INLINE bool find(struct mmu *m, enum access_kind kind, uint8_t privilege,
                        uint64_t va, unsigned size, struct finding *f)
{
    bool fetch = kind == ACCESS_FETCH, paged = m->levels && privilege != PRIV_M;
    uint8_t needs = protect_needs(kind);
    *f = (struct finding){
        .pa = va, .page = -1, .range = -1, .size = (uint8_t)size
    };
    if (paged &&
        !find_page(m, fetch ? UNIT_ITLB : UNIT_DTLB, kind, privilege, va, f) &&
        (fetch || f->page >= 0 || !find_beyond(m, kind, privilege, va, f)))
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
static INLINE bool page_allows(const struct mmu *m, const struct finding *f,
                               enum access_kind kind, uint8_t privilege)
{
    return f->page < 0 ||
           (!translate_needs_ad((uint8_t)kind, f->leaf) &&
            !translate_refusal(&m->regs, !m->protected, (uint8_t)kind,
                               privilege, f->leaf));
}

/* Is there anything that a further use would have to tell the shadow? */
static bool in_shadow(const struct lookaside *u, int32_t index)
{
    return index < 0 || !u->history.node || u->history.node_of[index];
}

/* The alone copy's entry for the same range as entry i of the unit, of which
 * uses are to be noted; ASSOC_NONE = there is none. */
static int32_t same_entry(const struct mmu *m, enum unit unit, int32_t i)
{
    const struct assoc *real = &m->unit[unit].array;
    const struct assoc *alone = &m->alone.now->unit[unit];
    const struct assoc_entry *e = &real->entry[i];
    int32_t j = assoc_find(alone, e->first, e->context);
    return j >= 0 && alone->entry[j].first == e->first &&
                   alone->entry[j].last == e->last
               ? j
               : ASSOC_NONE;
}

/* Where uses of the line are to be noted; false = it may not be in the filter.
 * If a page and a range allow it, their copies learn of uses by l0_settle. */
static INLINE bool find_stamps(struct mmu *m, const struct finding *f,
                               struct hierarchy_place at,
                               uint64_t *used[L0_STAMPS])
{
    struct assoc *dtlb = &m->unit[UNIT_DTLB].array;
    struct assoc *drplb = &m->unit[UNIT_DRPLB].array;
    struct alone_slot *alone = m->alone.on ? m->alone.now : NULL;
    uint64_t *unread = &m->l0->unread;
    used[0] = &m->unit[UNIT_L1D].array.stamp[at.real];
    used[1] = unread;
    used[2] = f->page < 0 ? unread : &dtlb->stamp[f->page];
    used[3] = f->range < 0 ? unread : &drplb->stamp[f->range];
    if (!alone)
        return true;
    if (at.alone < 0)
        return false;
    used[1] = &alone->unit[UNIT_L1D].stamp[at.alone];
    if (f->page >= 0) {
        int32_t copy = same_entry(m, UNIT_DTLB, f->page);
        if (copy < 0)
            return false;
        if (f->range < 0)
            used[3] = &alone->unit[UNIT_DTLB].stamp[copy];
    }
    return true;
}

/* Puts the line, or its block, of the access just made in, if it qualifies.
 * `at`: where it is in L1D. */
static INLINE void fill(struct mmu *m, uint8_t privilege, uint64_t va,
                        const struct finding *f, struct hierarchy_place at)
{
    struct l0 *l = m->l0;
    const struct lookaside *l1d = &m->unit[UNIT_L1D];
    uint64_t bytes = ~l->line_mask + 1, first = va & l->line_mask;
    uint64_t pa = f->pa & l->line_mask;
    enum l0_view view = l0_view(m, privilege);
    bool lent = view == L0_S_SUM && f->range >= 0; /* the user's, under SUM */
    uint64_t *used[L0_STAMPS];
    int32_t index = (int32_t)at.real;
    if (index < 0 || l->closed || view == L0_NEVER || lent ||
        overlap(pa, bytes, l->apart_first, l->apart_bytes) ||
        points_watch(l->point, l->points, first, bytes) ||
        !in_shadow(l1d, index) || !in_shadow(&m->unit[UNIT_DTLB], f->page) ||
        !find_stamps(m, f, at, used))
        return;
    uint8_t rights =
        range_rights(m, f, first, bytes) & pmp_rights(m, privilege, pa, bytes);
    bool load = rights & RIGHT_R && page_allows(m, f, ACCESS_LOAD, privilege);
    bool store = rights & RIGHT_W && !m->through &&
                 page_allows(m, f, ACCESS_STORE, privilege) &&
                 !bus_has_code(m->bus, pa, (unsigned)bytes);
    bool dirty = l1d->array.entry[index].dirty;
    unsigned slot = (unsigned)(va / L0_BLOCK % L0_SLOTS);
    uint64_t tag = va & l->tag_mask;
    if (l->views_of[index] >> view & 1 &&
        (l->slot_of[index][view] ^ slot) >= l->slots)
        l0_forget_line(m, pa); /* it was there by another address */
    l->slot_of[index][view] = (uint8_t)slot;
    l->views_of[index] |= (uint8_t)(1U << view);
    struct l0_line *line = &l->line[view][slot];
    line->load = load ? tag : L0_EMPTY;
    line->store = store && dirty ? tag : L0_EMPTY;
    line->host = (uintptr_t)f->host - (uintptr_t)va;
    for (unsigned i = 0; i < L0_STAMPS; i++)
        line->used[i] = used[i];
    line->page = f->page;
    line->range = f->range;
    uint64_t bit = UINT64_C(1) << slot % 64;
    l->live[view][slot / 64] |= bit;
    l->clean[view][slot / 64] &= ~bit;
    if (store && !dirty && !m->next) /* else the others are asked first */
        l->clean[view][slot / 64] |= bit;
    if (f->page >= 0)
        l->pages[f->page] |= bit;
    if (f->range >= 0)
        l->ranges[f->range / 64] |= UINT64_C(1) << f->range % 64;
    if (line->store != L0_EMPTY)
        bus_may_write(m->bus, pa, bytes);
}

/* ---- the access -----------------------------------------------------------
 */

/* Before an access that brings something into an alone copy, which then has to
 * choose what goes. */
static void settle_before(struct mmu *m, const struct finding *f, uint64_t va)
{
    const struct alone_slot *now = m->alone.now;
    if (!m->alone.on || !m->protected)
        return;
    if (f->missed ||
        (f->page >= 0 && assoc_find(&now->unit[UNIT_DTLB], va, m->asid) < 0) ||
        (f->range >= 0 &&
         assoc_find(&now->unit[UNIT_DRPLB], va, m->regs.domain) < 0))
        l0_settle(m);
}

static INLINE bool ordinary(struct mmu *m, enum access_kind kind,
                            uint8_t privilege, uint64_t va, unsigned size,
                            struct finding *f)
{
    if (va & (size - 1) || !find(m, kind, privilege, va, size, f))
        return false;
    f->host = bus_ram(m->bus, f->pa, size);
    if (!f->host ||
        overlap(f->pa, size, m->l0->apart_first, m->l0->apart_bytes) ||
        points_watch(m->l0->point, m->l0->points, va, size))
        return false;
    __builtin_prefetch(f->host);
    settle_before(m, f, va);
    return true;
}

/* The DTLB misses: it is asked as by mmu.c. */
static void translate_missed(struct mmu *m, struct access *a, struct finding *f)
{
    const struct assoc *dtlb = &m->unit[UNIT_DTLB].array;
    uint64_t pa;
    bool user;
    if (!translate(m, a, a->va, &pa, &user) || pa != f->pa)
        bug("an ordinary access was not translated");
    f->page = a->tlb.set * (int32_t)dtlb->ways + a->tlb.way;
    unit_count(&m->stats[UNIT_DTLB], &a->tlb);
    unit_count(&m->stats[UNIT_L2TLB], &a->l2tlb);
}

static void use_page(struct mmu *m, uint64_t va, int32_t page)
{
    struct lookup tlb = { 0 };
    assoc_touch(&m->unit[UNIT_DTLB].array, page);
    translate_hit(m, UNIT_DTLB, page, va, &tlb);
    unit_count(&m->stats[UNIT_DTLB], &tlb);
}

static void use_range(struct mmu *m, uint64_t va, int32_t range)
{
    struct lookup protection = { 0 };
    assoc_touch(&m->unit[UNIT_DRPLB].array, range);
    protect_hit(m, UNIT_DRPLB, range, va, &protection);
    unit_count(&m->stats[UNIT_DRPLB], &protection);
}

/* The units answer as in mmu.c, what `find` asked; then the filter knows the
 * line. */
static INLINE void go(struct mmu *m, enum access_kind kind, uint8_t privilege,
                      uint64_t va, struct finding *f, struct access *told)
{
    uint64_t start = m->accounts.total;
    if (f->missed) {
        *told = (struct access){ .va = va,
                                 .size = f->size,
                                 .kind = (uint8_t)kind,
                                 .privilege = privilege };
        translate_missed(m, told, f);
    } else if (f->page >= 0) {
        use_page(m, va, f->page);
    }
    if (f->range >= 0)
        use_range(m, va, f->range);
    struct hierarchy_place at = hierarchy_access(
        m, UNIT_L1D, f->pa, kind == ACCESS_STORE, FOR_DATA, NULL, NULL);
    if (f->missed)
        told->cycles = (uint32_t)(m->accounts.total - start);
    fill(m, privilege, va, f, at);
}

enum l0_answer l0_load(struct mmu *m, uint8_t privilege, uint64_t va,
                       unsigned size, uint64_t *value, struct access *a)
{
    struct finding f;
    if (!ordinary(m, ACCESS_LOAD, privilege, va, size, &f))
        return L0_LEFT;
    go(m, ACCESS_LOAD, privilege, va, &f, a);
    *value = bus_ram_load(f.host, size);
    return f.missed ? L0_MISSED : L0_DONE;
}

static void count_hit(struct mmu *m, enum unit unit)
{
    m->stats[unit].lookups++;
    m->stats[unit].hits++;
}

/* The first store to a line that the filter knows for loads: it becomes dirty,
 * and the filter knows it for stores. */
static bool store_clean(struct mmu *m, uint8_t privilege, uint64_t va,
                        unsigned size, uint64_t value)
{
    struct l0 *l = m->l0;
    enum l0_view view = l0_view(m, privilege);
    unsigned slot = (unsigned)(va / L0_BLOCK % L0_SLOTS);
    struct l0_line *line = &l->line[view][slot];
    uint64_t bit = UINT64_C(1) << slot % 64;
    if ((va & (l->tag_mask | (size - 1))) != line->load ||
        !(l->clean[view][slot / 64] & bit))
        return false;
    struct assoc *l1d = &m->unit[UNIT_L1D].array;
    l->clean[view][slot / 64] &= ~bit;
    l1d->entry[line->used[0] - l1d->stamp].dirty = 1;
    line->store = line->load;
    uint64_t pa = m->bus->ram_base + (line->host + va - (uintptr_t)m->bus->ram);
    bus_may_write(m->bus, pa & l->line_mask, ~l->line_mask + 1);
    m->uses++;
    for (unsigned i = 0; i < L0_STAMPS; i++)
        *line->used[i] = m->uses;
    count_hit(m, UNIT_L1D);
    if (line->page >= 0)
        count_hit(m, UNIT_DTLB);
    if (line->range >= 0)
        count_hit(m, UNIT_DRPLB);
    bus_ram_store((uint8_t *)(line->host + va), size, value);
    return true;
}

enum l0_answer l0_store(struct mmu *m, uint8_t privilege, uint64_t va,
                        unsigned size, uint64_t value, struct access *a)
{
    struct finding f;
    if (store_clean(m, privilege, va, size, value))
        return L0_DONE;
    if (!ordinary(m, ACCESS_STORE, privilege, va, size, &f))
        return L0_LEFT;
    bus_wrote(m->bus, f.pa, size);
    go(m, ACCESS_STORE, privilege, va, &f, a);
    bus_ram_store(f.host, size, value);
    return f.missed ? L0_MISSED : L0_DONE;
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
