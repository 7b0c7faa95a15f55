/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why did it miss? The memory that each lookaside unit keeps beside its array
 * to sort its misses into causes (enum miss_cause). It takes no part in what
 * the machine does. Three memories:
 *
 *   seen    keys ever filled: not there = cold. Caches: one bit per line of
 *           RAM, exact. TLBs: a bitmap of 2^20 bits by hash of (space, page),
 *           so a cold miss is called by another name once in a while when many
 *           thousands of pages are in use.
 *   lost    for a key that left: why, and whose fill pushed it out. Direct
 *           mapped by hash, 4 slots per entry of the unit (at least 1024),
 *           with a 32-bit tag; a newer loss overwrites an older one.
 *   shadow  a fully associative LRU array of the same size: a key that it
 *           still holds was lost to a conflict. Only where the unit itself is
 *           not fully associative. A list in order of use; but the time of
 *           last use of what the unit holds is the unit's own stamp, so a use
 *           may move only the stamp, and the list is put right where it counts,
 *           at its old end.
 *
 * An RPLB miss does not know which range is missing, so for RPLBs `lost` holds
 * ranges: the last 128 lost ones per (domain mod 64); a miss outside all
 * of them is cold.
 */
#pragma once

#include "mmu/access.h"
#include "mmu/assoc.h"

/* What a unit stores under: first address and space (satp; ~0 = global). */
struct miss_key {
    uint64_t first, space;
};

struct miss_lost {
    uint32_t tag;        /* of the key: 32 bits of its hash */
    uint32_t by : 29;    /* whose fill displaced it: hash of the domain key */
    uint32_t reason : 3; /* enum lost_reason; 0 = slot empty */
};

/* A domain is known here by 29 bits of a hash of its key. */
#define MISS_WHO_MASK 0x1FFFFFFF

static inline uint32_t miss_who(uint64_t domain_key)
{
    return (uint32_t)(domain_key * 0x9E3779B97F4A7C15ULL >> 32) & MISS_WHO_MASK;
}

enum lost_reason {
    LOST_NOTHING,
    LOST_REPLACED,
    LOST_SWITCH,
    LOST_INVALIDATED,
    LOST_SNOOPED /* another hart wrote to the line */
};

struct miss_range {
    uint64_t first, last;
    uint32_t context;
    uint32_t by;
    uint32_t reason;
    uint32_t spare;
};

struct miss_node {
    struct miss_key key;
    uint64_t at;           /* its place in the list: a time of use */
    uint64_t used;         /* time of last use, once it left the unit */
    uint32_t newer, older; /* neighbours in the list */
    uint32_t chain;        /* next in the hash bucket */
    int32_t index;         /* of its entry in the unit; -1 = left */
};

struct miss_shape {
    uint32_t entries;
    bool shadow;                       /* the unit is not fully associative */
    bool ranges;                       /* RPLB */
    uint64_t exact_first, exact_bytes; /* caches: where RAM is; else 0 */
    uint8_t shift;                     /* log2 of the usual length */
};

struct miss_history {
    uint64_t *seen;
    struct miss_lost *lost;
    struct miss_range *range; /* [64][128] */
    uint32_t *range_count;    /* [64] */
    struct miss_node *node;   /* shadow, NULL = none */
    uint32_t *bucket;
    uint32_t *node_of; /* entry index -> its node; 0 = not in the shadow */
    const struct assoc *array; /* of the unit */
    uint64_t exact_first, exact_bytes;
    uint32_t lost_mask, bucket_mask;
    uint32_t node_count, node_used;
    uint32_t newest, oldest, free_node;
    uint8_t shift;
};

size_t miss_bytes(const struct miss_shape *shape);
/* `memory`: miss_bytes(shape) zeroed bytes, 8-aligned. The array is the unit's;
 * it is asked for stamps, and told (lost) when the shadow forgets a key that
 * the array holds: such an entry needs miss_used at its next use. */
void miss_init(struct miss_history *h, const struct miss_shape *shape,
               const struct assoc *array, void *memory);

/* The cause of a miss of `key` by the domain `who`. No effect. */
enum miss_cause miss_classify(const struct miss_history *h, struct miss_key key,
                              uint32_t who);
/* The same for an RPLB miss. */
enum miss_cause miss_classify_range(const struct miss_history *h,
                                    uint64_t address, uint32_t context,
                                    uint32_t who);
/* The host may fetch what the classification will need. No effect. */
void miss_prefetch(const struct miss_history *h, struct miss_key key);
/* The key was filled. */
void miss_filled(struct miss_history *h, struct miss_key key);
void miss_range_filled(struct miss_history *h, const struct assoc_entry *e);
/* The key left: why, and by whom. */
void miss_left(struct miss_history *h, struct miss_key key,
               enum lost_reason reason, uint32_t by);
void miss_range_left(struct miss_history *h, const struct assoc_entry *e,
                     enum lost_reason reason, uint32_t by);
/* Entry `index` leaves the array. */
void miss_dropped(struct miss_history *h, int32_t index);
/* The key, in entry `index` of the unit, was used (and the entry touched): the
 * shadow follows. A further use of an entry that the shadow knows may skip
 * this; touching the entry is enough. */
void miss_used_slow(struct miss_history *h, int32_t index, struct miss_key key);

static inline void miss_used(struct miss_history *h, int32_t index,
                             struct miss_key key)
{
    if (h->node && (!h->node_of[index] || h->node_of[index] != h->newest))
        miss_used_slow(h, index, key);
}
