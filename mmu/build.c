/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building the memory system (mmu.h) from its parameters: the geometry of each
 * unit is worked out and checked here, once, and all memory is taken here.
 */
#include "mmu/mmu.h"

#include "mmu/l0.h"

/* The rows of param.def that describe one unit, as numbers and as names. */
struct unit_rows {
    const char *entries_key, *ways_key, *policy_key;
    int64_t entries, ways, policy; /* caches: entries = lines, ways >= 1 */
};

static bool is_power_of_two(int64_t n)
{
    return n > 0 && !(n & (n - 1));
}

static bool check_caches(const struct mmu_config *c, struct err *err)
{
    if (c->l1_kind != L1_PIPT)
        return err_set(err, EXIT_USAGE, "l1.kind = %s: only pipt is built",
                       c->l1_kind == L1_VIPT ? "vipt" : "vivt");
    if (!is_power_of_two(c->line_bytes))
        return err_set(err, EXIT_USAGE,
                       "line.bytes = %lld: must be a power of two",
                       (long long)c->line_bytes);
    if (c->l1d_write == WRITE_THROUGH && !is_power_of_two(c->store_block))
        return err_set(err, EXIT_USAGE,
                       "stores.block = %lld: must be a power of two",
                       (long long)c->store_block);
    if (c->l1d_write == WRITE_THROUGH && (c->l2_bytes || !c->l1d_bytes))
        return err_set(err, EXIT_USAGE,
                       "l1d.write = through: only built with an L1D "
                       "(l1d.bytes) and without an L2 (l2.bytes = 0)");
    return true;
}

/* One cache's bytes as lines; 0 bytes = no cache. */
static bool cache_lines(const char *name, int64_t bytes, int64_t ways,
                        int64_t line, int64_t *lines, struct err *err)
{
    long long least = ways * line;
    *lines = bytes / line;
    if (!bytes)
        return true;
    if (ways < 1 || bytes < least)
        return err_set(err, EXIT_USAGE,
                       "%s.bytes = %lld: less than %s.ways x line.bytes = %lld",
                       name, (long long)bytes, name, (long long)least);
    if (bytes % least || !is_power_of_two(bytes / least))
        return err_set(err, EXIT_USAGE,
                       "%s.bytes = %lld: %s.bytes / (%s.ways x line.bytes) "
                       "must be a power of two",
                       name, (long long)bytes, name, name);
    return true;
}

static bool unit_shape(const struct unit_rows *r, struct assoc_shape *shape,
                       struct err *err)
{
    *shape = (struct assoc_shape){ .entries = (uint32_t)r->entries,
                                   .ways = (uint32_t)r->ways,
                                   .policy = (uint8_t)r->policy };
    if (!r->entries)
        return true;
    int64_t ways = r->ways ? r->ways : r->entries;
    if (ways < 0 || r->entries % ways)
        return err_set(err, EXIT_USAGE, "%s = %lld: does not divide %s = %lld",
                       r->ways_key, (long long)r->ways, r->entries_key,
                       (long long)r->entries);
    if (!is_power_of_two(r->entries / ways))
        return err_set(err, EXIT_USAGE,
                       "%s = %lld: %s / %s must be a power of two", r->ways_key,
                       (long long)r->ways, r->entries_key, r->ways_key);
    if (r->policy == POLICY_PLRU && !is_power_of_two(ways))
        return err_set(err, EXIT_USAGE,
                       "%s = plru: needs a power of two of ways, not %lld",
                       r->policy_key, (long long)ways);
    return true;
}

/* Banks for larger pages, behind the 4 KiB one (assoc.h). */
static bool add_banks(const struct mmu_config *c, const char *unit,
                      struct assoc_shape *shape, struct err *err)
{
    const int64_t size[] = { c->tlb_2m, c->tlb_1g };
    if (!c->tlb_2m && !c->tlb_1g)
        return true;
    for (unsigned i = 0; i < 2; i++) {
        int64_t ways = shape->ways;
        if (!ways || size[i] % ways || !is_power_of_two(size[i] / ways))
            return err_set(err, EXIT_USAGE,
                           "%s = %lld: with tlb.entries_2m = %lld and "
                           "tlb.entries_1g = %lld each array needs a power of "
                           "two of sets",
                           unit, (long long)ways, (long long)c->tlb_2m,
                           (long long)c->tlb_1g);
        shape->bank[i] = (uint32_t)size[i];
    }
    shape->entries += shape->bank[0] + shape->bank[1];
    return true;
}

