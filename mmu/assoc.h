/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one associative array: every TLB, RPLB and cache is made of it. It holds
 * *ranges* of addresses with a context: a cache line is a range of 64 bytes, a
 * TLB entry a range of one page (so a superpage is nothing special), an RPLB
 * entry any range. Sets, ways and replacement policy are parameters.
 *
 * The set of an entry is (first >> log2 of its length) mod sets. With several
 * lengths present (superpages), a look-up probes once per length. Or pages of
 * 2 MiB and of 1 GiB and more have banks of their own behind the first one:
 * sets of their own, so that no size displaces another.
 *
 * Four things make it cheap to simulate and never change a result: a hint
 * remembers where an address was last found, hash buckets find lines and pages
 * of a fully associative array without trying every way, and the line numbers
 * of a set-associative cache stand once more side by side (`tag`). Where all
 * uses come through assoc_touch_line, the tree of PLRU is kept too, which else
 * is worked out of the stamps.
 */
#pragma once

#include "mmu/config.h"
#include "mmu/tags.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ASSOC_NONE = -1,  /* no entry matches */
    ASSOC_MULTI = -2, /* several do */
    ASSOC_BANKS = 3,
    ASSOC_LENGTHS = 8 /* different entry lengths in a set-associative array */
};

enum assoc_kind {
    ASSOC_LINES, /* all of one length, no context: caches */
    ASSOC_PAGES, /* powers of two, aligned; a fill removes what it overlaps */
    ASSOC_RANGES /* any; overlaps stay and are counted; fully associative */
};

struct assoc_entry {
    uint64_t first, last; /* the range, both ends included */
    uint32_t context;     /* ASID or domain; 0 in caches */
    uint8_t valid;
    uint8_t global; /* matches every context */
    uint8_t dirty;  /* caches: written since the fill */
    uint8_t rights; /* TLB: bits 7:0 of the PTE; RPLB: RIGHT_* */
};

/* What only TLBs need beside the range. */
struct assoc_payload {
    uint64_t pa;    /* physical address of `first` */
    uint64_t pte;   /* the leaf, as it was when the entry was made */
    uint64_t space; /* satp of the filling access, for miss causes */
};

struct assoc_shape {
    uint32_t entries;
    uint32_t ways;       /* 0 = fully associative */
    uint8_t kind;        /* enum assoc_kind */
    uint8_t index_shift; /* log2 of the usual length */
    uint8_t policy;      /* enum policy */
    bool payload;
    bool tree;     /* caches under PLRU: nobody writes stamps from outside */
    uint64_t seed; /* random policy */
    /* pages, not fully associative: entries of the 2 MiB and the 1 GiB bank,
     * part of `entries`; all 0 = sizes share all sets */
    uint32_t bank[ASSOC_BANKS - 1];
};

struct assoc;
/* Entry `index` is about to leave the array, or must not be used any more
 * without asking the unit. */
typedef void assoc_lost(void *owner, const struct assoc *a, int32_t index);

struct assoc {
    struct assoc_entry *entry;     /* [sets * ways], set by set */
    uint64_t *stamp;               /* time of last use */
    uint64_t *filled;              /* FIFO: time of fill; else NULL */
    struct assoc_payload *payload; /* or NULL */
    uint32_t *hint;                /* index of the entry last found */
    uint32_t *bucket, *chain;      /* index + 1, 0 = end; or NULL */
    uint32_t *tag;                 /* caches: line number + 1, 0 = invalid */
    uint64_t *tree;      /* shape.tree: per set, what the stamps say */
    uint64_t *tree_used; /* per way: nodes on its way, then those of
                            them that point right after a use */
    uint64_t *clock;     /* stamps are taken from it, rising */
    uint64_t own_clock;  /* where no other is given */
    uint64_t random;     /* state of the random policy */
    assoc_lost *lost;    /* told of each entry that goes; or NULL */
    void *owner;         /* of lost */
    unsigned unit;       /* what it is to the owner */
    uint32_t sets, ways;
    uint32_t hint_mask, bucket_mask;
    uint32_t valid;       /* valid entries */
    uint32_t overlapping; /* pairs of valid entries that overlap */
    uint32_t turn;        /* rotate: the next victim's way */
    uint32_t bank_set[ASSOC_BANKS], bank_mask[ASSOC_BANKS];
    bool banked;
    uint8_t kind, index_shift, policy;
    uint8_t length_count; /* lengths ever used, not for ranges */
    uint8_t length_shift[ASSOC_LENGTHS];
    uint32_t length_present[ASSOC_LENGTHS];
};

/* Which entries an invalidation removes: all conditions must hold. */
struct assoc_match {
    bool has_context, has_range;
    bool keep_global; /* spare global entries */
    uint32_t context;
    uint64_t first, last; /* entries that touch [first, last] */
};

/* Bytes of memory an array of this shape needs (0 for no entries). */
size_t assoc_bytes(const struct assoc_shape *shape);
/* `memory`: assoc_bytes(shape) zeroed bytes, 8-aligned, owned by the caller. */
void assoc_init(struct assoc *a, const struct assoc_shape *shape, void *memory);
/* Arrays that share a clock can compare their stamps. `lost` (or NULL) is told
 * before an entry goes, except by assoc_clear. Once, before the first use. */
void assoc_watch(struct assoc *a, uint64_t *clock, assoc_lost *lost,
                 void *owner, unsigned unit);
