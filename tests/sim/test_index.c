/* SPDX-License-Identifier: Apache-2.0 */
/* The index and the queue of places, against plain arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sim/index.h"

enum { KEYS = 500, STEPS = 200000 };

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Keys that collide: pages, small numbers, the same b. */
static uint64_t key_a(size_t i)
{
    return i % 2 ? (uint64_t)i << 12 : i / 8;
}

static uint64_t key_b(size_t i)
{
    return i % 8;
}

static void finds_what_was_set_last(void **state)
{
    (void)state;
    struct index x = { 0 };
    size_t place[KEYS], used = 0;
    uint64_t seed = 1;
    for (size_t i = 0; i < KEYS; i++)
        place[i] = INDEX_NONE;
    for (size_t n = 0; n < STEPS; n++) {
        size_t i = next(&seed) % KEYS;
        if (next(&seed) % 3) {
            used += place[i] == INDEX_NONE;
            place[i] = n;
            index_set(&x, key_a(i), key_b(i), n);
        } else {
            used -= place[i] != INDEX_NONE;
            place[i] = INDEX_NONE;
            index_remove(&x, key_a(i), key_b(i));
        }
        size_t k = next(&seed) % KEYS;
        assert_true(index_find(&x, key_a(k), key_b(k)) == place[k]);
        assert_true(x.used == used && 2 * used <= x.slots);
    }
    for (size_t i = 0; i < KEYS; i++)
        assert_true(index_find(&x, key_a(i), key_b(i)) == place[i]);
    index_free(&x);
    assert_true(index_find(&x, 0, 0) == INDEX_NONE);
}

static void places_come_in_order(void **state)
{
    (void)state;
    struct place_queue q = { 0 };
    size_t in = 0, out = 0;
    uint64_t seed = 2;
    for (size_t n = 0; n < STEPS; n++) {
        if (next(&seed) % 5 < 3)
            place_queue_add(&q, in++);
        else if (q.count)
            assert_int_equal(place_queue_take(&q), out++);
        assert_int_equal(q.count, in - out);
    }
    place_queue_free(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_set_last),
        cmocka_unit_test(places_come_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