static bool all_shapes(const struct mmu_config *c,
                       struct assoc_shape shape[UNIT_COUNT], struct err *err)
{
    int64_t l1i, l1d, l2;
    if (!check_caches(c, err) ||
        !cache_lines("l1i", c->l1i_bytes, c->l1i_ways, c->line_bytes, &l1i,
                     err) ||
        !cache_lines("l1d", c->l1d_bytes, c->l1d_ways, c->line_bytes, &l1d,
                     err) ||
        !cache_lines("l2", c->l2_bytes, c->l2_ways, c->line_bytes, &l2, err))
        return false;
    const struct unit_rows rows[UNIT_COUNT] = {
        [UNIT_ITLB] = { "itlb.entries", "itlb.ways", "itlb.policy",
                        c->itlb_entries, c->itlb_ways, c->itlb_policy },
        [UNIT_DTLB] = { "dtlb.entries", "dtlb.ways", "dtlb.policy",
                        c->dtlb_entries, c->dtlb_ways, c->dtlb_policy },
        [UNIT_L2TLB] = { "l2tlb.entries", "l2tlb.ways", "l2tlb.policy",
                         c->l2tlb_entries, c->l2tlb_ways, c->l2tlb_policy },
        [UNIT_IRPLB] = { "rplb.ientries", "rplb.ientries", "rplb.policy",
                         c->irplb_entries, 0, c->rplb_policy },
        [UNIT_DRPLB] = { "rplb.entries", "rplb.entries", "rplb.policy",
                         c->drplb_entries, 0, c->rplb_policy },
        [UNIT_L1I] = { "l1i.bytes", "l1i.ways", "l1i.policy", l1i, c->l1i_ways,
                       c->l1i_policy },
        [UNIT_L1D] = { "l1d.bytes", "l1d.ways", "l1d.policy", l1d, c->l1d_ways,
                       c->l1d_policy },
        [UNIT_L2] = { "l2.bytes", "l2.ways", "l2.policy", l2, c->l2_ways,
                      c->l2_policy },
    };
    for (unsigned u = 0; u < UNIT_COUNT; u++) {
        if (!unit_shape(&rows[u], &shape[u], err))
            return false;
        bool cache = u >= UNIT_L1I;
        shape[u].kind = cache             ? ASSOC_LINES
                        : u <= UNIT_L2TLB ? ASSOC_PAGES
                                          : ASSOC_RANGES;
        shape[u].index_shift =
            cache ? (uint8_t)__builtin_ctzll((uint64_t)c->line_bytes) : 12;
        shape[u].payload = u <= UNIT_L2TLB;
        shape[u].tree = u == UNIT_L2; /* the filter stamps L1 lines itself */
        shape[u].seed = (uint64_t)c->seed * UNIT_COUNT + u;
    }
    return add_banks(c, "itlb.ways", &shape[UNIT_ITLB], err) &&
           add_banks(c, "dtlb.ways", &shape[UNIT_DTLB], err);
}

static struct miss_shape history_shape(const struct assoc_shape *s,
                                       enum unit unit, const struct bus *bus)
{
    bool cache = unit >= UNIT_L1I;
    bool full = !s->ways || s->ways == s->entries;
    return (struct miss_shape){
        .entries = s->entries,
        .shadow = !full,
        .told = unit == UNIT_L2 || unit == UNIT_L2TLB,
        .ranges = unit == UNIT_IRPLB || unit == UNIT_DRPLB,
        .exact_first = cache ? bus->ram_base : 0,
        .exact_bytes = cache ? bus->ram_bytes : 0,
        .shift = s->index_shift,
    };
}

static void unit_lost(void *owner, const struct assoc *a, int32_t index)
{
    struct mmu *m = owner;
    miss_dropped(&m->unit[a->unit].history, index);
    if (m->l0 && a->unit != UNIT_L2)
        l0_lost(m, a, index);
}

static void alone_lost(void *owner, const struct assoc *a, int32_t index)
{
    struct mmu *m = owner;
    if (m->l0)
        l0_lost_alone(m, a, index);
}

/* One block for all units, so that a copy of it is a copy of their state. */
static bool place_units(struct mmu *m,
                        const struct assoc_shape shape[UNIT_COUNT],
                        struct err *err)
{
    struct miss_shape history[UNIT_COUNT];
    size_t bytes = 0;
    for (unsigned u = 0; u < UNIT_COUNT; u++) {
        history[u] = history_shape(&shape[u], (enum unit)u, m->bus);
        bytes += assoc_bytes(&shape[u]) + miss_bytes(&history[u]);
    }
    uint8_t *at = heap_new(m->bus->heap, 1, bytes);
    m->memory = at;
    m->memory_bytes = bytes;
    if (!at)
        return err_set(err, EXIT_HOST_RESOURCE,
                       "out of memory for the units of the memory system");
    for (unsigned u = 0; u < UNIT_COUNT; u++) {
        assoc_init(&m->unit[u].array, &shape[u], at);
        assoc_watch(&m->unit[u].array, &m->uses, unit_lost, m, u);
        at += assoc_bytes(&shape[u]);
        miss_init(&m->unit[u].history, &history[u], &m->unit[u].array, at);
        at += miss_bytes(&history[u]);
    }
    return true;
}

bool mmu_init(struct mmu *m, const struct mmu_config *c, struct bus *bus,
              struct err *err)
{
    struct assoc_shape shape[UNIT_COUNT];
    memset(m, 0, sizeof *m);
    m->config = *c;
    m->bus = bus;
    m->l2 = &m->unit[UNIT_L2];
    m->reservation = NO_RESERVATION;
    if (!all_shapes(c, shape, err))
        return false;
    m->through = c->l1d_write == WRITE_THROUGH;
    m->line_shift = (uint8_t)__builtin_ctzll((uint64_t)c->line_bytes);
    if (!place_units(m, shape, err) ||
        !alone_init(&m->alone, bus->heap, c->attribution != 0, shape, &m->uses,
                    alone_lost, m, err)) {
        mmu_free(m);
        return false;
    }
    mmu_context_changed(m);
    mmu_trap_entered(m);
    return true;
}

void mmu_join(struct mmu *m, struct mmu *first)
{
    m->l2 = first->l2;
    m->next = first->next ? first->next : first;
    first->next = m;
}

void mmu_free(struct mmu *m)
{
    l0_close(m);
    alone_free(&m->alone);
    if (m->memory)
        heap_free(m->bus->heap, m->memory);
    m->memory = NULL;
}
