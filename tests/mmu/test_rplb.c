/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/protect: who is checked, with which causes; the RPLB against a plain
 * array; multi-hit; accesses across ranges; misses and their causes. */
#include "mmu/protect/rplb.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_array.h"

enum { ALICE = 3, BOB = 4, PAGES = 16 };

static void open_rplb(struct world *w)
{
    struct mmu_config c = world_config();
    world_open(w, &c);
    world_user_pages(w, PAGES);
    world_protect(w, ALICE, SPROT_RPLB);
}

static struct access user(struct world *w, enum access_kind kind, uint64_t at)
{
    return world_access(w, kind, PRIV_U, USER_VA + at, 8);
}

static void expect(struct access a, enum refusal refused, unsigned cause)
{
    assert_int_equal(a.refused, refused);
    assert_int_equal(a.cause, cause);
}

static void test_causes_of_refusal(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    expect(user(&w, ACCESS_FETCH, 0), REFUSED_RANGE_MISS, 24);
    expect(user(&w, ACCESS_LOAD, 0), REFUSED_RANGE_MISS, 25);
    expect(user(&w, ACCESS_STORE, 0), REFUSED_RANGE_MISS, 26);
    expect(user(&w, ACCESS_AMO, 0), REFUSED_RANGE_MISS, 26);
    world_fill(&w, ALICE, USER_VA, USER_VA + 4096, RIGHT_M);
    expect(user(&w, ACCESS_FETCH, 0), REFUSED_RANGE_RIGHT, 28);
    expect(user(&w, ACCESS_LOAD, 0), REFUSED_RANGE_RIGHT, 29);
    expect(user(&w, ACCESS_STORE, 0), REFUSED_RANGE_RIGHT, 30);
    expect(user(&w, ACCESS_AMO, 0), REFUSED_RANGE_RIGHT, 30);
    world_check_invariants(&w);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].lookups, 6);
    assert_int_equal(w.mmu.stats[UNIT_IRPLB].lookups, 2);
    /* a refused access is not translated: no TLB look-up */
    assert_int_equal(w.mmu.stats[UNIT_DTLB].lookups, 0);
    world_close(&w);
}

static void test_each_right_allows_its_access(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    for (unsigned rights = 0; rights < 8; rights++) {
        world_fill(&w, ALICE, USER_VA, USER_VA + 4096, rights);
        bool r = rights & RIGHT_R, wr = rights & RIGHT_W, x = rights & RIGHT_X;
        assert_int_equal(user(&w, ACCESS_LOAD, 8).refused == REFUSED_NOT, r);
        assert_int_equal(user(&w, ACCESS_STORE, 8).refused == REFUSED_NOT, wr);
        assert_int_equal(user(&w, ACCESS_FETCH, 8).refused == REFUSED_NOT, x);
        assert_int_equal(user(&w, ACCESS_AMO, 8).refused == REFUSED_NOT,
                         r && wr);
    }
    world_close(&w);
}

static void test_domains_are_apart(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    world_fill(&w, ALICE, USER_VA, USER_VA + 4096, RIGHT_R);
    world_fill(&w, BOB, USER_VA, USER_VA + 4096, RIGHT_R | RIGHT_W);
    expect(user(&w, ACCESS_STORE, 0), REFUSED_RANGE_RIGHT, 30);
    world_protect(&w, BOB, SPROT_RPLB);
    expect(user(&w, ACCESS_STORE, 0), REFUSED_NOT, 0);
    mmu_rplb_invalidate(&w.mmu, true, BOB, false, 0, 0);
    expect(user(&w, ACCESS_LOAD, 0), REFUSED_RANGE_MISS, 25);
    world_protect(&w, ALICE, SPROT_RPLB);
    expect(user(&w, ACCESS_LOAD, 0), REFUSED_NOT, 0);
    world_close(&w);
}

