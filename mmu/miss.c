/* SPDX-License-Identifier: Apache-2.0 */
/* See miss.h. Only misses come here, and hits that change the order of the
 * shadow. */
#include "mmu/miss.h"

#include <string.h>

enum {
    SEEN_BITS = 20,
    LOST_MIN = 1024,
    RANGE_BUCKETS = 64,
    RANGES_PER_BUCKET = 128,
    RANGES = RANGE_BUCKETS * RANGES_PER_BUCKET
};

static uint32_t power_of_two_from(uint32_t n)
{
    uint32_t p = 1;
    while (p < n)
        p *= 2;
    return p;
}

static uint32_t lost_slots(const struct miss_shape *s)
{
    uint32_t n = power_of_two_from(4 * s->entries);
    return n < LOST_MIN ? LOST_MIN : n;
}

/* Four times as many as keys, so that most chains are one node or none. */
static uint32_t shadow_buckets(const struct miss_shape *s)
{
    return power_of_two_from(4 * s->entries);
}

static size_t round_up_8(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

static size_t seen_bytes(const struct miss_shape *s)
{
    uint64_t bits =
        s->exact_bytes ? (s->exact_bytes >> s->shift) + 64 : 1ULL << SEEN_BITS;
    return round_up_8((size_t)(bits / 8));
}

size_t miss_bytes(const struct miss_shape *s)
{
    if (!s->entries)
        return 0;
    if (s->ranges)
        return RANGES * sizeof(struct miss_range) +
               RANGE_BUCKETS * sizeof(uint32_t);
    size_t n = seen_bytes(s) + lost_slots(s) * sizeof(struct miss_lost);
    if (s->shadow)
        n += (s->entries + 1) * sizeof(struct miss_node) +
             shadow_buckets(s) * sizeof(uint32_t) +
             s->entries * sizeof(uint32_t);
    return round_up_8(n);
}

void miss_init(struct miss_history *h, const struct miss_shape *s,
               const struct assoc *array, void *memory)
{
    uint8_t *at = memory;
    *h = (struct miss_history){ .shift = s->shift,
                                .told = s->told,
                                .array = array };
    if (!s->entries)
        return;
    if (s->ranges) {
        h->range = (struct miss_range *)(void *)at;
        at += RANGES * sizeof *h->range;
        h->range_count = (uint32_t *)(void *)at;
        return;
    }
    h->exact_first = s->exact_first;
    h->exact_bytes = s->exact_bytes;
    h->seen = (uint64_t *)(void *)at;
    at += seen_bytes(s);
    h->lost = (struct miss_lost *)(void *)at;
    h->lost_mask = lost_slots(s) - 1;
    at += (h->lost_mask + 1) * sizeof *h->lost;
    if (!s->shadow)
        return;
    h->node = (struct miss_node *)(void *)at;
    h->node_count = s->entries;
    at += (s->entries + 1) * sizeof *h->node;
    h->bucket = (uint32_t *)(void *)at;
    h->bucket_mask = shadow_buckets(s) - 1;
    at += (h->bucket_mask + 1) * sizeof *h->bucket;
    h->node_of = (uint32_t *)(void *)at;
}

/* ---- seen ------------------------------------------------------------ */

static uint64_t seen_bit(const struct miss_history *h,
                         const struct miss_key *key)
{
    if (h->exact_bytes)
        return (key->first - h->exact_first) >> h->shift;
    return key->hash & ((1ULL << SEEN_BITS) - 1);
}

static bool is_seen(const struct miss_history *h, const struct miss_key *key)
{
    uint64_t bit = seen_bit(h, key);
    return h->seen[bit / 64] >> (bit % 64) & 1;
}

/* ---- shadow: a fully associative LRU array ---------------------------- */
/* Nodes 1..node_count; 0 = none, and where the list of use begins and ends.
 * Hash buckets lead to chains of nodes. */

static uint32_t *shadow_bucket(const struct miss_history *h, uint64_t hash)
{
    return &h->bucket[hash >> 20 & h->bucket_mask];
}

static inline uint32_t *bucket_of_node(const struct miss_history *h, uint32_t n)
{
    const struct miss_node *node = &h->node[n];
    return shadow_bucket(h,
                         miss_key_of(node->first, node->space, h->shift).hash);
}

static inline uint32_t shadow_find(const struct miss_history *h,
                                   const struct miss_key *key)
{
    uint32_t n = *shadow_bucket(h, key->hash);
    while (n &&
           (h->node[n].first != key->first || h->node[n].space != key->space))
        n = h->node[n].chain;
    return n;
}

static inline void shadow_unlink(struct miss_node *node, uint32_t n)
{
    uint32_t newer = node[n].newer, older = node[n].older;
    node[newer].older = older;
    node[older].newer = newer;
}

/* Puts a node behind `older`; 0 = at the old end. */
static inline void shadow_link(struct miss_node *node, uint32_t n,
                               uint32_t older)
{
    uint32_t newer = node[older].newer;
    node[n].older = older;
    node[n].newer = newer;
    node[older].newer = n;
    node[newer].older = n;
}

/* Takes the node out of order and hash; it is then nobody's. True: the unit
 * held its key. */
static inline bool shadow_remove(struct miss_history *h, uint32_t n)
{
    uint32_t *link = bucket_of_node(h, n);
    while (*link != n)
        link = &h->node[*link].chain;
    *link = h->node[n].chain;
    shadow_unlink(h->node, n);
    uint32_t *of = &h->node_of[h->node[n].index];
    bool held = *of == n;
    if (held)
        *of = 0;
    return held;
}

/* Moves a node to where its last use belongs, looking from both ends. */
static void shadow_sort(struct miss_history *h, uint32_t n, uint64_t used)
{
    shadow_unlink(h->node, n);
    h->node[n].at = used;
    uint32_t down = h->node[0].older, up = h->node[0].newer;
    while (down && h->node[down].at > used) {
        if (h->node[up].at > used) {
            down = h->node[up].older;
            break;
        }
        down = h->node[down].older;
        up = h->node[up].newer;
    }
    shadow_link(h->node, n, down);
}

/* The least recently used: no node was used before its place in the list. */
static inline uint32_t shadow_oldest(struct miss_history *h)
{
    for (;;) {
        uint32_t n = h->node[0].newer, next = h->node[n].newer;
        uint64_t used = miss_last_use(h, n);
        if (!next || used <= h->node[next].at)
            return n;
        shadow_sort(h, n, used);
    }
}

static inline uint32_t shadow_take(struct miss_history *h)
{
    uint32_t n = h->free_node;
    if (n) {
        h->free_node = h->node[n].chain;
        return n;
    }
    if (h->node_used < h->node_count)
        return ++h->node_used;
    n = shadow_oldest(h);
    if (shadow_remove(h, n) && h->array->lost)
        h->array->lost(h->array->owner, h->array, h->node[n].index);
    return n;
}

static inline __attribute__((always_inline)) uint32_t
shadow_insert(struct miss_history *h, const struct miss_key *key)
{
    uint32_t n = shadow_take(h);
    uint32_t *bucket = shadow_bucket(h, key->hash);
    h->node[n].first = key->first;
    h->node[n].space = key->space;
    h->node[n].chain = *bucket;
    *bucket = n;
    return n;
}

static void shadow_forget(struct miss_history *h, const struct miss_key *key)
{
    uint32_t n = h->node ? shadow_find(h, key) : 0;
    if (!n)
        return;
    shadow_remove(h, n);
    h->node[n].chain = h->free_node;
    h->free_node = n;
}

static inline __attribute__((always_inline)) void
use(struct miss_history *h, int32_t index, const struct miss_key *key)
{
    uint32_t n = h->node_of[index];
    if (!n)
        n = shadow_find(h, key);
    if (n)
        shadow_unlink(h->node, n);
    else
        n = shadow_insert(h, key);
    h->node_of[index] = n;
    h->node[n].index = index;
    h->node[n].at = h->array->stamp[index];
    shadow_link(h->node, n, h->node[0].older);
}

void miss_used_slow(struct miss_history *h, int32_t index,
                    const struct miss_key *key)
{
    use(h, index, key);
}

/* ---- keys: TLBs and caches --------------------------------------------- */

static struct miss_lost *lost_slot(const struct miss_history *h, uint64_t hash)
{
    return &h->lost[hash >> 8 & h->lost_mask];
}

static uint32_t lost_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static enum miss_cause cause_of(uint32_t reason, uint32_t by, uint32_t who,
                                enum miss_cause otherwise)
{
    if (reason == LOST_INVALIDATED)
        return MISS_INVALIDATED;
    if (reason == LOST_SNOOPED)
        return MISS_COHERENCE;
    if (reason == LOST_SWITCH || (reason == LOST_REPLACED && by != who))
        return MISS_SWITCH;
    return otherwise;
}

enum miss_cause miss_classify(const struct miss_history *h,
                              const struct miss_key *key, uint32_t who)
{
    if (!is_seen(h, key))
        return MISS_COLD;
    const struct miss_lost *lost = lost_slot(h, key->hash);
    bool known = lost->tag == lost_tag(key->hash);
    bool in_shadow = h->node && shadow_find(h, key);
    return cause_of(known ? lost->reason : LOST_NOTHING, lost->by, who,
                    in_shadow ? MISS_CONFLICT : MISS_CAPACITY);
}

void miss_prefetch(const struct miss_history *h, const struct miss_key *key)
{
    uint64_t bit = seen_bit(h, key);
    __builtin_prefetch(&h->seen[bit / 64]);
    __builtin_prefetch(lost_slot(h, key->hash));
    if (!h->node)
        return;
    __builtin_prefetch(shadow_bucket(h, key->hash));
    /* what this miss pushes out is at hand since the last one, which asked for
     * what comes next */
    uint32_t next = h->node[h->node[0].newer].newer;
    __builtin_prefetch(&h->node[h->node[next].newer]);
    __builtin_prefetch(bucket_of_node(h, next));
}

void miss_filled(struct miss_history *h, const struct miss_key *key)
{
    uint64_t bit = seen_bit(h, key);
    h->seen[bit / 64] |= 1ULL << (bit % 64);
}

/* An invalidated key leaves the shadow too: a unit of any shape would have
 * lost it. */
void miss_left(struct miss_history *h, const struct miss_key *key,
               enum lost_reason reason, uint32_t by)
{
    *lost_slot(h, key->hash) = (struct miss_lost){ .tag = lost_tag(key->hash),
                                                   .by = by & MISS_WHO_MASK,
                                                   .reason = reason & 7 };
    if (reason != LOST_REPLACED)
        shadow_forget(h, key);
}

void miss_replaced(struct miss_history *h, int32_t index,
                   const struct miss_key *key, const struct miss_key *victim,
                   uint32_t by)
{
    if (victim)
        miss_left(h, victim, LOST_REPLACED, by);
    miss_filled(h, key);
    if (h->node)
        use(h, index, key);
}

/* ---- ranges: RPLBs ------------------------------------------------------ */

static struct miss_range *range_bucket(const struct miss_history *h,
                                       uint32_t context, uint32_t **count)
{
    size_t b = context % RANGE_BUCKETS;
    *count = &h->range_count[b];
    return h->range + b * RANGES_PER_BUCKET;
}

enum miss_cause miss_classify_range(const struct miss_history *h,
                                    uint64_t address, uint32_t context,
                                    uint32_t who)
{
    uint32_t *count;
    const struct miss_range *r = range_bucket(h, context, &count);
    for (uint32_t i = *count; i-- > 0;)
        if (r[i].context == context &&
            address - r[i].first <= r[i].last - r[i].first)
            return cause_of(r[i].reason, r[i].by, who, MISS_CAPACITY);
    return MISS_COLD;
}

static void range_remove(struct miss_range *r, uint32_t *count, uint32_t i)
{
    --*count;
    memmove(r + i, r + i + 1, (*count - i) * sizeof *r);
}

void miss_range_filled(struct miss_history *h, const struct assoc_entry *e)
{
    uint32_t *count;
    struct miss_range *r = range_bucket(h, e->context, &count);
    for (uint32_t i = *count; i-- > 0;)
        if (r[i].context == e->context && r[i].first == e->first &&
            r[i].last == e->last) {
            range_remove(r, count, i);
            return;
        }
}

void miss_range_left(struct miss_history *h, const struct assoc_entry *e,
                     enum lost_reason reason, uint32_t by)
{
    uint32_t *count;
    struct miss_range *r = range_bucket(h, e->context, &count);
    miss_range_filled(h, e);
    if (*count == RANGES_PER_BUCKET)
        range_remove(r, count, 0);
    r[(*count)++] = (struct miss_range){ .first = e->first,
                                         .last = e->last,
                                         .context = e->context,
                                         .by = by,
                                         .reason = reason };
}
