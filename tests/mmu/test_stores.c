/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Posted stores, write-through, the walker's own way to memory, what a fence
 * drops: cycles counted by hand. The clock moves only by what is charged here
 * (`pass` stands for the core's own cycles).
 */
#include "tests/mmu/world.h"

/* Flute's figures: a miss of L1D 35 cycles, of L1I 31, a walk read 22 or 18. */
static struct mmu_config through(void)
{
    struct mmu_config c = world_config();
    c.l2tlb_entries = 0;
    c.l2tlb_ways = 0;
    c.walk_step = 0;
    c.walk_path = WALK_MEMORY;
    c.walk_iread = 18;
    c.walk_dread = 22;
    c.l2_bytes = 0;
    c.l1_fill = 0;
    c.dram_latency = 31;
    c.l1d_extra = 4;
    c.l1d_write = WRITE_THROUGH;
    c.store_depth = 15;
    c.store_cycles = 6;
    c.store_same = 2;
    c.store_next = 1;
    c.store_block = 32;
    c.store_ack = 17;
    c.store_order = STORES_DRAIN;
    return c;
}

static void pass(struct world *w, uint64_t cycles)
{
    account_charge(&w->mmu.accounts, FOR_EXECUTE, IN_CORE, cycles);
}

static uint32_t access_m(struct world *w, enum access_kind kind, uint64_t pa)
{
    return world_access(w, kind, PRIV_M, pa, 8).cycles;
}

/* The clock is off zero, and no block is open. */
static void open_idle(struct world *w, const struct mmu_config *c)
{
    world_open(w, c);
    pass(w, 1000);
}

static void test_a_store_allocates_nothing(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    assert_int_equal(access_m(&w, ACCESS_STORE, RAM_BASE), 0);
    pass(&w, 100);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 35); /* a miss */
    assert_int_equal(access_m(&w, ACCESS_STORE, RAM_BASE + 8), 0);
    pass(&w, 100);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE + 8), 0);
    const struct unit_stats *s = &w.mmu.stats[UNIT_L1D];
    assert_int_equal(s->fills, 1);
    assert_int_equal(s->misses, 2);
    assert_int_equal(s->hits, 2);
    world_check_invariants(&w);
    world_close(&w);
}

/* A store takes the core 2 cycles; then the load that misses. */
static void test_a_miss_waits_for_one_store(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    access_m(&w, ACCESS_STORE, RAM_BASE);
    pass(&w, 2);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE + 4096), 21 + 35);
    /* behind a store to the block of the one before, 6 cycles earlier: 15 */
    pass(&w, 100);
    access_m(&w, ACCESS_STORE, RAM_BASE);
    pass(&w, 6);
    access_m(&w, ACCESS_STORE, RAM_BASE + 8);
    pass(&w, 4);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE + 8192), 15 + 35);
    world_close(&w);
}

static void test_a_miss_waits_for_four_blocks(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    for (uint64_t i = 0; i < 4; i++) {
        access_m(&w, ACCESS_STORE, RAM_BASE + 32 * i);
        pass(&w, 2);
    }
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE + 4096), 33 + 35);
    world_close(&w);
}

static void test_only_data_misses_wait(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 35);
    access_m(&w, ACCESS_STORE, RAM_BASE);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 0); /* a hit */
    assert_int_equal(access_m(&w, ACCESS_FETCH, RAM_BASE), 31);
    world_close(&w);
    c.store_order = STORES_PASS;
    open_idle(&w, &c);
    access_m(&w, ACCESS_STORE, RAM_BASE);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 35);
    world_close(&w);
}

/* Stores one behind the other to ever new blocks: memory takes one in 6 cycles,
 * so with the core at 2 the k-th (from 0) wants to start at 6k. It finds room
 * when store k - 15 is acknowledged: at 6(k - 15) + 23. */
static void test_stores_wait_for_room(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    uint64_t start = w.mmu.accounts.total;
    for (uint64_t k = 0; k < 40; k++) {
        uint64_t clock = w.mmu.accounts.total - start;
        uint64_t room = k < 15 ? 0 : 6 * (k - 15) + 23;
        uint64_t wait = room > clock ? room - clock : 0;
        assert_int_equal(access_m(&w, ACCESS_STORE, RAM_BASE + 64 * k), wait);
        pass(&w, 2);
    }
    world_close(&w);
}

/* Four stores to a block: 6 + 1 + 1 + 2 cycles of memory. */
static void test_stores_to_one_block_are_faster(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    c.store_depth = 0;
    open_idle(&w, &c);
    uint64_t start = w.mmu.accounts.total;
    for (uint64_t k = 0; k < 16; k++)
        assert_int_equal(access_m(&w, ACCESS_STORE, RAM_BASE + 8 * k), 0);
    assert_int_equal(w.mmu.stores.free - start, 4 * 10);
    assert_int_equal(w.mmu.stores.settled - start, 4 * 10 + 17);
    world_close(&w);
}

