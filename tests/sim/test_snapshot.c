// SPDX-License-Identifier: Apache-2.0
/*
 * Snapshots against full copies: random writes, allocations and areas,
 * snapshots at random moments, going back to any of them in any order,
 * dropping, packing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/history/snapshot.h"

enum { BLOCKS = 64, PAGES = 200, DISK = 40, KEPT = 12, STEPS = 400 };

static uint64_t seed;

static uint64_t random_below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

/* All that is in the heap; itself the first object of it. */
struct world {
    uint8_t *block[BLOCKS];
    size_t bytes[BLOCKS];
    uint8_t *ram; /* NULL = there is none now */
    uint8_t *disk;
};

/* What it was, in full. */
struct copy {
    struct snapshot snapshot;
    struct world world;
    uint8_t *block[BLOCKS];
    uint8_t ram[PAGES * HEAP_PAGE], disk[DISK * HEAP_PAGE];
};

struct bench {
    struct heap *heap;
    struct snapshots all;
    struct world *w;
    struct copy *copy[KEPT];
    int file;
};

static void open_disk(struct bench *b)
{
    char path[] = "/tmp/opalite-snapshot-XXXXXX";
    uint8_t page[HEAP_PAGE];
    b->file = mkstemp(path);
    assert_true(b->file >= 0);
    unlink(path);
    for (int i = 0; i < DISK; i++) {
        memset(page, i + 1, sizeof page);
        assert_int_equal(write(b->file, page, sizeof page), sizeof page);
    }
}

static void open_bench(struct bench *b, uint64_t start)
{
    struct err err;
    memset(b, 0, sizeof *b);
    seed = start;
    b->heap = heap_open(&err);
    assert_non_null(b->heap);
    snapshots_open(&b->all, b->heap);
    b->w = heap_new(b->heap, 1, sizeof *b->w);
    assert_non_null(b->w);
    open_disk(b);
}

static void change_block(struct bench *b)
{
    size_t i = random_below(BLOCKS);
    struct world *w = b->w;
    if (w->block[i] && random_below(4)) {
        for (uint64_t n = random_below(50); n; n--)
            w->block[i][random_below(w->bytes[i])] = (uint8_t)random_below(256);
        return;
    }
    heap_free(b->heap, w->block[i]);
    w->bytes[i] = 1 + random_below(random_below(8) ? 600 : 400000);
    w->block[i] = heap_new(b->heap, 1, w->bytes[i]);
    assert_non_null(w->block[i]);
    for (size_t n = 0; n < w->bytes[i]; n++)
        assert_int_equal(w->block[i][n], 0);
}

static void write_area(struct bench *b, uint8_t *area, uint64_t pages)
{
    uint64_t at = random_below(pages * HEAP_PAGE - 9000);
    uint64_t bytes = random_below(random_below(3) ? 20 : 9000);
    memset(area + at, (int)random_below(4), bytes);
    heap_note(heap_notes(b->heap, area), at, bytes);
}

static void change_areas(struct bench *b)
{
    struct world *w = b->w;
    if (random_below(25) == 0) {
        if (w->ram)
            heap_unmap(b->heap, w->ram, PAGES * HEAP_PAGE);
        w->ram = w->ram ? NULL : heap_map(b->heap, PAGES * HEAP_PAGE, NULL);
    }
    if (random_below(40) == 0) {
        if (w->disk)
            heap_unmap(b->heap, w->disk, DISK * HEAP_PAGE);
        w->disk =
            w->disk ? NULL : heap_map(b->heap, DISK * HEAP_PAGE, &b->file);
    }
    if (w->ram)
        write_area(b, w->ram, PAGES);
    if (w->disk)
        write_area(b, w->disk, DISK);
}

static struct copy *copy_of(const struct bench *b)
{
    struct copy *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->world = *b->w;
    for (int i = 0; i < BLOCKS; i++) {
        if (!b->w->block[i])
            continue;
        c->block[i] = malloc(b->w->bytes[i]);
        assert_non_null(c->block[i]);
        memcpy(c->block[i], b->w->block[i], b->w->bytes[i]);
    }
    if (b->w->ram)
        memcpy(c->ram, b->w->ram, sizeof c->ram);
    if (b->w->disk)
        memcpy(c->disk, b->w->disk, sizeof c->disk);
    return c;
}

static void free_copy(struct copy *c)
{
    for (int i = 0; i < BLOCKS; i++)
        free(c->block[i]);
    free(c);
}

static void compare(const struct bench *b, const struct copy *c)
{
    assert_memory_equal(b->w, &c->world, sizeof *b->w);
    for (int i = 0; i < BLOCKS; i++)
        if (c->block[i])
            assert_memory_equal(b->w->block[i], c->block[i], b->w->bytes[i]);
    if (b->w->ram)
        assert_memory_equal(b->w->ram, c->ram, sizeof c->ram);
    if (b->w->disk)
        assert_memory_equal(b->w->disk, c->disk, sizeof c->disk);
}

