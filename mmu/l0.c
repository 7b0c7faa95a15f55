/* SPDX-License-Identifier: Apache-2.0 */
/* See l0.h. What takes lines out of the filter, and what the alone copies have
 * to learn of it. Lines are put in by l0_ask.c. */
#include "mmu/l0.h"

#include <stdlib.h>

/* ---- life --------------------------------------------------------------- */

bool l0_open(struct mmu *m, struct err *err)
{
    uint32_t lines = assoc_entries(&m->unit[UNIT_L1D].array);
    uint32_t pages = assoc_entries(&m->unit[UNIT_DTLB].array);
    uint32_t ranges = assoc_entries(&m->unit[UNIT_DRPLB].array) / 64 + 1;
    struct l0 *l = aligned_alloc(64, (sizeof *l + 63) / 64 * 64);
    uint64_t *words = calloc(pages + ranges, sizeof *words);
    uint8_t(*slot_of)[L0_VIEWS] = calloc(lines + 1, sizeof *slot_of);
    uint8_t *views_of = calloc(lines + 1, sizeof *views_of);
    if (!l || !words || !slot_of || !views_of) {
        free(l);
        free(words);
        free(slot_of);
        free(views_of);
        return err_set(err, EXIT_HOST_RESOURCE, "out of memory for the filter");
    }
    memset(l, 0, sizeof *l);
    l->slot_of = slot_of;
    l->views_of = views_of;
    l->pages = words;
    l->page_entries = pages;
    l->ranges = words + pages;
    l->range_words = ranges;
    l->line_mask = ~((UINT64_C(1) << m->line_shift) - 1);
    l->tag_mask = l->line_mask | ~(uint64_t)(L0_BLOCK - 1);
    l->slots = (1U << m->line_shift) / L0_BLOCK;
    if (!l->slots)
        l->slots = 1;
    for (unsigned v = 0; v < L0_VIEWS; v++)
        for (unsigned s = 0; s < L0_SLOTS; s++)
            l->line[v][s].load = l->line[v][s].store = L0_EMPTY;
    m->l0 = l;
    return true;
}

void l0_close(struct mmu *m)
{
    if (!m->l0)
        return;
    free(m->l0->point);
    free(m->l0->pages);
    free(m->l0->slot_of);
    free(m->l0->views_of);
    free(m->l0);
    m->l0 = NULL;
}

void l0_set_apart(struct mmu *m, uint64_t pa, uint64_t bytes)
{
    if (m->l0->apart_first == pa && m->l0->apart_bytes == bytes)
        return;
    m->l0->apart_first = pa;
    m->l0->apart_bytes = bytes;
    l0_void(m);
}

static bool same_points(const struct l0 *l, const struct point *at,
                        size_t count)
{
    bool same = l->points == count;
    for (size_t i = 0; same && i < count; i++)
        same = l->point[i].kind == at[i].kind && l->point[i].va == at[i].va &&
               l->point[i].bytes == at[i].bytes;
    return same;
}

bool l0_set_points(struct mmu *m, const struct point *at, size_t count)
{
    struct l0 *l = m->l0;
    if (same_points(l, at, count))
        return false;
    struct point *copy = realloc(l->point, (count + 1) * sizeof *copy);
    if (!copy)
        err_no_memory();
    if (count)
        memcpy(copy, at, count * sizeof *copy);
    l->point = copy;
    l->points = count;
    l0_void(m);
    return true;
}

/* ---- forgetting --------------------------------------------------------- */

static void forget(struct l0 *l, unsigned view, unsigned slot)
{
    struct l0_line *e = &l->line[view][slot];
    e->load = e->store = L0_EMPTY;
    l->live[view][slot / 64] &= ~(UINT64_C(1) << slot % 64);
}

/* The slots of a word, of those in `mask`, whose page, or range, is `index`;
 * -1: all. */
static void forget_users(struct l0 *l, unsigned word, uint64_t mask, bool page,
                         int32_t index)
{
    for (unsigned v = 0; v < L0_VIEWS; v++)
        for (uint64_t left = l->live[v][word] & mask; left; left &= left - 1) {
            unsigned slot = word * 64 + (unsigned)__builtin_ctzll(left);
            const struct l0_line *e = &l->line[v][slot];
            if (index < 0 || (page ? e->page : e->range) == index)
                forget(l, v, slot);
        }
}

