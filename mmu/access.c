/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the enums in access.h, as users read and type them. */
#include "mmu/access.h"

const char *unit_name(enum unit unit)
{
    static const char *const name[UNIT_COUNT] = {
        [UNIT_ITLB] = "itlb",   [UNIT_DTLB] = "dtlb",   [UNIT_L2TLB] = "l2tlb",
        [UNIT_IRPLB] = "irplb", [UNIT_DRPLB] = "drplb", [UNIT_L1I] = "l1i",
        [UNIT_L1D] = "l1d",     [UNIT_L2] = "l2",
    };
    return unit < UNIT_COUNT ? name[unit] : "?";
}

const char *miss_cause_name(enum miss_cause cause)
{
    static const char *const name[MISS_CAUSE_COUNT] = {
        [MISS_COLD] = "cold",
        [MISS_CAPACITY] = "capacity",
        [MISS_CONFLICT] = "conflict",
        [MISS_SWITCH] = "switch",
        [MISS_INVALIDATED] = "invalidated",
        [MISS_COHERENCE] = "coherence",
    };
    return cause < MISS_CAUSE_COUNT ? name[cause] : "?";
}

const char *refusal_name(enum refusal refusal)
{
    static const char *const name[REFUSAL_COUNT] = {
        [REFUSED_NOT] = "not",
        [REFUSED_MISALIGNED] = "misaligned",
        [REFUSED_NONCANONICAL] = "noncanonical",
        [REFUSED_PTE_INVALID] = "pte_invalid",
        [REFUSED_PTE_MISALIGNED_SUPERPAGE] = "pte_misaligned_superpage",
        [REFUSED_PTE_RIGHT] = "pte_right",
        [REFUSED_PTE_USER] = "pte_user",
        [REFUSED_RANGE_MISS] = "range_miss",
        [REFUSED_RANGE_RIGHT] = "range_right",
        [REFUSED_RANGE_MULTIHIT] = "range_multihit",
        [REFUSED_BUS] = "bus",
        [REFUSED_PTE_AD] = "pte_ad",
        [REFUSED_PMP] = "pmp",
    };
    return refusal < REFUSAL_COUNT ? name[refusal] : "?";
}

const char *access_kind_name(enum access_kind kind)
{
    static const char *const name[] = { "fetch", "load", "store", "amo" };
    return kind <= ACCESS_AMO ? name[kind] : "?";
}
