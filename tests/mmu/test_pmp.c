/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/pmp: random entries against an oracle that looks at every byte; locks;
 * and the way of an access: fetches and their filter, data, AMOs, page-table
 * reads and A/D writes. */
#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_pmp.h"

static const uint8_t needs[] = { PMP_X, PMP_R, PMP_W, PMP_R | PMP_W };
static const char kinds[] = { 'x', 'r', 'w', 'a' };

static struct oracle_pmp oracle_of(const struct pmp *p)
{
    struct oracle_pmp o;
    for (int i = 0; i < PMP_ENTRIES; i++) {
        o.addr[i] = p->addr[i];
        o.cfg[i] = (uint8_t)(pmp_read_config(p, (unsigned)i / 8) >> i % 8 * 8);
    }
    return o;
}

/* Addresses near `base`, some with many trailing ones, some anywhere. */
static uint64_t random_address(uint64_t base, uint64_t bytes)
{
    uint64_t addr = (base + random_below(bytes)) >> 2;
    if (random_below(2))
        addr |= (1ULL << random_below(14)) - 1;
    if (!random_below(10))
        addr |= (1ULL << random_below(55)) - 1;
    if (!random_below(30))
        addr = random_next();
    return addr;
}

static void random_entries(struct pmp *p, uint64_t base, uint64_t bytes)
{
    pmp_reset(p);
    for (unsigned i = 0; i < PMP_ENTRIES; i++)
        pmp_write_address(p, i, random_address(base, bytes));
    for (unsigned group = 0; group < 2; group++) {
        uint64_t config = random_next() & 0x9F9F9F9F9F9F9F9F;
        if (random_below(3))
            config &= 0x1F1F1F1F1F1F1F1F;
        for (unsigned i = 0; i < 8; i++)
            if (random_below(3))
                config &= ~(0x18ULL << 8 * i);
        pmp_write_config(p, group, config);
    }
}

static void test_random_entries(void **state)
{
    (void)state;
    enum { BYTES = 8192 };
    struct pmp p;
    unsigned allowed = 0, partial = 0;
    random_start(61);
    for (unsigned round = 0; round < 2000; round++) {
        random_entries(&p, RAM_BASE, BYTES);
        struct oracle_pmp o = oracle_of(&p);
        for (unsigned n = 0; n < 100; n++) {
            unsigned kind = (unsigned)random_below(4);
            unsigned size = 1U << random_below(4);
            enum pmp_mode mode = (enum pmp_mode)random_below(2);
            uint64_t pa = RAM_BASE + random_below(BYTES + 64) - 32;
            unsigned near = (unsigned)random_below(PMP_ENTRIES);
            if (random_below(2) && o.addr[near] >> 52 == 0)
                pa = (o.addr[near] << 2) + random_below(16) - 8;
            if (!random_below(20))
                pa = random_next() >> (8 + random_below(40));
            bool want = oracle_pmp_allows(&o, mode == PMP_MODE_M, pa, size,
                                          kinds[kind]);
            assert_int_equal(pmp_allows(&p, mode, pa, size, needs[kind]), want);
            assert_int_equal(pmp_check(&p, mode, pa, size, needs[kind]), want);
            struct pmp_piece piece = pmp_find(&p, mode, pa);
            assert_true(piece.first <= pa && pa <= piece.last);
            int entry = oracle_pmp_entry(&o, pa);
            assert_int_equal(entry, oracle_pmp_entry(&o, piece.first));
            if (piece.last >> 56 == 0)
                assert_int_equal(entry, oracle_pmp_entry(&o, piece.last));
            allowed += want;
            partial += entry != oracle_pmp_entry(&o, pa + size - 1);
        }
    }
    assert_in_range(allowed, 20000, 180000);
    assert_in_range(partial, 1000, 100000);
}

static void test_reset(void **state)
{
    (void)state;
    struct pmp p;
    pmp_reset(&p);
    assert_true(pmp_check(&p, PMP_MODE_M, RAM_BASE, 8, PMP_R | PMP_W));
    assert_false(p.guards[PMP_MODE_M]);
    assert_false(pmp_check(&p, PMP_MODE_SU, RAM_BASE, 8, PMP_R));
    pmp_write_address(&p, 0, UINT64_MAX);
    pmp_write_config(&p, 0, 0x1F); /* the usual way to open everything */
    assert_false(p.guards[PMP_MODE_SU]);
    assert_true(pmp_check(&p, PMP_MODE_SU, UINT64_MAX - 7, 8, PMP_X));
    assert_true(p.addr[0] == PMP_ADDR_MASK);
}

