/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/alone: late misses and gifts in small cases worked out by hand. */
#include "mmu/alone.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"

enum { PAGES = 64 };

/* Two spaces with the same pages; page 0 of both is global. */
struct two {
    struct world w;
    uint64_t satp[2];
};

static void two_open(struct two *t, struct mmu_config c)
{
    world_open(&t->w, &c);
    for (unsigned s = 0; s < 2; s++) {
        uint64_t root = world_new_table(&t->w);
        for (uint64_t page = 0; page < PAGES; page++) {
            uint64_t pa = USER_PA + (page ? page + s * PAGES : 0) * 4096;
            world_map(&t->w, root, 3, USER_VA + page * 4096, 0,
                      world_pte(pa, LEAF_USER | (page ? 0 : PTE_G)));
        }
        t->satp[s] = world_satp(SATP_SV39, s + 1, root);
    }
}

static struct mmu_config small_config(void)
{
    struct mmu_config c = world_config();
    c.dtlb_entries = 4;
    c.l2tlb_entries = 0;
    return c;
}

static void run(struct two *t, unsigned space)
{
    mmu_trap_entered(&t->w.mmu);
    world_set_satp(&t->w, t->satp[space]);
}

static struct access load_page(struct two *t, uint64_t page)
{
    return world_load(&t->w, USER_VA + page * 4096);
}

static void load_pages(struct two *t, uint64_t from, uint64_t to)
{
    for (uint64_t page = from; page <= to; page++)
        load_page(t, page);
}

static const struct unit_stats *stats(const struct two *t, enum unit unit)
{
    return &t->w.mmu.stats[unit];
}

static void test_late_when_another_domain_displaced_it(void **state)
{
    struct two t;
    (void)state;
    two_open(&t, small_config());
    run(&t, 0);
    load_page(&t, 1);
    run(&t, 1);
    load_pages(&t, 1, 4); /* four pages: space 0's entry is gone */
    run(&t, 0);
    assert_int_equal(stats(&t, UNIT_DTLB)->late, 0);
    uint64_t tlb = 0, before = 0;
    for (unsigned p = 0; p < PLACE_COUNT; p++)
        before += t.w.mmu.accounts.cell[FOR_TLB][p];
    struct access a = load_page(&t, 1);
    for (unsigned p = 0; p < PLACE_COUNT; p++)
        tlb += t.w.mmu.accounts.cell[FOR_TLB][p];
    assert_true(a.tlb.late && a.tlb.result == LOOKUP_MISS);
    assert_int_equal(a.tlb.cause, MISS_SWITCH);
    assert_int_equal(stats(&t, UNIT_DTLB)->late, 1);
    assert_int_equal(stats(&t, UNIT_DTLB)->late_cycles, tlb - before);
    world_check_invariants(&t.w);
    world_close(&t.w);
}

static void test_not_late_when_the_domain_did_it_itself(void **state)
{
    struct two t;
    (void)state;
    two_open(&t, small_config());
    run(&t, 0);
    load_pages(&t, 1, 5);
    struct access a = load_page(&t, 1);
    assert_true(a.tlb.result == LOOKUP_MISS && !a.tlb.late);
    assert_int_equal(stats(&t, UNIT_DTLB)->late_cycles, 0);
    world_close(&t.w);
}

static void test_gift_once(void **state)
{
    struct two t;
    (void)state;
    two_open(&t, small_config());
    run(&t, 0);
    struct access a = load_page(&t, 0); /* global */
    assert_true(a.tlb.result == LOOKUP_MISS);
    run(&t, 1);
    a = load_page(&t, 0);
    assert_true(a.tlb.result == LOOKUP_HIT && a.tlb.gift);
    assert_true(a.l1.result == LOOKUP_HIT && a.l1.gift);
    a = load_page(&t, 0);
    assert_true(a.tlb.result == LOOKUP_HIT && !a.tlb.gift && !a.l1.gift);
    assert_int_equal(stats(&t, UNIT_DTLB)->gifts, 1);
    assert_int_equal(stats(&t, UNIT_L1D)->gifts, 1);
    world_close(&t.w);
}

