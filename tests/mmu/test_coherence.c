/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mmu/coherence: several memory systems against the slow oracle; by hand, what
 * each part costs and how misses are named; reservations; and that one hart
 * alone pays nothing.
 */
#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_coherence.h"

enum { HARTS_MAX = 8, UPGRADE = 7, INVALIDATE = 11, WRITEBACK = 23 };

/* Memory systems of one machine; those beyond the first in `more`. */
struct harts {
    struct world first;
    struct mmu more[HARTS_MAX - 1];
    int count;
};

static struct mmu_config coherent_config(void)
{
    struct mmu_config c = world_config();
    c.coherence_upgrade = UPGRADE;
    c.coherence_invalidate = INVALIDATE;
    c.coherence_writeback = WRITEBACK;
    return c;
}

static struct mmu *mmu_of(struct harts *h, int hart)
{
    return hart ? &h->more[hart - 1] : &h->first.mmu;
}

static void harts_open(struct harts *h, const struct mmu_config *config,
                       int count)
{
    struct mmu_config c = *config;
    struct err err = { .text = "" };
    world_open(&h->first, &c);
    h->count = count;
    c.l2_bytes = 0;
    for (int i = 1; i < count; i++) {
        if (!mmu_init(mmu_of(h, i), &c, &h->first.bus, &err))
            fail_msg("%s", err.text);
        mmu_join(mmu_of(h, i), &h->first.mmu);
    }
}

static void harts_close(struct harts *h)
{
    for (int i = 1; i < h->count; i++)
        mmu_free(mmu_of(h, i));
    world_close(&h->first);
}

/* Stores `value`, or loads: returns what was there. */
static uint64_t use(struct harts *h, int hart, uint64_t pa, bool store,
                    uint64_t value, struct access *a)
{
    *a = (struct access){ .va = pa,
                          .size = 8,
                          .kind = store ? ACCESS_STORE : ACCESS_LOAD,
                          .privilege = PRIV_M };
    assert_true(store ? mmu_store(mmu_of(h, hart), a, value)
                      : mmu_load(mmu_of(h, hart), a, &value));
    return value;
}

static uint64_t coherence_cycles(const struct mmu *m)
{
    uint64_t sum = 0;
    for (unsigned at = 0; at < PLACE_COUNT; at++)
        sum += m->accounts.cell[FOR_COHERENCE][at];
    return sum;
}

/* ---- against the oracle ---------------------------------------------------
 */

static uint64_t expected_coherence(const struct oracle_answer *o)
{
    uint64_t cycles = o->upgraded ? UPGRADE : 0;
    if (o->had_dirty)
        return cycles + WRITEBACK;
    return o->had_clean ? cycles + INVALIDATE : cycles;
}

static uint64_t expected_cycles(const struct mmu_config *c,
                                const struct oracle_answer *o)
{
    uint64_t cycles = expected_coherence(o);
    if (o->hit)
        return cycles;
    cycles += (uint64_t)(c->l2_latency + c->l1_fill);
    if (!o->l2_hit)
        cycles += (uint64_t)c->dram_latency;
    if (o->wrote_back)
        cycles += (uint64_t)c->l1_writeback;
    return cycles;
}

/* Every line in every cache, as the oracle says; and a dirty one is alone. */
static void check_contents(struct harts *h, const struct oracle_coherence *o,
                           uint64_t lines)
{
    for (uint64_t line = 0; line < lines; line++) {
        int holders = 0, writers = 0;
        for (int i = 0; i < h->count; i++) {
            const struct assoc *a = &mmu_of(h, i)->unit[UNIT_L1D].array;
            uint64_t pa = RAM_BASE + line * 64;
            bool dirty;
            bool held = oracle_coherence_holds(o, i, pa / 64, &dirty);
            int32_t at = assoc_find(a, pa, 0);
            assert_int_equal(at >= 0, held);
            assert_int_equal(held && a->entry[at].dirty, dirty);
            holders += held;
            writers += dirty;
        }
        assert_true(writers == 0 || (writers == 1 && holders == 1));
    }
}

