/* SPDX-License-Identifier: Apache-2.0 */
/* See assoc.h. The hit path is inline there; here are search, replacement
 * and invalidation. */
#include "mmu/assoc.h"

#include "mmu/err.h"

#include <string.h>

#define HINTS_FULL 64 /* hints of a fully associative array */

static uint32_t shape_ways(const struct assoc_shape *s)
{
    return s->ways ? s->ways : s->entries;
}

static uint32_t shape_hints(const struct assoc_shape *s)
{
    uint32_t sets = s->entries / shape_ways(s);
    return sets > 1 ? sets : HINTS_FULL;
}

static size_t round_up_8(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

static size_t entry_bytes(const struct assoc_shape *s)
{
    return s->entries * sizeof(struct assoc_entry);
}

static size_t payload_bytes(const struct assoc_shape *s)
{
    return s->payload ? s->entries * sizeof(struct assoc_payload) : 0;
}

static size_t tree_bytes(const struct assoc_shape *s)
{
    return s->policy == POLICY_PLRU ? round_up_8(s->entries) : 0;
}

size_t assoc_bytes(const struct assoc_shape *s)
{
    if (!s->entries)
        return 0;
    return entry_bytes(s) + payload_bytes(s) +
           round_up_8(shape_hints(s) * sizeof(uint32_t)) + tree_bytes(s);
}

void assoc_init(struct assoc *a, const struct assoc_shape *s, void *memory)
{
    *a = (struct assoc){ 0 };
    if (!s->entries)
        return;
    uint8_t *at = memory;
    a->ways = shape_ways(s);
    a->sets = s->entries / a->ways;
    a->hint_mask = shape_hints(s) - 1;
    a->index_shift = s->index_shift;
    a->policy = s->policy;
    a->random = s->seed * 2 + 1; /* xorshift needs a state other than 0 */
    a->entry = (struct assoc_entry *)(void *)at;
    at += entry_bytes(s);
    if (s->payload)
        a->payload = (struct assoc_payload *)(void *)at;
    at += payload_bytes(s);
    if (s->policy == POLICY_PLRU)
        a->tree = at;
    at += tree_bytes(s);
    a->hint = (uint32_t *)(void *)at;
}

void assoc_clear(struct assoc *a)
{
    if (!a->entry)
        return;
    memset(a->entry, 0, assoc_entries(a) * sizeof *a->entry);
    memset(a->hint, 0, (a->hint_mask + 1) * sizeof *a->hint);
    if (a->tree)
        memset(a->tree, 0, assoc_entries(a));
    memset(a->length_present, 0, sizeof a->length_present);
    a->clock = 0;
    a->valid = 0;
    a->overlapping = 0;
}

/* First way of the set that holds entries of this length at this address. */
static uint32_t set_start(const struct assoc *a, uint64_t address,
                          unsigned shift)
{
    return ((uint32_t)(address >> shift) & (a->sets - 1)) * a->ways;
}

static unsigned length_shift(const struct assoc_entry *e)
{
    return (unsigned)__builtin_ctzll(e->last - e->first + 1);
}

/* Place of a length in the table of lengths, made if new. */
static unsigned length_slot(struct assoc *a, unsigned shift)
{
    for (unsigned i = 0; i < a->length_count; i++)
        if (a->length_shift[i] == shift)
            return i;
    if (a->length_count == ASSOC_LENGTHS)
        bug("more than %d entry lengths in one array", ASSOC_LENGTHS);
    a->length_shift[a->length_count] = (uint8_t)shift;
    return a->length_count++;
}

/* ---- look-up -------------------------------------------------------- */

/* Scans `ways` entries from `start`; keeps the first match in *found. */
static void scan(const struct assoc *a, uint32_t start, uint64_t address,
                 uint32_t context, int32_t *found)
{
    const struct assoc_entry *e = a->entry + start;
    for (uint32_t w = 0; w < a->ways; w++, e++) {
        if (!assoc_covers(e, address, context))
            continue;
        if (*found != ASSOC_NONE) {
            *found = ASSOC_MULTI;
            return;
        }
        *found = (int32_t)(start + w);
        if (!a->overlapping)
            return;
    }
}

int32_t assoc_search(const struct assoc *a, uint64_t address, uint32_t context)
{
    int32_t found = ASSOC_NONE;
    if (!a->valid)
        return ASSOC_NONE;
    if (a->sets == 1) {
        scan(a, 0, address, context, &found);
        return found;
    }
    for (unsigned i = 0; i < a->length_count; i++) {
        if (!a->length_present[i])
            continue;
        scan(a, set_start(a, address, a->length_shift[i]), address, context,
             &found);
        if (found == ASSOC_MULTI || (found >= 0 && !a->overlapping))
            break;
    }
    return found;
}

/* ---- replacement ---------------------------------------------------- */

/*
 * Tree-PLRU: node 1 is the root, node n has children 2n and 2n+1, a leaf for
 * way w is node ways + w. A node's byte says which child to evict from next.
 */
void assoc_touch_tree(struct assoc *a, int32_t index)
{
    uint32_t way = (uint32_t)index % a->ways;
    uint8_t *tree = a->tree + ((uint32_t)index - way);
    for (uint32_t n = a->ways + way; n > 1; n /= 2)
        tree[n / 2] = !(n & 1);
}

static uint32_t victim_tree(const struct assoc *a, uint32_t start)
{
    const uint8_t *tree = a->tree + start;
    uint32_t n = 1;
    while (n < a->ways)
        n = 2 * n + tree[n];
    return n - a->ways;
}

static uint32_t victim_random(struct assoc *a)
{
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (uint32_t)((a->random >> 32) % a->ways);
}

/* Oldest stamp: time of last use (LRU) or of fill (FIFO). */
static uint32_t victim_oldest(const struct assoc *a, uint32_t start)
{
    const struct assoc_entry *e = a->entry + start;
    uint32_t oldest = 0;
    for (uint32_t w = 1; w < a->ways; w++)
        if (e[w].stamp < e[oldest].stamp)
            oldest = w;
    return oldest;
}

static bool same_range(const struct assoc_entry *x, const struct assoc_entry *y)
{
    return x->valid && x->first == y->first && x->last == y->last &&
           x->context == y->context;
}

static uint32_t choose_way(struct assoc *a, uint32_t start,
                           const struct assoc_entry *entry)
{
    const struct assoc_entry *e = a->entry + start;
    uint32_t invalid = a->ways;
    for (uint32_t w = 0; w < a->ways; w++) {
        if (same_range(&e[w], entry))
            return w;
        if (!e[w].valid && invalid == a->ways)
            invalid = w;
    }
    if (invalid != a->ways)
        return invalid;
    switch (a->policy) {
    case POLICY_PLRU:
        return victim_tree(a, start);
    case POLICY_RANDOM:
        return victim_random(a);
    default:
        return victim_oldest(a, start);
    }
}

/* ---- overlaps ------------------------------------------------------- */

static bool overlap(const struct assoc_entry *x, const struct assoc_entry *y)
{
    return x->valid && x->first <= y->last && y->first <= x->last &&
           (x->context == y->context || x->global || y->global);
}

static uint32_t scan_overlaps(const struct assoc *a, uint32_t start,
                              uint32_t count, const struct assoc_entry *entry,
                              int32_t *first)
{
    uint32_t n = 0;
    for (uint32_t i = start; i < start + count; i++) {
        const struct assoc_entry *e = &a->entry[i];
        if (e == entry || !overlap(e, entry) || same_range(e, entry))
            continue;
        if (!n++ && *first == ASSOC_NONE)
            *first = (int32_t)i;
    }
    return n;
}

/* In a set-associative array, longer entries can only be in the set their
 * length says; only for shorter ones must the whole array be scanned. */
uint32_t assoc_overlaps(const struct assoc *a, const struct assoc_entry *entry,
                        int32_t *first)
{
    *first = ASSOC_NONE;
    if (!a->valid)
        return 0;
    if (a->sets == 1)
        return scan_overlaps(a, 0, a->ways, entry, first);
    unsigned own = length_shift(entry);
    for (unsigned i = 0; i < a->length_count; i++)
        if (a->length_present[i] && a->length_shift[i] < own)
            return scan_overlaps(a, 0, assoc_entries(a), entry, first);
    uint32_t n = 0;
    for (unsigned i = 0; i < a->length_count; i++)
        if (a->length_present[i])
            n +=
                scan_overlaps(a, set_start(a, entry->first, a->length_shift[i]),
                              a->ways, entry, first);
    return n;
}

/* ---- fill and invalidate -------------------------------------------- */

void assoc_drop(struct assoc *a, int32_t index)
{
    struct assoc_entry *e = &a->entry[index];
    int32_t first;
    if (a->overlapping)
        a->overlapping -= assoc_overlaps(a, e, &first);
    if (a->sets > 1)
        a->length_present[length_slot(a, length_shift(e))]--;
    e->valid = 0;
    a->valid--;
}

int32_t assoc_fill(struct assoc *a, const struct assoc_entry *entry,
                   const struct assoc_payload *payload,
                   struct assoc_entry *victim,
                   struct assoc_payload *victim_payload)
{
    uint32_t start = 0;
    unsigned length = 0;
    if (a->sets > 1) {
        length = length_slot(a, length_shift(entry));
        start = set_start(a, entry->first, a->length_shift[length]);
    }
    int32_t index = (int32_t)(start + choose_way(a, start, entry));
    struct assoc_entry *e = &a->entry[index];
    bool displaced = e->valid && !same_range(e, entry);
    if (victim) {
        *victim = *e;
        victim->valid = displaced;
    }
    if (victim_payload && a->payload)
        *victim_payload = a->payload[index];
    if (e->valid)
        assoc_drop(a, index);

    int32_t first;
    a->overlapping += assoc_overlaps(a, entry, &first);
    *e = *entry;
    e->valid = 1;
    e->stamp = ++a->clock;
    a->valid++;
    if (a->sets > 1)
        a->length_present[length]++;
    if (payload && a->payload)
        a->payload[index] = *payload;
    if (a->policy == POLICY_PLRU)
        assoc_touch_tree(a, index);
    a->hint[(entry->first >> a->index_shift) & a->hint_mask] = (uint32_t)index;
    return index;
}

static bool matches(const struct assoc_match *m, const struct assoc_entry *e)
{
    if (!e->valid || (m->keep_global && e->global))
        return false;
    if (m->has_context && e->context != m->context)
        return false;
    return !m->has_range || (e->first <= m->last && m->first <= e->last);
}

int32_t assoc_next(const struct assoc *a, const struct assoc_match *match,
                   int32_t from)
{
    if (!a->valid)
        return ASSOC_NONE;
    int32_t n = (int32_t)assoc_entries(a);
    for (int32_t i = from; i < n; i++)
        if (matches(match, &a->entry[i]))
            return i;
    return ASSOC_NONE;
}

uint32_t assoc_invalidate(struct assoc *a, const struct assoc_match *match)
{
    uint32_t n = 0;
    for (int32_t i = assoc_next(a, match, 0); i >= 0;
         i = assoc_next(a, match, i + 1), n++)
        assoc_drop(a, i);
    return n;
}
