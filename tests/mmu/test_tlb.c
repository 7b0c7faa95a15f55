/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/translate/tlb and translate: hits, misses and flushes of the L1 and L2
 * TLBs against plain arrays; every form of sfence.vma; the causes of misses. */
#include "mmu/translate/tlb.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_array.h"

enum { PAGES = 48, SPACES = 3, BIG = 2 << 20 };

/* Three spaces: small pages, every sixth one global, and two big pages. */
static uint64_t space_root[SPACES];

static unsigned levels = 3; /* of the page tables: Sv39, Sv48, Sv57 */

static bool is_global(uint64_t page)
{
    return page % 6 == 0;
}

static uint64_t pa_of(int space, uint64_t page)
{
    uint64_t who = is_global(page) ? 0 : (uint64_t)space;
    return RAM_BASE + (1 + page + who * 64) * 4096;
}

static void make_spaces(struct world *w)
{
    for (int s = 0; s < SPACES; s++) {
        space_root[s] = world_new_table(w);
        for (uint64_t page = 0; page < PAGES; page++)
            world_map(w, space_root[s], levels, USER_VA + page * 4096, 0,
                      world_pte(pa_of(s, page),
                                LEAF_USER | (is_global(page) ? PTE_G : 0)));
        for (unsigned i = 0; i < 2; i++)
            world_map(w, space_root[s], levels, USER_VA + (i + 1ULL) * BIG, 1,
                      world_pte(RAM_BASE + i * BIG, LEAF_USER));
    }
}

static void enter(struct world *w, int space, uint64_t asid)
{
    world_set_satp(w, world_satp(levels + 5, asid, space_root[space]));
}

struct both {
    struct world w;
    struct oracle_array l1, l2;
};

static struct oracle_entry entry_for(uint64_t va, int space)
{
    bool big = va >= USER_VA + BIG;
    uint64_t mask = big ? BIG - 1 : 4095;
    bool global = !big && is_global((va - USER_VA) >> 12);
    return (struct oracle_entry){ .first = va & ~mask,
                                  .last = va | mask,
                                  .context = (uint32_t)space + 1,
                                  .global = global };
}

static void random_load(struct both *b, int space)
{
    uint64_t va = USER_VA + random_below(PAGES * 4096 / 8) * 8;
    if (!random_below(5))
        va = USER_VA + BIG + random_below(2 * BIG / 8) * 8;
    uint32_t context = (uint32_t)space + 1;
    bool l1 = oracle_array_lookup(&b->l1, va, context), l2 = false;
    struct access a = world_load(&b->w, va);
    assert_int_equal(a.refused, REFUSED_NOT);
    assert_int_equal(a.tlb.result, l1 ? LOOKUP_HIT : LOOKUP_MISS);
    if (l1) {
        assert_int_equal(a.l2tlb.result, LOOKUP_NONE);
    } else {
        l2 = oracle_array_lookup(&b->l2, va, context);
        assert_int_equal(a.l2tlb.result, l2 ? LOOKUP_HIT : LOOKUP_MISS);
        oracle_array_fill_page(&b->l1, entry_for(va, space));
        if (!l2)
            oracle_array_fill_page(&b->l2, entry_for(va, space));
    }
    if (va < USER_VA + BIG)
        assert_true(a.pa == pa_of(space, (va - USER_VA) >> 12) + va % 4096);
    else
        assert_true(a.pa == RAM_BASE + (va - USER_VA - BIG));
}

static void flush_oracle(struct oracle_array *o, bool has_va, uint64_t va,
                         bool has_asid, uint32_t asid)
{
    for (int i = 0; i < o->sets * o->ways; i++) {
        struct oracle_entry *e = &o->e[i];
        bool va_fits = !has_va || (e->first <= va && va <= e->last);
        bool asid_fits = !has_asid || (e->context == asid && !e->global);
        e->valid &= !(va_fits && asid_fits);
    }
}

static void random_flush(struct both *b)
{
    bool has_va = random_below(3), has_asid = random_below(2);
    uint64_t va = USER_VA + random_below(PAGES) * 4096;
    uint32_t asid = (uint32_t)random_below(SPACES) + 1;
    if (!random_below(6))
        va = USER_VA + BIG + random_below(2 * BIG);
    mmu_sfence(&b->w.mmu, has_va, va, has_asid, asid);
    flush_oracle(&b->l1, has_va, va, has_asid, asid);
    flush_oracle(&b->l2, has_va, va, has_asid, asid);
}

