/* SPDX-License-Identifier: Apache-2.0 */
/* mmu/peek: looking changes nothing, to the last byte, and says what the access
 * then really gets. */
#include "tests/mmu/random.h"
#include "tests/mmu/world.h"

#include <stdlib.h>

enum { PAGES = 24 };

/* A copy of all that a memory system remembers. */
struct image {
    struct mmu mmu;
    void *memory, *slots, *copies;
};

static void *copy_of(const void *p, size_t n)
{
    void *copy = malloc(n);
    assert_non_null(copy);
    return memcpy(copy, p, n);
}

static struct image take(const struct mmu *m)
{
    return (struct image){
        .mmu = *m,
        .memory = copy_of(m->memory, m->memory_bytes),
        .slots = copy_of(m->alone.slot, ALONE_SLOTS * sizeof *m->alone.slot),
        .copies = copy_of(m->alone.memory, ALONE_SLOTS * m->alone.slot_bytes),
    };
}

static void check_unchanged(struct image *i, const struct mmu *m)
{
    assert_memory_equal(&i->mmu, m, sizeof *m);
    assert_memory_equal(i->memory, m->memory, m->memory_bytes);
    assert_memory_equal(i->slots, m->alone.slot,
                        ALONE_SLOTS * sizeof *m->alone.slot);
    assert_memory_equal(i->copies, m->alone.memory,
                        ALONE_SLOTS * m->alone.slot_bytes);
    free(i->memory);
    free(i->slots);
    free(i->copies);
}

/* Pages of every kind: user, kernel, read-only, clean, none, a superpage. */
static void map_pages(struct world *w)
{
    static const uint64_t flags[] = {
        LEAF_USER,
        LEAF_KERNEL,
        PTE_V | PTE_R | PTE_U | PTE_A,
        LEAF_USER & ~(uint64_t)(PTE_A | PTE_D),
        0,
        LEAF_USER | PTE_G,
    };
    for (uint64_t page = 0; page < PAGES; page++)
        world_map(w, w->root, 3, USER_VA + page * 4096, 0,
                  world_pte(USER_PA + page * 4096, flags[page % 6]));
    world_map(w, w->root, 3, USER_VA + (2 << 20), 1,
              world_pte(RAM_BASE, LEAF_USER));
}

static void make_pages(struct world *w)
{
    w->root = world_new_table(w);
    map_pages(w);
    for (uint64_t at = 0; at < PAGES * 4096; at += 8) /* short and long code */
        world_write(w, USER_PA + at, random_next());
}

static void random_context(struct world *w)
{
    static const uint64_t units[] = { 0, SPROT_RPLB,
                                      SPROT_RPLB | SPROT_HWREFILL };
    w->mmu.regs.sum = random_below(2);
    w->mmu.regs.mxr = random_below(2);
    w->mmu.regs.hw_ad = random_below(2);
    w->mmu.regs.satp =
        random_below(8) ? world_satp(SATP_SV39, random_below(3), w->root) : 0;
    world_protect(w, (uint16_t)random_below(3), units[random_below(3)]);
}

/* Mostly open; else pieces of RAM, tables included, that are not. */
static void random_pmp(struct world *w)
{
    struct pmp *p = &w->mmu.pmp;
    pmp_reset(p);
    if (random_below(2)) {
        for (unsigned i = 0; i < 3; i++) {
            uint64_t base = random_below(2) ? USER_PA : TABLES;
            pmp_write_address(p, i, (base + random_below(PAGES * 4096)) >> 2);
        }
        pmp_write_config(p, 0, random_next() & 0x9F9F9F);
    }
    pmp_write_address(p, 15, UINT64_MAX);
    pmp_write_config(p, 1, 0x1FULL << 56);
    mmu_pmp_changed(&w->mmu);
}

static void random_fill(struct world *w)
{
    uint64_t base = USER_VA + random_below(PAGES * 4096 / 16) * 16;
    world_fill(w, (uint16_t)random_below(3), base,
               base + 16 + random_below(20000), random_below(16));
}

static struct access random_request(void)
{
    uint64_t va = USER_VA + random_below(PAGES * 4096 + 64);
    uint8_t size = (uint8_t)(1 << random_below(4));
    if (!random_below(10))
        va += 2 << 20;
    if (!random_below(30))
        va |= 1ULL << 50;
    if (random_below(4))
        va &= ~7ULL;
    struct access a = { .va = va,
                        .size = size,
                        .kind = (uint8_t)random_below(4),
                        .privilege = (uint8_t)random_below(2) };
    if (a.kind == ACCESS_FETCH)
        a.va &= ~1ULL;
    return a;
}

