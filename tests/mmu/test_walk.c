/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/translate/walk and the rules of Priv 4.3: random page tables against an
 * oracle written from the text, and each rule once by hand. */
#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_walk.h"

enum { POOL = 24, USED = 4, KINDS = 4 };

static const char oracle_kind[KINDS] = { 'x', 'r', 'w', 'a' };

static bool read_ram(void *memory, uint64_t pa, uint64_t *word)
{
    const struct world *w = memory;
    return bus_read(&w->bus, pa, word, 8);
}

/* A PTE that is mostly sensible: pointer to a table of the pool, leaf, junk. */
static uint64_t random_pte(const uint64_t pool[POOL], unsigned level)
{
    uint64_t flags = random_next() & 0xFF;
    if (random_below(4))
        flags |= PTE_V;
    if (random_below(2))
        flags |= PTE_A | PTE_D;
    if (random_below(2))
        flags |= PTE_R | PTE_W | PTE_X;
    if (level && random_below(3))
        return world_pte(pool[random_below(POOL)], PTE_V | (flags & PTE_G));
    uint64_t pa = RAM_BASE + (random_below(64) << 12);
    if (random_below(3))
        pa = RAM_BASE >> (12 + 9 * level) << (12 + 9 * level);
    if (!random_below(40))
        flags |= 1ULL << (54 + random_below(10));
    if (!random_below(60))
        pa = random_next() & 0xFFFFFFFFFFF000;
    return world_pte(pa, flags);
}

static void random_tables(struct world *w, uint64_t pool[POOL])
{
    for (int i = 0; i < POOL; i++)
        for (uint64_t k = 0; k < USED; k++)
            world_write(w, pool[i] + 8 * k,
                        random_pte(pool, (unsigned)random_below(4)));
}

static uint64_t random_va(unsigned levels)
{
    uint64_t va = random_below(4096) & ~7ULL;
    for (unsigned l = 0; l < levels; l++)
        va |= random_below(USED) << (12 + 9 * l);
    if (!random_below(20))
        va |= 1ULL << (11 + 9 * levels + random_below(6));
    return va;
}

/* Returns whether the access was allowed. */
static bool compare(struct world *w, const struct oracle_request *q,
                    enum access_kind kind)
{
    static const uint8_t page[] = { 12, 13, 15, 15 }, bus[] = { 1, 5, 7, 7 };
    struct oracle_answer o = oracle_walk(q, read_ram, w);
    struct access a =
        world_access(w, kind, q->user ? PRIV_U : PRIV_S, q->va, 8);
    bool in_ram = o.verdict == ORACLE_DONE && bus_ram(&w->bus, o.pa, 8);
    if (o.verdict == ORACLE_PAGE_FAULT) {
        assert_int_not_equal(a.refused, REFUSED_NOT);
        assert_int_equal(a.cause, page[kind]);
        assert_true(a.fault_va == q->va);
    } else if (!in_ram) {
        assert_int_equal(a.refused, REFUSED_BUS);
        assert_int_equal(a.cause, bus[kind]);
    } else {
        assert_int_equal(a.refused, REFUSED_NOT);
    }
    if (o.verdict == ORACLE_DONE) {
        assert_true(a.pa == o.pa);
        assert_true(a.pte == o.pte);
        assert_int_equal(a.page_shift, o.page_shift);
    }
    return a.refused == REFUSED_NOT;
}

/* Each access walks from scratch (the TLBs are flushed before it). */
static void test_random_tables(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    uint64_t pool[POOL];
    c.l2tlb_entries = 0;
    world_open(&w, &c);
    random_start(39);
    for (int i = 0; i < POOL; i++)
        pool[i] = world_new_table(&w);
    int allowed = 0;
    for (int i = 0; i < 120000; i++) {
        if (i % 16 == 0)
            random_tables(&w, pool);
        unsigned levels = 3 + (unsigned)random_below(3);
        unsigned kind = (unsigned)random_below(KINDS);
        struct oracle_request q = {
            .satp = world_satp(levels + 5, 0, pool[random_below(POOL)]),
            .va = random_va(levels),
            .kind = oracle_kind[kind],
            .user = random_below(2),
            .sum = random_below(2),
            .mxr = random_below(2),
            .hw_ad = random_below(2),
        };
        w.mmu.regs.sum = q.sum;
        w.mmu.regs.mxr = q.mxr;
        w.mmu.regs.hw_ad = q.hw_ad;
        world_set_satp(&w, q.satp);
        mmu_sfence(&w.mmu, false, 0, false, 0);
        allowed += compare(&w, &q, (enum access_kind)kind);
    }
    /* the tables are such that both answers are common */
    assert_in_range(allowed, 6000, 100000);
    world_check_invariants(&w);
    world_close(&w);
}

/* ---- rule by rule ------------------------------------------------------- */

