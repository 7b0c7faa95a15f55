/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/assoc: against a plain array in which everything is tried in turn. */
#include "mmu/assoc.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_array.h"

#include <stdlib.h>

struct pair {
    struct assoc a;
    struct oracle_array o;
    void *memory;
};

static void pair_open(struct pair *p, struct assoc_shape shape)
{
    memset(p, 0, sizeof *p);
    p->memory = calloc(1, assoc_bytes(&shape));
    assoc_init(&p->a, &shape, p->memory);
    p->o.ways = (int)p->a.ways;
    p->o.sets = (int)p->a.sets;
    p->o.fifo = shape.policy == POLICY_FIFO;
}

static void pair_close(struct pair *p)
{
    free(p->memory);
}

/* Every valid entry of one is in the other. */
static void check_same(const struct pair *p)
{
    int valid = 0;
    for (int i = 0; i < p->o.sets * p->o.ways; i++) {
        const struct assoc_entry *e = &p->a.entry[i];
        bool found = !e->valid;
        for (int k = 0; k < p->o.sets * p->o.ways && !found; k++) {
            const struct oracle_entry *x = &p->o.e[k];
            found = x->valid && x->first == e->first && x->last == e->last &&
                    x->context == e->context && x->global == e->global;
        }
        assert_true(found);
        valid += e->valid;
    }
    int want = 0;
    for (int k = 0; k < p->o.sets * p->o.ways; k++)
        want += p->o.e[k].valid;
    assert_int_equal(valid, want);
    assert_int_equal((int)p->a.valid, want);
}

/* Removes, from both, what a random invalidation asks for. */
static void invalidate_both(struct pair *p, uint64_t address, uint32_t context)
{
    struct assoc_match m = { .has_context = random_below(2),
                             .keep_global = random_below(2),
                             .has_range = random_below(4) != 0,
                             .context = context,
                             .first = address,
                             .last = address + random_below(3) * 4096 };
    uint32_t want = 0;
    for (int k = 0; k < p->o.sets * p->o.ways; k++) {
        struct oracle_entry *x = &p->o.e[k];
        bool gone =
            x->valid && !(m.keep_global && x->global) &&
            (!m.has_context || x->context == context) &&
            (!m.has_range || (x->first <= m.last && m.first <= x->last));
        want += gone;
        x->valid &= !gone;
    }
    assert_int_equal(assoc_invalidate(&p->a, &m), want);
}

/* A page of 4 KiB, or now and then of 64 KiB, of some context. */
static struct oracle_entry random_page(uint64_t address, uint32_t context,
                                       bool lines)
{
    uint64_t size = lines || random_below(16) ? 4096 : 65536;
    return (struct oracle_entry){ .first = address & ~(size - 1),
                                  .last = address | (size - 1),
                                  .context = context,
                                  .global = !lines && !random_below(12) };
}

static struct oracle_entry random_range(uint64_t address, uint32_t context)
{
    return (struct oracle_entry){ .first = address,
                                  .last = address + random_below(20000),
                                  .context = context };
}

static struct assoc_entry as_entry(const struct oracle_entry *x)
{
    return (struct assoc_entry){ .first = x->first,
                                 .last = x->last,
                                 .context = x->context,
                                 .global = x->global };
}

/* One random operation on both; the answers must agree. */
static void step(struct pair *p, int pages)
{
    enum assoc_kind kind = p->a.kind;
    bool lines = kind == ASSOC_LINES;
    uint64_t address = random_below((uint64_t)pages * 4096);
    uint32_t context = lines ? 0 : (uint32_t)random_below(3);
    int which;
    if (!random_below(50)) {
        invalidate_both(p, address, context);
        return;
    }
    int matches = oracle_array_find(&p->o, address, context, &which);
    int32_t found = assoc_find(&p->a, address, context);
    assert_int_equal(found, assoc_lookup(&p->a, address, context));
    if (matches > 1) {
        assert_int_equal(found, ASSOC_MULTI);
    } else if (matches == 1) {
        assert_true(found >= 0);
        assert_true(p->a.entry[found].first == p->o.e[which].first);
        assert_true(p->a.entry[found].context == p->o.e[which].context);
        oracle_array_lookup(&p->o, address, context);
    } else {
        assert_int_equal(found, ASSOC_NONE);
    }
    if (lines ? matches == 0 : random_below(4) == 0) {
        struct oracle_entry x = kind == ASSOC_RANGES
                                    ? random_range(address, context)
                                    : random_page(address, context, lines);
        struct assoc_entry e = as_entry(&x);
        assoc_fill(&p->a, &e, NULL, NULL, NULL);
        if (kind == ASSOC_RANGES)
            oracle_array_fill_range(&p->o, x);
        else
            oracle_array_fill_page(&p->o, x);
    }
}

static void against_oracle(struct assoc_shape shape, int pages)
{
    struct pair p;
    pair_open(&p, shape);
    random_start(shape.entries * 7 + shape.ways + shape.policy);
    for (int i = 0; i < 60000; i++) {
        step(&p, pages);
        if (i % 512 == 0)
            check_same(&p);
    }
    check_same(&p);
    pair_close(&p);
}

