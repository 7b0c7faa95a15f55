/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address allocator: blocks are aligned to their rounded size, disjoint,
 * inside user space, and nothing is lost: sizes that fill the space exactly do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "os/kernel/address.c"

#define TOP   37
#define FIRST (1ul << ADDRESS_FIRST_ORDER)
#define COUNT 3000

struct block {
    uint64_t base, bytes;
};

static uint64_t round_up(uint64_t bytes)
{
    uint64_t size = 4096;
    while (size < bytes)
        size *= 2;
    return size;
}

static void test_aligned_and_disjoint(void **state)
{
    static struct block block[COUNT];
    struct address_space a;
    uint64_t seed = 3;
    (void)state;
    address_init(&a, TOP);
    for (unsigned i = 0; i < COUNT; i++) {
        struct block *b = &block[i];
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        b->bytes = round_up(1 + (seed >> 33) % (1ul << (seed >> 60) << 10));
        b->base = address_alloc(&a, b->bytes);
        assert_true(b->base >= FIRST);
        assert_true(b->base + b->bytes <= 1ul << TOP);
        assert_int_equal(b->base % b->bytes, 0);
        for (unsigned j = 0; j < i; j++)
            assert_true(b->base >= block[j].base + block[j].bytes ||
                        b->base + b->bytes <= block[j].base);
    }
}

/* After a page, the rest of the space can be had to the last byte. */
static void test_nothing_is_lost(void **state)
{
    struct address_space a;
    uint64_t total = 4096;
    (void)state;
    address_init(&a, TOP);
    assert_int_equal(address_alloc(&a, 1), FIRST);
    for (unsigned order = TOP - 1; order >= ADDRESS_MIN_ORDER; order--) {
        while (address_alloc(&a, 1ul << order))
            total += 1ul << order;
    }
    assert_int_equal(total, (1ul << TOP) - FIRST);
    assert_int_equal(address_alloc(&a, 1), 0);
}

static void test_too_big(void **state)
{
    struct address_space a;
    (void)state;
    address_init(&a, TOP);
    assert_int_equal(address_alloc(&a, 1ul << TOP), 0);
    assert_int_equal(address_alloc(&a, UINT64_MAX), 0);
    assert_int_equal(address_alloc(&a, 1ul << 36), 1ul << 36);
    assert_int_equal(address_alloc(&a, 1ul << 36), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligned_and_disjoint),
        cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_too_big),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
