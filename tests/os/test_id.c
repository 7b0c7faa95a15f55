/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Id tables: an id finds its object until it is removed and nothing ever after;
 * a full table refuses; plain tables give small ids again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "os/kernel/id.c"

#define SLOTS 16
#define START(plain)                                                           \
    (memset(slot, 0, sizeof(slot)), id_init(&t, slot, SLOTS, plain))

static struct object object[SLOTS];
static uint64_t slot[SLOTS];

static void test_stale_ids(void **state)
{
    struct id_table t;
    uint32_t seen[100];
    (void)state;
    START(false);
    for (unsigned i = 0; i < 100; i++) {
        assert_true(id_add(&t, &object[0]));
        seen[i] = object[0].id;
        assert_ptr_equal(id_find(&t, seen[i]), &object[0]);
        for (unsigned j = 0; j < i; j++)
            assert_null(id_find(&t, seen[j]));
        id_remove(&t, &object[0]);
        assert_null(id_find(&t, seen[i]));
        for (unsigned j = 0; j <= i; j++)
            assert_true(id_is_stale(&t, seen[j]));
    }
    assert_int_equal(t.count, 0);
    assert_int_equal(seen[SLOTS - 2], SLOTS - 1);
    assert_int_equal(seen[SLOTS - 1], 1 + SLOTS);
}

static void test_full(void **state)
{
    struct id_table t;
    struct object more;
    (void)state;
    START(false);
    for (unsigned i = 1; i < SLOTS; i++) {
        assert_true(id_add(&t, &object[i]));
        assert_int_equal(object[i].id, i);
    }
    assert_false(id_add(&t, &more));
    assert_int_equal(t.count, SLOTS - 1);
    id_remove(&t, &object[5]);
    assert_true(id_add(&t, &more));
    assert_int_equal(more.id, 5 + SLOTS);
    assert_ptr_equal(id_find(&t, 5 + SLOTS), &more);
    assert_null(id_find(&t, 5));
    assert_true(id_is_stale(&t, 5));
    assert_false(id_is_stale(&t, 5 + SLOTS));
}

static void test_nonsense(void **state)
{
    struct id_table t;
    (void)state;
    START(false);
    assert_true(id_add(&t, &object[1]));
    assert_null(id_find(&t, 0));
    assert_null(id_find(&t, SLOTS));
    assert_null(id_find(&t, 1 + SLOTS));
    assert_null(id_find(&t, 1ul << 32 | 1));
    assert_null(id_find(&t, UINT64_MAX));
    assert_false(id_is_stale(&t, 0));
    assert_false(id_is_stale(&t, 1));
    assert_false(id_is_stale(&t, 2));
    assert_false(id_is_stale(&t, UINT64_MAX));
    assert_ptr_equal(id_find(&t, 1), &object[1]);
}

static void test_plain(void **state)
{
    struct id_table t;
    (void)state;
    START(true);
    assert_true(id_add(&t, &object[0]));
    for (unsigned i = 0; i < 50; i++) {
        assert_true(id_add(&t, &object[1]));
        assert_int_equal(object[1].id, 2);
        id_remove(&t, &object[1]);
    }
    for (unsigned i = 1; i < SLOTS - 1; i++)
        assert_true(id_add(&t, &object[i]));
    assert_false(id_add(&t, &object[SLOTS - 1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stale_ids),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_nonsense),
        cmocka_unit_test(test_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