static void test_lines(void **state)
{
    static const struct assoc_shape shapes[] = {
        { 16, 1, ASSOC_LINES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 64, 4, ASSOC_LINES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 64, 4, ASSOC_LINES, 12, POLICY_FIFO, false, false, 1, { 0 } },
        { 32, 0, ASSOC_LINES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 48, 3, ASSOC_LINES, 12, POLICY_FIFO, false, false, 1, { 0 } },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        against_oracle(shapes[i], 200);
}

static void test_pages(void **state)
{
    static const struct assoc_shape shapes[] = {
        { 8, 0, ASSOC_PAGES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 40, 0, ASSOC_PAGES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 40, 0, ASSOC_PAGES, 12, POLICY_FIFO, false, false, 1, { 0 } },
        { 64, 4, ASSOC_PAGES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 128, 1, ASSOC_PAGES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 1, 0, ASSOC_PAGES, 12, POLICY_LRU, false, false, 1, { 0 } },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        against_oracle(shapes[i], 120);
}

static void test_ranges(void **state)
{
    static const struct assoc_shape shapes[] = {
        { 4, 0, ASSOC_RANGES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 16, 0, ASSOC_RANGES, 12, POLICY_LRU, false, false, 1, { 0 } },
        { 16, 0, ASSOC_RANGES, 12, POLICY_FIFO, false, false, 1, { 0 } },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        against_oracle(shapes[i], 60);
}

/* ---- policies by hand ------------------------------------------------- */

static void fill_page(struct pair *p, uint64_t page, struct assoc_entry *victim)
{
    struct assoc_entry e = { .first = page << 12, .last = page << 12 | 4095 };
    assoc_fill(&p->a, &e, NULL, victim, NULL);
}

/* Which page goes when `page` comes. */
static int64_t displaced(struct pair *p, uint64_t page)
{
    struct assoc_entry victim;
    fill_page(p, page, &victim);
    return victim.valid ? (int64_t)(victim.first >> 12) : -1;
}

static void test_plru_follows_the_tree(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p,
              (struct assoc_shape){
                  4, 0, ASSOC_PAGES, 12, POLICY_PLRU, false, false, 1, { 0 } });
    for (uint64_t page = 0; page < 4; page++)
        assert_int_equal(displaced(&p, page), -1);
    /* after 0 1 2 3 the root points left, the left node at way 0 */
    assert_int_equal(displaced(&p, 4), 0);
    /* now right: its node points at way 2; then left again: way 1 */
    assert_int_equal(displaced(&p, 5), 2);
    assert_int_equal(displaced(&p, 6), 1);
    /* a use of way 3 sends the root left; there, way 0 is next */
    assert_true(assoc_lookup(&p.a, 3 << 12, 0) >= 0);
    assert_int_equal(displaced(&p, 7), 4);
    pair_close(&p);
}

/* The tree that is kept gives up what the tree worked out of stamps does. */
static void test_the_kept_tree_is_that_of_the_stamps(void **state)
{
    (void)state;
    random_start(5);
    for (uint32_t ways = 2; ways <= 64; ways *= 2) {
        struct pair p[2];
        struct assoc_shape shape = { .entries = 4 * ways,
                                     .ways = ways,
                                     .kind = ASSOC_LINES,
                                     .index_shift = 6,
                                     .policy = POLICY_PLRU };
        pair_open(&p[0], shape);
        shape.tree = true;
        pair_open(&p[1], shape);
        assert_true(!p[0].a.tree && p[1].a.tree);
        for (int i = 0; i < 20000; i++) {
            uint64_t at = random_below(6UL * ways) * 64;
            bool drop = !random_below(50);
            int32_t found[2];
            for (int k = 0; k < 2; k++) {
                struct assoc *a = &p[k].a;
                found[k] = assoc_lookup(a, at, 0);
                if (found[k] >= 0 && drop)
                    assoc_drop(a, found[k]);
                else if (found[k] < 0)
                    found[k] = assoc_fill(
                        a,
                        &(struct assoc_entry){ .first = at, .last = at + 63 },
                        NULL, NULL, NULL);
            }
            assert_int_equal(found[0], found[1]);
        }
        pair_close(&p[0]);
        pair_close(&p[1]);
    }
}

static void test_random_repeats_with_its_seed(void **state)
{
    (void)state;
    int64_t run[3][200];
    const uint64_t seed[3] = { 5, 5, 6 };
    for (int r = 0; r < 3; r++) {
        struct pair p;
        pair_open(&p, (struct assoc_shape){ 8,
                                            0,
                                            ASSOC_PAGES,
                                            12,
                                            POLICY_RANDOM,
                                            false,
                                            false,
                                            seed[r],
                                            { 0 } });
        for (uint64_t page = 0; page < 200; page++)
            run[r][page] = displaced(&p, page);
        pair_close(&p);
    }
    assert_memory_equal(run[0], run[1], sizeof run[0]);
    assert_memory_not_equal(run[0], run[2], sizeof run[0]);
}

/* Random victims must reach every way. */
static void test_random_reaches_all_ways(void **state)
{
    (void)state;
    struct pair p;
    bool hit[8] = { false };
    pair_open(
        &p, (struct assoc_shape){
                8, 0, ASSOC_PAGES, 12, POLICY_RANDOM, false, false, 3, { 0 } });
    for (uint64_t page = 0; page < 8; page++)
        displaced(&p, page);
    for (uint64_t page = 8; page < 200; page++) {
        displaced(&p, page);
        hit[assoc_find(&p.a, page << 12, 0)] = true;
    }
    for (int w = 0; w < 8; w++)
        assert_true(hit[w]);
    pair_close(&p);
}

/* ---- multi-hit ---------------------------------------------------------- */

static void fill_range(struct pair *p, uint64_t first, uint64_t last,
                       uint32_t context)
{
    struct assoc_entry e = { .first = first, .last = last, .context = context };
    assoc_fill(&p->a, &e, NULL, NULL, NULL);
}

static void test_overlap_is_reported_only_where_it_is(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p,
              (struct assoc_shape){
                  4, 0, ASSOC_RANGES, 12, POLICY_LRU, false, false, 1, { 0 } });
    fill_range(&p, 0x1000, 0x4FFF, 1);
    assert_true(assoc_lookup(&p.a, 0x3000, 1) >= 0); /* trains a hint */
    fill_range(&p, 0x3000, 0x6FFF, 1);
    fill_range(&p, 0x3000, 0x6FFF, 2); /* another domain: no overlap */
    assert_int_equal(assoc_lookup(&p.a, 0x3000, 1), ASSOC_MULTI);
    assert_true(assoc_lookup(&p.a, 0x2FFF, 1) >= 0);
    assert_true(assoc_lookup(&p.a, 0x5000, 1) >= 0);
    assert_true(assoc_lookup(&p.a, 0x3000, 2) >= 0);
    const struct assoc_match match = { .has_range = true,
                                       .first = 0x6000,
                                       .last = 0x6000,
                                       .has_context = true,
                                       .context = 1 };
    assert_int_equal(assoc_invalidate(&p.a, &match), 1);
    assert_true(assoc_lookup(&p.a, 0x3000, 1) >= 0);
    assert_int_equal(p.a.overlapping, 0);
    pair_close(&p);
}

static void test_same_range_is_replaced(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p,
              (struct assoc_shape){
                  4, 0, ASSOC_RANGES, 12, POLICY_LRU, false, false, 1, { 0 } });
    fill_range(&p, 0x1000, 0x4FFF, 1);
    struct assoc_entry e = {
        .first = 0x1000, .last = 0x4FFF, .context = 1, .rights = 5
    };
    int32_t i = assoc_fill(&p.a, &e, NULL, NULL, NULL);
    assert_int_equal(p.a.valid, 1);
    assert_int_equal(p.a.entry[i].rights, 5);
    pair_close(&p);
}