static void test_flush_of_a_switch_is_late(void **state)
{
    struct two t;
    (void)state;
    struct mmu_config c = small_config();
    c.asid_bits = 0;
    two_open(&t, c);
    run(&t, 0);
    load_page(&t, 1);
    for (unsigned space = 1; space < 3; space++) {
        run(&t, space % 2); /* the trap, the new satp, then the flush */
        mmu_sfence(&t.w.mmu, false, 0, true, 0);
    }
    struct access a = load_page(&t, 1);
    assert_true(a.tlb.late);
    assert_int_equal(a.tlb.cause, MISS_SWITCH);
    world_close(&t.w);
}

static void test_other_flushes_reach_the_copies(void **state)
{
    struct two t;
    (void)state;
    two_open(&t, small_config());
    run(&t, 0);
    load_page(&t, 1);
    mmu_trap_entered(&t.w.mmu); /* no change of satp in this trap */
    mmu_sfence(&t.w.mmu, false, 0, false, 0);
    struct access a = load_page(&t, 1);
    assert_true(a.tlb.result == LOOKUP_MISS && !a.tlb.late);
    assert_int_equal(a.tlb.cause, MISS_INVALIDATED);
    /* by address: never a switch's, even if satp has changed */
    run(&t, 1);
    run(&t, 0);
    world_set_satp(&t.w, t.satp[1]);
    world_set_satp(&t.w, t.satp[0]);
    mmu_sfence(&t.w.mmu, true, USER_VA + 4096, false, 0);
    a = load_page(&t, 1);
    assert_true(a.tlb.result == LOOKUP_MISS && !a.tlb.late);
    world_close(&t.w);
}

/* The L1 TLB alone would have missed too, the L2 TLB not. */
static void test_late_in_the_l2_tlb_only(void **state)
{
    struct two t;
    (void)state;
    struct mmu_config c = world_config();
    c.dtlb_entries = 1;
    c.l2tlb_entries = 4;
    c.l2tlb_ways = 0;
    two_open(&t, c);
    run(&t, 0);
    load_pages(&t, 1, 2); /* page 1: out of the L1 TLB, in the L2 TLB */
    run(&t, 1);
    load_pages(&t, 1, 4);
    run(&t, 0);
    struct access a = load_page(&t, 1);
    assert_true(a.tlb.result == LOOKUP_MISS && !a.tlb.late);
    assert_true(a.l2tlb.result == LOOKUP_MISS && a.l2tlb.late);
    assert_int_equal(stats(&t, UNIT_DTLB)->late_cycles, 0);
    assert_true(stats(&t, UNIT_L2TLB)->late_cycles > 0);
    world_close(&t.w);
}

static void test_late_in_l1d_takes_all_its_cycles(void **state)
{
    struct two t;
    (void)state;
    struct mmu_config c = small_config(); /* L1D: 16 sets, 2 ways */
    two_open(&t, c);
    run(&t, 0);
    uint64_t at = USER_VA + 5 * 4096 + 5 * 64, dirty = 4;
    world_load(&t.w, at);
    run(&t, 1);
    for (uint64_t page = 5; page < 7; page++)
        world_access(&t.w, ACCESS_STORE, PRIV_U, USER_VA + page * 4096 + 5 * 64,
                     8);
    run(&t, 0);
    uint64_t before = stats(&t, UNIT_L1D)->late_cycles;
    struct access a = world_load(&t.w, at);
    assert_true(a.l1.result == LOOKUP_MISS && a.l1.late);
    assert_int_equal(stats(&t, UNIT_L1D)->late_cycles - before, 10 + 1 + dirty);
    world_close(&t.w);
}

/* A walk that the domain alone would not have made: its reads are late as a
 * part of the TLB miss, not once more in the cache, and the alone copy of the
 * cache does not see them. */
static void test_cycles_are_late_once(void **state)
{
    struct two t;
    (void)state;
    two_open(&t, small_config());
    run(&t, 0);
    load_page(&t, 1);
    run(&t, 1);
    load_pages(&t, 1, 4);
    for (uint64_t line = 0; line < 64; line++) /* L1D is now space 1's */
        world_load(&t.w, USER_VA + 4096 + line * 64);
    run(&t, 0);
    uint64_t cycles = 0, late = stats(&t, UNIT_L1D)->late;
    struct access a = load_page(&t, 1);
    assert_true(a.tlb.late && a.l1.late && !a.l2.late);
    assert_int_equal(a.walk_reads, 3);
    assert_int_equal(stats(&t, UNIT_L1D)->late, late + 1);
    cycles = stats(&t, UNIT_DTLB)->late_cycles;
    cycles += stats(&t, UNIT_L1D)->late_cycles;
    assert_int_equal(cycles, a.cycles);
    world_close(&t.w);
}