/* An AMO reads, so its line is brought in, and posts a store. */
static void test_amo_reads_then_posts(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    assert_int_equal(access_m(&w, ACCESS_AMO, RAM_BASE), 35);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE + 4096), 23 + 35);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 0);
    world_close(&w);
}

static void test_walks_read_memory(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    world_user_pages(&w, 4);
    struct access a = world_access(&w, ACCESS_FETCH, PRIV_U, USER_VA, 4);
    assert_int_equal(a.cycles, 3 * 18 + 31);
    a = world_load(&w, USER_VA);
    assert_int_equal(a.cycles, 3 * 22 + 35);
    assert_int_equal(w.mmu.stats[UNIT_L1D].fills, 1); /* no PTE among them */
    /* a walk waits for stores too, then its refill need not */
    world_access(&w, ACCESS_STORE, PRIV_U, USER_VA, 8);
    assert_int_equal(world_load(&w, USER_VA + 4096).cycles, 23 + 66 + 35);
    /* but not the walk of a fetch */
    world_access(&w, ACCESS_STORE, PRIV_U, USER_VA, 8);
    a = world_access(&w, ACCESS_FETCH, PRIV_U, USER_VA + 8192, 4);
    assert_int_equal(a.cycles, 54 + 31);
    world_close(&w);
}

static void test_fences_drop_what_they_say(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w;
    open_idle(&w, &c);
    access_m(&w, ACCESS_LOAD, RAM_BASE);
    access_m(&w, ACCESS_FETCH, RAM_BASE);
    mmu_fence(&w.mmu); /* nothing */
    mmu_fence_i(&w.mmu);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 0);
    assert_int_equal(access_m(&w, ACCESS_FETCH, RAM_BASE), 31);
    w.mmu.config.fence_drops = FENCE_L1D;
    mmu_fence(&w.mmu);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 35);
    assert_int_equal(access_m(&w, ACCESS_FETCH, RAM_BASE), 0);
    w.mmu.config.fencei_drops = FENCEI_BOTH;
    mmu_fence_i(&w.mmu);
    assert_int_equal(access_m(&w, ACCESS_LOAD, RAM_BASE), 35);
    assert_int_equal(access_m(&w, ACCESS_FETCH, RAM_BASE), 31);
    world_close(&w);
}

/* A write-back L1D must write its dirty lines back first. */
static void test_a_fence_writes_dirty_lines_back(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.fence_drops = FENCE_L1D;
    open_idle(&w, &c);
    access_m(&w, ACCESS_STORE, RAM_BASE);
    access_m(&w, ACCESS_STORE, RAM_BASE + 64);
    access_m(&w, ACCESS_LOAD, RAM_BASE + 128);
    uint64_t before = w.mmu.accounts.total;
    mmu_fence(&w.mmu);
    assert_int_equal(w.mmu.accounts.total - before, 2 * 4);
    world_close(&w);
}

static void test_sfence_may_drop_all(void **state)
{
    (void)state;
    for (int scope = SFENCE_EXACT; scope <= SFENCE_ALL; scope++) {
        struct mmu_config c = through();
        struct world w;
        c.sfence_scope = scope;
        open_idle(&w, &c);
        world_user_pages(&w, 2);
        world_load(&w, USER_VA);
        mmu_sfence(&w.mmu, true, USER_VA + 4096, true, 7);
        struct access a = world_load(&w, USER_VA);
        assert_int_equal(a.tlb.result,
                         scope == SFENCE_ALL ? LOOKUP_MISS : LOOKUP_HIT);
        world_close(&w);
    }
}

static void test_through_needs_an_l1d_and_no_l2(void **state)
{
    (void)state;
    struct mmu_config c = through();
    struct world w = { 0 };
    struct err err;
    assert_true(bus_init(&w.bus, RAM_BASE, RAM_BYTES, &err));
    c.l2_bytes = 16384;
    assert_false(mmu_init(&w.mmu, &c, &w.bus, &err));
    assert_non_null(strstr(err.text, "l1d.write"));
    c = through();
    c.store_block = 24;
    assert_false(mmu_init(&w.mmu, &c, &w.bus, &err));
    assert_non_null(strstr(err.text, "stores.block"));
    bus_free(&w.bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_store_allocates_nothing),
        TEST(test_a_miss_waits_for_one_store),
        TEST(test_a_miss_waits_for_four_blocks),
        TEST(test_only_data_misses_wait),
        TEST(test_stores_wait_for_room),
        TEST(test_stores_to_one_block_are_faster),
        TEST(test_amo_reads_then_posts),
        TEST(test_walks_read_memory),
        TEST(test_fences_drop_what_they_say),
        TEST(test_a_fence_writes_dirty_lines_back),
        TEST(test_sfence_may_drop_all),
        TEST(test_through_needs_an_l1d_and_no_l2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
