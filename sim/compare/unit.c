/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing lookaside units: what they hold, entry by entry, and who would go
 * next. Times of use are compared by rank only: an engine may skip those that
 * change no order.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/compare/parts.h"

/* ---- order ------------------------------------------------------------- */

struct dated {
    uint64_t time, first, second; /* what was used then */
};

static int by_time(const void *a, const void *b)
{
    uint64_t p = ((const struct dated *)a)->time;
    uint64_t q = ((const struct dated *)b)->time;
    return (p > q) - (p < q);
}

static bool same_order(struct dated *a, struct dated *b, size_t n)
{
    qsort(a, n, sizeof *a, by_time);
    qsort(b, n, sizeof *b, by_time);
    for (size_t i = 0; i < n; i++)
        if (a[i].first != b[i].first || a[i].second != b[i].second)
            return false;
    return true;
}

static struct dated *dated_new(size_t n)
{
    struct dated *d = calloc(n + 1, sizeof *d);
    if (!d)
        err_no_memory();
    return d;
}

/* ---- arrays ------------------------------------------------------------ */

/* The valid ways of a set with their times; how many. */
static size_t date_set(const struct assoc *a, const uint64_t *time,
                       uint32_t set, struct dated *to)
{
    size_t n = 0;
    for (uint32_t i = set * a->ways; i < (set + 1) * a->ways; i++)
        if (a->entry[i].valid)
            to[n++] = (struct dated){ time[i], i, 0 };
    return n;
}

static void compare_order(struct differences *d, const char *name,
                          const char *what, const struct assoc *a,
                          const struct assoc *b, const uint64_t *time_a,
                          const uint64_t *time_b)
{
    struct dated *p = dated_new(a->ways), *q = dated_new(a->ways);
    for (uint32_t set = 0; set < a->sets; set++) {
        size_t n = date_set(a, time_a, set, p);
        if (n != date_set(b, time_b, set, q) || !same_order(p, q, n))
            difference_add(d, "%s set %" PRIu32 ": order of %s differs", name,
                           set, what);
    }
    free(p);
    free(q);
}

static uint64_t newest(const uint64_t *stamp, uint32_t ways)
{
    uint64_t most = 0;
    for (uint32_t w = 0; w < ways; w++)
        most = stamp[w] > most ? stamp[w] : most;
    return most;
}

/* Where a node of the tree points follows from the times of use below it. */
static bool points_right(const uint64_t *stamp, uint32_t half)
{
    return newest(stamp, half) > newest(stamp + half, half);
}

static bool same_tree(const struct assoc *a, const struct assoc *b,
                      uint32_t start)
{
    const uint64_t *p = a->stamp + start, *q = b->stamp + start;
    for (uint32_t half = a->ways / 2; half; half /= 2)
        for (uint32_t way = 0; way < a->ways; way += 2 * half)
            if (points_right(p + way, half) != points_right(q + way, half))
                return false;
    return true;
}

static bool same_entry(const struct assoc_entry *a, const struct assoc_entry *b)
{
    return a->valid == b->valid &&
           (!a->valid || (a->first == b->first && a->last == b->last &&
                          a->context == b->context && a->global == b->global &&
                          a->dirty == b->dirty && a->rights == b->rights));
}

static bool same_payload(const struct assoc_payload *a,
                         const struct assoc_payload *b)
{
    return a->pa == b->pa && a->pte == b->pte && a->space == b->space;
}

static void compare_entries(struct differences *d, const char *name,
                            const struct assoc *a, const struct assoc *b)
{
    for (uint32_t i = 0; i < assoc_entries(a); i++) {
        const struct assoc_entry *p = &a->entry[i], *q = &b->entry[i];
        if (!same_entry(p, q))
            difference_add(
                d,
                "%s entry %" PRIu32 ": %s 0x%" PRIx64 "%s%s, %s "
                "0x%" PRIx64 "%s%s",
                name, i, d->name[0], p->first, p->valid ? "" : " (invalid)",
                p->dirty ? " (dirty)" : "", d->name[1], q->first,
                q->valid ? "" : " (invalid)", q->dirty ? " (dirty)" : "");
        else if (p->valid && a->payload &&
                 !same_payload(&a->payload[i], &b->payload[i]))
            difference_add(d, "%s entry %" PRIu32 ": page-table entry differs",
                           name, i);
    }
}

