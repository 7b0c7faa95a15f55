/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory system of one hart, as the core sees it: hand in an access, get
 * it back with verdicts. Translation (translate/), protection (protect/) and
 * caches (cache.h) are separate units; this file only strings them together.
 * Requests go down; refusals come back in the access and become traps in
 * cpu/trap.c. Next: assoc.h (the one array all units are made of).
 */
#pragma once

#include "mmu/access.h"
#include "mmu/account.h"
#include "mmu/alone.h"
#include "mmu/bus.h"
#include "mmu/cache.h"
#include "mmu/config.h"
#include "mmu/protect/rplb.h"
#include "mmu/translate/tlb.h"

/* What the core's CSRs tell the memory system; written by cpu/csr.c. */
struct mmu_regs {
    uint64_t satp;
    uint16_t domain;  /* sdomain */
    uint64_t sprot;   /* unit and refill, 0 = page table decides */
    uint64_t srtable; /* roots of range trees, 0 = none */
    bool sum, mxr;    /* from sstatus */
    bool hw_ad;       /* hardware A and D updates (menvcfg.ADUE) */
};

struct mmu {
    struct mmu_config config;
    struct mmu_regs regs;
    struct accounts accounts;      /* cpu/ charges here too */
    struct unit_stats stats[UNIT_COUNT];
    /* ... units, alone copies: laid out by mmu.h's owner ... */
    struct bus *bus;               /* shared by the harts; not state */
};
/* This sketch is replaced by the real file; the functions stay: */

bool mmu_init(struct mmu *m, const struct mmu_config *c, struct bus *bus,
              struct err *err);
void mmu_free(struct mmu *m);

/* Timed, counted accesses. False: a->refused, a->cause say why; va is tval. */
bool mmu_fetch(struct mmu *m, struct access *a, uint32_t *word);
bool mmu_load(struct mmu *m, struct access *a, uint64_t *value);
bool mmu_store(struct mmu *m, struct access *a, uint64_t value);
/* AMO: check r and w, one look-up; then the core reads and writes. */
bool mmu_amo(struct mmu *m, struct access *a, uint64_t *value);
void mmu_amo_write(struct mmu *m, struct access *a, uint64_t value);

/* After regs.satp or regs.domain changed: picks the alone copy. */
void mmu_context_changed(struct mmu *m);
/* sfence.vma; has_va/has_asid = rs1/rs2 not x0. */
void mmu_sfence(struct mmu *m, bool has_va, uint64_t va, bool has_asid,
                uint64_t asid);
void mmu_fence_i(struct mmu *m);
void mmu_rplb_fill(struct mmu *m, uint64_t base, uint64_t limit,
                   uint64_t meta);
void mmu_rplb_invalidate(struct mmu *m, bool has_domain, uint16_t domain,
                         bool has_range, uint64_t base, uint64_t limit);

/* Looking: no counter, no cycle, no replacement state, no A/D bit changes.
 * translate: full explanation of va as (satp, domain, privilege) would see it */
bool mmu_peek(const struct mmu *m, struct access *a);