static void against_oracle(struct mmu_config c)
{
    struct both b = { .l1 = { .sets = 1, .ways = (int)c.dtlb_entries },
                      .l2 = { .ways = (int)c.l2tlb_ways } };
    if (c.dtlb_ways) {
        b.l1.sets = (int)(c.dtlb_entries / c.dtlb_ways);
        b.l1.ways = (int)c.dtlb_ways;
    }
    b.l2.sets = (int)(c.l2tlb_entries / c.l2tlb_ways);
    b.l1.fifo = c.dtlb_policy == POLICY_FIFO;
    b.l2.fifo = c.l2tlb_policy == POLICY_FIFO;
    world_open(&b.w, &c);
    make_spaces(&b.w);
    random_start((uint64_t)(c.dtlb_entries + c.l2tlb_ways));
    int space = 0;
    enter(&b.w, 0, 1);
    for (int i = 0; i < 50000; i++) {
        if (!random_below(40)) {
            space = (int)random_below(SPACES);
            enter(&b.w, space, (uint64_t)space + 1);
        }
        if (!random_below(60))
            random_flush(&b);
        random_load(&b, space);
    }
    world_check_invariants(&b.w);
    const struct unit_stats *s = &b.w.mmu.stats[UNIT_DTLB];
    assert_int_equal(s->lookups, 50000);
    assert_int_equal(s->misses, b.w.mmu.stats[UNIT_L2TLB].lookups);
    world_close(&b.w);
}

static void test_against_oracle(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    against_oracle(c);
    levels = 4;
    c.dtlb_ways = 2;
    c.dtlb_policy = POLICY_FIFO;
    against_oracle(c);
    levels = 5;
    c.dtlb_ways = 0;
    c.dtlb_entries = 5;
    c.l2tlb_ways = 1;
    c.l2tlb_entries = 16;
    against_oracle(c);
    levels = 3;
}

/* ---- sfence.vma, form by form -------------------------------------------- */

static bool hits(struct world *w, uint64_t va)
{
    struct access a = world_load(w, va);
    assert_int_equal(a.refused, REFUSED_NOT);
    return a.tlb.result == LOOKUP_HIT;
}

/* Page 1 in spaces 1 and 2 and the global page 6 are in the TLBs. */
static void prepare(struct world *w)
{
    struct mmu_config c = world_config();
    world_open(w, &c);
    make_spaces(w);
    enter(w, 1, 2);
    world_load(w, USER_VA + 4096);
    enter(w, 0, 1);
    world_load(w, USER_VA + 4096);
    world_load(w, USER_VA + 2 * 4096);
    world_load(w, USER_VA + 6 * 4096);
}

static void expect(struct world *w, bool own, bool other_page, bool global,
                   bool other_space)
{
    assert_int_equal(hits(w, USER_VA + 4096), own);
    assert_int_equal(hits(w, USER_VA + 2 * 4096), other_page);
    assert_int_equal(hits(w, USER_VA + 6 * 4096), global);
    enter(w, 1, 2);
    assert_int_equal(hits(w, USER_VA + 4096), other_space);
    assert_true(hits(w, USER_VA + 6 * 4096)); /* global in both */
    world_close(w);
}

static void test_sfence_all(void **state)
{
    struct world w;
    (void)state;
    prepare(&w);
    mmu_sfence(&w.mmu, false, 0, false, 0);
    assert_int_equal(w.mmu.stats[UNIT_DTLB].invalidations, 4);
    expect(&w, false, false, false, false);
}

static void test_sfence_asid(void **state)
{
    struct world w;
    (void)state;
    prepare(&w);
    mmu_sfence(&w.mmu, false, 0, true, 1);
    expect(&w, false, false, true, true);
}

static void test_sfence_va(void **state)
{
    struct world w;
    (void)state;
    prepare(&w);
    mmu_sfence(&w.mmu, true, USER_VA + 4096 + 123, false, 0);
    expect(&w, false, true, true, false);
}

static void test_sfence_va_global(void **state)
{
    struct world w;
    (void)state;
    prepare(&w);
    mmu_sfence(&w.mmu, true, USER_VA + 6 * 4096, false, 0);
    expect(&w, true, true, false, true);
}

static void test_sfence_va_asid(void **state)
{
    struct world w;
    (void)state;
    prepare(&w);
    mmu_sfence(&w.mmu, true, USER_VA + 4096, true, 1);
    mmu_sfence(&w.mmu, true, USER_VA + 6 * 4096, true, 1); /* global: stays */
    expect(&w, false, true, true, true);
}

