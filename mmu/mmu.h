/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory system of one hart, as the core sees it: hand in an access, get
 * it back with verdicts. Translation (translate/), protection (protect/) and
 * caches (cache.h) are separate units; mmu.c only strings them together.
 * Requests go down; refusals come back in the access and become traps in
 * cpu/trap.c. Next: assoc.h (the one array all units are made of).
 *
 * Rules of the road:
 * - A core fills va, size, kind, privilege; everything else is overwritten.
 *   mmu_fetch ignores size and kind and sets them (size 2 or 4).
 * - One access is one look-up in each unit it needs, even when it crosses two
 *   pages or ranges (a hit only if both parts hit) or is retried after a walk.
 *   Caches count one look-up per line touched.
 * - Protection speaks first: if the protection unit refuses, translation is
 *   not asked, so a domain learns nothing of mappings it has no right to.
 *   Only S-mode data accesses under SUM=1 are translated first: they are
 *   checked by the protection unit only if the page has U=1.
 * - PMP speaks last, about the physical address; before the caches and the bus.
 * - All cycles beyond the pipelined hit are charged to `accounts` here, and
 *   summed in a->cycles. mmu_sfence and mmu_rplb_invalidate charge
 *   their own cost (tlb.flush, rplb.inv) to FOR_EXECUTE, IN_CORE.
 */
#pragma once

#include "mmu/access.h"
#include "mmu/account.h"
#include "mmu/alone.h"
#include "mmu/bus.h"
#include "mmu/coherence.h"
#include "mmu/config.h"
#include "mmu/lookaside.h"
#include "mmu/pmp.h"
#include "mmu/stores.h"

/* What the core's CSRs tell the memory system; written by cpu/csr.c, which
 * calls mmu_context_changed after any of the first four changed. */
struct mmu_regs {
    uint64_t satp;
    uint64_t sprot;   /* unit and refill, 0 = page table decides */
    uint64_t srtable; /* roots of range trees, 0 = none */
    uint16_t domain;  /* sdomain */
    bool sum, mxr;    /* from sstatus */
    bool hw_ad;       /* hardware A and D updates (menvcfg.ADUE) */
};

/* The line the last fetch came from. A second fetch from it hits the same
 * entries, which are already the newest, so nothing but the counters needs to
 * be done. Dropping it at any time changes nothing. */
struct fetch_filter {
    uint64_t first;     /* first byte, virtual */
    uint64_t bytes;     /* 0 = empty */
    const uint8_t *ram; /* host address of first */
    uint8_t privilege;
    struct access verdict; /* of a fetch of `first` */
};

struct l0;

struct mmu {
    struct mmu_config config;
    struct mmu_regs regs;
    struct pmp pmp;           /* zero = the machine has none */
    struct accounts accounts; /* cpu/ charges here too */
    struct unit_stats stats[UNIT_COUNT];
    struct lookaside unit[UNIT_COUNT];
    struct alone alone;
    uint64_t uses; /* clock of all arrays: times of use */
    struct fetch_filter filter;
    struct l0 *l0; /* or NULL: see l0.h */
    struct stores stores;
    uint64_t domain_key; /* mmu_domain_key of regs */
    uint64_t last_satp;  /* as of the last mmu_context_changed */
    uint32_t who;        /* short hash of domain_key */
    /* taken from regs by mmu_context_changed */
    uint32_t asid;  /* as wide as asid_bits */
    uint8_t levels; /* of the page table, 0 = bare */
    bool protected; /* a protection unit decides */
    uint8_t line_shift;
    bool through;         /* L1D writes through: stores are posted */
    bool satp_changed;    /* since the last trap entry */
    bool late_walk;       /* during a walk the domain alone would not
                             have made: alone copies stand still */
    uint64_t reservation; /* line that LR reserved, or NO_RESERVATION */
    struct coherence_stats coherence;
    void *memory; /* all arrays of the units */
    size_t memory_bytes;
    /* The harts of one machine; not state. */
    struct bus *bus;
    struct lookaside *l2; /* the L2 cache: this one's unit, or another's */
    struct mmu *next;     /* ring of all that snoop each other; NULL = alone */
};

