/* SPDX-License-Identifier: Apache-2.0 */
/* See assoc.h. The hit path is inline there; here are search, replacement
 * and invalidation. */
#include "mmu/assoc.h"

#include "mmu/assoc_line.h"
#include "mmu/assoc_victim.h"
#include "mmu/err.h"

#include <string.h>

#define HINTS_FULL 64 /* hints of a fully associative array */

static uint32_t shape_ways(const struct assoc_shape *s)
{
    return s->ways ? s->ways : s->entries;
}

static uint32_t power_of_two_from(uint32_t n)
{
    uint32_t p = 1;
    while (p < n)
        p *= 2;
    return p;
}

static uint32_t shape_hints(const struct assoc_shape *s)
{
    uint32_t sets = s->entries / shape_ways(s);
    return sets > 1 ? power_of_two_from(sets) : HINTS_FULL;
}

static size_t round_up_8(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

/* Sizes of the pieces of memory, in the order they lie in it. */
struct pieces {
    size_t entry, stamp, filled, payload, hint, bucket, chain, tag;
    size_t tree, tree_used;
};

static struct pieces shape_pieces(const struct assoc_shape *s)
{
    size_t n = s->entries, word = sizeof(uint32_t);
    bool full = shape_ways(s) == s->entries;
    bool buckets = full && s->kind != ASSOC_RANGES;
    bool tree = s->tree && !full && s->policy == POLICY_PLRU;
    return (struct pieces){
        .entry = n * sizeof(struct assoc_entry),
        .stamp = n * sizeof(uint64_t),
        .filled = s->policy == POLICY_FIFO ? n * sizeof(uint64_t) : 0,
        .payload = s->payload ? n * sizeof(struct assoc_payload) : 0,
        .hint = round_up_8(shape_hints(s) * word),
        .bucket =
            buckets ? round_up_8(power_of_two_from(s->entries) * word) : 0,
        .chain = buckets ? round_up_8(n * word) : 0,
        .tag = s->kind == ASSOC_LINES && !full ? round_up_8(n * word) : 0,
        .tree = tree ? n / shape_ways(s) * sizeof(uint64_t) : 0,
        .tree_used = tree ? 2UL * shape_ways(s) * sizeof(uint64_t) : 0,
    };
}

size_t assoc_bytes(const struct assoc_shape *s)
{
    if (!s->entries)
        return 0;
    struct pieces p = shape_pieces(s);
    return p.entry + p.stamp + p.filled + p.payload + p.hint + p.bucket +
           p.chain + p.tag + p.tree + p.tree_used;
}

/* Cuts the next piece off; NULL if it is empty. */
static void *cut(uint8_t **at, size_t bytes)
{
    uint8_t *piece = *at;
    *at += bytes;
    return bytes ? piece : NULL;
}

/* The banks lie one behind the other, the 4 KiB bank first. */
static void init_banks(struct assoc *a, const struct assoc_shape *s)
{
    uint32_t entries[ASSOC_BANKS] = { s->entries - s->bank[0] - s->bank[1],
                                      s->bank[0], s->bank[1] };
    a->banked = s->bank[0] || s->bank[1];
    for (uint32_t i = 0, set = 0; i < ASSOC_BANKS && a->banked; i++) {
        uint32_t sets = entries[i] / a->ways;
        a->bank_set[i] = set;
        a->bank_mask[i] = sets - 1;
        set += sets;
    }
}

/* Node 1 is the root, nodes 2n and 2n + 1 lie below n, and below the last
 * nodes the ways. A bit set: the half to give up is the right one. */
static void init_tree(struct assoc *a)
{
    for (uint32_t w = 0; w < a->ways; w++)
        for (uint32_t n = a->ways + w; n > 1; n /= 2) {
            uint64_t above = UINT64_C(1) << n / 2;
            a->tree_used[2UL * w] |= above;
            a->tree_used[2UL * w + 1] |= n % 2 ? 0 : above;
        }
}

void assoc_init(struct assoc *a, const struct assoc_shape *s, void *memory)
{
    *a = (struct assoc){ 0 };
    if (!s->entries)
        return;
    struct pieces p = shape_pieces(s);
    uint8_t *at = memory;
    a->ways = shape_ways(s);
    a->sets = s->entries / a->ways;
    a->hint_mask = shape_hints(s) - 1;
    a->bucket_mask = power_of_two_from(s->entries) - 1;
    a->kind = s->kind;
    a->index_shift = s->index_shift;
    a->policy = s->policy;
    a->random = s->seed * 2 + 1; /* xorshift needs a state other than 0 */
    a->clock = &a->own_clock;
    init_banks(a, s);
    a->entry = cut(&at, p.entry);
    a->stamp = cut(&at, p.stamp);
    a->filled = cut(&at, p.filled);
    a->payload = cut(&at, p.payload);
    a->hint = cut(&at, p.hint);
    a->bucket = cut(&at, p.bucket);
    a->chain = cut(&at, p.chain);
    a->tag = cut(&at, p.tag);
    a->tree = cut(&at, p.tree);
    a->tree_used = cut(&at, p.tree_used);
    if (a->tree)
        init_tree(a);
}

void assoc_watch(struct assoc *a, uint64_t *clock, assoc_lost *lost,
                 void *owner, unsigned unit)
{
    a->clock = clock;
    a->lost = lost;
    a->owner = owner;
    a->unit = unit;
}

void assoc_clear(struct assoc *a)
{
    if (!a->entry)
        return;
    uint32_t n = assoc_entries(a);
    memset(a->entry, 0, n * sizeof *a->entry);
    memset(a->stamp, 0, n * sizeof *a->stamp);
    memset(a->hint, 0, (a->hint_mask + 1) * sizeof *a->hint);
    if (a->bucket)
        memset(a->bucket, 0, (a->bucket_mask + 1) * sizeof *a->bucket);
    if (a->tag)
        memset(a->tag, 0, n * sizeof *a->tag);
    if (a->tree)
        memset(a->tree, 0, a->sets * sizeof *a->tree);
    memset(a->length_present, 0, sizeof a->length_present);
    a->valid = 0;
    a->overlapping = 0;
}

static unsigned bank_of(unsigned shift)
{
    return shift >= 30 ? 2 : shift >= 21;
}

/* First way of the set that holds entries of this length at this address. */
static uint32_t set_start(const struct assoc *a, uint64_t address,
                          unsigned shift)
{
    if (a->banked) {
        unsigned b = bank_of(shift);
        uint32_t in_bank = (uint32_t)(address >> shift) & a->bank_mask[b];
        return (a->bank_set[b] + in_bank) * a->ways;
    }
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

static uint32_t *bucket_of(const struct assoc *a, uint64_t address,
                           unsigned shift)
{
    return &a->bucket[(address >> shift) & a->bucket_mask];
}

/* Lines and pages: the entry of this length that matches. */
static int32_t probe(const struct assoc *a, uint64_t address, uint32_t context,
                     unsigned shift)
{
    if (a->bucket) {
        uint32_t n = *bucket_of(a, address, shift);
        while (n && !assoc_covers(&a->entry[n - 1], address, context))
            n = a->chain[n - 1];
        return (int32_t)n - 1;
    }
    uint32_t start = set_start(a, address, shift);
    const struct assoc_entry *e = a->entry + start;
    for (uint32_t w = 0; w < a->ways; w++)
        if (assoc_covers(&e[w], address, context))
            return (int32_t)(start + w);
    return ASSOC_NONE;
}

static int32_t search_ranges(const struct assoc *a, uint64_t address,
                             uint32_t context)
{
    int32_t found = ASSOC_NONE;
    for (uint32_t w = 0; w < a->ways; w++) {
        if (!assoc_covers(&a->entry[w], address, context))
            continue;
        if (found != ASSOC_NONE)
            return ASSOC_MULTI;
        found = (int32_t)w;
        if (!a->overlapping)
            break;
    }
    return found;
}

int32_t assoc_search(const struct assoc *a, uint64_t address, uint32_t context)
{
    if (!a->valid)
        return ASSOC_NONE;
    if (a->tag)
        return assoc_find_tag(a, address);
    if (a->kind == ASSOC_RANGES)
        return search_ranges(a, address, context);
    for (unsigned i = 0; i < a->length_count; i++) {
        if (!a->length_present[i])
            continue;
        int32_t found = probe(a, address, context, a->length_shift[i]);
        if (found >= 0)
            return found;
    }
    return ASSOC_NONE;
}

/* ---- overlaps ------------------------------------------------------- */

static bool same_range(const struct assoc_entry *x, const struct assoc_entry *y)
{
    return x->first == y->first && x->last == y->last &&
           x->context == y->context;
}

static bool overlap(const struct assoc_entry *x, const struct assoc_entry *y)
{
    return x->valid && x->first <= y->last && y->first <= x->last &&
           (x->context == y->context || x->global || y->global);
}

/* Ranges: how many overlap `entry`, itself not counted. */
static uint32_t count_overlaps(const struct assoc *a,
                               const struct assoc_entry *entry)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < a->ways; w++)
        n += &a->entry[w] != entry && overlap(&a->entry[w], entry);
    return n;
}

