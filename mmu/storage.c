/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many bits a unit holds, for comparisons at equal storage (mmu.h). CAM
 * bits are compared in parallel, RAM bits read after the match. Only a fully
 * associative unit has a CAM; a set-associative one keeps its tags in RAM.
 * Replacement state is left out: it is small and depends on the policy.
 *
 *   TLB    tag   VPN 27 (Sv39), page size 2, valid 1; and where the TLB must
 *                tell spaces apart: ASID (asid.bits), G 1
 *          data  PPN 44, U, A, D 3; and where it protects: R, W, X 3
 *   RPLB   tag   domain 16, base 39, limit 39 (the bits of an Sv39 address,
 *                byte granular), valid 1
 *          data  rights r, w, x, m 4
 *   cache  tag   56-bit physical address less index and offset, valid 1,
 *                dirty 1 where written
 *          data  line.bytes x 8
 */
#include "mmu/mmu.h"

enum {
    VPN_BITS = 27,
    PAGE_SIZE_BITS = 2,
    PPN_BITS = 44,
    VA_BITS = 39,
    PA_BITS = 56,
    DOMAIN_ID_BITS = 16,
    RIGHTS_BITS = 4
};

struct unit_size {
    uint64_t entries, ways; /* ways 0 = fully associative */
    uint64_t tag, data;     /* bits of an entry */
};

static unsigned log2_of(uint64_t n)
{
    return 63 - (unsigned)__builtin_clzll(n);
}

static uint64_t sets_of(uint64_t entries, uint64_t ways)
{
    return ways ? entries / ways : 1;
}

static struct unit_size tlb_size(const struct mmu_config *c, int64_t entries,
                                 int64_t ways, bool protects)
{
    struct unit_size s = { .entries = (uint64_t)entries,
                           .ways = (uint64_t)ways };
    s.tag = VPN_BITS + PAGE_SIZE_BITS + 1;
    s.data = PPN_BITS + 3;
    if (protects) {
        s.tag += (uint64_t)c->asid_bits + 1;
        s.data += 3;
    }
    if (entries && sets_of(s.entries, s.ways) > 1)
        s.tag -= log2_of(sets_of(s.entries, s.ways)); /* the index */
    return s;
}

/* An L1 TLB with banks for larger pages: each bank is like a TLB of its own,
 * its tag shorter by the bits below its page size; no size bits are needed. */
static uint64_t bank_bits(const struct mmu_config *c, int64_t entries,
                          int64_t ways, unsigned shift, bool protects)
{
    struct unit_size s = tlb_size(c, entries, ways, protects);
    return s.entries * (s.tag - PAGE_SIZE_BITS - (shift - 12) + s.data);
}

static uint64_t banked_bits(const struct mmu_config *c, enum unit unit,
                            bool protects)
{
    bool fetch = unit == UNIT_ITLB;
    int64_t entries = fetch ? c->itlb_entries : c->dtlb_entries;
    int64_t ways = fetch ? c->itlb_ways : c->dtlb_ways;
    return bank_bits(c, entries, ways, 12, protects) +
           bank_bits(c, c->tlb_2m, ways, 21, protects) +
           bank_bits(c, c->tlb_1g, ways, 30, protects);
}

static struct unit_size rplb_size(int64_t entries)
{
    return (struct unit_size){ .entries = (uint64_t)entries,
                               .tag = DOMAIN_ID_BITS + 2 * VA_BITS + 1,
                               .data = RIGHTS_BITS };
}

static struct unit_size cache_size(const struct mmu_config *c, int64_t bytes,
                                   int64_t ways, bool written)
{
    struct unit_size s = { .entries = (uint64_t)(bytes / c->line_bytes),
                           .ways = (uint64_t)ways };
    if (!bytes)
        return s;
    s.tag = PA_BITS - log2_of((uint64_t)(bytes / ways)) + 1 + written;
    s.data = 8 * (uint64_t)c->line_bytes;
    return s;
}

static struct unit_size size_of(const struct mmu_config *c, enum unit unit,
                                bool tlb_protects)
{
    switch (unit) {
    case UNIT_ITLB:
        return tlb_size(c, c->itlb_entries, c->itlb_ways, tlb_protects);
    case UNIT_DTLB:
        return tlb_size(c, c->dtlb_entries, c->dtlb_ways, tlb_protects);
    case UNIT_L2TLB:
        return tlb_size(c, c->l2tlb_entries, c->l2tlb_ways, tlb_protects);
    case UNIT_IRPLB:
        return rplb_size(c->irplb_entries);
    case UNIT_DRPLB:
        return rplb_size(c->drplb_entries);
    case UNIT_L1I:
        return cache_size(c, c->l1i_bytes, c->l1i_ways, false);
    case UNIT_L1D:
        return cache_size(c, c->l1d_bytes, c->l1d_ways, true);
    case UNIT_L2:
        return cache_size(c, c->l2_bytes, c->l2_ways, true);
    default:
        return (struct unit_size){ 0 };
    }
}

void mmu_storage_bits(const struct mmu_config *c, enum unit unit,
                      bool tlb_protects, uint64_t *cam, uint64_t *ram)
{
    if ((unit == UNIT_ITLB || unit == UNIT_DTLB) && c->tlb_2m) {
        *cam = 0;
        *ram = banked_bits(c, unit, tlb_protects);
        return;
    }
    struct unit_size s = size_of(c, unit, tlb_protects);
    bool full = s.entries && sets_of(s.entries, s.ways) == 1;
    *cam = full ? s.entries * s.tag : 0;
    *ram = s.entries * (full ? s.data : s.tag + s.data);
}