struct rule {
    uint64_t pte;
    enum access_kind kind;
    enum privilege privilege;
    bool sum, mxr;
    enum refusal want;
};

#define PTE(flags) (USER_PA >> 12 << 10 | PTE_V | (flags))
#define AD         (PTE_A | PTE_D)

static void test_each_rule(void **state)
{
    static const struct rule rules[] = {
        { 0, ACCESS_LOAD, PRIV_U, 0, 0, REFUSED_PTE_INVALID },
        { PTE(PTE_W | PTE_U | AD), ACCESS_STORE, PRIV_U, 0, 0,
          REFUSED_PTE_INVALID },
        { PTE(LEAF_USER | 1ULL << 63), ACCESS_LOAD, PRIV_U, 0, 0,
          REFUSED_PTE_INVALID },
        { PTE(LEAF_USER | 1ULL << 61), ACCESS_LOAD, PRIV_U, 0, 0,
          REFUSED_PTE_INVALID },
        { PTE(LEAF_USER | 1ULL << 54), ACCESS_LOAD, PRIV_U, 0, 0,
          REFUSED_PTE_INVALID },
        { PTE(LEAF_USER | 3ULL << 59), ACCESS_LOAD, PRIV_U, 0, 0, REFUSED_NOT },
        { PTE(0), ACCESS_LOAD, PRIV_U, 0, 0, REFUSED_PTE_INVALID },
        { PTE(PTE_R | PTE_U | AD), ACCESS_LOAD, PRIV_U, 0, 0, REFUSED_NOT },
        { PTE(PTE_R | PTE_U | AD), ACCESS_STORE, PRIV_U, 0, 0,
          REFUSED_PTE_RIGHT },
        { PTE(PTE_R | PTE_U | AD), ACCESS_AMO, PRIV_U, 0, 0,
          REFUSED_PTE_RIGHT },
        { PTE(PTE_R | PTE_U | AD), ACCESS_FETCH, PRIV_U, 0, 0,
          REFUSED_PTE_RIGHT },
        { PTE(PTE_X | PTE_U | AD), ACCESS_FETCH, PRIV_U, 0, 0, REFUSED_NOT },
        { PTE(PTE_X | PTE_U | AD), ACCESS_LOAD, PRIV_U, 0, 0,
          REFUSED_PTE_RIGHT },
        { PTE(PTE_X | PTE_U | AD), ACCESS_LOAD, PRIV_U, 0, 1, REFUSED_NOT },
        { PTE(PTE_R | AD), ACCESS_LOAD, PRIV_U, 0, 0, REFUSED_PTE_USER },
        { PTE(PTE_R | AD), ACCESS_LOAD, PRIV_S, 0, 0, REFUSED_NOT },
        { PTE(LEAF_USER), ACCESS_LOAD, PRIV_S, 0, 0, REFUSED_PTE_USER },
        { PTE(LEAF_USER), ACCESS_LOAD, PRIV_S, 1, 0, REFUSED_NOT },
        { PTE(LEAF_USER), ACCESS_FETCH, PRIV_S, 1, 0, REFUSED_PTE_USER },
        { PTE(LEAF_USER & ~PTE_A), ACCESS_LOAD, PRIV_U, 0, 0, REFUSED_PTE_AD },
        { PTE(LEAF_USER & ~PTE_D), ACCESS_LOAD, PRIV_U, 0, 0, REFUSED_NOT },
        { PTE(LEAF_USER & ~PTE_D), ACCESS_STORE, PRIV_U, 0, 0, REFUSED_PTE_AD },
        { PTE(LEAF_USER & ~PTE_D), ACCESS_AMO, PRIV_U, 0, 0, REFUSED_PTE_AD },
    };
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 1);
    for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct rule *r = &rules[i];
        world_map(&w, w.root, 3, USER_VA, 0, r->pte);
        w.mmu.regs.sum = r->sum;
        w.mmu.regs.mxr = r->mxr;
        mmu_sfence(&w.mmu, false, 0, false, 0);
        struct access a = world_access(&w, r->kind, r->privilege, USER_VA, 8);
        if (a.refused != r->want)
            fail_msg("rule %u: %s, not %s", i, refusal_name(a.refused),
                     refusal_name(r->want));
    }
    world_close(&w);
}

static void test_m_mode_and_bare_are_not_translated(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    struct access a = world_access(&w, ACCESS_LOAD, PRIV_U, RAM_BASE, 8);
    assert_int_equal(a.refused, REFUSED_NOT);
    assert_int_equal(a.page_shift, 0);
    world_user_pages(&w, 1);
    a = world_access(&w, ACCESS_STORE, PRIV_M, RAM_BASE + 64, 8);
    assert_true(a.refused == REFUSED_NOT && a.pa == RAM_BASE + 64);
    assert_int_equal(a.tlb.result, LOOKUP_NONE);
    a = world_access(&w, ACCESS_LOAD, PRIV_S, RAM_BASE, 8);
    assert_int_equal(a.refused, REFUSED_PTE_INVALID);
    world_close(&w);
}

