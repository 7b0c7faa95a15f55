/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The array's two shapes after Flute: TLBs with a bank for each page size,
 * against one plain array per size, and the victim pointer that is common to
 * all sets.
 */
#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_array.h"

#include <stdlib.h>

static const unsigned shifts[] = { 12, 21, 30 };

/* A page of some size out of 48 GiB. */
static struct oracle_entry random_page(unsigned size)
{
    uint64_t address = random_below(12) << 32 | random_below(4) << 30 |
                       random_below(16) << 21 | random_below(32) << 12;
    uint64_t mask = (1ULL << shifts[size]) - 1;
    return (struct oracle_entry){ .first = address & ~mask,
                                  .last = address | mask,
                                  .context = (uint32_t)random_below(3) };
}

/* No size displaces another except where they overlap. */
static void test_banks_against_plain_arrays(void **state)
{
    (void)state;
    struct assoc_shape shape = { .entries = 16 + 8 + 4,
                                 .ways = 1,
                                 .kind = ASSOC_PAGES,
                                 .index_shift = 12,
                                 .policy = POLICY_LRU,
                                 .bank = { 8, 4 } };
    struct assoc a;
    static struct oracle_array o[3];
    void *memory = calloc(1, assoc_bytes(&shape));
    assoc_init(&a, &shape, memory);
    for (unsigned i = 0; i < 3; i++)
        o[i] = (struct oracle_array){ .sets = 16 >> i, .ways = 1 };
    random_start(11);
    for (int step = 0; step < 60000; step++) {
        unsigned size = (unsigned)random_below(3);
        struct oracle_entry x = random_page(size);
        int matches = 0, which;
        for (unsigned i = 0; i < 3; i++)
            matches += oracle_array_find(&o[i], x.first, x.context, &which);
        int32_t found = assoc_lookup(&a, x.first, x.context);
        assert_int_equal(found >= 0, matches == 1);
        if (random_below(2))
            continue;
        struct assoc_entry e = { .first = x.first,
                                 .last = x.last,
                                 .context = x.context };
        int32_t index = assoc_fill(&a, &e, NULL, NULL, NULL);
        assert_int_equal(assoc_set(&a, index), index);
        for (unsigned i = 0; i < 3; i++)
            if (i != size)
                for (int k = 0; k < o[i].sets; k++) {
                    struct oracle_entry *y = &o[i].e[k];
                    y->valid &= !(y->context == x.context &&
                                  y->first <= x.last && x.first <= y->last);
                }
        oracle_array_fill_page(&o[size], x);
    }
    free(memory);
}

static uint32_t fill_line(struct assoc *a, uint64_t line)
{
    struct assoc_entry e = { .first = line * 64, .last = line * 64 + 63 };
    return (uint32_t)assoc_fill(a, &e, NULL, NULL, NULL) % a->ways;
}

/* One pointer: fills of any set move it, uses and empty ways do not. */
static void test_rotate(void **state)
{
    (void)state;
    struct assoc_shape shape = { .entries = 8,
                                 .ways = 2,
                                 .kind = ASSOC_LINES,
                                 .index_shift = 6,
                                 .policy = POLICY_ROTATE };
    struct assoc a;
    void *memory = calloc(1, assoc_bytes(&shape));
    assoc_init(&a, &shape, memory);
    assert_int_equal(fill_line(&a, 0), 0);
    assert_int_equal(fill_line(&a, 1), 1);
    /* set 0 has an empty way 1, but the pointer is back at way 0 */
    assert_int_equal(fill_line(&a, 4), 0);
    assert_int_equal(assoc_find(&a, 0, 0), ASSOC_NONE);
    assert_true(assoc_lookup(&a, 4 * 64, 0) >= 0);
    assert_int_equal(fill_line(&a, 2), 1);
    assert_int_equal(fill_line(&a, 8), 0); /* though 4 was just used */
    assert_int_equal(assoc_find(&a, 4 * 64, 0), ASSOC_NONE);
    free(memory);
}

/* 2 MiB pages: as many as their bank has, beside sixteen small ones. */
static void test_sizes_live_side_by_side(void **state)
{
    (void)state;
    enum { BIG = 1 << 21 };
    struct mmu_config c = world_config();
    struct world w;
    c.dtlb_entries = c.itlb_entries = 16;
    c.dtlb_ways = c.itlb_ways = 1;
    c.tlb_2m = 8;
    c.tlb_1g = 4;
    c.l2tlb_entries = c.l2tlb_ways = 0;
    world_open(&w, &c);
    world_user_pages(&w, 16);
    for (uint64_t i = 1; i <= 9; i++)
        world_map(&w, w.root, 3, USER_VA + i * BIG, 1,
                  world_pte(RAM_BASE, LEAF_USER));
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < 16; i++)
            world_load(&w, USER_VA + i * 4096);
        for (uint64_t i = 1; i <= 8; i++)
            world_load(&w, USER_VA + i * BIG);
    }
    assert_int_equal(w.mmu.stats[UNIT_DTLB].misses, 24);
    /* the ninth shares the set of the first */
    assert_int_equal(world_load(&w, USER_VA + 9 * BIG).tlb.result, LOOKUP_MISS);
    assert_int_equal(world_load(&w, USER_VA + 1 * BIG).tlb.result, LOOKUP_MISS);
    assert_int_equal(world_load(&w, USER_VA + 2 * BIG).tlb.result, LOOKUP_HIT);
    world_check_invariants(&w);
    uint64_t cam, ram, shared_ram;
    mmu_storage_bits(&c, UNIT_DTLB, true, &cam, &ram);
    c.tlb_2m = c.tlb_1g = 0;
    mmu_storage_bits(&c, UNIT_DTLB, true, &cam, &shared_ram);
    assert_true(ram > shared_ram);
    world_close(&w);
}

static void test_banks_need_sets(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w = { 0 };
    struct err err;
    assert_true(bus_init(&w.bus, RAM_BASE, RAM_BYTES, &err));
    c.tlb_2m = c.tlb_1g = 4; /* fully associative */
    assert_false(mmu_init(&w.mmu, &c, &w.bus, &err));
    assert_non_null(strstr(err.text, "itlb.ways"));
    c.itlb_ways = c.dtlb_ways = 1;
    c.tlb_1g = 0; /* nowhere to put a 1 GiB page */
    assert_false(mmu_init(&w.mmu, &c, &w.bus, &err));
    bus_free(&w.bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_banks_against_plain_arrays),
        TEST(test_rotate),
        TEST(test_sizes_live_side_by_side),
        TEST(test_banks_need_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