/* Pages: one of this length that overlaps, where such a one can be. */
static int32_t probe_overlap(const struct assoc *a,
                             const struct assoc_entry *entry, unsigned shift)
{
    if (a->bucket) {
        uint32_t n = *bucket_of(a, entry->first, shift);
        while (n && (!overlap(&a->entry[n - 1], entry) ||
                     same_range(&a->entry[n - 1], entry)))
            n = a->chain[n - 1];
        return (int32_t)n - 1;
    }
    uint32_t start = set_start(a, entry->first, shift);
    for (uint32_t i = start; i < start + a->ways; i++)
        if (overlap(&a->entry[i], entry) && !same_range(&a->entry[i], entry))
            return (int32_t)i;
    return ASSOC_NONE;
}

/* Pages: is one of this length at the address, of whatever context? */
static bool probe_any(const struct assoc *a, uint64_t address, unsigned shift)
{
    if (a->bucket) {
        uint32_t n = *bucket_of(a, address, shift);
        while (n && address - a->entry[n - 1].first >
                        a->entry[n - 1].last - a->entry[n - 1].first)
            n = a->chain[n - 1];
        return n != 0;
    }
    const struct assoc_entry *e = a->entry + set_start(a, address, shift);
    for (uint32_t w = 0; w < a->ways; w++)
        if (e[w].valid && address - e[w].first <= e[w].last - e[w].first)
            return true;
    return false;
}