/* R, W, X of U=1 leaves are ignored; everything else of the page holds. */
static void test_leaf_rights_do_not_count(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    world_fill(&w, ALICE, USER_VA, USER_VA + 4 * 4096, 7);
    world_map(&w, w.root, 3, USER_VA, 0,
              world_pte(USER_PA, PTE_V | PTE_R | PTE_U | PTE_A | PTE_D));
    world_map(&w, w.root, 3, USER_VA + 4096, 0,
              world_pte(USER_PA, PTE_V | PTE_R | PTE_U | PTE_A));
    world_map(&w, w.root, 3, USER_VA + 8192, 0,
              world_pte(USER_PA, LEAF_KERNEL));
    expect(user(&w, ACCESS_STORE, 0), REFUSED_NOT, 0);
    expect(user(&w, ACCESS_FETCH, 0), REFUSED_NOT, 0);
    expect(user(&w, ACCESS_STORE, 4096), REFUSED_PTE_AD, 15);
    expect(user(&w, ACCESS_LOAD, 8192), REFUSED_PTE_USER, 13);
    world_close(&w);
}

static void test_mxr_means_nothing(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    w.mmu.regs.mxr = true;
    world_fill(&w, ALICE, USER_VA, USER_VA + 4096, RIGHT_X);
    expect(user(&w, ACCESS_LOAD, 0), REFUSED_RANGE_RIGHT, 29);
    world_close(&w);
}

static void test_protection_speaks_first(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    uint64_t nowhere = 512ULL << 20;
    expect(user(&w, ACCESS_LOAD, nowhere), REFUSED_RANGE_MISS, 25);
    world_fill(&w, ALICE, USER_VA + nowhere, USER_VA + nowhere + 4096, RIGHT_R);
    expect(user(&w, ACCESS_STORE, nowhere), REFUSED_RANGE_RIGHT, 30);
    expect(user(&w, ACCESS_LOAD, nowhere), REFUSED_PTE_INVALID, 13);
    world_close(&w);
}

static void test_who_is_checked(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    world_map(&w, w.root, 3, USER_VA + 8192, 0,
              world_pte(USER_PA, LEAF_KERNEL));
    /* S-mode: U=0 pages never; U=1 pages under SUM, as the domain */
    expect(world_access(&w, ACCESS_LOAD, PRIV_S, USER_VA + 8192, 8),
           REFUSED_NOT, 0);
    expect(world_access(&w, ACCESS_LOAD, PRIV_S, USER_VA, 8), REFUSED_PTE_USER,
           13);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].lookups, 0);
    w.mmu.regs.sum = true;
    expect(world_access(&w, ACCESS_LOAD, PRIV_S, USER_VA, 8),
           REFUSED_RANGE_MISS, 25);
    world_fill(&w, ALICE, USER_VA, USER_VA + 4096, RIGHT_R);
    expect(world_access(&w, ACCESS_LOAD, PRIV_S, USER_VA, 8), REFUSED_NOT, 0);
    expect(world_access(&w, ACCESS_STORE, PRIV_S, USER_VA, 8),
           REFUSED_RANGE_RIGHT, 30);
    /* M-mode: never */
    expect(world_access(&w, ACCESS_STORE, PRIV_M, USER_PA, 8), REFUSED_NOT, 0);
    /* U-mode without a page table: still */
    world_set_satp(&w, 0);
    expect(world_access(&w, ACCESS_LOAD, PRIV_U, USER_PA, 8),
           REFUSED_RANGE_MISS, 25);
    world_close(&w);
}

static void test_multihit(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    world_fill(&w, ALICE, USER_VA, USER_VA + 0x100, 7);
    world_fill(&w, ALICE, USER_VA + 0xF8, USER_VA + 0x200, 7);
    expect(user(&w, ACCESS_LOAD, 0xF8), REFUSED_RANGE_MULTIHIT, 19);
    expect(user(&w, ACCESS_FETCH, 0xF8), REFUSED_RANGE_MULTIHIT, 19);
    /* an access that only reaches into the overlap with its last byte */
    struct access a = world_access(&w, ACCESS_LOAD, PRIV_U, USER_VA + 0xF1, 8);
    expect(a, REFUSED_RANGE_MULTIHIT, 19);
    assert_true(a.fault_va == USER_VA + 0xF8);
    expect(user(&w, ACCESS_LOAD, 0xF0), REFUSED_NOT, 0);
    expect(user(&w, ACCESS_LOAD, 0x100), REFUSED_NOT, 0);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_across_two_ranges(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    world_fill(&w, ALICE, USER_VA, USER_VA + 0x100, 7);
    struct access a = user(&w, ACCESS_LOAD, 0xFC);
    expect(a, REFUSED_RANGE_MISS, 25);
    assert_true(a.fault_va == USER_VA + 0x100);
    world_fill(&w, ALICE, USER_VA + 0x100, USER_VA + 0x200, RIGHT_R);
    uint64_t lookups = w.mmu.stats[UNIT_DRPLB].lookups;
    expect(user(&w, ACCESS_LOAD, 0xFC), REFUSED_NOT, 0);
    expect(user(&w, ACCESS_STORE, 0xFC), REFUSED_RANGE_RIGHT, 30);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].lookups, lookups + 2);
    world_check_invariants(&w);
    world_close(&w);
}

