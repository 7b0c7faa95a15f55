/* SPDX-License-Identifier: Apache-2.0 */
/* See walk.h. The steps are those of Priv 4.3.2. */
#include "mmu/translate/walk.h"

static struct walk refuse(struct walk w, enum refusal why)
{
    w.refused = (uint8_t)why;
    return w;
}

/* Step 3, and the bits that must be zero in a pointer (Priv 4.4.1). */
static bool is_malformed(uint64_t pte)
{
    if (!(pte & PTE_V) || (pte & PTE_RESERVED))
        return true;
    if ((pte & (PTE_R | PTE_W)) == PTE_W)
        return true;
    bool leaf = pte & (PTE_R | PTE_X);
    return !leaf && (pte & (PTE_U | PTE_A | PTE_D));
}

struct walk walk_find(uint64_t satp, uint64_t va,
                      const struct walk_memory *memory)
{
    struct walk w = { 0 };
    uint64_t table = (satp & SATP_PPN_MASK) << 12;
    for (unsigned level = walk_levels(satp); level-- > 0;) {
        unsigned shift = 12 + 9 * level;
        w.page_shift = (uint8_t)shift;
        w.pte_pa = table + (va >> shift & 0x1FF) * 8;
        w.reads++;
        enum refusal why = memory->read(memory->context, w.pte_pa, &w.pte);
        if (why)
            return refuse(w, why);
        if (is_malformed(w.pte))
            return refuse(w, REFUSED_PTE_INVALID);
        w.global |= (w.pte & PTE_G) != 0;
        uint64_t pa = (w.pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << 12;
        if (!(w.pte & (PTE_R | PTE_X))) {
            table = pa;
            continue;
        }
        if (pa & ((1ULL << shift) - 1))
            return refuse(w, REFUSED_PTE_MISALIGNED_SUPERPAGE);
        w.pa = pa;
        return w;
    }
    return refuse(w, REFUSED_PTE_INVALID); /* a pointer on the last level */
}
