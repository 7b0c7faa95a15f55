/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's range tree against a plain array: random insertions, removals
 * and look-ups must agree, and the tree must stay what the refill hardware
 * expects (mmu/xsas.h): ordered, disjoint, aligned, shallow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "os/kernel/range.c"

#define MOST 300

/* Alternating slots, so that neighbours touch. */
struct world {
    struct range range[MOST];
    bool in[MOST];
    struct range_tree tree;
    uint64_t seed;
};

static uint64_t random_below(struct world *w, uint64_t n)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (w->seed >> 33) % n;
}

/* Height, checking order, balance and heights on the way. */
static uint64_t check_tree(const struct range *r, uint64_t low, uint64_t high)
{
    uint64_t left, right, height;

    if (!r)
        return 0;
    assert_true((uintptr_t)r % RANGE_NODE_SIZE == 0);
    assert_true(r->base >= low && r->base < r->limit && r->limit <= high);
    assert_int_equal(r->right & RIGHT_MASK, 0);
    left = check_tree(range_at(r->left), low, r->base);
    right = check_tree(range_at(r->right), r->limit, high);
    assert_true(left <= right + 1 && right <= left + 1);
    height = 1 + (left > right ? left : right);
    assert_int_equal(r->height, height);
    return height;
}

static struct range *linear_find(struct world *w, uint64_t va)
{
    for (unsigned i = 0; i < MOST; i++) {
        if (w->in[i] && va >= w->range[i].base && va < w->range[i].limit)
            return &w->range[i];
    }
    return NULL;
}

static struct range *linear_overlap(struct world *w, uint64_t base,
                                    uint64_t limit)
{
    struct range *lowest = NULL;
    for (unsigned i = 0; i < MOST; i++) {
        struct range *r = &w->range[i];
        if (w->in[i] && base < r->limit && r->base < limit &&
            (!lowest || r->base < lowest->base))
            lowest = r;
    }
    return lowest;
}

static void put_or_take(struct world *w)
{
    unsigned i = (unsigned)random_below(w, MOST);
    struct range *r = &w->range[i];

    if (w->in[i]) {
        range_remove(&w->tree, r);
        w->in[i] = false;
        return;
    }
    r->base = 64 * random_below(w, 1000);
    r->limit = r->base + 64 * (1 + random_below(w, 4));
    range_set_rights(r, (unsigned)random_below(w, 16));
    w->in[i] = false;
    if (linear_overlap(w, r->base, r->limit)) {
        assert_false(range_insert(&w->tree, r));
    } else {
        unsigned rights = range_rights(r);
        assert_true(range_insert(&w->tree, r));
        assert_int_equal(range_rights(r), rights);
        w->in[i] = true;
    }
}

static void test_agrees_with_array(void **state)
{
    static struct world w;
    (void)state;
    w = (struct world){ .seed = 7 };
    for (unsigned step = 0; step < 20000; step++) {
        uint64_t va = random_below(&w, 64 * 1010);
        uint64_t end = va + 1 + random_below(&w, 500);
        put_or_take(&w);
        assert_ptr_equal(range_find(&w.tree, va), linear_find(&w, va));
        assert_ptr_equal(range_overlap(&w.tree, va, end),
                         linear_overlap(&w, va, end));
        if (step % 50 == 0)
            check_tree(range_at(w.tree.root), 0, UINT64_MAX);
    }
}

/* The worst order of insertion gives the depth of a balanced tree. */
static void test_depth(void **state)
{
    static struct range r[256];
    struct range_tree t = { 0 };
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        r[i] = (struct range){ .base = 4096ul * i, .limit = 4096ul * (i + 1) };
        assert_true(range_insert(&t, &r[i]));
    }
    assert_int_equal(check_tree(range_at(t.root), 0, UINT64_MAX), 9);
    for (unsigned i = 0; i < 256; i++)
        range_remove(&t, &r[i]);
    assert_int_equal(t.root, 0);
}

/* Rights live in the word of the left child: neither disturbs the other. */
static void test_rights_and_children(void **state)
{
    static struct range r[3];
    struct range_tree t = { 0 };
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        r[i].base = 0x1000 * i;
        r[i].limit = r[i].base + 0x1000;
        range_set_rights(&r[i], i + 1);
        assert_true(range_insert(&t, &r[i]));
    }
    range_set_rights(&r[1], RIGHT_MASK);
    assert_int_equal(range_rights(&r[0]), 1);
    assert_int_equal(range_rights(&r[1]), RIGHT_MASK);
    assert_int_equal(range_rights(&r[2]), 3);
    assert_ptr_equal(range_at(r[1].left), &r[0]);
    assert_ptr_equal(range_find(&t, 0x2fff), &r[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_array),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_rights_and_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