static void run_against_oracle(int count, uint64_t lines, int accesses)
{
    struct mmu_config c = coherent_config(); /* L1D: 16 sets, 2 ways */
    static struct harts h;
    static struct oracle_coherence o;
    static uint64_t memory[1024];
    o = (struct oracle_coherence){ .harts = count };
    memset(memory, 0, sizeof memory);
    o.l2.sets = 64;
    o.l2.ways = 4;
    for (int i = 0; i < count; i++) {
        o.l1[i].sets = 16;
        o.l1[i].ways = 2;
    }
    harts_open(&h, &c, count);
    random_start((uint64_t)count * lines);
    for (int i = 0; i < accesses; i++) {
        int hart = (int)random_below((uint64_t)count);
        uint64_t line = random_below(lines), pa = RAM_BASE + line * 64;
        bool store = random_below(3) == 0;
        uint64_t before = coherence_cycles(mmu_of(&h, hart));
        struct oracle_answer want =
            oracle_coherence_use(&o, hart, pa / 64, store);
        struct access a;
        if (store)
            memory[line] = random_next();
        assert_true(use(&h, hart, pa, store, memory[line], &a) == memory[line]);
        assert_int_equal(a.l1.result, want.hit ? LOOKUP_HIT : LOOKUP_MISS);
        assert_int_equal(a.cycles, expected_cycles(&c, &want));
        assert_int_equal(coherence_cycles(mmu_of(&h, hart)) - before,
                         expected_coherence(&want));
        if (i % 512 == 0)
            check_contents(&h, &o, lines);
    }
    check_contents(&h, &o, lines);
    for (int i = 0; i < count; i++) {
        h.first.mmu.accounts = mmu_of(&h, i)->accounts;
        memcpy(h.first.mmu.stats, mmu_of(&h, i)->stats,
               sizeof h.first.mmu.stats);
        world_check_invariants(&h.first);
    }
    harts_close(&h);
}

static void test_against_oracle(void **state)
{
    (void)state;
    run_against_oracle(2, 8, 50000);    /* everything is contended */
    run_against_oracle(3, 40, 50000);   /* about as large as an L1D */
    run_against_oracle(8, 200, 100000); /* lines leave L1D all the time */
    run_against_oracle(4, 1000, 50000); /* and L2 */
    run_against_oracle(1, 100, 20000);
}

/* ---- by hand ---------------------------------------------------------------
 */

static void test_prices(void **state)
{
    (void)state;
    struct mmu_config c = coherent_config();
    static struct harts h;
    struct access a;
    harts_open(&h, &c, 3);
    use(&h, 0, RAM_BASE, false, 0, &a);
    assert_int_equal(a.cycles, 10 + 100 + 1);
    use(&h, 1, RAM_BASE, false, 0, &a);
    assert_int_equal(a.cycles, 10 + 1); /* the L2 cache is one */
    use(&h, 0, RAM_BASE, true, 1, &a);
    assert_int_equal(a.cycles, UPGRADE + INVALIDATE);
    use(&h, 0, RAM_BASE, true, 1, &a);
    assert_int_equal(a.cycles, 0); /* it is modified now */
    use(&h, 1, RAM_BASE, false, 0, &a);
    assert_int_equal(a.l1.cause, MISS_COHERENCE);
    assert_int_equal(a.cycles, WRITEBACK + 10 + 1);
    use(&h, 2, RAM_BASE, true, 2, &a);
    assert_int_equal(a.cycles, INVALIDATE + 10 + 1);
    use(&h, 0, RAM_BASE, true, 3, &a);
    assert_int_equal(a.l1.cause, MISS_COHERENCE);
    assert_int_equal(a.cycles, WRITEBACK + 10 + 1);
    use(&h, 0, RAM_BASE + 64, false, 0, &a);
    use(&h, 0, RAM_BASE + 64, true, 0, &a);
    assert_int_equal(a.cycles, UPGRADE); /* nobody else has it */
    assert_int_equal(mmu_of(&h, 0)->coherence.upgrades, 2);
    assert_int_equal(mmu_of(&h, 0)->coherence.invalidated, 1);
    assert_int_equal(mmu_of(&h, 0)->coherence.written_back, 1);
    assert_int_equal(mmu_of(&h, 1)->coherence.invalidated, 2);
    assert_int_equal(mmu_of(&h, 2)->coherence.written_back, 1);
    harts_close(&h);
}

/* A line that another hart took is no late miss: the domain alone would have
 * lost it too. */
static void test_not_late(void **state)
{
    (void)state;
    struct mmu_config c = coherent_config();
    static struct harts h;
    struct access a;
    harts_open(&h, &c, 2);
    use(&h, 0, RAM_BASE, false, 0, &a);
    use(&h, 1, RAM_BASE, true, 1, &a);
    use(&h, 0, RAM_BASE, false, 0, &a);
    assert_int_equal(a.l1.cause, MISS_COHERENCE);
    assert_false(a.l1.late);
    assert_int_equal(mmu_of(&h, 0)->stats[UNIT_L1D].invalidations, 1);
    harts_close(&h);
}

