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
 *           at its old end. Units that are told of every use save that work.
 *
 * An RPLB miss does not know which range is missing, so for RPLBs `lost` holds
 * ranges: the last 128 lost ones per (domain mod 64); a miss outside all
 * of them is cold.
 */
#pragma once

#include "mmu/access.h"
#include "mmu/assoc.h"

/* What a unit stores under: first address and space (satp; ~0 = global). The
 * hash is worked out once, and serves every unit whose entries are as long. */
struct miss_key {
    uint64_t first, space;
    uint64_t hash;
};

/* `shift`: log2 of the usual length. */
static inline struct miss_key miss_key_of(uint64_t first, uint64_t space,
                                          unsigned shift)
{
    uint64_t h = (first >> shift) * 0x9E3779B97F4A7C15ULL;
    h ^= (space + 0x632BE59BD9B4E019ULL) * 0xD6E8FEB86659FD93ULL;
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93ULL;
    return (struct miss_key){ first, space, h ^ (h >> 29) };
}

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
    uint64_t first, space; /* of its key */
    uint64_t at;           /* its place in the list: a time of use */
    uint64_t used; /* not told: time of last use, once it left the unit */
    uint32_t newer, older; /* neighbours in the list; of the ends: node 0 */
    uint32_t chain;        /* next in the hash bucket */
    int32_t index;         /* of its entry in the unit, if node_of agrees */
};

struct miss_shape {
    uint32_t entries;
    bool shadow;                       /* the unit is not fully associative */
    bool told;                         /* of every use, by miss_used */
    bool ranges;                       /* RPLB */
    uint64_t exact_first, exact_bytes; /* caches: where RAM is; else 0 */
    uint8_t shift;                     /* log2 of the usual length */
};

struct miss_history {
    uint64_t *seen;
    struct miss_lost *lost;
    struct miss_range *range; /* [64][128] */
    uint32_t *range_count;    /* [64] */
    struct miss_node *node;   /* shadow, NULL = none; [0]: both ends */
    uint32_t *bucket;
    uint32_t *node_of; /* entry index -> its node; 0 = not in the shadow */
    const struct assoc *array; /* of the unit */
    uint64_t exact_first, exact_bytes;
    uint32_t lost_mask, bucket_mask;
    uint32_t node_count, node_used;
    uint32_t free_node;
    uint8_t shift;
    bool told;
};

size_t miss_bytes(const struct miss_shape *shape);
/* `memory`: miss_bytes(shape) zeroed bytes, 8-aligned. The array is the unit's;
 * it is asked for stamps, and told (lost) when the shadow forgets a key that
 * the array holds: such an entry needs miss_used at its next use. */
void miss_init(struct miss_history *h, const struct miss_shape *shape,
               const struct assoc *array, void *memory);

/* The cause of a miss of `key` by the domain `who`. No effect. */
enum miss_cause miss_classify(const struct miss_history *h,
                              const struct miss_key *key, uint32_t who);
/* The same for an RPLB miss. */
enum miss_cause miss_classify_range(const struct miss_history *h,
                                    uint64_t address, uint32_t context,
                                    uint32_t who);
/* The host may fetch what the classification will need. No effect. */
void miss_prefetch(const struct miss_history *h, const struct miss_key *key);
/* The key was filled. */
void miss_filled(struct miss_history *h, const struct miss_key *key);
void miss_range_filled(struct miss_history *h, const struct assoc_entry *e);
/* The key left: why, and by whom. */
void miss_left(struct miss_history *h, const struct miss_key *key,
               enum lost_reason reason, uint32_t by);
/* All at once, after a fill: `key` is in entry `index` now, and used; for it
 * `victim` (or NULL) was replaced. */
void miss_replaced(struct miss_history *h, int32_t index,
                   const struct miss_key *key, const struct miss_key *victim,
                   uint32_t by);
void miss_range_left(struct miss_history *h, const struct assoc_entry *e,
                     enum lost_reason reason, uint32_t by);
/* The key, in entry `index` of the unit, was used (and the entry touched): the
 * shadow follows. A further use of an entry that the shadow knows may skip
 * this; touching the entry is enough. */
void miss_used_slow(struct miss_history *h, int32_t index,
                    const struct miss_key *key);

/* Is there anything that a use of the entry would have to tell the shadow? */
static inline bool miss_follows(const struct miss_history *h, int32_t index)
{
    return h->node &&
           (!h->node_of[index] || h->node_of[index] != h->node[0].older);
}

static inline void miss_used(struct miss_history *h, int32_t index,
                             const struct miss_key *key)
{
    if (miss_follows(h, index))
        miss_used_slow(h, index, key);
}

/* Entry `index` leaves the array. */
static inline void miss_dropped(struct miss_history *h, int32_t index)
{
    if (!h->node)
        return;
    if (!h->told && h->node_of[index])
        h->node[h->node_of[index]].used = h->array->stamp[index];
    h->node_of[index] = 0;
}

/* When the key of a node of the shadow was last used. */
static inline uint64_t miss_last_use(const struct miss_history *h, uint32_t n)
{
    const struct miss_node *node = &h->node[n];
    if (h->told)
        return node->at;
    return h->node_of[node->index] == n ? h->array->stamp[node->index]
                                        : node->used;
}