/* A range across the page's end, and the last bytes of a domain's world. */
static void test_across_two_pages(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    world_fill(&w, ALICE, USER_VA, USER_VA + 8192, RIGHT_R);
    expect(user(&w, ACCESS_LOAD, 4092), REFUSED_NOT, 0);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].lookups, 1);
    assert_int_equal(w.mmu.stats[UNIT_DTLB].lookups, 1);
    expect(user(&w, ACCESS_LOAD, 8188), REFUSED_RANGE_MISS, 25);
    world_close(&w);
}

static void test_empty_fill_does_nothing(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    world_fill(&w, ALICE, USER_VA + 8, USER_VA + 8, 7);
    world_fill(&w, ALICE, USER_VA + 8, USER_VA, 7);
    mmu_rplb_fill(&w.mmu, USER_VA, USER_VA + 64, (uint64_t)ALICE << 16 | 7);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].fills, 0);
    assert_int_equal(w.mmu.unit[UNIT_DRPLB].array.valid, 0);
    world_close(&w);
}

static void test_invalidate_by_range(void **state)
{
    struct world w;
    (void)state;
    open_rplb(&w);
    uint64_t a = USER_VA, b = USER_VA + 0x1000;
    world_fill(&w, ALICE, a, a + 0x1000, 7);
    world_fill(&w, ALICE, b, b + 0x1000, 7);
    world_fill(&w, BOB, a, a + 0x1000, 7);
    uint64_t cycles = w.mmu.accounts.total;
    mmu_rplb_invalidate(&w.mmu, true, ALICE, true, a + 0xFFF, a + 0x1000);
    assert_int_equal(w.mmu.accounts.total - cycles, 7);
    struct assoc *d = &w.mmu.unit[UNIT_DRPLB].array;
    assert_true(assoc_find(d, a, ALICE) < 0);
    assert_true(assoc_find(d, b, ALICE) >= 0);
    assert_true(assoc_find(d, a, BOB) >= 0);
    mmu_rplb_invalidate(&w.mmu, false, 0, true, a, a + 1);
    assert_true(assoc_find(d, a, BOB) < 0);
    mmu_rplb_invalidate(&w.mmu, false, 0, true, b + 8, b + 8); /* empty */
    assert_true(assoc_find(d, b, ALICE) >= 0);
    mmu_rplb_invalidate(&w.mmu, false, 0, false, 0, 0);
    assert_int_equal(d->valid, 0);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].invalidations, 3);
    world_close(&w);
}

static enum miss_cause load_cause(struct world *w, uint64_t at)
{
    struct access a = user(w, ACCESS_LOAD, at);
    assert_int_equal(a.protection.result, LOOKUP_MISS);
    return a.protection.cause;
}

static void fill_page(struct world *w, uint16_t domain, uint64_t page)
{
    world_fill(w, domain, USER_VA + page * 4096, USER_VA + (page + 1) * 4096,
               7);
}

static void test_causes_of_misses(void **state)
{
    struct world w; /* four entries */
    (void)state;
    open_rplb(&w);
    assert_int_equal(load_cause(&w, 0), MISS_COLD);
    for (uint64_t page = 0; page < 5; page++)
        fill_page(&w, ALICE, page);
    assert_int_equal(load_cause(&w, 8), MISS_CAPACITY);
    fill_page(&w, ALICE, 0);
    mmu_rplb_invalidate(&w.mmu, true, ALICE, true, USER_VA, USER_VA + 1);
    assert_int_equal(load_cause(&w, 16), MISS_INVALIDATED);
    fill_page(&w, ALICE, 0);
    world_protect(&w, BOB, SPROT_RPLB);
    for (uint64_t page = 0; page < 4; page++)
        fill_page(&w, BOB, page);
    world_protect(&w, ALICE, SPROT_RPLB);
    assert_int_equal(load_cause(&w, 24), MISS_SWITCH);
    world_close(&w);
}

