/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/bus: RAM, device ranges, and accesses that find neither. */
#include "mmu/bus.h"

#include "tests/mmu/world.h"

struct device {
    uint64_t offset, value;
    unsigned size, reads, writes;
};

static bool device_read(void *device, uint64_t offset, unsigned size,
                        uint64_t *value)
{
    struct device *d = device;
    d->offset = offset;
    d->size = size;
    d->reads++;
    *value = d->value;
    return offset != 0x80; /* a register that refuses */
}

static bool device_write(void *device, uint64_t offset, unsigned size,
                         uint64_t *value)
{
    struct device *d = device;
    d->offset = offset;
    d->size = size;
    d->writes++;
    d->value = *value;
    return true;
}

static struct bus_device range(struct device *d, uint64_t base, uint64_t bytes)
{
    return (struct bus_device){ .name = "probe",
                                .base = base,
                                .bytes = bytes,
                                .read = device_read,
                                .write = device_write,
                                .device = d };
}

static void test_ram_is_zero_and_bounded(void **state)
{
    (void)state;
    struct bus b;
    struct err err;
    uint64_t word = 1;
    assert_true(bus_init(&b, RAM_BASE, 16ULL << 30, &err));
    assert_true(bus_read(&b, RAM_BASE + (16ULL << 30) - 8, &word, 8));
    assert_true(word == 0);
    assert_false(bus_read(&b, RAM_BASE + (16ULL << 30) - 7, &word, 8));
    assert_false(bus_read(&b, RAM_BASE - 1, &word, 8));
    assert_false(bus_write(&b, UINT64_MAX - 3, &word, 8));
    assert_null(bus_ram(&b, RAM_BASE - 8, 8));
    assert_null(bus_ram(&b, 0, 1));
    bus_free(&b);
}

static void test_bad_ram(void **state)
{
    (void)state;
    struct bus b;
    struct err err;
    assert_false(bus_init(&b, RAM_BASE, (16ULL << 30) + 4096, &err));
    assert_non_null(strstr(err.text, "ram.bytes"));
    assert_int_equal(err.code, EXIT_USAGE);
    assert_false(bus_init(&b, RAM_BASE, 5000, &err));
    assert_non_null(strstr(err.text, "4096"));
    assert_true(bus_init(&b, RAM_BASE, 0, &err)); /* no RAM: nothing there */
    assert_null(bus_ram(&b, RAM_BASE, 1));
    bus_free(&b);
}

static void test_device_ranges(void **state)
{
    (void)state;
    struct bus b;
    struct err err;
    struct device d = { 0 };
    assert_true(bus_init(&b, RAM_BASE, 1 << 20, &err));
    struct bus_device r = range(&d, 0x2000, 0x1000);
    assert_true(bus_add_device(&b, &r, &err));
    r = range(&d, 0x1000, 0x1000);
    assert_true(bus_add_device(&b, &r, &err));
    r = range(&d, 0x1FFF, 2);
    assert_false(bus_add_device(&b, &r, &err));
    assert_non_null(strstr(err.text, "overlaps"));
    r = range(&d, RAM_BASE - 1, 2);
    assert_false(bus_add_device(&b, &r, &err));
    assert_non_null(strstr(err.text, "RAM"));
    r = range(&d, 0x5000, 0);
    assert_false(bus_add_device(&b, &r, &err));
    assert_int_equal(b.device_count, 2);
    assert_true(b.device[0].base == 0x1000);
    assert_ptr_equal(bus_find_device(&b, 0x2FF8, 8), &b.device[1]);
    assert_null(bus_find_device(&b, 0x2FFC, 8));
    assert_null(bus_find_device(&b, 0x1FFC, 8)); /* across two devices */
    for (unsigned i = 2; i < BUS_DEVICES; i++) {
        r = range(&d, 0x10000 + i * 0x1000, 0x1000);
        assert_true(bus_add_device(&b, &r, &err));
    }
    r = range(&d, 0x90000, 0x1000);
    assert_false(bus_add_device(&b, &r, &err));
    bus_free(&b);
}

