/* SPDX-License-Identifier: Apache-2.0 */
/* mmu: fetches of 2 and 4 bytes across lines, pages and ranges; and that the
 * filter for fetches from the same line changes nothing. */
#include "tests/mmu/random.h"
#include "tests/mmu/world.h"

enum { PAGES = 16 };

static struct access fetch(struct world *w, uint64_t at, uint32_t *word)
{
    struct access a = { .va = USER_VA + at, .privilege = PRIV_U };
    bool done = mmu_fetch(&w->mmu, &a, word);
    assert_int_equal(done, a.refused == REFUSED_NOT);
    return a;
}

static void open_code(struct world *w)
{
    struct mmu_config c = world_config();
    world_open(w, &c);
    world_user_pages(w, PAGES);
}

static void put(struct world *w, uint64_t at, uint32_t word, size_t n)
{
    assert_true(bus_write(&w->bus, USER_PA + at, &word, n));
}

static void test_short_and_long(void **state)
{
    struct world w;
    uint32_t word;
    (void)state;
    open_code(&w);
    put(&w, 0, 0x00000513, 4);
    put(&w, 4, 0x4501, 2);
    put(&w, 6, 0x00A00593, 4);
    struct access a = fetch(&w, 0, &word);
    assert_true(word == 0x00000513 && a.size == 4);
    a = fetch(&w, 4, &word);
    assert_true(word == 0x4501 && a.size == 2 && a.kind == ACCESS_FETCH);
    a = fetch(&w, 6, &word);
    assert_true(word == 0x00A00593 && a.size == 4 && a.pa == USER_PA + 6);
    assert_int_equal(w.mmu.stats[UNIT_ITLB].lookups, 3);
    assert_int_equal(w.mmu.stats[UNIT_L1I].lookups, 3);
    assert_int_equal(w.mmu.accounts.cell[FOR_FETCH][IN_DRAM], 100);
    world_close(&w);
}

static void test_across_two_lines(void **state)
{
    struct world w;
    uint32_t word;
    (void)state;
    open_code(&w);
    put(&w, 62, 0x00A00593, 4);
    fetch(&w, 0, &word);
    struct access a = fetch(&w, 62, &word);
    assert_true(word == 0x00A00593);
    assert_true(a.l1.result == LOOKUP_MISS && a.cycles == 111);
    assert_int_equal(w.mmu.stats[UNIT_L1I].lookups, 3);
    world_close(&w);
}

/* A short instruction at a page's end does not need the next page. */
static void test_page_end(void **state)
{
    struct world w;
    uint32_t word;
    (void)state;
    open_code(&w);
    uint64_t end = PAGES * 4096 - 2;
    put(&w, end, 0x4501, 2);
    struct access a = fetch(&w, end, &word);
    assert_true(!a.refused && a.size == 2);
    put(&w, end, 0x0593, 2);
    a = fetch(&w, end, &word);
    assert_int_equal(a.refused, REFUSED_PTE_INVALID);
    assert_true(a.cause == 12 && a.fault_va == USER_VA + end + 2);
    put(&w, 4094, 0x0593, 2);
    put(&w, 4096, 0x00A0, 2);
    uint64_t lookups = w.mmu.stats[UNIT_ITLB].lookups;
    a = fetch(&w, 4094, &word);
    assert_true(!a.refused && word == 0x00A00593);
    assert_int_equal(w.mmu.stats[UNIT_ITLB].lookups, lookups + 1);
    world_check_invariants(&w);
    world_close(&w);
}

/* Likewise at the end of a range; a long one there is checked in full, and is
 * one look-up. */
static void test_range_end(void **state)
{
    struct world w;
    uint32_t word;
    (void)state;
    open_code(&w);
    world_protect(&w, 1, SPROT_RPLB);
    world_fill(&w, 1, USER_VA, USER_VA + 0x102, RIGHT_X);
    put(&w, 0x100, 0x4501, 2);
    struct access a = fetch(&w, 0x100, &word);
    assert_int_equal(a.refused, REFUSED_NOT);
    put(&w, 0x100, 0x00A00593, 4);
    a = fetch(&w, 0x100, &word);
    assert_true(a.refused == REFUSED_RANGE_MISS && a.cause == 24);
    assert_true(a.fault_va == USER_VA + 0x102);
    world_fill(&w, 1, USER_VA + 0x102, USER_VA + 0x200, RIGHT_R);
    a = fetch(&w, 0x100, &word);
    assert_true(a.refused == REFUSED_RANGE_RIGHT && a.cause == 28);
    world_fill(&w, 1, USER_VA + 0x102, USER_VA + 0x200, RIGHT_X);
    uint64_t lookups = w.mmu.stats[UNIT_IRPLB].lookups;
    a = fetch(&w, 0x100, &word);
    assert_true(!a.refused && word == 0x00A00593);
    assert_int_equal(w.mmu.stats[UNIT_IRPLB].lookups, lookups + 1);
    world_check_invariants(&w);
    world_close(&w);
}

/* Code in a device (a boot ROM): uncached, one device access per half. */
static bool rom_read(void *device, uint64_t offset, unsigned size,
                     uint64_t *value)
{
    memcpy(value, (const uint8_t *)device + offset, size);
    return true;
}