static void same_lookup(struct lookup x, struct lookup y)
{
    assert_int_equal(x.result, y.result);
    assert_int_equal(x.late, y.late);
    assert_int_equal(x.gift, y.gift);
    if (x.result == LOOKUP_HIT) {
        assert_int_equal(x.set, y.set);
        assert_int_equal(x.way, y.way);
    } else if (x.result == LOOKUP_MISS) {
        assert_int_equal(x.cause, y.cause);
    }
}

/* p foretold a. The walk itself may move lines and, where an access has two
 * parts, entries: those are compared only where nothing moved. */
static void same_verdict(const struct access *p, const struct access *a)
{
    assert_int_equal(p->refused, a->refused);
    assert_int_equal(p->cause, a->cause);
    assert_true(p->fault_va == a->fault_va);
    assert_int_equal(p->size, a->size);
    assert_int_equal(p->page_shift, a->page_shift);
    assert_true(p->pte == a->pte);
    assert_int_equal(p->rights, a->rights);
    if (!a->refused)
        assert_true(p->pa == a->pa);
    if (a->va % 4096 + a->size > 4096)
        return;
    assert_int_equal(p->walk_reads, a->walk_reads);
    same_lookup(p->tlb, a->tlb);
    same_lookup(p->l2tlb, a->l2tlb);
    if (a->protection.result != LOOKUP_MISS)
        same_lookup(p->protection, a->protection);
    bool moved = a->walk_reads || a->protection.result == LOOKUP_MISS;
    bool one_line = a->va % 64 + a->size <= 64;
    if (!a->refused && !moved && one_line) {
        same_lookup(p->l1, a->l1);
        same_lookup(p->l2, a->l2);
    }
}

static struct access do_access(struct world *w, const struct access *request)
{
    return world_access(w, request->kind, request->privilege, request->va,
                        request->size);
}

static void foretell(int64_t attribution)
{
    struct mmu_config c = world_config();
    struct world w;
    unsigned seen[REFUSAL_COUNT] = { 0 };
    c.attribution = attribution;
    world_open(&w, &c);
    random_start(41);
    make_pages(&w);
    for (int i = 0; i < 100000; i++) {
        if (!random_below(20))
            random_context(&w);
        if (!random_below(6))
            random_fill(&w);
        if (!random_below(50))
            random_pmp(&w);
        if (!random_below(150))
            mmu_rplb_invalidate(&w.mmu, false, 0, false, 0, 0);
        if (!random_below(200))
            map_pages(&w); /* A and D clear again, TLBs stale */
        if (!random_below(80))
            mmu_sfence(&w.mmu, false, 0, false, 0);
        struct access request = random_request(), p = request;
        bool allowed = mmu_peek(&w.mmu, &p);
        struct access a = do_access(&w, &request);
        assert_int_equal(allowed, !a.refused);
        assert_int_equal(p.cycles, 0);
        same_verdict(&p, &a);
        seen[a.refused]++;
    }
    for (unsigned r = 0; r < REFUSAL_COUNT; r++)
        if (r != REFUSED_BUS && r != REFUSED_PTE_MISALIGNED_SUPERPAGE)
            if (seen[r] < 50)
                fail_msg("%s came up %u times", refusal_name(r), seen[r]);
    world_check_invariants(&w);
    world_close(&w);
}

static void test_peek_foretells(void **state)
{
    (void)state;
    foretell(1);
    foretell(0);
}

static void test_peek_changes_nothing(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    random_start(43);
    make_pages(&w);
    for (int i = 0; i < 300; i++) {
        random_context(&w);
        random_fill(&w);
        struct access request = random_request();
        do_access(&w, &request);
        struct image before = take(&w.mmu);
        uint64_t ram[PAGES];
        for (uint64_t k = 0; k < PAGES; k++)
            ram[k] = world_read(&w, TABLES + 2 * 4096 + k * 8);
        for (int k = 0; k < 20; k++) {
            struct access p = random_request();
            (void)mmu_peek(&w.mmu, &p);
            struct mmu_regs other = { .satp = w.mmu.regs.satp,
                                      .domain = 2,
                                      .sprot = SPROT_RPLB,
                                      .hw_ad = true };
            p = random_request();
            (void)mmu_peek_as(&w.mmu, &other, &p);
        }
        for (uint64_t k = 0; k < PAGES; k++)
            assert_true(ram[k] == world_read(&w, TABLES + 2 * 4096 + k * 8));
        check_unchanged(&before, &w.mmu);
    }
    world_close(&w);
}