static void test_superpages(void **state)
{
    (void)state;
    for (unsigned levels = 3; levels <= 5; levels++) {
        for (unsigned level = 1; level < levels; level++) {
            struct mmu_config c = world_config();
            struct world w;
            world_open(&w, &c);
            uint64_t root = world_new_table(&w);
            uint64_t size = 4096ULL << (9 * level);
            uint64_t pa = RAM_BASE & ~(size - 1);
            uint64_t va = size * 5;
            world_map(&w, root, levels, va, level, world_pte(pa, LEAF_USER));
            world_set_satp(&w, world_satp(levels + 5, 0, root));
            uint64_t inside = RAM_BASE - pa + 0x12345670;
            inside = (inside & 0x3FFFFF) | (RAM_BASE - pa);
            inside %= size;
            struct access a = world_load(&w, va + (inside & ~7ULL));
            assert_int_equal(a.page_shift, 12 + 9 * level);
            assert_true(a.pa == pa + (inside & ~7ULL));
            /* a hit anywhere in it, whatever the page */
            a = world_load(&w, va + ((inside + 8) & ~7ULL));
            assert_int_equal(a.tlb.result, LOOKUP_HIT);
            /* misaligned: a low PPN bit is set */
            world_map(&w, root, levels, va, level,
                      world_pte(pa + 4096, LEAF_USER));
            mmu_sfence(&w.mmu, false, 0, false, 0);
            a = world_load(&w, va);
            assert_int_equal(a.refused, REFUSED_PTE_MISALIGNED_SUPERPAGE);
            assert_int_equal(a.cause, 13);
            world_close(&w);
        }
    }
}

static void test_noncanonical(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 1);
    struct access a = world_load(&w, USER_VA);
    assert_int_equal(a.refused, REFUSED_NOT);
    a = world_load(&w, USER_VA | 1ULL << 45);
    assert_int_equal(a.refused, REFUSED_NONCANONICAL);
    assert_int_equal(a.cause, 13);
    assert_int_equal(a.tlb.result, LOOKUP_NONE);
    world_close(&w);
}

static void test_hardware_sets_a_and_d(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 1);
    uint64_t clean = world_pte(USER_PA, LEAF_USER & ~(uint64_t)AD);
    uint64_t at = world_map(&w, w.root, 3, USER_VA, 0, clean);
    w.mmu.regs.hw_ad = true;
    struct access a = world_load(&w, USER_VA);
    assert_true(world_read(&w, at) == (clean | PTE_A));
    assert_int_equal(a.walk_reads, 3);
    /* a store through the entry with D = 0 hits, and walks to set D */
    a = world_access(&w, ACCESS_STORE, PRIV_U, USER_VA, 8);
    assert_true(world_read(&w, at) == (clean | AD));
    assert_int_equal(a.tlb.result, LOOKUP_HIT);
    assert_int_equal(a.walk_reads, 3);
    /* and the next store does not */
    a = world_access(&w, ACCESS_STORE, PRIV_U, USER_VA, 8);
    assert_int_equal(a.walk_reads, 0);
    assert_int_equal(a.cycles, 0);
    world_check_invariants(&w);
    world_close(&w);
}

/* A refused access must not set A. */
static void test_refusal_sets_nothing(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 1);
    uint64_t pte = world_pte(USER_PA, PTE_V | PTE_R | PTE_U);
    uint64_t at = world_map(&w, w.root, 3, USER_VA, 0, pte);
    w.mmu.regs.hw_ad = true;
    struct access a = world_access(&w, ACCESS_STORE, PRIV_U, USER_VA, 8);
    assert_int_equal(a.refused, REFUSED_PTE_RIGHT);
    assert_true(world_read(&w, at) == pte);
    world_close(&w);
}

static void test_table_outside_ram(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_set_satp(&w, world_satp(SATP_SV39, 0, 0x1000));
    struct access a = world_access(&w, ACCESS_STORE, PRIV_S, 0x4000, 8);
    assert_int_equal(a.refused, REFUSED_BUS);
    assert_int_equal(a.cause, 7);
    a = world_access(&w, ACCESS_FETCH, PRIV_S, 0x4000, 4);
    assert_int_equal(a.cause, 1);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_random_tables),
        TEST(test_each_rule),
        TEST(test_m_mode_and_bare_are_not_translated),
        TEST(test_superpages),
        TEST(test_noncanonical),
        TEST(test_hardware_sets_a_and_d),
        TEST(test_refusal_sets_nothing),
        TEST(test_table_outside_ram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
