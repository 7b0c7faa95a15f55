/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/miss: cold, capacity and conflict against a fully associative LRU list
 * and a record of all lines ever used; the bounds of the RPLB's memory. */
#include "mmu/miss.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"
#include "tests/ref/oracle_array.h"

#include <stdlib.h>

enum { LINES = 400 };

/* Sorts the misses of one domain as the textbook does. */
static void test_three_causes(void **state)
{
    (void)state;
    struct mmu_config c = world_config(); /* L1D: 32 lines, 16 sets */
    struct world w;
    struct oracle_array shadow = { .sets = 1, .ways = 32 };
    bool seen[LINES] = { false };
    unsigned count[MISS_CAUSE_COUNT] = { 0 };
    world_open(&w, &c);
    random_start(61);
    uint64_t line = 0;
    for (int i = 0; i < 100000; i++) {
        line = random_below(4) ? (line + random_below(20)) % 48
                               : random_below(LINES);
        uint64_t at = RAM_BASE + line * 64;
        bool conflict = oracle_array_lookup(&shadow, at, 0);
        if (!conflict)
            oracle_array_fill_page(
                &shadow, (struct oracle_entry){ .first = at, .last = at + 63 });
        struct access a = world_access(&w, ACCESS_LOAD, PRIV_M, at, 8);
        if (a.l1.result == LOOKUP_MISS) {
            assert_int_equal(a.l1.cause, !seen[line] ? MISS_COLD
                                         : conflict  ? MISS_CONFLICT
                                                     : MISS_CAPACITY);
            count[a.l1.cause]++;
        }
        seen[line] = true;
    }
    assert_int_equal(count[MISS_COLD], LINES);
    assert_true(count[MISS_CONFLICT] > 1000 && count[MISS_CAPACITY] > 1000);
    world_close(&w);
}

static struct miss_history open_history(struct miss_shape shape,
                                        const struct assoc *array)
{
    struct miss_history h;
    void *memory = calloc(1, miss_bytes(&shape));
    assert_non_null(memory);
    miss_init(&h, &shape, array, memory);
    return h;
}

static struct assoc_entry range(uint64_t number, uint32_t domain)
{
    return (struct assoc_entry){ .first = number * 0x1000,
                                 .last = number * 0x1000 + 0xFFF,
                                 .context = domain };
}

/* The last 128 lost ranges of a domain are remembered, older ones are cold. */
static void test_lost_ranges_are_bounded(void **state)
{
    (void)state;
    struct miss_history h =
        open_history((struct miss_shape){ .entries = 4, .ranges = true }, NULL);
    for (uint64_t i = 0; i < 200; i++) {
        struct assoc_entry e = range(i, 7);
        miss_range_left(&h, &e, LOST_INVALIDATED, 1);
        miss_range_left(&h, &e, LOST_INVALIDATED, 1); /* counts once */
    }
    for (uint64_t i = 0; i < 200; i++)
        assert_int_equal(miss_classify_range(&h, i * 0x1000 + 5, 7, 1),
                         i < 72 ? MISS_COLD : MISS_INVALIDATED);
    assert_int_equal(miss_classify_range(&h, 150 * 0x1000, 8, 1), MISS_COLD);
    struct assoc_entry e = range(150, 7);
    miss_range_filled(&h, &e);
    assert_int_equal(miss_classify_range(&h, 150 * 0x1000, 7, 1), MISS_COLD);
    free(h.range);
}

/* By whom it was displaced decides. */
static void test_evictor_decides(void **state)
{
    (void)state;
    struct miss_history h =
        open_history((struct miss_shape){ .entries = 8, .shift = 12 }, NULL);
    struct miss_key key = miss_key_of(0x5000, 9, 12);
    assert_int_equal(miss_classify(&h, &key, 1), MISS_COLD);
    miss_filled(&h, &key);
    miss_left(&h, &key, LOST_REPLACED, 1);
    assert_int_equal(miss_classify(&h, &key, 1), MISS_CAPACITY);
    assert_int_equal(miss_classify(&h, &key, 2), MISS_SWITCH);
    miss_left(&h, &key, LOST_SWITCH, 1);
    assert_int_equal(miss_classify(&h, &key, 1), MISS_SWITCH);
    miss_left(&h, &key, LOST_INVALIDATED, 2);
    assert_int_equal(miss_classify(&h, &key, 1), MISS_INVALIDATED);
    free(h.seen);
}