static void test_rom(void **state)
{
    struct world w;
    struct err err;
    uint32_t word, code[2] = { 0x00A00593, 0x4501 };
    (void)state;
    open_code(&w);
    struct bus_device rom = { .name = "rom",
                              .base = 0x1000,
                              .bytes = 8,
                              .read = rom_read,
                              .device = code };
    assert_true(bus_add_device(&w.bus, &rom, &err));
    for (int i = 0; i < 2; i++) {
        struct access a = { .va = 0x1000, .privilege = PRIV_M };
        assert_true(mmu_fetch(&w.mmu, &a, &word));
        assert_true(word == 0x00A00593 && a.cycles == 2 * 20);
    }
    struct access a = { .va = 0x1004, .privilege = PRIV_M };
    assert_true(mmu_fetch(&w.mmu, &a, &word) && word == 0x4501);
    assert_int_equal(a.cycles, 20);
    a.va = 0x1008;
    assert_false(mmu_fetch(&w.mmu, &a, &word));
    assert_true(a.refused == REFUSED_BUS && a.cause == 1);
    world_close(&w);
}

/* A store into code is seen at once (data is RAM's), also by the filter. */
static void test_store_into_code(void **state)
{
    struct world w;
    uint32_t word;
    (void)state;
    open_code(&w);
    put(&w, 0, 0x00000513, 4);
    fetch(&w, 0, &word);
    struct access a = { .va = USER_VA, .size = 4, .kind = ACCESS_STORE };
    assert_true(mmu_store(&w.mmu, &a, 0x00100513));
    fetch(&w, 0, &word);
    assert_true(word == 0x00100513);
    world_close(&w);
}

/* ---- the filter changes nothing ---------------------------------------------
 */

static void random_code(struct world *w)
{
    for (uint64_t at = 0; at < PAGES * 4096; at += 2)
        put(w, at, (uint32_t)random_next() | (random_below(2) ? 3 : 0), 2);
}

/* Things that end the validity of a filter. */
static void random_event(struct world *w)
{
    uint64_t base = USER_VA + random_below(PAGES * 2048) * 2;
    switch (random_below(6)) {
    case 0:
        world_protect(w, (uint16_t)random_below(2),
                      random_below(2) ? SPROT_RPLB : SPROT_PAGETABLE);
        break;
    case 1:
        mmu_sfence(&w->mmu, random_below(2), USER_VA, random_below(2), 1);
        break;
    case 2:
        mmu_fence_i(&w->mmu);
        break;
    case 3:
        mmu_rplb_invalidate(&w->mmu, random_below(2), 1, random_below(2), base,
                            base + 4096);
        break;
    default:
        world_fill(w, (uint16_t)random_below(2), base,
                   base + 2 + random_below(9000) * 2, 7);
    }
}

/* The same life with and without the filter; `drop` forgets it each time. */
static void life(struct world *w, int64_t policy, bool drop, uint64_t *digest)
{
    struct mmu_config c = world_config();
    c.itlb_policy = c.l1i_policy = c.rplb_policy = policy;
    c.l1d_policy = policy;
    world_open(w, &c);
    random_start(53);
    random_code(w);
    world_user_pages(w, PAGES);
    uint64_t at = 0;
    for (int i = 0; i < 150000; i++) {
        uint32_t word = 0;
        if (!random_below(60))
            random_event(w);
        if (!random_below(10))
            at = random_below(PAGES * 2048) * 2;
        if (!random_below(4))
            world_load(w, USER_VA + (random_below(PAGES * 4096) & ~7ULL));
        if (drop)
            w->mmu.filter.bytes = 0;
        struct access a = { .va = USER_VA + at,
                            .privilege = random_below(50) ? PRIV_U : PRIV_M };
        if (mmu_fetch(&w->mmu, &a, &word))
            at = (at + a.size) % (PAGES * 4096 - 4);
        /* field by field: padding is nobody's */
        const uint64_t facts[] = {
            word,
            a.refused,
            a.cause,
            a.fault_va,
            a.pa,
            a.pte,
            a.size,
            a.page_shift,
            a.rights,
            a.walk_reads,
            a.cycles,
            a.tlb.result,
            a.tlb.gift,
            a.tlb.late,
            a.protection.result,
            a.l1.result,
            a.l1.gift,
            a.l1.late,
            (uint64_t)a.l1.way,
            (uint64_t)a.l1.set,
            (uint64_t)a.tlb.way,
            (uint64_t)a.protection.way,
        };
        for (unsigned k = 0; k < sizeof facts / sizeof facts[0]; k++)
            *digest = (*digest ^ facts[k]) * 0x100000001B3;
    }
}

static void test_filter_changes_nothing(void **state)
{
    (void)state;
    for (int64_t policy = POLICY_LRU; policy <= POLICY_RANDOM; policy++) {
        struct world with, without;
        uint64_t one = 1, two = 1;
        life(&with, policy, false, &one);
        life(&without, policy, true, &two);
        assert_true(one == two);
        assert_memory_equal(&with.mmu.accounts, &without.mmu.accounts,
                            sizeof with.mmu.accounts);
        assert_memory_equal(with.mmu.stats, without.mmu.stats,
                            sizeof with.mmu.stats);
        assert_true(with.mmu.stats[UNIT_L1I].hits > 50000);
        world_check_invariants(&with);
        world_close(&with);
        world_close(&without);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_short_and_long),
        TEST(test_across_two_lines),
        TEST(test_page_end),
        TEST(test_range_end),
        TEST(test_rom),
        TEST(test_store_into_code),
        TEST(test_filter_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
