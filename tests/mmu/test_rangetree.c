/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/protect/rangetree: the RPLB's hardware refill. Random trees against a
 * linear list; reads and cycles counted by hand; broken trees. */
#include "mmu/protect/rangetree.h"

#include "tests/mmu/random.h"
#include "tests/mmu/world.h"

#include <stdlib.h>

#define ROOTS (RAM_BASE + 0x1000)
#define NODES (RAM_BASE + 0x10000)

enum { DOMAIN = 5 };

static uint64_t node_at(uint64_t index)
{
    return NODES + index * RANGE_NODE_SIZE;
}

static void write_node(struct world *w, uint64_t node, uint64_t base,
                       uint64_t limit, uint64_t left, uint64_t right,
                       uint64_t rights)
{
    world_write(w, node + RANGE_NODE_BASE, base);
    world_write(w, node + RANGE_NODE_LIMIT, limit);
    world_write(w, node + RANGE_NODE_LEFT, left | rights);
    world_write(w, node + RANGE_NODE_RIGHT, right);
}

static void open_tree(struct world *w)
{
    struct mmu_config c = world_config();
    c.l1d_bytes = 8192;
    c.l1d_ways = 8;
    world_open(w, &c);
    w->mmu.regs.srtable = ROOTS | 3; /* eight roots */
    world_protect(w, DOMAIN, SPROT_RPLB | SPROT_HWREFILL);
}

/* U-mode without page tables: va = pa. */
static struct access load(struct world *w, uint64_t va)
{
    return world_access(w, ACCESS_LOAD, PRIV_U, va, 1);
}