/* Two entries whose times of use the test sets. */
static void use(struct miss_history *h, uint64_t *stamp, int32_t index,
                const struct miss_key *key)
{
    static uint64_t now;
    stamp[index] = ++now;
    miss_used(h, index, key);
}

static struct miss_key page_key(uint64_t number)
{
    return miss_key_of(number * 0x1000, 0, 12);
}

/* What was invalidated leaves room for the others in the shadow too. */
static void test_invalidated_leaves_the_shadow(void **state)
{
    (void)state;
    const struct miss_key key_a = page_key(1), key_b = page_key(2),
                          key_c = page_key(3), key_d = page_key(4);
    uint64_t stamp[2] = { 0 };
    const struct assoc array = { .stamp = stamp };
    struct miss_history h = open_history(
        (struct miss_shape){ .entries = 2, .shift = 12, .shadow = true },
        &array);
    miss_filled(&h, &key_a);
    use(&h, stamp, 0, &key_a);
    use(&h, stamp, 1, &key_b);
    miss_left(&h, &key_b, LOST_INVALIDATED, 1);
    use(&h, stamp, 1, &key_c);
    assert_int_equal(miss_classify(&h, &key_a, 1), MISS_CONFLICT);
    miss_dropped(&h, 1);
    use(&h, stamp, 1, &key_d); /* two newer ones: a is out */
    assert_int_equal(miss_classify(&h, &key_a, 1), MISS_CAPACITY);
    free(h.seen);
}

/* A use that only moved the stamp counts as well, while the unit holds the key
 * and after it has left. */
static void test_stamps_alone_keep_the_order(void **state)
{
    (void)state;
    const struct miss_key key_a = page_key(1), key_b = page_key(2),
                          key_c = page_key(3), key_d = page_key(4),
                          key_e = page_key(5), key_f = page_key(6);
    uint64_t stamp[4] = { 0 };
    const struct assoc array = { .stamp = stamp };
    struct miss_history h = open_history(
        (struct miss_shape){ .entries = 4, .shift = 12, .shadow = true },
        &array);
    miss_filled(&h, &key_a);
    miss_filled(&h, &key_b);
    use(&h, stamp, 0, &key_a);
    use(&h, stamp, 1, &key_b);
    use(&h, stamp, 2, &key_c);
    use(&h, stamp, 3, &key_d);
    stamp[0] = stamp[3] + 1; /* a again, not told */
    miss_dropped(&h, 1);
    use(&h, stamp, 1, &key_e); /* b is the oldest */
    assert_int_equal(miss_classify(&h, &key_a, 1), MISS_CONFLICT);
    assert_int_equal(miss_classify(&h, &key_b, 1), MISS_CAPACITY);
    miss_dropped(&h, 0);       /* a leaves the unit, used after c and d */
    use(&h, stamp, 0, &key_f); /* c goes */
    assert_int_equal(miss_classify(&h, &key_a, 1), MISS_CONFLICT);
    miss_dropped(&h, 2);
    use(&h, stamp, 2, &key_b); /* d goes */
    assert_int_equal(miss_classify(&h, &key_a, 1), MISS_CONFLICT);
    miss_dropped(&h, 3);
    use(&h, stamp, 3, &key_c); /* a goes */
    assert_int_equal(miss_classify(&h, &key_a, 1), MISS_CAPACITY);
    free(h.seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_three_causes),
        TEST(test_lost_ranges_are_bounded),
        TEST(test_evictor_decides),
        TEST(test_invalidated_leaves_the_shadow),
        TEST(test_stamps_alone_keep_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