/* Forgets every entry, hint and age; random and rotate states go on. */
void assoc_clear(struct assoc *a);

/* The full search behind assoc_find. */
int32_t assoc_search(const struct assoc *a, uint64_t address, uint32_t context);

/*
 * Puts `entry` (its first, last, context, global, dirty, rights) in: over an
 * entry of the same range and context, else into an invalid way (not under
 * rotate), else over the policy's victim. *victim (may be NULL) gets the
 * displaced entry, valid = 0 when there was none; *victim_payload likewise when
 * the array has payloads. Returns the index.
 */
int32_t assoc_fill(struct assoc *a, const struct assoc_entry *entry,
                   const struct assoc_payload *payload,
                   struct assoc_entry *victim,
                   struct assoc_payload *victim_payload);
/* Removes one entry. */
void assoc_drop(struct assoc *a, int32_t index);
/* Next entry at or after `from` that matches, or ASSOC_NONE. */
int32_t assoc_next(const struct assoc *a, const struct assoc_match *match,
                   int32_t from);
/* Removes all that match; returns how many. */
uint32_t assoc_invalidate(struct assoc *a, const struct assoc_match *match);

static inline uint32_t assoc_entries(const struct assoc *a)
{
    return a->sets * a->ways;
}

/* The set that an entry of the array is in. */
static inline uint32_t assoc_set(const struct assoc *a, int32_t index)
{
    const struct assoc_entry *e = &a->entry[index];
    if (a->sets == 1)
        return 0;
    if (a->banked)
        return (uint32_t)index / a->ways;
    unsigned shift = (unsigned)__builtin_ctzll(e->last - e->first + 1);
    return (uint32_t)(e->first >> shift) & (a->sets - 1);
}

static inline bool assoc_covers(const struct assoc_entry *e, uint64_t address,
                                uint32_t context)
{
    return e->valid && address - e->first <= e->last - e->first &&
           (e->context == context || e->global);
}

/* An entry was used: all that any replacement policy has to know of it. */
static inline void assoc_touch(struct assoc *a, int32_t index)
{
    a->stamp[index] = ++*a->clock;
}

/* Caches: the tag of the line of an address. RAM is small enough. */
static inline uint32_t assoc_tag(const struct assoc *a, uint64_t address)
{
    return (uint32_t)(address >> a->index_shift) + 1;
}

/* Caches: where the line of an address would be. */
struct assoc_slot {
    uint32_t tag, set, start; /* its tag, its set, the set's first entry */
};

static inline struct assoc_slot assoc_slot(const struct assoc *a,
                                           uint64_t address)
{
    uint32_t tag = assoc_tag(a, address), set = (tag - 1) & (a->sets - 1);
    return (struct assoc_slot){ tag, set, set * a->ways };
}

/* Caches: the entry in `way` of its set was used. */
static inline void assoc_touch_line(struct assoc *a, struct assoc_slot s,
                                    uint32_t way)
{
    a->stamp[s.start + way] = ++*a->clock;
    if (a->tree)
        a->tree[s.set] = (a->tree[s.set] & ~a->tree_used[2 * way]) |
                         a->tree_used[2 * way + 1];
}

/* The same search by tags: all ways at once, no way is in the set twice. */
static inline int32_t assoc_find_tag(const struct assoc *a, uint64_t address)
{
    struct assoc_slot s = assoc_slot(a, address);
    int32_t way = tags_find(a->tag + s.start, a->ways, s.tag);
    return way < 0 ? ASSOC_NONE : (int32_t)s.start + way;
}

/* The same, and the line found counts as used. */
static inline int32_t assoc_lookup_line(struct assoc *a, struct assoc_slot s)
{
    int32_t way = tags_find(a->tag + s.start, a->ways, s.tag);
    if (way < 0)
        return ASSOC_NONE;
    assoc_touch_line(a, s, (uint32_t)way);
    return (int32_t)s.start + way;
}

/* The index of the entry for (address, context), or ASSOC_NONE or _MULTI. */
static inline int32_t assoc_find(const struct assoc *a, uint64_t address,
                                 uint32_t context)
{
    if (a->tag)
        return assoc_find_tag(a, address);
    uint32_t h = a->hint[(address >> a->index_shift) & a->hint_mask];
    if (assoc_covers(&a->entry[h], address, context) && !a->overlapping)
        return (int32_t)h;
    return assoc_search(a, address, context);
}

/* The host may fetch the set of a line already. No effect. */
static inline void assoc_prefetch(const struct assoc *a, struct assoc_slot s)
{
    if (a->tag)
        __builtin_prefetch(&a->tag[s.start]);
    for (uint32_t w = 0; w < a->ways && !a->tree; w += 8)
        __builtin_prefetch(&a->stamp[s.start + w]);
}

/* As assoc_find, and the entry found counts as used. */
static inline int32_t assoc_lookup(struct assoc *a, uint64_t address,
                                   uint32_t context)
{
    if (a->tag)
        return assoc_lookup_line(a, assoc_slot(a, address));
    uint32_t *hint = &a->hint[(address >> a->index_shift) & a->hint_mask];
    int32_t i = (int32_t)*hint;
    if (!assoc_covers(&a->entry[i], address, context) || a->overlapping) {
        i = assoc_search(a, address, context);
        if (i < 0)
            return i;
        *hint = (uint32_t)i;
    }
    assoc_touch(a, i);
    return i;
}