static void compare_array(struct differences *d, const char *name,
                          const struct assoc *a, const struct assoc *b)
{
    char what[80];
    snprintf(what, sizeof what, "%s valid entries", name);
    difference_value(d, what, a->valid, b->valid);
    snprintf(what, sizeof what, "%s overlapping entries", name);
    difference_value(d, what, a->overlapping, b->overlapping);
    snprintf(what, sizeof what, "%s next victim", name);
    difference_value(d, what, a->turn, b->turn);
    snprintf(what, sizeof what, "%s random state", name);
    difference_value(d, what, a->random, b->random);
    compare_entries(d, name, a, b);
    if (a->policy == POLICY_LRU)
        compare_order(d, name, "use", a, b, a->stamp, b->stamp);
    if (a->filled)
        compare_order(d, name, "fill", a, b, a->filled, b->filled);
    for (uint32_t set = 0; set < a->sets && a->policy == POLICY_PLRU; set++)
        if (!same_tree(a, b, set * a->ways))
            difference_add(d, "%s set %" PRIu32 ": PLRU tree differs", name,
                           set);
}

/* ---- why entries missed ------------------------------------------------ */

/* The shadow's keys with their times of last use; how many. */
static size_t date_shadow(const struct miss_history *h, struct dated *to)
{
    size_t count = 0;
    for (uint32_t n = h->node[0].older; n; n = h->node[n].older) {
        const struct miss_node *node = &h->node[n];
        uint64_t used = miss_last_use(h, n);
        to[count++] = (struct dated){ used, node->first, node->space };
    }
    return count;
}

static void compare_shadow(struct differences *d, const char *name,
                           const struct miss_history *a,
                           const struct miss_history *b)
{
    struct dated *p = dated_new(a->node_count), *q = dated_new(a->node_count);
    size_t n = date_shadow(a, p);
    if (n != date_shadow(b, q) || !same_order(p, q, n))
        difference_add(d, "%s: the shadow differs", name);
    free(p);
    free(q);
}

static size_t seen_words(const struct miss_history *h)
{
    return (size_t)(h->exact_bytes ? ((h->exact_bytes >> h->shift) + 64) / 64
                                   : (UINT64_C(1) << 20) / 64);
}

static void compare_lost(struct differences *d, const char *name,
                         const struct miss_history *a,
                         const struct miss_history *b)
{
    for (uint32_t i = 0; i <= a->lost_mask; i++) {
        const struct miss_lost *p = &a->lost[i], *q = &b->lost[i];
        if (p->tag != q->tag || p->by != q->by || p->reason != q->reason)
            difference_add(d, "%s: lost keys differ in slot %" PRIu32, name, i);
    }
}

/* struct miss_range is compared as bytes: it has no padding, and its spare
 * field is always 0. */
static void compare_ranges(struct differences *d, const char *name,
                           const struct miss_history *a,
                           const struct miss_history *b)
{
    for (size_t i = 0; i < 64; i++) {
        uint32_t n = a->range_count[i];
        if (n != b->range_count[i] ||
            memcmp(a->range + i * 128, b->range + i * 128,
                   n * sizeof *a->range) != 0)
            difference_add(d, "%s: lost ranges differ (%zu)", name, i);
    }
}

static void compare_history(struct differences *d, const char *name,
                            const struct miss_history *a,
                            const struct miss_history *b)
{
    if (a->range)
        compare_ranges(d, name, a, b);
    if (a->seen && memcmp(a->seen, b->seen, 8 * seen_words(a)) != 0)
        difference_add(d, "%s: keys ever filled differ", name);
    if (a->lost)
        compare_lost(d, name, a, b);
    if (a->node)
        compare_shadow(d, name, a, b);
}

/* ---- all --------------------------------------------------------------- */

static void compare_alone(struct differences *d, const struct alone *a,
                          const struct alone *b)
{
    char name[64];
    difference_value(d, "slot of the current alone copy",
                     (uint64_t)(a->now - a->slot),
                     (uint64_t)(b->now - b->slot));
    for (unsigned i = 0; i < ALONE_SLOTS; i++) {
        const struct alone_slot *p = &a->slot[i], *q = &b->slot[i];
        snprintf(name, sizeof name, "alone copy %u, domain", i);
        difference_value(d, name, p->key, q->key);
        snprintf(name, sizeof name, "alone copy %u, time", i);
        difference_value(d, name, p->stamp, q->stamp);
        for (unsigned u = 0; u < ALONE_UNITS && p->stamp; u++) {
            snprintf(name, sizeof name, "alone copy %u %s", i,
                     unit_name((enum unit)u));
            if (p->unit[u].entry)
                compare_array(d, name, &p->unit[u], &q->unit[u]);
        }
    }
}

void compare_units(struct differences *d, const struct mmu *a,
                   const struct mmu *b)
{
    for (unsigned u = 0; u < UNIT_COUNT; u++) {
        const char *name = unit_name((enum unit)u);
        if (!lookaside_present(&a->unit[u]))
            continue;
        compare_array(d, name, &a->unit[u].array, &b->unit[u].array);
        compare_history(d, name, &a->unit[u].history, &b->unit[u].history);
    }
    if (a->alone.on)
        compare_alone(d, &a->alone, &b->alone);
}