static void test_device_accesses(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    struct err err;
    struct device d = { .value = 0x1122334455667788 };
    world_open(&w, &c);
    struct bus_device r = range(&d, 0x2000, 0x100);
    assert_true(bus_add_device(&w.bus, &r, &err));
    struct access a = {
        .va = 0x2010, .size = 4, .kind = ACCESS_LOAD, .privilege = PRIV_M
    };
    uint64_t value;
    assert_true(mmu_load(&w.mmu, &a, &value));
    assert_true(value == d.value && d.offset == 0x10 && d.size == 4);
    assert_int_equal(a.cycles, 20);
    assert_int_equal(w.mmu.accounts.cell[FOR_DATA][IN_CORE], 20);
    assert_int_equal(a.l1.result, LOOKUP_NONE); /* uncached */
    a.kind = ACCESS_STORE;
    assert_true(mmu_store(&w.mmu, &a, 7));
    assert_true(d.writes == 1 && d.value == 7);
    /* refused by the device, misaligned, across its end, AMO */
    a.kind = ACCESS_LOAD;
    a.va = 0x2080;
    assert_false(mmu_load(&w.mmu, &a, &value));
    assert_true(a.refused == REFUSED_BUS && a.cause == 5);
    a.va = 0x2012;
    assert_false(mmu_load(&w.mmu, &a, &value));
    assert_int_equal(a.refused, REFUSED_BUS);
    a.va = 0x20FE;
    assert_false(mmu_load(&w.mmu, &a, &value));
    a.va = 0x2010;
    a.kind = ACCESS_AMO;
    assert_false(mmu_amo(&w.mmu, &a, &value));
    assert_true(a.refused == REFUSED_BUS && a.cause == 7);
    assert_int_equal(d.reads, 2);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_nothing_there(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    struct access a = world_access(&w, ACCESS_FETCH, PRIV_M, 0x400, 4);
    assert_true(a.refused == REFUSED_BUS && a.cause == 1);
    a = world_access(&w, ACCESS_LOAD, PRIV_M, 0x400, 4);
    assert_true(a.refused == REFUSED_BUS && a.cause == 5);
    a = world_access(&w, ACCESS_STORE, PRIV_M, RAM_BASE + RAM_BYTES - 4, 8);
    assert_true(a.refused == REFUSED_BUS && a.cause == 7);
    a = world_access(&w, ACCESS_LOAD, PRIV_M, UINT64_MAX - 3, 8);
    assert_int_equal(a.refused, REFUSED_BUS);
    world_close(&w);
}

static void test_sizes_and_amo(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_write(&w, RAM_BASE, 0x8182838485868788);
    static const uint64_t want[] = { 0x88, 0x8788, 0x85868788,
                                     0x8182838485868788 };
    for (unsigned i = 0; i < 4; i++) {
        struct access a = { .va = RAM_BASE,
                            .size = (uint8_t)(1 << i),
                            .kind = ACCESS_LOAD,
                            .privilege = PRIV_M };
        uint64_t value;
        assert_true(mmu_load(&w.mmu, &a, &value) && value == want[i]);
        a.va = RAM_BASE + 64;
        a.kind = ACCESS_STORE;
        world_write(&w, RAM_BASE + 64, 0);
        assert_true(mmu_store(&w.mmu, &a, UINT64_MAX));
        assert_true(world_read(&w, RAM_BASE + 64) ==
                    UINT64_MAX >> (64 - (8 << i)));
    }
    struct access a = {
        .va = RAM_BASE + 4, .size = 4, .kind = ACCESS_AMO, .privilege = PRIV_M
    };
    uint64_t value;
    uint64_t lookups = w.mmu.stats[UNIT_L1D].lookups;
    assert_true(mmu_amo(&w.mmu, &a, &value) && value == 0x81828384);
    mmu_amo_write(&w.mmu, &a, 0x01020304);
    assert_true(world_read(&w, RAM_BASE) == 0x0102030485868788);
    assert_int_equal(w.mmu.stats[UNIT_L1D].lookups, lookups + 1);
    a.va = RAM_BASE + 6;
    assert_false(mmu_amo(&w.mmu, &a, &value));
    assert_true(a.refused == REFUSED_MISALIGNED && a.cause == 6);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ram_is_zero_and_bounded), TEST(test_bad_ram),
        TEST(test_device_ranges),           TEST(test_device_accesses),
        TEST(test_nothing_there),           TEST(test_sizes_and_amo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