static void test_sfence_costs_what_the_parameter_says(void **state)
{
    struct world w;
    (void)state;
    prepare(&w);
    uint64_t before = w.mmu.accounts.cell[FOR_EXECUTE][IN_CORE];
    mmu_sfence(&w.mmu, false, 0, false, 0);
    assert_int_equal(w.mmu.accounts.cell[FOR_EXECUTE][IN_CORE] - before, 5);
    world_close(&w);
}

/* Without ASID bits all spaces look alike to the TLB. */
static void test_no_asid_bits(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.asid_bits = 0;
    world_open(&w, &c);
    make_spaces(&w);
    enter(&w, 0, 1);
    world_load(&w, USER_VA + 4096);
    enter(&w, 1, 2);
    struct access a = world_load(&w, USER_VA + 4096);
    assert_int_equal(a.tlb.result, LOOKUP_HIT);
    assert_true(a.pa == pa_of(0, 1));      /* stale: the kernel must flush */
    mmu_sfence(&w.mmu, false, 0, true, 7); /* any ASID is ASID 0 */
    a = world_load(&w, USER_VA + 4096);
    assert_true(a.tlb.result == LOOKUP_MISS && a.pa == pa_of(1, 1));
    world_close(&w);
}

/* G in a pointer makes all below it global (Priv 4.3.1). */
static void test_global_pointer(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 1);
    uint64_t at = w.root + (USER_VA >> 30 & 511) * 8;
    world_write(&w, at, world_read(&w, at) | PTE_G);
    world_load(&w, USER_VA);
    mmu_sfence(&w.mmu, false, 0, true, 1);
    assert_true(hits(&w, USER_VA));
    world_set_satp(&w, world_satp(SATP_SV39, 2, w.root));
    assert_true(hits(&w, USER_VA));
    world_close(&w);
}

/* ---- cost ---------------------------------------------------------------- */

static void test_cost_of_a_miss(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.l1d_ways = 8; /* the tables' lines fall into one set */
    c.l1d_bytes = 8192;
    world_open(&w, &c);
    world_user_pages(&w, 2);
    struct access a = world_load(&w, USER_VA);
    /* L2 TLB 3; 3 levels x 2; 3 PTEs from DRAM: 10 + 100 + 1 each; the
     * data line the same */
    assert_int_equal(w.mmu.accounts.cell[FOR_TLB][IN_CORE], 3 + 3 * 2);
    assert_int_equal(w.mmu.accounts.cell[FOR_TLB][IN_L2], 3 * 10);
    assert_int_equal(w.mmu.accounts.cell[FOR_TLB][IN_DRAM], 3 * 100);
    assert_int_equal(w.mmu.accounts.cell[FOR_TLB][IN_L1], 3 * 1);
    assert_int_equal(w.mmu.accounts.cell[FOR_DATA][IN_DRAM], 100);
    assert_int_equal(a.cycles, 9 + 333 + 111);
    /* the next page: its PTE lies in a line that is there */
    a = world_load(&w, USER_VA + 4096);
    assert_int_equal(a.cycles, 9 + 111);
    a = world_load(&w, USER_VA + 4096);
    assert_int_equal(a.cycles, 0);
    /* out of the L1 TLB, still in the L2 TLB */
    const struct assoc_match all = { 0 };
    assoc_invalidate(&w.mmu.unit[UNIT_DTLB].array, &all);
    a = world_load(&w, USER_VA);
    assert_true(a.cycles == 3 && a.l2tlb.result == LOOKUP_HIT);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_two_pages_are_one_lookup(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 3);
    world_write(&w, USER_PA + 4096 - 8, 0x8877665544332211);
    world_write(&w, USER_PA + 4096, 0x00FFEEDDCCBBAA99);
    struct access a = { .va = USER_VA + 4096 - 3,
                        .size = 8,
                        .kind = ACCESS_LOAD };
    uint64_t value;
    assert_true(mmu_load(&w.mmu, &a, &value));
    assert_true(value == 0xDDCCBBAA99887766);
    assert_int_equal(w.mmu.stats[UNIT_DTLB].lookups, 1);
    assert_int_equal(w.mmu.stats[UNIT_DTLB].misses, 1);
    assert_int_equal(w.mmu.stats[UNIT_L2TLB].lookups, 1);
    a.kind = ACCESS_STORE;
    assert_true(mmu_store(&w.mmu, &a, 0x0102030405060708));
    assert_true(world_read(&w, USER_PA + 4096 - 8) == 0x0607085544332211);
    assert_true(world_read(&w, USER_PA + 4096) == 0x00FFEE0102030405);
    /* the second page refuses: nothing is written, tval is its address */
    world_map(&w, w.root, 3, USER_VA + 3 * 4096, 0, 0);
    a = (struct access){ .va = USER_VA + 3 * 4096 - 4,
                         .size = 8,
                         .kind = ACCESS_STORE };
    assert_false(mmu_store(&w.mmu, &a, UINT64_MAX));
    assert_true(a.fault_va == USER_VA + 3 * 4096 && a.cause == 15);
    assert_true(world_read(&w, USER_PA + 3 * 4096 - 8) == 0);
    world_check_invariants(&w);
    world_close(&w);
}

