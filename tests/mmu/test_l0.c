/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/l0: what the filter asks the units itself is counted, charged and told
 * of as by mmu_load and mmu_store; what it leaves alone it leaves untouched. */
#include "mmu/l0.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"

enum { PAGES = 48, STEPS = 60000 };

/* Two worlds alike: one asks through the filter's path, one as the readable
 * engine does. */
struct twins {
    struct world asked, plain;
    unsigned answers[3];   /* by enum l0_answer */
    unsigned first_stores; /* to lines known for loads */
};

/* Pages of all kinds; every eleventh is not there. */
static void map_pages(struct world *w)
{
    static const uint64_t kinds[] = {
        LEAF_USER,          LEAF_USER & ~PTE_D, LEAF_USER,
        LEAF_USER & ~PTE_W, LEAF_USER,          LEAF_USER & ~(PTE_A | PTE_D),
        LEAF_USER | PTE_G,
    };
    w->root = world_new_table(w);
    for (unsigned i = 0; i < PAGES; i++)
        if (i % 11)
            world_map(w, w->root, 3, USER_VA + i * 4096ULL, 0,
                      world_pte(USER_PA + i * 4096ULL, kinds[i % 7]));
    world_set_satp(w, world_satp(SATP_SV39, 1, w->root));
}

static void twins_open(struct twins *t, const struct mmu_config *c)
{
    struct err err;
    memset(t, 0, sizeof *t);
    world_open(&t->asked, c);
    world_open(&t->plain, c);
    assert_true(l0_open(&t->asked.mmu, &err));
    map_pages(&t->asked);
    map_pages(&t->plain);
    t->asked.mmu.regs.hw_ad = t->plain.mmu.regs.hw_ad = true;
}

static void twins_close(struct twins *t)
{
    world_close(&t->asked);
    world_close(&t->plain);
}

static void same(const struct twins *t)
{
    const struct mmu *a = &t->asked.mmu, *b = &t->plain.mmu;
    assert_memory_equal(&a->accounts, &b->accounts, sizeof a->accounts);
    assert_memory_equal(a->stats, b->stats, sizeof a->stats);
}

static bool known_clean(const struct mmu *m, uint64_t va)
{
    unsigned slot = (unsigned)(va / L0_BLOCK % L0_SLOTS);
    return m->l0->line[L0_U][slot].load == (va & m->l0->tag_mask) &&
           m->l0->clean[L0_U][slot / 64] >> slot % 64 & 1;
}

static bool plain_access(struct world *w, bool store, uint64_t va,
                         uint64_t *value, struct access *a)
{
    *a = (struct access){ .va = va,
                          .size = 8,
                          .kind = store ? ACCESS_STORE : ACCESS_LOAD,
                          .privilege = PRIV_U };
    return store ? mmu_store(&w->mmu, a, *value) : mmu_load(&w->mmu, a, value);
}

static void step(struct twins *t, uint64_t va, bool store)
{
    struct mmu *m = &t->asked.mmu;
    struct access a, told = { 0 };
    uint64_t wanted = va * 3, got = va * 3, uses = m->uses;
    bool first = store && known_clean(m, va);
    enum l0_answer answer = store ? l0_store(m, PRIV_U, va, 8, got, &told)
                                  : l0_load(m, PRIV_U, va, 8, &got, &told);
    t->answers[answer]++;
    t->first_stores += first;
    if (answer == L0_LEFT) {
        same(t);
        assert_int_equal(m->uses, uses);
        bool done = plain_access(&t->asked, store, va, &got, &a);
        assert_int_equal(done, plain_access(&t->plain, store, va, &wanted, &a));
    } else {
        assert_true(plain_access(&t->plain, store, va, &wanted, &a));
        bool missed = a.tlb.result == LOOKUP_MISS;
        assert_int_equal(answer, missed ? L0_MISSED : L0_DONE);
        assert_false(first && known_clean(m, va));
        if (missed) {
            assert_int_equal(told.cycles, a.cycles);
            assert_memory_equal(&told.tlb, &a.tlb, sizeof a.tlb);
            assert_int_equal(told.va, va);
            assert_int_equal(told.size, 8);
            assert_int_equal(told.kind, a.kind);
        }
    }
    assert_int_equal(got, wanted);
    same(t);
}

static void run(const struct mmu_config *c)
{
    struct twins t;
    twins_open(&t, c);
    random_start(17);
    uint64_t va = USER_VA;
    for (int i = 0; i < STEPS; i++) {
        if (random_below(3))
            va = USER_VA + random_below(PAGES * 4096 / 8) * 8;
        step(&t, va, random_below(2));
    }
    assert_true(t.answers[L0_LEFT] > 1000 && t.answers[L0_DONE] > 1000 &&
                t.answers[L0_MISSED] > 1000 && t.first_stores > 100);
    world_check_invariants(&t.asked);
    twins_close(&t);
}

static void test_asked_as_by_the_readable_engine(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    run(&c);
    c.l2tlb_entries = 0;
    c.l1d_policy = c.l2_policy = POLICY_PLRU;
    run(&c);
    c.attribution = 0;
    c.dtlb_ways = 2;
    c.line_bytes = 128;
    run(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_asked_as_by_the_readable_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