static void test_locks(void **state)
{
    (void)state;
    struct pmp p;
    pmp_reset(&p);
    pmp_write_address(&p, 2, 0x20000000);
    pmp_write_address(&p, 3, 0x20000400);
    pmp_write_config(&p, 0, 0x88000000); /* entry 3: locked TOR, no right */
    assert_false(pmp_check(&p, PMP_MODE_M, 0x80000000, 4, PMP_R));
    assert_true(pmp_check(&p, PMP_MODE_M, 0x80001000, 4, PMP_R));
    pmp_write_address(&p, 2, 0); /* its base */
    pmp_write_address(&p, 3, 0);
    pmp_write_config(&p, 0, 0x1F1F1F1F1F);
    assert_true(p.addr[2] == 0x20000000 && p.addr[3] == 0x20000400);
    assert_true(pmp_read_config(&p, 0) == 0x1F881F1F1F);
    pmp_write_address(&p, 1, 5); /* not its base */
    assert_int_equal(p.addr[1], 5);
    pmp_write_config(&p, 1, 0x9F); /* locked NAPOT: entry 7 stays free */
    pmp_write_address(&p, 7, 7);
    assert_int_equal(p.addr[7], 7);
    pmp_reset(&p);
    assert_true(pmp_read_config(&p, 0) == 0);
}

/* W without R, and bits 6:5. */
static void test_legal_values(void **state)
{
    (void)state;
    struct pmp p;
    pmp_reset(&p);
    pmp_write_config(&p, 1, 0x7A6019 | 0x1EULL << 56);
    assert_true(pmp_read_config(&p, 1) == (0x180019 | 0x1CULL << 56));
}

/* ---- the way of an access ------------------------------------------------ */

static void entry(struct world *w, unsigned i, uint64_t pa, uint64_t bytes,
                  uint8_t config)
{
    struct pmp *p = &w->mmu.pmp;
    uint64_t all = pmp_read_config(p, i / 8);
    unsigned shift = i % 8 * 8;
    pmp_write_address(p, i, bytes == 4 ? pa >> 2 : pa >> 2 | (bytes / 8 - 1));
    all = (all & ~(0xFFULL << shift)) | (uint64_t)config << shift;
    pmp_write_config(p, i / 8, all);
    mmu_pmp_changed(&w->mmu);
}

static void open_guarded(struct world *w)
{
    struct mmu_config c = world_config();
    world_open(w, &c);
    pmp_reset(&w->mmu.pmp);
    entry(w, 15, 0, 1ULL << 57, 0x1F);
    world_user_pages(w, 4);
}

static void expect(struct world *w, enum access_kind kind, uint64_t va,
                   enum refusal why, unsigned cause)
{
    struct access a = world_access(w, kind, PRIV_U, va, 8);
    assert_string_equal(refusal_name(a.refused), refusal_name(why));
    assert_int_equal(a.cause, cause);
    if (why)
        assert_true(a.fault_va == va);
}

static void test_each_kind(void **state)
{
    (void)state;
    struct world w;
    open_guarded(&w);
    for (unsigned rights = 0; rights < 8; rights++) {
        bool r = rights & 1, wr = rights & 2, x = rights & 4;
        if (wr && !r)
            continue;
        entry(&w, 0, USER_PA + 64, 64, (uint8_t)(0x18 | rights));
        uint64_t va = USER_VA + 64;
        expect(&w, ACCESS_FETCH, va, x ? 0 : REFUSED_PMP, x ? 0 : 1);
        expect(&w, ACCESS_LOAD, va, r ? 0 : REFUSED_PMP, r ? 0 : 5);
        expect(&w, ACCESS_STORE, va, wr ? 0 : REFUSED_PMP, wr ? 0 : 7);
        expect(&w, ACCESS_AMO, va, r && wr ? 0 : REFUSED_PMP, r && wr ? 0 : 7);
        expect(&w, ACCESS_LOAD, va - 8, REFUSED_NOT, 0);
        expect(&w, ACCESS_LOAD, va + 64, REFUSED_NOT, 0);
        expect(&w, ACCESS_LOAD, va - 4, REFUSED_PMP, 5); /* partly in it */
        expect(&w, ACCESS_STORE, va + 60, REFUSED_PMP, 7);
    }
    /* a page fault comes before: there is no physical address */
    expect(&w, ACCESS_LOAD, USER_VA + 5 * 4096, REFUSED_PTE_INVALID, 13);
    struct access a = world_access(&w, ACCESS_LOAD, PRIV_M, USER_PA + 64, 8);
    assert_int_equal(a.refused, REFUSED_NOT);
    entry(&w, 0, USER_PA + 64, 64, 0x98); /* locked: binds M too */
    a = world_access(&w, ACCESS_LOAD, PRIV_M, USER_PA + 64, 8);
    assert_int_equal(a.refused, REFUSED_PMP);
    world_close(&w);
}