static int32_t scan_overlap(const struct assoc *a,
                            const struct assoc_entry *entry)
{
    for (uint32_t i = 0; i < assoc_entries(a); i++)
        if (overlap(&a->entry[i], entry) && !same_range(&a->entry[i], entry))
            return (int32_t)i;
    return ASSOC_NONE;
}

/*
 * Pages: an entry that overlaps. One as long or longer can only be in one
 * place per length; for shorter ones every entry must be looked at.
 */
static int32_t find_overlap(const struct assoc *a,
                            const struct assoc_entry *entry)
{
    unsigned own = length_shift(entry);
    int32_t found = ASSOC_NONE;
    for (unsigned i = 0; i < a->length_count && found < 0; i++)
        if (a->length_present[i])
            found = a->length_shift[i] < own
                        ? scan_overlap(a, entry)
                        : probe_overlap(a, entry, a->length_shift[i]);
    return found;
}

/* ---- fill and invalidate -------------------------------------------- */

/* Into, or out of, the table of lengths and the buckets. */
static void link_entry(struct assoc *a, int32_t index)
{
    unsigned shift = length_shift(&a->entry[index]);
    a->length_present[length_slot(a, shift)]++;
    if (!a->bucket)
        return;
    uint32_t *head = bucket_of(a, a->entry[index].first, shift);
    a->chain[index] = *head;
    *head = (uint32_t)index + 1;
}

static void unlink_entry(struct assoc *a, int32_t index)
{
    unsigned shift = length_shift(&a->entry[index]);
    a->length_present[length_slot(a, shift)]--;
    if (!a->bucket)
        return;
    uint32_t *link = bucket_of(a, a->entry[index].first, shift);
    while (*link != (uint32_t)index + 1)
        link = &a->chain[*link - 1];
    *link = a->chain[index];
}

