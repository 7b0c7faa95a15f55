// SPDX-License-Identifier: Apache-2.0
/*
 * The heap against a slow oracle: random allocations, growth and frees, each
 * block with a pattern of its own; areas of zeros and of a file; the same calls
 * without a heap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mmu/heap.h"

enum { BLOCKS = 300, STEPS = 40000 };

static uint64_t seed = 88172645463325252u;

static uint64_t random_below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

struct block {
    uint8_t *at;
    size_t bytes;
    uint8_t pattern;
};

static void check(const struct block *b)
{
    for (size_t i = 0; i < b->bytes; i++)
        if (b->at[i] != b->pattern)
            fail_msg("byte %zu of %zu has changed", i, b->bytes);
}

/* Mostly small, sometimes large. */
static size_t some_bytes(void)
{
    switch (random_below(20)) {
    case 0:
        return random_below(1 << 20);
    case 1:
    case 2:
        return random_below(20000);
    default:
        return random_below(300);
    }
}

static void fill(struct block *b)
{
    b->pattern = (uint8_t)(1 + random_below(255));
    if (b->bytes)
        memset(b->at, b->pattern, b->bytes);
}

static void renew(struct heap *h, struct block *b)
{
    heap_free(h, b->at);
    b->bytes = some_bytes();
    b->at = heap_new(h, 1, b->bytes);
    assert_non_null(b->at);
    assert_int_equal((uintptr_t)b->at % 16, 0);
    for (size_t i = 0; i < b->bytes; i++)
        if (b->at[i])
            fail_msg("byte %zu of %zu is not zero", i, b->bytes);
    fill(b);
}

static void resize(struct heap *h, struct block *b)
{
    size_t bytes = some_bytes() + 1;
    uint8_t *at = heap_larger(h, b->at, bytes);
    assert_non_null(at);
    b->at = at;
    if (bytes < b->bytes)
        b->bytes = bytes;
    check(b);
    b->bytes = bytes;
    fill(b);
}

static void churn(struct heap *h)
{
    struct block block[BLOCKS] = { 0 };
    for (int i = 0; i < STEPS; i++) {
        struct block *b = &block[random_below(BLOCKS)];
        check(b);
        if (random_below(3))
            renew(h, b);
        else
            resize(h, b);
    }
    for (int i = 0; i < BLOCKS; i++) {
        check(&block[i]);
        heap_free(h, block[i].at);
    }
}

static struct heap *open_heap(void)
{
    struct err err;
    struct heap *h = heap_open(&err);
    if (!h)
        fail_msg("%s", err.text);
    return h;
}

static void test_blocks_keep_their_bytes(void **state)
{
    struct heap *h = open_heap();
    (void)state;
    churn(h);
    uint64_t used = h->books->used;
    churn(h);
    /* what was freed is used again */
    assert_true(h->books->used < used + used / 2);
    heap_close(h);
}

static void test_without_a_heap(void **state)
{
    (void)state;
    churn(NULL);
    assert_null(heap_notes(NULL, &seed));
    assert_null(heap_kept(NULL, "name"));
    uint8_t *area = heap_map(NULL, 10000, NULL);
    assert_non_null(area);
    assert_int_equal(area[9999], 0);
    heap_unmap(NULL, area, 10000);
    char *text = heap_text(NULL, "text");
    assert_string_equal(text, "text");
    heap_free(NULL, text);
}

static void test_impossible_sizes(void **state)
{
    struct heap *h = open_heap();
    (void)state;
    assert_null(heap_new(h, SIZE_MAX / 2, 4));
    assert_null(heap_new(h, 1, SIZE_MAX - 100));
    assert_null(heap_map(h, UINT64_C(1) << 60, NULL));
    void *block = heap_new(h, 0, 8);
    assert_non_null(block);
    assert_null(heap_larger(h, block, SIZE_MAX - 100));
    heap_free(h, block);
    heap_free(h, NULL);
    heap_close(h);
}

/* A freed area comes back empty, at its place, for one of the same size. */
static void test_areas(void **state)
{
    struct heap *h = open_heap();
    (void)state;
    uint8_t *a = heap_map(h, 1 << 20, NULL), *b = heap_map(h, 1 << 16, NULL);
    assert_non_null(a);
    assert_non_null(b);
    assert_true(b >= a + (1 << 20) || a >= b + (1 << 16));
    a[5000] = 7;
    b[0] = 8;
    heap_unmap(h, a, 1 << 20);
    uint8_t *c = heap_map(h, 1 << 17, NULL), *d = heap_map(h, 1 << 20, NULL);
    assert_ptr_equal(d, a);
    assert_true(c != a);
    assert_int_equal(d[5000], 0);
    assert_int_equal(b[0], 8);
    heap_close(h);
}

static void test_notes(void **state)
{
    struct heap *h = open_heap();
    (void)state;
    uint8_t *a = heap_map(h, 1 << 20, NULL);
    uint64_t *notes = heap_notes(h, a);
    assert_non_null(notes);
    heap_note(notes, 4095, 1);
    heap_note(notes, 3 * HEAP_PAGE - 1, 2);
    heap_note(notes, 70 * HEAP_PAGE, HEAP_PAGE);
    heap_note(notes, 9 * HEAP_PAGE, 0);
    assert_int_equal(notes[0], 1 | 1 << 2 | 1 << 3);
    assert_int_equal(notes[1], 1 << 6);
    heap_note(NULL, 0, 1);
    heap_close(h);
}

/* The file stays as it is, and shows again when the area has been freed. */
static void test_an_area_of_a_file(void **state)
{
    struct heap *h = open_heap();
    char path[] = "/tmp/opalite-heap-XXXXXX";
    char byte = 0;
    (void)state;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, 8192), 0);
    assert_int_equal(pwrite(file, "x", 1, 5000), 1);
    char *a = heap_map(h, 8192, &file);
    assert_non_null(a);
    assert_int_equal(a[5000], 'x');
    a[5000] = 'y';
    assert_int_equal(pread(file, &byte, 1, 5000), 1);
    assert_int_equal(byte, 'x');
    heap_unmap(h, a, 8192);
    assert_int_equal(a[5000], 'x');
    heap_close(h);
    close(file);
    unlink(path);
}

static void count_end(void *thing)
{
    ++*(int *)thing;
}

static void test_what_is_kept(void **state)
{
    struct heap *h = open_heap();
    int ends = 0;
    (void)state;
    assert_null(heap_kept(h, "a"));
    heap_keep(h, "a", &ends, count_end);
    heap_keep(h, "b", &ends, count_end);
    assert_ptr_equal(heap_kept(h, "a"), &ends);
    assert_null(heap_kept(h, "c"));
    heap_close(h);
    assert_int_equal(ends, 2);
    heap_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_keep_their_bytes),
        cmocka_unit_test(test_without_a_heap),
        cmocka_unit_test(test_impossible_sizes),
        cmocka_unit_test(test_areas),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_an_area_of_a_file),
        cmocka_unit_test(test_what_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