/* ---- causes of misses ------------------------------------------------------
 */

static enum miss_cause cause_of(struct world *w, uint64_t page)
{
    struct access a = world_load(w, USER_VA + page * 4096);
    assert_int_equal(a.tlb.result, LOOKUP_MISS);
    return a.tlb.cause;
}

static void test_causes(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.dtlb_entries = 4;
    world_open(&w, &c);
    make_spaces(&w);
    enter(&w, 0, 1);
    for (uint64_t page = 1; page <= 5; page++)
        assert_int_equal(cause_of(&w, page), MISS_COLD);
    assert_int_equal(cause_of(&w, 1), MISS_CAPACITY); /* own fill: page 5 */
    mmu_sfence(&w.mmu, true, USER_VA + 4096, false, 0);
    assert_int_equal(cause_of(&w, 1), MISS_INVALIDATED);
    /* another domain fills the TLB */
    mmu_trap_entered(&w.mmu);
    enter(&w, 1, 2);
    for (uint64_t page = 7; page <= 11; page++)
        assert_int_equal(cause_of(&w, page), MISS_COLD);
    enter(&w, 0, 1);
    assert_int_equal(cause_of(&w, 1), MISS_SWITCH);
    /* a full flush after satp changed belongs to the switch */
    mmu_trap_entered(&w.mmu);
    enter(&w, 1, 2);
    mmu_sfence(&w.mmu, false, 0, false, 0);
    assert_int_equal(cause_of(&w, 11), MISS_SWITCH);
    /* without a change of satp it is an invalidation like any other */
    mmu_trap_entered(&w.mmu);
    mmu_sfence(&w.mmu, false, 0, false, 0);
    assert_int_equal(cause_of(&w, 11), MISS_INVALIDATED);
    world_check_invariants(&w);
    world_close(&w);
}

/* A global page is the same page in every space. */
static void test_global_page_is_not_cold_twice(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.dtlb_entries = 4;
    c.l2tlb_entries = 0;
    world_open(&w, &c);
    make_spaces(&w);
    enter(&w, 0, 1);
    assert_int_equal(cause_of(&w, 6), MISS_COLD);
    for (uint64_t page = 1; page <= 4; page++)
        cause_of(&w, page);
    enter(&w, 1, 2);
    assert_int_equal(cause_of(&w, 6), MISS_SWITCH);
    world_close(&w);
}

static void test_conflict_in_a_set(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    c.dtlb_entries = 8;
    c.dtlb_ways = 1;
    world_open(&w, &c);
    world_user_pages(&w, 32);
    assert_int_equal(cause_of(&w, 0), MISS_COLD);
    assert_int_equal(cause_of(&w, 8), MISS_COLD);
    assert_int_equal(cause_of(&w, 0), MISS_CONFLICT);
    for (uint64_t page = 16; page < 32; page++)
        cause_of(&w, page);
    assert_int_equal(cause_of(&w, 0), MISS_CAPACITY);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_against_oracle),
        TEST(test_sfence_all),
        TEST(test_sfence_asid),
        TEST(test_sfence_va),
        TEST(test_sfence_va_global),
        TEST(test_sfence_va_asid),
        TEST(test_sfence_costs_what_the_parameter_says),
        TEST(test_no_asid_bits),
        TEST(test_global_pointer),
        TEST(test_cost_of_a_miss),
        TEST(test_two_pages_are_one_lookup),
        TEST(test_causes),
        TEST(test_global_page_is_not_cold_twice),
        TEST(test_conflict_in_a_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