void assoc_drop(struct assoc *a, int32_t index)
{
    struct assoc_entry *e = &a->entry[index];
    if (a->lost)
        a->lost(a->owner, a, index);
    if (a->tag)
        a->tag[index] = 0;
    else if (a->kind != ASSOC_RANGES)
        unlink_entry(a, index);
    else if (a->overlapping)
        a->overlapping -= count_overlaps(a, e);
    e->valid = 0;
    a->valid--;
}

/* The entry of the same range and context, or ASSOC_NONE. */
static int32_t find_same(const struct assoc *a, const struct assoc_entry *entry)
{
    for (uint32_t w = 0; w < a->ways && a->kind == ASSOC_RANGES; w++)
        if (a->entry[w].valid && same_range(&a->entry[w], entry))
            return (int32_t)w;
    if (a->kind != ASSOC_PAGES)
        return ASSOC_NONE; /* a line is filled only if it is not there */
    int32_t i = probe(a, entry->first, entry->context, length_shift(entry));
    return i >= 0 && same_range(&a->entry[i], entry) ? i : ASSOC_NONE;
}

static int32_t fill_tagged(struct assoc *a, const struct assoc_entry *entry,
                           struct assoc_entry *victim)
{
    struct line_victim old;
    int32_t index = line_put(a, assoc_slot(a, entry->first), entry->first,
                             entry->dirty, true, &old);
    if (victim)
        *victim = (struct assoc_entry){
            .first = old.first,
            .last = old.first + (entry->last - entry->first),
            .valid = old.valid,
            .dirty = old.dirty,
        };
    return index;
}

/* Pages: is any entry at the address of this one, of whatever context? Cheap,
 * and mostly all that has to be asked; true as well if it were not cheap. */
static bool may_overlap(const struct assoc *a, const struct assoc_entry *entry)
{
    unsigned own = length_shift(entry);
    for (unsigned i = 0; i < a->length_count; i++)
        if (a->length_present[i] &&
            (a->length_shift[i] < own ||
             probe_any(a, entry->first, a->length_shift[i])))
            return true;
    return false;
}

int32_t assoc_fill(struct assoc *a, const struct assoc_entry *entry,
                   const struct assoc_payload *payload,
                   struct assoc_entry *victim,
                   struct assoc_payload *victim_payload)
{
    if (a->tag)
        return fill_tagged(a, entry, victim);
    int32_t index, other;
    bool fresh = a->kind == ASSOC_PAGES && !may_overlap(a, entry);
    if (a->kind == ASSOC_PAGES && !fresh)
        while ((other = find_overlap(a, entry)) >= 0)
            assoc_drop(a, other);
    int32_t same = index = fresh ? ASSOC_NONE : find_same(a, entry);
    if (same < 0) {
        uint32_t start = 0;
        if (a->sets > 1)
            start = set_start(a, entry->first, length_shift(entry));
        index = (int32_t)(start + victim_way(a, start));
    }
    struct assoc_entry *e = &a->entry[index];
    if (victim) {
        *victim = *e;
        victim->valid = e->valid && same < 0;
    }
    if (victim_payload && a->payload)
        *victim_payload = a->payload[index];
    if (e->valid)
        assoc_drop(a, index);

    if (a->kind == ASSOC_RANGES)
        a->overlapping += count_overlaps(a, entry);
    *e = *entry;
    e->valid = 1;
    a->valid++;
    a->stamp[index] = ++*a->clock;
    if (a->filled)
        a->filled[index] = a->stamp[index];
    if (a->kind != ASSOC_RANGES)
        link_entry(a, index);
    if (payload && a->payload)
        a->payload[index] = *payload;
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

/* Pages: is there any entry for this address, of whatever context? */
static bool holds(const struct assoc *a, uint64_t address)
{
    for (unsigned i = 0; i < a->length_count; i++) {
        unsigned shift = a->length_shift[i];
        const struct assoc_entry any = { .first = address,
                                         .last = address,
                                         .global = 1 };
        if (a->length_present[i] && probe_overlap(a, &any, shift) >= 0)
            return true;
    }
    return false;
}

int32_t assoc_next(const struct assoc *a, const struct assoc_match *match,
                   int32_t from)
{
    if (!a->valid)
        return ASSOC_NONE;
    /* an address that is not there is found out without a scan */
    if (from == 0 && a->kind == ASSOC_PAGES && match->has_range &&
        match->first == match->last && !holds(a, match->first))
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