static void drop(struct bench *b, size_t i)
{
    if (!b->copy[i])
        return;
    snapshot_drop(&b->all, &b->copy[i]->snapshot);
    free_copy(b->copy[i]);
    b->copy[i] = NULL;
}

static void step(struct bench *b)
{
    size_t i = random_below(KEPT);
    for (uint64_t n = random_below(20); n; n--) {
        change_block(b);
        change_areas(b);
    }
    switch (random_below(4)) {
    case 0:
    case 1:
        drop(b, i);
        b->copy[i] = copy_of(b);
        b->copy[i]->snapshot = snapshot_take(&b->all);
        break;
    case 2:
        if (!b->copy[i])
            break;
        snapshot_restore(&b->all, &b->copy[i]->snapshot);
        compare(b, b->copy[i]);
        break;
    default:
        if (random_below(8) == 0)
            drop(b, i);
        break;
    }
}

static void close_bench(struct bench *b)
{
    for (size_t i = 0; i < KEPT; i++) {
        if (b->copy[i]) {
            snapshot_restore(&b->all, &b->copy[i]->snapshot);
            compare(b, b->copy[i]);
        }
        drop(b, i);
    }
    snapshots_close(&b->all); /* says so when a byte is left */
    heap_close(b->heap);
    close(b->file);
}

static void test_any_order(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= 6; start++) {
        struct bench b;
        open_bench(&b, start * 0x9e3779b97f4a7c15);
        for (int i = 0; i < STEPS; i++)
            step(&b);
        close_bench(&b);
    }
}

static void test_packed(void **state)
{
    struct bench b;
    (void)state;
    open_bench(&b, 4711);
    for (int i = 0; i < STEPS; i++) {
        step(&b);
        size_t n = random_below(KEPT);
        if (i > 50 && b.copy[n])
            snapshot_pack(&b.all, &b.copy[n]->snapshot);
    }
    close_bench(&b);
}

static void test_rebased(void **state)
{
    struct bench b;
    (void)state;
    open_bench(&b, 815);
    for (int i = 0; i < STEPS; i++) {
        step(&b);
        size_t n = random_below(KEPT);
        if (b.copy[n] && random_below(4) == 0)
            snapshots_rebase(&b.all, &b.copy[n]->snapshot);
    }
    close_bench(&b);
}

/* What has not changed is not stored again, and packing makes room. */
static void test_what_it_costs(void **state)
{
    struct bench b;
    (void)state;
    open_bench(&b, 1);
    b.w->ram = heap_map(b.heap, UINT64_C(16) << 30, NULL);
    assert_non_null(b.w->ram);
    uint64_t *notes = heap_notes(b.heap, b.w->ram);
    for (uint64_t i = 0; i < 1000; i++) {
        memset(b.w->ram + i * HEAP_PAGE, (int)(i % 5) + 1, HEAP_PAGE);
        heap_note(notes, i * HEAP_PAGE, HEAP_PAGE);
    }
    struct snapshot first = snapshot_take(&b.all);
    uint64_t bytes = b.all.bytes;
    assert_true(bytes > 1000 * HEAP_PAGE && bytes < 1100 * HEAP_PAGE);
    struct snapshot same = snapshot_take(&b.all);
    assert_true(b.all.changed == 0);
    assert_true(b.all.bytes < bytes + 2 * HEAP_PAGE);
    uint64_t last = (UINT64_C(16) << 30) - 1;
    b.w->ram[last] = 1;
    heap_note(notes, last, 1);
    struct snapshot more = snapshot_take(&b.all);
    assert_int_equal(b.all.changed, 1);
    for (uint64_t i = 0; i < 1000; i++)
        heap_note(notes, i * HEAP_PAGE, HEAP_PAGE);
    memset(b.w->ram, 0, 1000 * HEAP_PAGE);
    struct snapshot zero = snapshot_take(&b.all);
    bytes = b.all.bytes;
    snapshot_pack(&b.all, &first);
    assert_true(b.all.bytes < bytes / 4);
    snapshot_restore(&b.all, &first);
    assert_int_equal(b.w->ram[999 * HEAP_PAGE], 5);
    assert_int_equal(b.w->ram[last], 0);
    snapshot_restore(&b.all, &more);
    assert_int_equal(b.w->ram[last], 1);
    snapshot_drop(&b.all, &first);
    snapshot_drop(&b.all, &same);
    snapshot_drop(&b.all, &more);
    snapshot_restore(&b.all, &zero);
    assert_int_equal(b.w->ram[999 * HEAP_PAGE], 0);
    snapshot_drop(&b.all, &zero);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_rebased),
        cmocka_unit_test(test_what_it_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