static void test_ends_of_the_address_space(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p,
              (struct assoc_shape){
                  4, 0, ASSOC_RANGES, 12, POLICY_LRU, false, false, 1, { 0 } });
    fill_range(&p, UINT64_MAX - 7, UINT64_MAX, 1);
    fill_range(&p, 0, 7, 1);
    assert_true(assoc_lookup(&p.a, UINT64_MAX, 1) >= 0);
    assert_true(assoc_lookup(&p.a, 0, 1) >= 0);
    assert_int_equal(assoc_lookup(&p.a, 8, 1), ASSOC_NONE);
    assert_int_equal(assoc_lookup(&p.a, UINT64_MAX - 8, 1), ASSOC_NONE);
    pair_close(&p);
}

static void test_clear_forgets_all(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p,
              (struct assoc_shape){
                  8, 2, ASSOC_PAGES, 12, POLICY_PLRU, true, false, 1, { 0 } });
    for (uint64_t page = 0; page < 20; page++)
        displaced(&p, page);
    assoc_clear(&p.a);
    assert_int_equal(p.a.valid, 0);
    for (uint64_t page = 0; page < 20; page++)
        assert_int_equal(assoc_find(&p.a, page << 12, 0), ASSOC_NONE);
    for (uint64_t page = 0; page < 8; page++)
        assert_int_equal(displaced(&p, page), -1);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lines),
        TEST(test_pages),
        TEST(test_ranges),
        TEST(test_plru_follows_the_tree),
        TEST(test_the_kept_tree_is_that_of_the_stamps),
        TEST(test_random_repeats_with_its_seed),
        TEST(test_random_reaches_all_ways),
        TEST(test_overlap_is_reported_only_where_it_is),
        TEST(test_same_range_is_replaced),
        TEST(test_ends_of_the_address_space),
        TEST(test_clear_forgets_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