/* ---- against the oracle ----------------------------------------------------
 */

static struct oracle_entry random_range(void)
{
    uint64_t first = USER_VA + random_below(PAGES * 4096 / 64) * 64;
    return (struct oracle_entry){ .first = first,
                                  .last = first + 63 + random_below(40) * 64,
                                  .context = ALICE + (uint32_t)random_below(2),
                                  .rights = (unsigned)random_below(8) };
}

/* Every form: of a domain or all, of a range or everywhere. */
static void random_invalidation(struct world *w, struct oracle_array *o)
{
    struct oracle_entry r = random_range();
    bool has_domain = random_below(2), has_range = random_below(8);
    mmu_rplb_invalidate(&w->mmu, has_domain, (uint16_t)r.context, has_range,
                        r.first, r.last + 1);
    for (int i = 0; i < o->sets * o->ways; i++) {
        struct oracle_entry *e = &o->e[i];
        bool meet = e->first <= r.last && r.first <= e->last;
        if ((!has_domain || e->context == r.context) && (!has_range || meet))
            e->valid = false;
    }
}

/* What the unit must say to an access that finds n ranges, the last one e. */
static enum refusal verdict(int n, const struct oracle_entry *e,
                            enum access_kind kind)
{
    unsigned right = kind == ACCESS_LOAD ? RIGHT_R : RIGHT_W;
    if (n == 0)
        return REFUSED_RANGE_MISS;
    if (n > 1)
        return REFUSED_RANGE_MULTIHIT;
    return e->rights & right ? REFUSED_NOT : REFUSED_RANGE_RIGHT;
}

static void test_against_oracle(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    struct oracle_array o = { .sets = 1, .ways = 16 };
    uint16_t domain = ALICE;
    unsigned seen[REFUSED_PMP + 1] = { 0 };
    int which = 0;
    c.drplb_entries = 16;
    world_open(&w, &c);
    world_user_pages(&w, PAGES);
    world_protect(&w, domain, SPROT_RPLB);
    random_start(17);
    for (int i = 0; i < 100000; i++) {
        if (!random_below(30))
            world_protect(&w, domain = (uint16_t)(ALICE + random_below(2)),
                          SPROT_RPLB);
        if (!random_below(6)) {
            struct oracle_entry e = random_range();
            world_fill(&w, (uint16_t)e.context, e.first, e.last + 1, e.rights);
            oracle_array_fill_range(&o, e);
        }
        if (!random_below(50))
            random_invalidation(&w, &o);
        uint64_t at = random_below(PAGES * 4096 / 8) * 8;
        enum access_kind kind = random_below(2) ? ACCESS_LOAD : ACCESS_STORE;
        int n = oracle_array_find(&o, USER_VA + at, domain, &which);
        struct access a = user(&w, kind, at);
        assert_int_equal(a.refused, verdict(n, &o.e[which], kind));
        oracle_array_lookup(&o, USER_VA + at, domain);
        seen[a.refused]++;
    }
    assert_true(seen[REFUSED_NOT] > 1000 && seen[REFUSED_RANGE_MISS] > 1000);
    assert_true(seen[REFUSED_RANGE_RIGHT] > 1000);
    assert_true(seen[REFUSED_RANGE_MULTIHIT] > 500);
    world_check_invariants(&w);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_causes_of_refusal),
        TEST(test_each_right_allows_its_access),
        TEST(test_domains_are_apart),
        TEST(test_leaf_rights_do_not_count),
        TEST(test_mxr_means_nothing),
        TEST(test_protection_speaks_first),
        TEST(test_who_is_checked),
        TEST(test_multihit),
        TEST(test_across_two_ranges),
        TEST(test_across_two_pages),
        TEST(test_empty_fill_does_nothing),
        TEST(test_invalidate_by_range),
        TEST(test_causes_of_misses),
        TEST(test_against_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