/* The walker reads and writes as S, whoever asks; and nothing is filled. */
static void test_page_walk(void **state)
{
    static const unsigned cause[] = { 1, 5, 7, 7 };
    (void)state;
    struct world w;
    open_guarded(&w);
    for (unsigned level = 0; level < 3; level++) {
        entry(&w, 0, TABLES + level * 4096, 4096, 0x18);
        for (unsigned k = 0; k < 4; k++) {
            mmu_sfence(&w.mmu, false, 0, false, 0);
            expect(&w, k, USER_VA, REFUSED_PMP, cause[k]);
        }
        entry(&w, 0, TABLES + level * 4096, 4096, 0x19);
        expect(&w, ACCESS_LOAD, USER_VA, REFUSED_NOT, 0);
    }
    /* A and D: reading the table is enough only while they are set */
    uint64_t clean = LEAF_USER & ~(uint64_t)(PTE_A | PTE_D);
    uint64_t at =
        world_map(&w, w.root, 3, USER_VA, 0, world_pte(USER_PA, clean));
    w.mmu.regs.hw_ad = true;
    entry(&w, 0, at & ~4095ULL, 4096, 0x19);
    mmu_sfence(&w.mmu, false, 0, false, 0);
    expect(&w, ACCESS_LOAD, USER_VA, REFUSED_PMP, 5);
    expect(&w, ACCESS_STORE, USER_VA, REFUSED_PMP, 7);
    expect(&w, ACCESS_FETCH, USER_VA, REFUSED_PMP, 1);
    assert_true(world_read(&w, at) == world_pte(USER_PA, clean));
    entry(&w, 0, at & ~4095ULL, 4096, 0x1B);
    expect(&w, ACCESS_LOAD, USER_VA, REFUSED_NOT, 0);
    entry(&w, 0, at & ~4095ULL, 4096, 0x19);
    expect(&w, ACCESS_LOAD, USER_VA, REFUSED_NOT, 0);
    expect(&w, ACCESS_STORE, USER_VA, REFUSED_PMP, 7); /* D */
    world_close(&w);
}

/* A node that S may not read ends the search: a range miss, in peeks too. */
static void test_range_walk(void **state)
{
    (void)state;
    struct world w;
    const uint64_t roots = RAM_BASE + 0x1000, node = RAM_BASE + 0x2000;
    open_guarded(&w);
    world_write(&w, roots, node);
    world_write(&w, node + RANGE_NODE_BASE, USER_VA);
    world_write(&w, node + RANGE_NODE_LIMIT, USER_VA + 4096);
    world_write(&w, node + RANGE_NODE_LEFT, RIGHT_R);
    w.mmu.regs.srtable = roots | 1;
    world_protect(&w, 0, SPROT_RPLB | SPROT_HWREFILL);
    for (unsigned i = 0; i < 2; i++) {
        entry(&w, 0, i ? node : roots, 4096, 0x1C); /* X only */
        struct access p = { .va = USER_VA, .size = 8, .kind = ACCESS_LOAD };
        assert_false(mmu_peek(&w.mmu, &p));
        assert_int_equal(p.refused, REFUSED_RANGE_MISS);
        expect(&w, ACCESS_LOAD, USER_VA, REFUSED_RANGE_MISS, 25);
    }
    entry(&w, 0, node, 4096, 0x19);
    expect(&w, ACCESS_LOAD, USER_VA, REFUSED_NOT, 0);
    world_close(&w);
}

/* Random code walks while entries change under it: the filter of fetches from
 * one line must never outlive them, nor reach past them. */
static void test_fetch_filter(void **state)
{
    (void)state;
    enum { BYTES = 512 };
    struct mmu_config c = world_config();
    struct world w;
    unsigned refused = 0, fetched = 0;
    world_open(&w, &c);
    pmp_reset(&w.mmu.pmp);
    random_start(62);
    for (uint64_t at = 0; at < BYTES + 8; at += 8)
        world_write(&w, RAM_BASE + at, random_next());
    uint64_t at = 0;
    for (unsigned n = 0; n < 200000; n++) {
        if (!random_below(50)) {
            random_entries(&w.mmu.pmp, RAM_BASE, BYTES);
            mmu_pmp_changed(&w.mmu);
        }
        enum privilege privilege = random_below(4) ? PRIV_S : PRIV_M;
        struct oracle_pmp o = oracle_of(&w.mmu.pmp);
        struct access a = { .va = RAM_BASE + at,
                            .privilege = (uint8_t)privilege };
        uint32_t word;
        uint16_t half;
        bool done = mmu_fetch(&w.mmu, &a, &word), m = privilege == PRIV_M;
        assert_true(bus_read(&w.bus, a.va, &half, 2));
        bool first = oracle_pmp_allows(&o, m, a.va, 2, 'x');
        bool want = first && ((half & 3) != 3 ||
                              oracle_pmp_allows(&o, m, a.va + 2, 2, 'x'));
        assert_int_equal(done, want);
        if (!done) {
            assert_int_equal(a.refused, REFUSED_PMP);
            assert_true(a.fault_va == a.va + (first ? 2 : 0));
        }
        refused += !done;
        fetched += done;
        at = done && random_below(9) ? at + a.size : random_next() & ~1ULL;
        at %= BYTES;
    }
    assert_true(refused > 5000 && fetched > 20000);
    world_check_invariants(&w);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_random_entries), TEST(test_reset),
        TEST(test_locks),          TEST(test_legal_values),
        TEST(test_each_kind),      TEST(test_page_walk),
        TEST(test_range_walk),     TEST(test_fetch_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