/* A page of 4 KiB has the slots of one word. */
static void forget_page(struct mmu *m, int32_t index)
{
    struct l0 *l = m->l0;
    const struct assoc_entry *e = &m->unit[UNIT_DTLB].array.entry[index];
    unsigned word = (unsigned)(e->first / 4096 % L0_WORDS);
    uint64_t mask = l->pages[index];
    l->pages[index] = 0;
    if (!mask)
        return;
    if (e->last - e->first < 4096)
        forget_users(l, word, mask, true, index);
    else
        for (unsigned w = 0; w < L0_WORDS; w++)
            forget_users(l, w, mask, true, index);
}

static void forget_range(struct l0 *l, int32_t index)
{
    uint64_t bit = UINT64_C(1) << index % 64;
    if (!(l->ranges[index / 64] & bit))
        return;
    l->ranges[index / 64] &= ~bit;
    for (unsigned w = 0; w < L0_WORDS; w++)
        forget_users(l, w, UINT64_MAX, false, index);
}

/* A long line fills several slots, which lie side by side. */
static void forget_entry(struct mmu *m, int32_t index)
{
    struct l0 *l = m->l0;
    const uint64_t *used = &m->unit[UNIT_L1D].array.stamp[index];
    unsigned views = l->views_of[index];
    l->views_of[index] = 0;
    for (; views; views &= views - 1) {
        unsigned v = (unsigned)__builtin_ctz(views);
        unsigned first = l->slot_of[index][v] & (0U - l->slots);
        for (unsigned s = first; s < first + l->slots; s++)
            if (l->line[v][s].used[0] == used)
                forget(l, v, s);
    }
}

void l0_forget_line(struct mmu *m, uint64_t pa)
{
    const struct lookaside *l1d = &m->unit[UNIT_L1D];
    if (!m->l0 || !lookaside_present(l1d))
        return;
    int32_t index = assoc_find(&l1d->array, pa, 0);
    if (index >= 0)
        forget_entry(m, index);
}

void l0_void(struct mmu *m)
{
    struct l0 *l = m->l0;
    if (!l)
        return;
    l->fetch_generation++;
    for (unsigned w = 0; w < L0_WORDS; w++)
        forget_users(l, w, UINT64_MAX, true, -1);
    memset(l->pages, 0, (l->page_entries + l->range_words) * sizeof *l->pages);
}

void l0_lost(struct mmu *m, const struct assoc *a, int32_t index)
{
    struct l0 *l = m->l0;
    switch (a->unit) {
    case UNIT_ITLB:
    case UNIT_IRPLB:
    case UNIT_L1I:
        l->fetch_generation++;
        break;
    case UNIT_DTLB:
        forget_page(m, index);
        break;
    case UNIT_DRPLB:
        forget_range(l, index);
        break;
    case UNIT_L1D:
        forget_entry(m, index);
        break;
    default:
        break;
    }
}

/* The next hit would be a gift. */
void l0_lost_copy(struct mmu *m, enum unit unit, uint64_t address,
                  uint32_t context)
{
    const struct assoc *real = &m->unit[unit].array;
    int32_t i = assoc_find(real, address, context);
    if (i >= 0)
        l0_lost(m, real, i);
    else if (i == ASSOC_MULTI)
        l0_void(m);
}

void l0_lost_alone(struct mmu *m, const struct assoc *a, int32_t index)
{
    const struct assoc_entry *e = &a->entry[index];
    if (m->alone.now && a == &m->alone.now->unit[a->unit] &&
        a->unit != UNIT_L2TLB)
        l0_lost_copy(m, (enum unit)a->unit, e->first, e->context);
}

/* ---- the alone copies' times of use ------------------------------------- */

static void settle(struct mmu *m, enum unit unit, uint32_t i)
{
    const struct assoc *real = &m->unit[unit].array;
    struct assoc *alone = &m->alone.now->unit[unit];
    const struct assoc_entry *e = &real->entry[i];
    if (real->stamp[i] <= m->l0->settled)
        return;
    int32_t j = assoc_find(alone, e->first, e->context);
    if (j >= 0 && alone->stamp[j] < real->stamp[i])
        alone->stamp[j] = real->stamp[i];
}

static void settle_all(struct mmu *m)
{
    const struct l0 *l = m->l0;
    for (uint32_t i = 0; i < l->page_entries; i++)
        if (l->pages[i])
            settle(m, UNIT_DTLB, i);
    for (uint32_t w = 0; w < l->range_words; w++)
        for (uint64_t left = l->ranges[w]; left; left &= left - 1)
            settle(m, UNIT_DRPLB, w * 64 + (uint32_t)__builtin_ctzll(left));
}

void l0_settle(struct mmu *m)
{
    if (m->alone.on && m->protected)
        settle_all(m);
    m->l0->settled = m->uses;
}