static void test_late_in_l2_by_last_evictor(void **state)
{
    struct two t;
    (void)state;
    struct mmu_config c = small_config();
    c.l1d_bytes = 0; /* each access goes to L2: 64 sets, 4 ways */
    two_open(&t, c);
    uint64_t at = RAM_BASE + 0x4000, stride = 64 * 64;
    run(&t, 0);
    world_access(&t.w, ACCESS_LOAD, PRIV_M, at, 8);
    run(&t, 1);
    for (unsigned i = 1; i <= 4; i++)
        world_access(&t.w, ACCESS_LOAD, PRIV_M, at + i * stride, 8);
    run(&t, 0);
    struct access a = world_access(&t.w, ACCESS_LOAD, PRIV_M, at, 8);
    assert_true(a.l2.result == LOOKUP_MISS && a.l2.late);
    assert_int_equal(a.l2.cause, MISS_SWITCH);
    assert_int_equal(stats(&t, UNIT_L2)->late_cycles, 100);
    world_close(&t.w);
}

/* ---- the protection unit ------------------------------------------------- */

static void test_rplb_late_and_gift(void **state)
{
    (void)state;
    struct mmu_config c = world_config(); /* four entries */
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, PAGES);
    world_protect(&w, 1, SPROT_RPLB);
    struct access a = world_load(&w, USER_VA);
    assert_true(a.protection.result == LOOKUP_MISS && !a.protection.late);
    world_fill(&w, 1, USER_VA, USER_VA + 4096, RIGHT_R); /* the handler */
    a = world_load(&w, USER_VA);
    assert_true(a.protection.result == LOOKUP_HIT && !a.protection.gift);
    world_protect(&w, 2, SPROT_RPLB);
    for (uint64_t i = 0; i < 4; i++)
        world_fill(&w, 2, USER_VA + i * 4096, USER_VA + i * 4096 + 4096, 7);
    a = world_load(&w, USER_VA);
    /* same page, same line: brought in by domain 1 */
    assert_true(a.tlb.gift && a.l1.gift && !a.protection.gift);
    world_protect(&w, 1, SPROT_RPLB);
    a = world_load(&w, USER_VA);
    assert_true(a.protection.result == LOOKUP_MISS && a.protection.late);
    assert_int_equal(a.protection.cause, MISS_SWITCH);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].late, 1);
    /* software refills: the hardware charged nothing for the miss */
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].late_cycles, 0);
    /* an invalidation of the kernel is nobody's lateness */
    world_fill(&w, 1, USER_VA, USER_VA + 4096, RIGHT_R);
    mmu_rplb_invalidate(&w.mmu, true, 1, false, 0, 0);
    a = world_load(&w, USER_VA);
    assert_true(a.protection.result == LOOKUP_MISS && !a.protection.late);
    world_check_invariants(&w);
    world_close(&w);
}

/* ---- slots, and that attribution only explains ------------------------------
 */

static void test_least_recent_domain_is_forgotten(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 1);
    for (uint16_t d = 1; d <= ALONE_SLOTS; d++)
        world_protect(&w, d, SPROT_RPLB);
    world_protect(&w, 1, SPROT_RPLB); /* runs again: 2 is now the oldest */
    world_protect(&w, 100, SPROT_RPLB);
    assert_non_null(alone_find(&w.mmu.alone, 1));
    assert_null(alone_find(&w.mmu.alone, 2));
    assert_non_null(alone_find(&w.mmu.alone, 3));
    assert_ptr_equal(alone_find(&w.mmu.alone, 100), w.mmu.alone.now);
    world_close(&w);
}

/* A kernel that runs out of ASIDs gives a space another one: it stays the same
 * domain, and what others displaced in its caches is still late. */
