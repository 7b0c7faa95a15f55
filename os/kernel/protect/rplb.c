/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protection by ranges: a domain's rights are its range tree, and the RPLB
 * caches them under the domain's id. Leaves of the one space allow everything;
 * a switch writes one CSR; a change of rights drops the entries of one range.
 * Refill is refill.S, or the hardware, which finds the trees through a table of
 * roots (mmu/xsas.h, docs/isa.md 5).
 */
#include "os/kernel/kernel.h"

#define ROOTS_LOG2 12

static uint64_t roots[1 << ROOTS_LOG2] __attribute__((aligned(4096)));

static bool hardware_refill(void)
{
    return kernel.boot.flags & BOOT_HW_REFILL;
}

static void start(void)
{
    rplb_invalidate_all();
    csr_write(CSR_SDOMAIN, 0);
    if (hardware_refill()) {
        csr_write(CSR_STVEC, (uint64_t)trap_entry);
        csr_write(CSR_SRTABLE, to_physical(roots) | ROOTS_LOG2);
        csr_write(CSR_SPROT, SPROT_RPLB | SPROT_HWREFILL);
    } else {
        csr_write(CSR_STVEC, (uint64_t)refill_entry);
        csr_write(CSR_SPROT, SPROT_RPLB);
    }
}

static void tree_changed(const struct domain *d)
{
    roots[d->id] = d->ranges.root;
}

static void invalidate(const struct attachment *a)
{
#ifndef OMIT_INVALIDATE
    csr_write(CSR_SRBASE, a->range.base);
    csr_write(CSR_SRLIMIT, a->range.limit);
    rplb_invalidate_range(a->domain->id);
#endif
    (void)a;
}

static void domain_created(struct domain *d)
{
    tree_changed(d);
}

/* Its id may be given again: nothing may be left under it. */
static void domain_ended(struct domain *d)
{
    roots[d->id] = 0;
    rplb_invalidate_domain(d->id);
}

/* Absent ranges are never cached: nothing to drop. */
static void attached(struct attachment *a)
{
    tree_changed(a->domain);
}

static void detached(struct attachment *a)
{
    tree_changed(a->domain);
    if (!a->domain->dying)
        invalidate(a);
}

static void rights_changed(struct attachment *a, unsigned before)
{
    (void)before;
    invalidate(a);
}

PHASE(switch) static void switch_to(struct domain *d)
{
    csr_write(CSR_SDOMAIN, d->id);
}

static unsigned leaf_rights(unsigned rights)
{
    (void)rights;
    return RIGHT_R | RIGHT_W | RIGHT_X;
}

/* The slow way; refill.S does this for all but odd cases. */
static void refill(struct attachment *a, uint64_t cause)
{
    uint64_t unit = cause == CAUSE_RPLB_MISS_FETCH ? RPLB_FILL_I : RPLB_FILL_D;
    csr_write(CSR_SRBASE, a->range.base);
    csr_write(CSR_SRLIMIT, a->range.limit);
    rplb_fill(range_rights(&a->range) << RPLB_RIGHTS_SHIFT | unit |
              (uint64_t)a->domain->id << RPLB_DOMAIN_SHIFT);
}

const struct protection_ops protect_rplb = {
    .name = "rplb",
    .start = start,
    .domain_created = domain_created,
    .domain_ended = domain_ended,
    .attached = attached,
    .detached = detached,
    .rights_changed = rights_changed,
    .switch_to = switch_to,
    .leaf_rights = leaf_rights,
    .refill = refill,
};
