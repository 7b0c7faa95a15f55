/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/cache and hierarchy: hits, write-backs and cycles against plain lists;
 * what each part costs, by hand; causes of misses. */
#include "mmu/cache.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_cache.h"

static struct access access_line(struct world *w, enum access_kind kind,
                                 uint64_t line)
{
    return world_access(w, kind, PRIV_M, RAM_BASE + line * 64, 8);
}

/* Cycles that the oracle expects of one access. */
static uint64_t expected(struct oracle_cache *l1, struct oracle_cache *l2,
                         const struct mmu_config *c, uint64_t line, bool write,
                         bool *l1_hit)
{
    bool back1, back2;
    uint64_t gone1, gone2, cycles = 0;
    *l1_hit = oracle_cache_use(l1, line, write, &back1, &gone1);
    if (*l1_hit)
        return 0;
    cycles += (uint64_t)c->l2_latency;
    if (!oracle_cache_use(l2, line, false, &back2, &gone2))
        cycles += (uint64_t)c->dram_latency;
    cycles += (uint64_t)c->l1_fill;
    if (back1)
        cycles += (uint64_t)c->l1_writeback;
    return cycles;
}

static void test_against_oracle(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    struct oracle_cache l1 = { .sets = 16, .ways = 2 };
    struct oracle_cache l2 = { .sets = 64, .ways = 4 };
    uint64_t base = RAM_BASE / 64;
    world_open(&w, &c);
    random_start(7);
    uint64_t line = 0;
    for (int i = 0; i < 200000; i++) {
        bool hit, write = random_below(3) == 0;
        line = random_below(3) ? (line + random_below(3)) % 600
                               : random_below(600);
        uint64_t want = expected(&l1, &l2, &c, base + line, write, &hit);
        struct access a =
            access_line(&w, write ? ACCESS_STORE : ACCESS_LOAD, line);
        assert_int_equal(a.l1.result, hit ? LOOKUP_HIT : LOOKUP_MISS);
        assert_int_equal(a.cycles, want);
    }
    world_check_invariants(&w);
    assert_true(w.mmu.accounts.cell[FOR_DATA][IN_L1] > 0);
    world_close(&w);
}

static void test_causes(void **state)
{
    (void)state;
    struct mmu_config c = world_config(); /* L1D: 16 sets, 2 ways */
    struct world w;
    world_open(&w, &c);
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).l1.cause, MISS_COLD);
    access_line(&w, ACCESS_LOAD, 16);
    access_line(&w, ACCESS_LOAD, 32);
    /* three lines in one set of two, 32 lines in all */
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).l1.cause, MISS_CONFLICT);
    for (uint64_t line = 100; line < 164; line++)
        access_line(&w, ACCESS_LOAD, line);
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).l1.cause, MISS_CAPACITY);
    /* another domain's lines */
    world_set_satp(&w, 1);
    for (uint64_t line = 200; line < 264; line++)
        access_line(&w, ACCESS_LOAD, line);
    world_set_satp(&w, 0);
    struct access a = access_line(&w, ACCESS_LOAD, 0);
    assert_int_equal(a.l1.cause, MISS_SWITCH);
    assert_true(a.l1.late);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_fence_i(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_access(&w, ACCESS_FETCH, PRIV_M, RAM_BASE, 4);
    struct access a = world_access(&w, ACCESS_FETCH, PRIV_M, RAM_BASE, 4);
    assert_int_equal(a.l1.result, LOOKUP_HIT);
    mmu_fence_i(&w.mmu);
    a = world_access(&w, ACCESS_FETCH, PRIV_M, RAM_BASE, 4);
    assert_int_equal(a.l1.result, LOOKUP_MISS);
    assert_int_equal(a.l1.cause, MISS_INVALIDATED);
    assert_int_equal(a.cycles, 10 + 1); /* L2 keeps it */
    assert_false(a.l1.late); /* the domain alone would have missed too */
    assert_int_equal(w.mmu.stats[UNIT_L1I].invalidations, 1);
    world_close(&w);
}

