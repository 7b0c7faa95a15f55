/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/build, storage and the names: impossible geometries are refused in one
 * line that names the key; storage bits by hand. */
#include "tests/mmu/world.h"

static void refused(struct mmu_config c, const char *words)
{
    struct bus bus;
    struct mmu m;
    struct err err = { .text = "" };
    assert_true(bus_init(&bus, RAM_BASE, 1 << 20, &err));
    assert_false(mmu_init(&m, &c, &bus, &err));
    if (!strstr(err.text, words))
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
    assert_null(strchr(err.text, '\n'));
    assert_int_equal(err.code, EXIT_USAGE);
    bus_free(&bus);
}

#define REFUSED(change, words)                                                 \
    do {                                                                       \
        struct mmu_config c = world_config();                                  \
        c.change;                                                              \
        refused(c, words);                                                     \
    } while (0)

static void test_impossible_geometry(void **state)
{
    (void)state;
    REFUSED(itlb_ways = 3, "itlb.ways = 3");
    REFUSED(dtlb_ways = 16, "dtlb.ways = 16");
    REFUSED(l2tlb_ways = 5, "l2tlb.ways = 5");
    REFUSED(l1i_bytes = 100, "l1i.bytes = 100");
    REFUSED(l1d_ways = 64, "l1d.bytes = 2048");
    REFUSED(l1d_ways = 3, "l1d.bytes");
    REFUSED(l2_bytes = 16384 + 64, "l2.bytes = 16448");
    REFUSED(line_bytes = 48, "line.bytes = 48");
    REFUSED(l1_kind = L1_VIPT, "l1.kind = vipt: only pipt is built");
    REFUSED(l1_kind = L1_VIVT, "l1.kind = vivt: only pipt is built");
}

static void test_sets_and_plru_need_powers_of_two(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    c.dtlb_entries = 48;
    c.dtlb_ways = 4;
    refused(c, "dtlb.entries / dtlb.ways must be a power of two");
    c.dtlb_ways = 3; /* 16 sets */
    c.dtlb_policy = POLICY_PLRU;
    refused(c, "dtlb.policy = plru");
    c.dtlb_policy = POLICY_LRU;
    struct world w;
    world_open(&w, &c);
    assert_int_equal(w.mmu.unit[UNIT_DTLB].array.sets, 16);
    world_close(&w);
    c.drplb_entries = 12;
    c.rplb_policy = POLICY_PLRU;
    refused(c, "rplb.policy = plru");
}

static void test_smallest_machine(void **state)
{
    (void)state;
    struct mmu_config c = { .itlb_entries = 1,
                            .dtlb_entries = 1,
                            .irplb_entries = 1,
                            .drplb_entries = 1,
                            .line_bytes = 16,
                            .l1i_ways = 1,
                            .l1d_ways = 1,
                            .l2_ways = 1,
                            .dram_latency = 1,
                            .attribution = 1 };
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 4);
    for (uint64_t page = 0; page < 4; page++) {
        world_load(&w, USER_VA + page * 4096);
        world_access(&w, ACCESS_FETCH, PRIV_U, USER_VA + page * 4096, 4);
    }
    assert_int_equal(w.mmu.stats[UNIT_DTLB].misses, 4);
    assert_false(lookaside_present(&w.mmu.unit[UNIT_L2TLB]));
    world_check_invariants(&w);
    world_close(&w);
}

static void bits(const struct mmu_config *c, enum unit unit, bool protects,
                 uint64_t want_cam, uint64_t want_ram)
{
    uint64_t cam, ram;
    mmu_storage_bits(c, unit, protects, &cam, &ram);
    assert_int_equal(cam, want_cam);
    assert_int_equal(ram, want_ram);
}

static void test_storage_bits(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    /* 8 entries: VPN 27 + size 2 + valid 1 (+ ASID 16 + G 1);
     * PPN 44 + U, A, D 3 (+ R, W, X 3) */
    bits(&c, UNIT_DTLB, true, 8 * 47, 8 * 50);
    bits(&c, UNIT_DTLB, false, 8 * 30, 8 * 47);
    /* 8 sets: three VPN bits are the index, and the tags are RAM */
    bits(&c, UNIT_L2TLB, true, 0, 32 * (47 - 3 + 50));
    /* domain 16 + base 39 + limit 39 + valid 1; rights 4 */
    bits(&c, UNIT_DRPLB, true, 4 * 95, 4 * 4);
    /* 2 KiB, 2 ways: a way is 2^10 bytes; tag 46 + valid (+ dirty) + data */
    bits(&c, UNIT_L1I, true, 0, 32 * (46 + 1 + 512));
    bits(&c, UNIT_L1D, true, 0, 32 * (46 + 2 + 512));
    c.l2_bytes = 0;
    bits(&c, UNIT_L2, true, 0, 0);
    c.asid_bits = 0;
    bits(&c, UNIT_ITLB, true, 8 * 31, 8 * 50);
}

static void test_names(void **state)
{
    static const char *const units[] = { "itlb",  "dtlb", "l2tlb", "irplb",
                                         "drplb", "l1i",  "l1d",   "l2" };
    static const char *const causes[] = {
        "cold", "capacity", "conflict", "switch", "invalidated", "coherence"
    };
    (void)state;
    for (unsigned u = 0; u < UNIT_COUNT; u++)
        assert_string_equal(unit_name((enum unit)u), units[u]);
    for (unsigned c = 0; c < MISS_CAUSE_COUNT; c++)
        assert_string_equal(miss_cause_name((enum miss_cause)c), causes[c]);
    for (unsigned r = 0; r < REFUSAL_COUNT; r++) {
        const char *name = refusal_name((enum refusal)r);
        assert_true(name && name[0]);
        for (unsigned k = 0; k < r; k++)
            assert_string_not_equal(name, refusal_name((enum refusal)k));
    }
    assert_string_equal(access_kind_name(ACCESS_AMO), "amo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_impossible_geometry),
        TEST(test_sets_and_plru_need_powers_of_two),
        TEST(test_smallest_machine),
        TEST(test_storage_bits),
        TEST(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