static void test_atomics_own_the_line(void **state)
{
    (void)state;
    struct mmu_config c = coherent_config();
    static struct harts h;
    struct access a;
    uint64_t old;
    harts_open(&h, &c, 2);
    use(&h, 1, RAM_BASE, true, 5, &a);
    a = (struct access){
        .va = RAM_BASE, .size = 8, .kind = ACCESS_AMO, .privilege = PRIV_M
    };
    assert_true(mmu_amo(mmu_of(&h, 0), &a, &old));
    mmu_amo_write(mmu_of(&h, 0), &a, old + 1);
    assert_int_equal(old, 5);
    assert_int_equal(a.cycles, WRITEBACK + 10 + 1);
    assert_int_equal(use(&h, 1, RAM_BASE, false, 0, &a), 6);
    assert_int_equal(a.l1.cause, MISS_COHERENCE);
    harts_close(&h);
}

/* The walkers' reads and writes are coherent as well. */
static void test_walks_take_part(void **state)
{
    (void)state;
    struct mmu_config c = coherent_config();
    static struct harts h;
    struct access a;
    harts_open(&h, &c, 2);
    world_user_pages(&h.first, 1);
    uint64_t pte = world_map(&h.first, h.first.root, 3, USER_VA, 0,
                             world_pte(USER_PA, LEAF_USER));
    use(&h, 1, pte, true, world_pte(USER_PA, LEAF_USER), &a);
    a = world_load(&h.first, USER_VA);
    assert_int_equal(a.refused, REFUSED_NOT);
    assert_int_equal(coherence_cycles(mmu_of(&h, 0)), WRITEBACK);
    assert_int_equal(mmu_of(&h, 1)->coherence.written_back, 1);
    harts_close(&h);
}

/* ---- reservations -----------------------------------------------------------
 */

static bool reservation_survives(const struct mmu_config *c, int64_t offset,
                                 bool store)
{
    static struct harts h;
    struct access a;
    harts_open(&h, c, 2);
    use(&h, 0, RAM_BASE + 8, false, 0, &a);
    mmu_reserve(mmu_of(&h, 0), &a);
    /* the line may leave the L1D; the reservation stays */
    for (uint64_t i = 1; i < 200; i++)
        use(&h, 0, RAM_BASE + 64 * i, false, 0, &a);
    use(&h, 1, RAM_BASE + (uint64_t)offset, store, 1, &a);
    bool survives = mmu_of(&h, 0)->reservation != NO_RESERVATION;
    harts_close(&h);
    return survives;
}

static void test_reservations(void **state)
{
    (void)state;
    struct mmu_config kinds[3];
    for (int i = 0; i < 3; i++)
        kinds[i] = coherent_config();
    kinds[1].l1d_bytes = 0;
    kinds[2].l1d_write = WRITE_THROUGH;
    kinds[2].store_block = 64;
    kinds[2].l2_bytes = 0;
    for (int i = 0; i < 3; i++) {
        assert_false(reservation_survives(&kinds[i], 8, true));
        assert_false(reservation_survives(&kinds[i], 56, true));
        assert_true(reservation_survives(&kinds[i], 8, false));
        assert_true(reservation_survives(&kinds[i], 64, true));
    }
}

static void test_write_through(void **state)
{
    (void)state;
    struct mmu_config c = coherent_config();
    static struct harts h;
    struct access a;
    c.l1d_write = WRITE_THROUGH;
    c.store_block = 64;
    c.l2_bytes = 0;
    harts_open(&h, &c, 2);
    use(&h, 0, RAM_BASE, false, 0, &a);
    use(&h, 1, RAM_BASE, true, 1, &a);
    assert_int_equal(coherence_cycles(mmu_of(&h, 1)), INVALIDATE);
    use(&h, 1, RAM_BASE, true, 2, &a);
    assert_int_equal(coherence_cycles(mmu_of(&h, 1)), INVALIDATE);
    assert_int_equal(use(&h, 0, RAM_BASE, false, 0, &a), 2);
    assert_int_equal(a.l1.cause, MISS_COHERENCE);
    harts_close(&h);
}

static void test_one_hart_pays_nothing(void **state)
{
    (void)state;
    struct mmu_config c = coherent_config();
    static struct harts h;
    struct access a;
    harts_open(&h, &c, 1);
    for (uint64_t i = 0; i < 1000; i++)
        use(&h, 0, RAM_BASE + 64 * (i * 7 % 100), i % 3 == 0, i, &a);
    assert_int_equal(coherence_cycles(mmu_of(&h, 0)), 0);
    assert_int_equal(mmu_of(&h, 0)->coherence.upgrades, 0);
    harts_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_against_oracle),  TEST(test_prices),
        TEST(test_not_late),        TEST(test_atomics_own_the_line),
        TEST(test_walks_take_part), TEST(test_reservations),
        TEST(test_write_through),   TEST(test_one_hart_pays_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