static void test_refill_and_its_cost(void **state)
{
    struct world w;
    (void)state;
    open_tree(&w);
    uint64_t root = node_at(0), left = node_at(2), right = node_at(4);
    write_node(&w, root, RAM_BASE + 0x5000, RAM_BASE + 0x6000, left, right, 1);
    write_node(&w, left, RAM_BASE + 0x2000, RAM_BASE + 0x3000, 0, 0, 3);
    write_node(&w, right, RAM_BASE + 0x8000, RAM_BASE + 0x9000, 0, 0, 5);
    world_write(&w, ROOTS + 8 * DOMAIN, root);

    /* root word, then two nodes: range and one more word each; the two nodes
     * are two lines, all from DRAM; one step per node; the data line itself */
    struct access a = load(&w, RAM_BASE + 0x2008);
    assert_int_equal(a.refused, REFUSED_NOT);
    assert_int_equal(a.rights, 3);
    assert_int_equal(a.protection.result, LOOKUP_MISS);
    assert_int_equal(w.mmu.stats[UNIT_L1D].lookups, 1 + 2 + 2 + 1);
    assert_int_equal(w.mmu.accounts.cell[FOR_PROTECTION][IN_DRAM], 3 * 100);
    assert_int_equal(w.mmu.accounts.cell[FOR_PROTECTION][IN_CORE], 2 * 1);
    assert_int_equal(a.cycles, 3 * 111 + 2 + 111);
    assert_int_equal(w.mmu.stats[UNIT_DRPLB].fills, 1);

    a = load(&w, RAM_BASE + 0x2FFF);
    assert_int_equal(a.protection.result, LOOKUP_HIT);
    a = load(&w, RAM_BASE + 0x5000);
    assert_true(a.refused == REFUSED_NOT && a.rights == 1);
    a = load(&w, RAM_BASE + 0x8000);
    assert_true(a.refused == REFUSED_NOT && a.rights == 5);
    a = world_access(&w, ACCESS_STORE, PRIV_U, RAM_BASE + 0x5000, 1);
    assert_true(a.refused == REFUSED_RANGE_RIGHT && a.cause == 30);
    a = load(&w, RAM_BASE + 0x3000); /* a gap */
    assert_true(a.refused == REFUSED_RANGE_MISS && a.cause == 25);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_no_refill_unless_selected(void **state)
{
    struct world w;
    (void)state;
    open_tree(&w);
    write_node(&w, node_at(0), RAM_BASE, RAM_BASE + 0x9000, 0, 0, 1);
    world_write(&w, ROOTS + 8 * DOMAIN, node_at(0));
    world_protect(&w, DOMAIN, SPROT_RPLB);
    struct access a = load(&w, RAM_BASE);
    assert_true(a.refused == REFUSED_RANGE_MISS && a.cycles == 0);
    world_protect(&w, DOMAIN, SPROT_RPLB | SPROT_HWREFILL);
    assert_int_equal(load(&w, RAM_BASE).refused, REFUSED_NOT);
    world_close(&w);
}

static void test_no_tree(void **state)
{
    struct world w;
    (void)state;
    open_tree(&w);
    assert_int_equal(load(&w, RAM_BASE).refused, REFUSED_RANGE_MISS);
    world_protect(&w, 8, SPROT_RPLB | SPROT_HWREFILL); /* beyond the table */
    uint64_t before = w.mmu.accounts.total;
    assert_int_equal(load(&w, RAM_BASE).refused, REFUSED_RANGE_MISS);
    w.mmu.regs.srtable = 0;
    world_protect(&w, DOMAIN, SPROT_RPLB | SPROT_HWREFILL);
    assert_int_equal(load(&w, RAM_BASE).refused, REFUSED_RANGE_MISS);
    assert_int_equal(w.mmu.accounts.total, before);
    world_close(&w);
}

/* A cycle of nodes, and pointers out of RAM, end in a miss. */
static void test_broken_trees(void **state)
{
    struct world w;
    (void)state;
    open_tree(&w);
    write_node(&w, node_at(0), RAM_BASE + 0x5000, RAM_BASE + 0x6000, node_at(0),
               0x40, 1);
    world_write(&w, ROOTS + 8 * DOMAIN, node_at(0));
    uint64_t steps = w.mmu.accounts.cell[FOR_PROTECTION][IN_CORE];
    assert_int_equal(load(&w, RAM_BASE).refused, REFUSED_RANGE_MISS);
    assert_int_equal(w.mmu.accounts.cell[FOR_PROTECTION][IN_CORE] - steps,
                     RANGE_TREE_MAX_DEPTH);
    assert_int_equal(load(&w, RAM_BASE + 0x7000).refused, REFUSED_RANGE_MISS);
    w.mmu.regs.srtable = 0x4000 | 3; /* no RAM there */
    assert_int_equal(load(&w, RAM_BASE + 0x5000).refused, REFUSED_RANGE_MISS);
    world_check_invariants(&w);
    world_close(&w);
}

/* ---- random trees ----------------------------------------------------------
 */

enum { RANGES = 64 };

struct list {
    uint64_t base[RANGES], limit[RANGES], rights[RANGES];
};

/* Ascending ranges with gaps, balanced into a tree; returns the root. */
static uint64_t build(struct world *w, const struct list *l, int from, int to)
{
    if (from >= to)
        return 0;
    int middle = from + (int)random_below((uint64_t)(to - from));
    uint64_t left = build(w, l, from, middle);
    uint64_t right = build(w, l, middle + 1, to);
    uint64_t node = node_at((uint64_t)middle);
    write_node(w, node, l->base[middle], l->limit[middle], left, right,
               l->rights[middle]);
    return node;
}

static bool read_plain(void *context, uint64_t pa, unsigned count,
                       uint64_t *word)
{
    const struct world *w = context;
    return bus_read(&w->bus, pa, word, 8 * count);
}

static void test_random_trees(void **state)
{
    struct world w;
    (void)state;
    open_tree(&w);
    random_start(29);
    const struct rangetree_memory memory = { read_plain, &w };
    for (int round = 0; round < 400; round++) {
        struct list l;
        uint64_t at = random_below(1000);
        for (int i = 0; i < RANGES; i++) {
            l.base[i] = at += random_below(3) * 100;
            l.limit[i] = at += 1 + random_below(500);
            l.rights[i] = random_below(16);
        }
        world_write(&w, ROOTS + 8 * DOMAIN, build(&w, &l, 0, RANGES));
        for (int n = 0; n < 300; n++) {
            uint64_t va = random_below(at + 100);
            int want = -1;
            for (int i = 0; i < RANGES; i++)
                if (l.base[i] <= va && va < l.limit[i])
                    want = i;
            struct rangetree_result r =
                rangetree_find(ROOTS | 3, DOMAIN, va, &memory);
            assert_int_equal(r.found, want >= 0);
            assert_false(r.broken);
            if (want >= 0)
                assert_true(r.base == l.base[want] &&
                            r.limit == l.limit[want] &&
                            r.rights == l.rights[want]);
        }
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_refill_and_its_cost),
        TEST(test_no_refill_unless_selected),
        TEST(test_no_tree),
        TEST(test_broken_trees),
        TEST(test_random_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