static void test_another_asid_is_no_other_domain(void **state)
{
    struct two t;
    (void)state;
    /* far from where the walker's reads lie in the L1 */
    uint64_t va = USER_VA + 4096 + 512;
    two_open(&t, small_config());
    run(&t, 0);
    world_load(&t.w, va);
    const struct alone_slot *slot = t.w.mmu.alone.now;
    run(&t, 1);
    assert_ptr_not_equal(t.w.mmu.alone.now, slot);
    for (uint64_t page = 0; page < 3; page++) /* two ways */
        world_load(&t.w, va + page * 4096);
    t.satp[0] += 2ULL << SATP_ASID_SHIFT;
    run(&t, 0);
    assert_ptr_equal(t.w.mmu.alone.now, slot);
    struct access a = world_load(&t.w, va);
    assert_true(a.l1.result == LOOKUP_MISS && a.l1.late);
    world_close(&t.w);
}

static void random_life(struct two *t)
{
    random_start(23);
    run(t, 0);
    for (int i = 0; i < 60000; i++) {
        if (!random_below(200))
            run(t, (unsigned)random_below(2));
        if (!random_below(900))
            mmu_sfence(&t->w.mmu, random_below(2), USER_VA, random_below(2),
                       random_below(3));
        world_access(&t->w, (enum access_kind)random_below(4), PRIV_U,
                     USER_VA + (random_below(20 * 4096) & ~7ULL), 8);
    }
}

static void test_attribution_changes_nothing(void **state)
{
    struct two on, off;
    (void)state;
    for (int64_t policy = POLICY_LRU; policy <= POLICY_RANDOM; policy++) {
        struct mmu_config c = world_config();
        c.dtlb_policy = c.l1d_policy = c.l2_policy = policy;
        two_open(&on, c);
        c.attribution = 0;
        two_open(&off, c);
        random_life(&on);
        random_life(&off);
        assert_memory_equal(&on.w.mmu.accounts, &off.w.mmu.accounts,
                            sizeof on.w.mmu.accounts);
        uint64_t late = 0, late_cycles = 0;
        for (unsigned u = 0; u < UNIT_COUNT; u++) {
            struct unit_stats s = on.w.mmu.stats[u];
            late += s.late + s.gifts;
            late_cycles += s.late_cycles;
            s.late = s.gifts = s.late_cycles = 0;
            assert_memory_equal(&s, &off.w.mmu.stats[u], sizeof s);
        }
        assert_true(late > 100);
        assert_true(late_cycles < on.w.mmu.accounts.total);
        world_check_invariants(&on.w);
        world_close(&on.w);
        world_close(&off.w);
    }
}

/* With one domain there is nobody to blame or to thank. */
static void test_one_domain_has_neither(void **state)
{
    struct two t;
    (void)state;
    for (int64_t policy = POLICY_LRU; policy <= POLICY_FIFO; policy++) {
        struct mmu_config c = world_config();
        c.dtlb_policy = c.itlb_policy = c.l2tlb_policy = policy;
        c.l1d_policy = c.l1i_policy = policy;
        two_open(&t, c);
        run(&t, 0);
        random_start(31);
        for (int i = 0; i < 40000; i++)
            world_access(&t.w, (enum access_kind)random_below(4), PRIV_U,
                         USER_VA + (random_below(40 * 4096) & ~7ULL), 8);
        for (unsigned u = 0; u < UNIT_COUNT; u++) {
            assert_int_equal(t.w.mmu.stats[u].late, 0);
            assert_int_equal(t.w.mmu.stats[u].gifts, 0);
        }
        world_close(&t.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_late_when_another_domain_displaced_it),
        TEST(test_not_late_when_the_domain_did_it_itself),
        TEST(test_gift_once),
        TEST(test_flush_of_a_switch_is_late),
        TEST(test_other_flushes_reach_the_copies),
        TEST(test_late_in_the_l2_tlb_only),
        TEST(test_late_in_l1d_takes_all_its_cycles),
        TEST(test_cycles_are_late_once),
        TEST(test_late_in_l2_by_last_evictor),
        TEST(test_rplb_late_and_gift),
        TEST(test_least_recent_domain_is_forgotten),
        TEST(test_another_asid_is_no_other_domain),
        TEST(test_attribution_changes_nothing),
        TEST(test_one_domain_has_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
