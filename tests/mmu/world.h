/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small world for tests of mmu/: a configuration to vary, RAM at 2 GiB, page
 * tables made by hand. Nothing here is a model of anything: it only sets up.
 */
#pragma once

#include "mmu/mmu.h"
#include "mmu/translate/walk.h"
#include "mmu/xsas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define RAM_BASE  0x80000000ULL
#define RAM_BYTES (64ULL << 20)
#define TABLES                                                                 \
    (RAM_BASE + (32ULL << 20)) /* page tables are taken from here              \
                                */

#define LEAF_USER   (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)
#define LEAF_KERNEL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

struct world {
    struct bus bus;
    struct mmu mmu;
    uint64_t next_table; /* next free page for a page table */
    uint64_t root;
};

/* A machine of middle size; tests change what they are about. */
static inline struct mmu_config world_config(void)
{
    return (struct mmu_config){
        .itlb_entries = 8,
        .dtlb_entries = 8,
        .l2tlb_entries = 32,
        .l2tlb_ways = 4,
        .l2tlb_latency = 3,
        .walk_step = 2,
        .asid_bits = 16,
        .flush_cycles = 5,
        .irplb_entries = 4,
        .drplb_entries = 4,
        .rplb_walk_step = 1,
        .rplb_inv_cycles = 7,
        .l1i_bytes = 2048,
        .l1i_ways = 2,
        .l1d_bytes = 2048,
        .l1d_ways = 2,
        .l1_fill = 1,
        .l1_writeback = 4,
        .l2_bytes = 16384,
        .l2_ways = 4,
        .l2_latency = 10,
        .line_bytes = 64,
        .dram_latency = 100,
        .device_latency = 20,
        .attribution = 1,
        .seed = 1,
    };
}

static inline void world_open(struct world *w, const struct mmu_config *c)
{
    struct err err = { .text = "" };
    *w = (struct world){ .next_table = TABLES };
    if (!bus_init(&w->bus, RAM_BASE, RAM_BYTES, &err) ||
        !mmu_init(&w->mmu, c, &w->bus, &err))
        fail_msg("%s", err.text);
}

static inline void world_close(struct world *w)
{
    mmu_free(&w->mmu);
    bus_free(&w->bus);
}

static inline uint64_t world_new_table(struct world *w)
{
    uint64_t pa = w->next_table;
    w->next_table += 4096;
    return pa;
}

static inline uint64_t world_read(const struct world *w, uint64_t pa)
{
    uint64_t value = 0;
    assert_true(bus_read(&w->bus, pa, &value, 8));
    return value;
}

static inline void world_write(struct world *w, uint64_t pa, uint64_t value)
{
    assert_true(bus_write(&w->bus, pa, &value, 8));
}

/* Writes a leaf for va at `level` (0 = 4 KiB) in the table of `levels`; makes
 * the tables in between. Returns where the PTE is. */
static inline uint64_t world_map(struct world *w, uint64_t root,
                                 unsigned levels, uint64_t va, unsigned level,
                                 uint64_t pte)
{
    uint64_t table = root;
    for (unsigned l = levels - 1; l > level; l--) {
        uint64_t at = table + (va >> (12 + 9 * l) & 511) * 8;
        if (!(world_read(w, at) & PTE_V))
            world_write(w, at, world_new_table(w) >> 12 << 10 | PTE_V);
        table = world_read(w, at) >> 10 << 12;
    }
    uint64_t at = table + (va >> (12 + 9 * level) & 511) * 8;
    world_write(w, at, pte);
    return at;
}

static inline uint64_t world_pte(uint64_t pa, uint64_t flags)
{
    return pa >> 12 << 10 | flags;
}

static inline uint64_t world_satp(uint64_t mode, uint64_t asid, uint64_t root)
{
    return mode << 60 | asid << 44 | root >> 12;
}

/* Sv39 with `pages` user pages at va 0x10000000 -> RAM, and switches it on. */
#define USER_VA 0x10000000ULL
#define USER_PA (RAM_BASE + 0x100000ULL)

static inline void world_set_satp(struct world *w, uint64_t satp)
{
    w->mmu.regs.satp = satp;
    mmu_context_changed(&w->mmu);
}

static inline void world_user_pages(struct world *w, unsigned pages)
{
    w->root = world_new_table(w);
    for (unsigned i = 0; i < pages; i++)
        world_map(w, w->root, 3, USER_VA + i * 4096ULL, 0,
                  world_pte(USER_PA + i * 4096ULL, LEAF_USER));
    world_set_satp(w, world_satp(SATP_SV39, 1, w->root));
}

static inline void world_protect(struct world *w, uint16_t domain,
                                 uint64_t sprot)
{
    w->mmu.regs.domain = domain;
    w->mmu.regs.sprot = sprot;
    mmu_context_changed(&w->mmu);
}

static inline void world_fill(struct world *w, uint16_t domain, uint64_t base,
                              uint64_t limit, uint64_t rights)
{
    mmu_rplb_fill(&w->mmu, base, limit,
                  (uint64_t)domain << RPLB_DOMAIN_SHIFT | rights | RPLB_FILL_I |
                      RPLB_FILL_D);
}

/* One access, as the core would make it; returns its record. */
static inline struct access world_access(struct world *w, enum access_kind kind,
                                         enum privilege privilege, uint64_t va,
                                         uint8_t size)
{
    struct access a = { .va = va,
                        .size = size,
                        .kind = (uint8_t)kind,
                        .privilege = (uint8_t)privilege };
    uint64_t value;
    uint32_t word;
    bool done = kind == ACCESS_FETCH   ? mmu_fetch(&w->mmu, &a, &word)
                : kind == ACCESS_LOAD  ? mmu_load(&w->mmu, &a, &value)
                : kind == ACCESS_STORE ? mmu_store(&w->mmu, &a, 0)
                                       : mmu_amo(&w->mmu, &a, &value);
    assert_int_equal(done, a.refused == REFUSED_NOT);
    return a;
}

static inline struct access world_load(struct world *w, uint64_t va)
{
    return world_access(w, ACCESS_LOAD, PRIV_U, va, 8);
}

/* What must hold after any run. */
static inline void world_check_invariants(const struct world *w)
{
    uint64_t sum = 0;
    for (unsigned p = 0; p < PURPOSE_COUNT; p++)
        for (unsigned q = 0; q < PLACE_COUNT; q++)
            sum += w->mmu.accounts.cell[p][q];
    assert_int_equal(sum, w->mmu.accounts.total);
    for (unsigned u = 0; u < UNIT_COUNT; u++) {
        const struct unit_stats *s = &w->mmu.stats[u];
        uint64_t causes = 0;
        for (unsigned c = 0; c < MISS_CAUSE_COUNT; c++)
            causes += s->by_cause[c];
        assert_int_equal(s->lookups, s->hits + s->misses);
        assert_int_equal(s->misses, causes);
        assert_true(s->late <= s->misses);
        assert_true(s->gifts <= s->hits);
        assert_true(s->evictions <= s->fills);
    }
}

/* Short-hand for cmocka's list. */
#define TEST(name) cmocka_unit_test(name)