static void test_without_l2(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.l2_bytes = 0;
    world_open(&w, &c);
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).cycles, 100 + 1);
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).cycles, 0);
    assert_int_equal(w.mmu.stats[UNIT_L2].lookups, 0);
    world_close(&w);
}

static void test_without_l1(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.l1d_bytes = c.l1i_bytes = 0;
    world_open(&w, &c);
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).cycles, 10 + 100);
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).cycles, 10);
    for (int i = 0; i < 2; i++) {
        struct access a = access_line(&w, ACCESS_FETCH, 0);
        assert_int_equal(a.cycles, 10);
        assert_int_equal(a.l1.result, LOOKUP_NONE);
    }
    assert_int_equal(w.mmu.stats[UNIT_L1D].lookups, 0);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_nothing_but_dram(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.l1d_bytes = c.l1i_bytes = c.l2_bytes = 0;
    world_open(&w, &c);
    assert_int_equal(access_line(&w, ACCESS_LOAD, 0).cycles, 100);
    assert_int_equal(access_line(&w, ACCESS_STORE, 0).cycles, 100);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_across_two_lines(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    struct access a = world_access(&w, ACCESS_LOAD, PRIV_M, RAM_BASE + 60, 8);
    assert_int_equal(a.cycles, 2 * 111);
    assert_int_equal(w.mmu.stats[UNIT_L1D].lookups, 2);
    assert_true(access_line(&w, ACCESS_LOAD, 0).l1.result == LOOKUP_HIT);
    assert_true(access_line(&w, ACCESS_LOAD, 1).l1.result == LOOKUP_HIT);
    world_close(&w);
}

static void test_dirty_line_is_written_back_once(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    access_line(&w, ACCESS_STORE, 0);
    access_line(&w, ACCESS_LOAD, 16);
    struct access a = access_line(&w, ACCESS_LOAD, 32); /* 0 goes, dirty */
    assert_int_equal(a.cycles, 111 + 4);
    a = access_line(&w, ACCESS_LOAD, 48); /* 16 goes, clean */
    assert_int_equal(a.cycles, 111);
    /* L2 was told: its copy of line 0 is dirty */
    const struct assoc *l2 = &w.mmu.unit[UNIT_L2].array;
    int32_t i = assoc_find(l2, RAM_BASE, 0);
    assert_true(i >= 0 && l2->entry[i].dirty);
    world_close(&w);
}

/* Doubling one latency changes its own account, in proportion, and nothing
 * else. */
static void run_mix(struct world *w)
{
    random_start(11);
    world_user_pages(w, 64);
    for (int i = 0; i < 20000; i++) {
        enum access_kind kind = (enum access_kind)random_below(3);
        world_access(w, kind, PRIV_U,
                     USER_VA + (random_below(64 * 4096) & ~7ULL), 8);
    }
}

static void test_latency_changes_only_its_account(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world one, two;
    world_open(&one, &c);
    c.dram_latency *= 2;
    world_open(&two, &c);
    run_mix(&one);
    run_mix(&two);
    for (unsigned p = 0; p < PURPOSE_COUNT; p++)
        for (unsigned q = 0; q < PLACE_COUNT; q++)
            assert_int_equal(two.mmu.accounts.cell[p][q],
                             one.mmu.accounts.cell[p][q] *
                                 (q == IN_DRAM ? 2 : 1));
    assert_true(one.mmu.accounts.cell[FOR_TLB][IN_DRAM] > 0);
    world_close(&one);
    world_close(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_against_oracle),
        TEST(test_causes),
        TEST(test_fence_i),
        TEST(test_without_l2),
        TEST(test_without_l1),
        TEST(test_nothing_but_dram),
        TEST(test_across_two_lines),
        TEST(test_dirty_line_is_written_back_once),
        TEST(test_latency_changes_only_its_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