/* Every refusal happens, really and in the peek, with its own name. */
static void test_every_refusal(void **state)
{
    static const struct {
        enum refusal why;
        enum access_kind kind;
        uint64_t va;
    } cases[] = {
        { REFUSED_NOT, ACCESS_LOAD, USER_VA },
        { REFUSED_MISALIGNED, ACCESS_AMO, USER_VA + 4 },
        { REFUSED_NONCANONICAL, ACCESS_LOAD, USER_VA | 1ULL << 40 },
        { REFUSED_PTE_INVALID, ACCESS_LOAD, USER_VA + 4 * 4096 },
        { REFUSED_PTE_MISALIGNED_SUPERPAGE, ACCESS_LOAD, USER_VA + (4 << 20) },
        { REFUSED_PTE_RIGHT, ACCESS_STORE, USER_VA + 2 * 4096 },
        { REFUSED_PTE_USER, ACCESS_LOAD, USER_VA + 4096 },
        { REFUSED_BUS, ACCESS_LOAD, USER_VA + (6 << 20) },
        { REFUSED_PTE_AD, ACCESS_LOAD, USER_VA + 3 * 4096 },
        { REFUSED_PMP, ACCESS_STORE, USER_VA },
        { REFUSED_RANGE_MISS, ACCESS_LOAD, USER_VA },
        { REFUSED_RANGE_RIGHT, ACCESS_LOAD, USER_VA + 0x100 },
        { REFUSED_RANGE_MULTIHIT, ACCESS_LOAD, USER_VA + 0x1F8 },
    };
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    make_pages(&w);
    world_map(&w, w.root, 3, USER_VA + (4 << 20), 1,
              world_pte(RAM_BASE + 4096, LEAF_USER));
    world_map(&w, w.root, 3, USER_VA + (6 << 20), 1, world_pte(0, LEAF_USER));
    world_set_satp(&w, world_satp(SATP_SV39, 1, w.root));
    world_fill(&w, 0, USER_VA + 0x100, USER_VA + 0x200, RIGHT_X);
    world_fill(&w, 0, USER_VA + 0x1F8, USER_VA + 0x300, RIGHT_R);
    bool seen[REFUSAL_COUNT] = { false };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool range = cases[i].why == REFUSED_RANGE_MISS ||
                     cases[i].why == REFUSED_RANGE_RIGHT ||
                     cases[i].why == REFUSED_RANGE_MULTIHIT;
        world_protect(&w, 0, range ? SPROT_RPLB : SPROT_PAGETABLE);
        if (cases[i].why == REFUSED_PMP)
            pmp_reset(&w.mmu.pmp); /* not even the tables can be read */
        else
            w.mmu.pmp = (struct pmp){ 0 };
        struct access p = { .va = cases[i].va,
                            .size = 8,
                            .kind = (uint8_t)cases[i].kind };
        mmu_peek(&w.mmu, &p);
        struct access a =
            world_access(&w, cases[i].kind, PRIV_U, cases[i].va, 8);
        assert_string_equal(refusal_name(a.refused),
                            refusal_name(cases[i].why));
        assert_int_equal(p.refused, a.refused);
        seen[a.refused] = true;
    }
    for (unsigned r = 0; r < REFUSAL_COUNT; r++)
        assert_true(seen[r]);
    world_close(&w);
}

/* As another domain, in another space, would see it. */
static void test_peek_as_another(void **state)
{
    (void)state;
    struct mmu_config c = world_config();
    struct world w;
    world_open(&w, &c);
    world_user_pages(&w, 2);
    uint64_t root = world_new_table(&w);
    world_map(&w, root, 3, USER_VA, 0, world_pte(USER_PA + 8192, LEAF_USER));
    world_load(&w, USER_VA);
    struct mmu_regs other = { .satp = world_satp(SATP_SV39, 2, root) };
    struct access a = { .va = USER_VA, .size = 8, .kind = ACCESS_LOAD };
    assert_true(mmu_peek_as(&w.mmu, &other, &a));
    assert_true(a.pa == USER_PA + 8192 && a.tlb.result == LOOKUP_MISS);
    a.va = USER_VA + 4096;
    assert_false(mmu_peek_as(&w.mmu, &other, &a));
    assert_true(mmu_peek(&w.mmu, &a));
    world_fill(&w, 9, USER_VA, USER_VA + 64, RIGHT_R);
    other.sprot = SPROT_RPLB;
    other.domain = 9;
    a = (struct access){ .va = USER_VA, .size = 8, .kind = ACCESS_LOAD };
    assert_true(mmu_peek_as(&w.mmu, &other, &a));
    assert_int_equal(a.rights, RIGHT_R);
    other.domain = 8;
    assert_false(mmu_peek_as(&w.mmu, &other, &a));
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_peek_foretells),
        TEST(test_peek_changes_nothing),
        TEST(test_every_refusal),
        TEST(test_peek_as_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