#define NO_RESERVATION UINT64_MAX

/* Builds the units. False: the geometry is impossible, *err names the key.
 * The bus must outlive the mmu. *m need not be initialised. */
MUST_CHECK bool mmu_init(struct mmu *m, const struct mmu_config *c,
                         struct bus *bus, struct err *err);
void mmu_free(struct mmu *m);
/* Makes m, which was built without an L2 cache (l2.bytes = 0) and is otherwise
 * like `first`, one of the memory systems of its machine: one L2, coherent L1
 * data caches (coherence.h). None of them may move or be freed alone. */
void mmu_join(struct mmu *m, struct mmu *first);
/* The unit as this hart sees it: the L2 cache may be another's. */
static inline const struct lookaside *mmu_unit(const struct mmu *m,
                                               enum unit unit)
{
    return unit == UNIT_L2 ? m->l2 : &m->unit[unit];
}

/* Timed, counted accesses. False: a->refused and a->cause say why, and
 * a->fault_va is tval (the first refused byte: for an access across two pages
 * it may differ from va). Loads are zero-extended. */
MUST_CHECK bool mmu_fetch(struct mmu *m, struct access *a, uint32_t *word);
MUST_CHECK bool mmu_load(struct mmu *m, struct access *a, uint64_t *value);
MUST_CHECK bool mmu_store(struct mmu *m, struct access *a, uint64_t value);
/* AMO: checks r and w in one look-up and reads; then the core computes and
 * writes. Misaligned or on a device: refused. */
MUST_CHECK bool mmu_amo(struct mmu *m, struct access *a, uint64_t *value);
void mmu_amo_write(struct mmu *m, const struct access *a, uint64_t value);
/* LR: the line of this load is reserved until another hart stores to it. */
void mmu_reserve(struct mmu *m, const struct access *a);

/*
 * The domain as the hardware knows it: sdomain when a protection unit is
 * selected, else satp without its ASID, which a kernel may hand out anew. The
 * one rule for late and gift, miss causes, ledger and registry.
 */
uint64_t mmu_domain_key(const struct mmu_regs *regs);

/* After regs.satp, .sprot, .srtable or .domain changed: picks the alone
 * copy. */
void mmu_context_changed(struct mmu *m);
/* After entries of pmp were written: what is remembered of it is void. */
void mmu_pmp_changed(struct mmu *m);
/* At each trap entry: a later full flush belongs to a switch only if satp
 * changes after this. */
void mmu_trap_entered(struct mmu *m);
/* sfence.vma; has_va/has_asid = rs1/rs2 not x0. */
void mmu_sfence(struct mmu *m, bool has_va, uint64_t va, bool has_asid,
                uint64_t asid);
/* fence, fence.i: invalidate what fence.drops and fencei.drops name. */
void mmu_fence(struct mmu *m);
void mmu_fence_i(struct mmu *m);
/* rplb.fill of [base, limit), meta as in xsas.h. A range with limit <= base
 * or bound for no unit does nothing. Replaces an entry of the same domain and
 * range. */
void mmu_rplb_fill(struct mmu *m, uint64_t base, uint64_t limit, uint64_t meta);
void mmu_rplb_invalidate(struct mmu *m, bool has_domain, uint16_t domain,
                         bool has_range, uint64_t base, uint64_t limit);

/* Looking: no counter, no cycle, no replacement state, no A/D bit changes.
 * Fills the verdicts (and predicted miss causes) that the access would get;
 * a->cycles stays 0. mmu_peek_as sees it with other registers: another space,
 * another domain. False = it would be refused. */
bool mmu_peek(const struct mmu *m, struct access *a);
bool mmu_peek_as(const struct mmu *m, const struct mmu_regs *regs,
                 struct access *a);

/*
 * Storage of one unit in bits: CAM (compared in parallel) and RAM (read after
 * the match) apart; how they are counted stands in storage.c. `tlb_protects`:
 * must the TLB tell spaces apart and hold R, W, X (a MAS), or does it only
 * translate (a protection unit selected)?
 */
void mmu_storage_bits(const struct mmu_config *c, enum unit unit,
                      bool tlb_protects, uint64_t *cam, uint64_t *ram);
