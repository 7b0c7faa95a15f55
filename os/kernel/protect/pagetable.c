/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protection by page tables: a domain's rights are the R, W, X bits of the
 * leaves in its own space. Leaves are made when first used, so attaching costs
 * nothing; taking rights away must visit every leaf that exists.
 */
#include "os/kernel/kernel.h"

static void start(void)
{
    csr_write(CSR_STVEC, (uint64_t)trap_entry);
}

static void domain_created(struct domain *d)
{
    (void)d;
}

static void domain_ended(struct domain *d)
{
    (void)d;
}

static void attached(struct attachment *a)
{
    (void)a;
}

/* W without R is reserved (Priv 4.3.1). */
static unsigned leaf_rights(unsigned rights)
{
    return rights & RIGHT_W ? rights | RIGHT_R : rights;
}

static void detached(struct attachment *a)
{
    /* With the domain goes the whole space. */
    if (!a->domain->dying)
        space_unmap(a->domain->space, a->range.base,
                    a->range.limit - a->range.base);
}

static void rights_changed(struct attachment *a, unsigned before)
{
    unsigned rights = leaf_rights(range_rights(&a->range));
    if (rights != leaf_rights(before))
        space_protect(a->domain->space, a->range.base,
                      a->range.limit - a->range.base, rights);
}

static void refill(struct attachment *a, uint64_t cause)
{
    (void)a;
    (void)cause;
}

const struct protection_ops protect_pagetable = {
    .name = "pagetable",
    .start = start,
    .domain_created = domain_created,
    .domain_ended = domain_ended,
    .attached = attached,
    .detached = detached,
    .rights_changed = rights_changed,
    .switch_to = NULL,
    .leaf_rights = leaf_rights,
    .refill = refill,
};
