/* SPDX-License-Identifier: Apache-2.0 */
/* See pmp.h. Where the entries stand is worked out once, when one is written;
 * questions only compare addresses. */
#include "mmu/pmp.h"

#include <string.h>

enum { ALL = PMP_R | PMP_W | PMP_X, GROUP = 8 };

static unsigned matching(uint8_t config)
{
    return (unsigned)(config & PMP_A) >> PMP_A_SHIFT;
}

/* ---- where an entry stands (Priv 3.7.1) --------------------------------- */

/* Trailing ones of the address say how large: 8 bytes for none. Past 2^56
 * there are no physical addresses, so such a range has no end. */
static void place_napot(struct pmp *p, unsigned i)
{
    unsigned ones = (unsigned)__builtin_ctzll(~p->addr[i]);
    uint64_t bytes = UINT64_C(8) << ones;
    p->low[i] = (p->addr[i] << 2) & ~(bytes - 1);
    p->high[i] = p->low[i] + bytes - 1;
    if (ones >= 53)
        p->high[i] = UINT64_MAX;
}

static void place(struct pmp *p, unsigned i)
{
    uint64_t top = p->addr[i] << 2, below = i ? p->addr[i - 1] << 2 : 0;
    p->low[i] = 1;
    p->high[i] = 0;
    switch (matching(p->config[i])) {
    case PMP_TOR:
        if (below < top) {
            p->low[i] = below;
            p->high[i] = top - 1;
        }
        break;
    case PMP_NA4:
        p->low[i] = top;
        p->high[i] = top + 3;
        break;
    case PMP_NAPOT:
        place_napot(p, i);
        break;
    default:
        break;
    }
}

static uint8_t rights_of(const struct pmp *p, enum pmp_mode mode, unsigned i)
{
    bool bound = mode == PMP_MODE_SU || p->config[i] & PMP_L;
    return bound ? p->config[i] & ALL : ALL;
}

static void work_out(struct pmp *p)
{
    for (unsigned i = 0; i < PMP_ENTRIES; i++)
        place(p, i);
    for (unsigned mode = 0; mode < PMP_MODES; mode++) {
        struct pmp_piece piece = pmp_find(p, mode, 0);
        bool whole = piece.first == 0 && piece.last == UINT64_MAX;
        p->guards[mode] = !whole || piece.rights != ALL;
        p->last[mode] = piece;
    }
}

/* ---- questions ---------------------------------------------------------- */

struct pmp_piece pmp_find(const struct pmp *p, enum pmp_mode mode, uint64_t pa)
{
    struct pmp_piece piece = { 0, UINT64_MAX, mode == PMP_MODE_M ? ALL : 0 };
    for (unsigned i = 0; i < PMP_ENTRIES; i++) {
        uint64_t low = p->low[i], high = p->high[i];
        if (low > high)
            continue;
        if (pa < low && piece.last >= low)
            piece.last = low - 1;
        if (pa > high && piece.first <= high)
            piece.first = high + 1;
        if (pa < low || pa > high)
            continue;
        piece.rights = rights_of(p, mode, i);
        if (piece.first < low)
            piece.first = low;
        if (piece.last > high)
            piece.last = high;
        break; /* what comes after it counts for nothing here */
    }
    return piece;
}

bool pmp_allows(const struct pmp *p, enum pmp_mode mode, uint64_t pa,
                unsigned size, uint8_t needs)
{
    uint64_t last = pa + size - 1;
    if (!p->guards[mode])
        return true;
    for (unsigned i = 0; i < PMP_ENTRIES; i++) {
        if (p->low[i] > p->high[i] || last < p->low[i] || pa > p->high[i])
            continue;
        bool whole = pa >= p->low[i] && last <= p->high[i];
        return whole && !(needs & ~rights_of(p, mode, i));
    }
    return mode == PMP_MODE_M;
}

bool pmp_check_anew(struct pmp *p, enum pmp_mode mode, uint64_t pa,
                    unsigned size, uint8_t needs)
{
    p->last[mode] = pmp_find(p, mode, pa);
    return pmp_allows(p, mode, pa, size, needs);
}

/* ---- writes ------------------------------------------------------------- */

void pmp_reset(struct pmp *p)
{
    memset(p, 0, sizeof *p);
    work_out(p);
}

uint64_t pmp_read_config(const struct pmp *p, unsigned group)
{
    uint64_t value = 0;
    for (unsigned i = GROUP; i-- > 0;)
        value = value << 8 | p->config[group * GROUP + i];
    return value;
}

/* Bits 6:5 are 0; W without R is reserved. */
static uint8_t legal(uint8_t config)
{
    config &= PMP_L | PMP_A | ALL;
    if ((config & (PMP_R | PMP_W)) == PMP_W)
        config &= (uint8_t)~PMP_W;
    return config;
}

void pmp_write_config(struct pmp *p, unsigned group, uint64_t value)
{
    for (unsigned i = 0; i < GROUP; i++) {
        uint8_t *config = &p->config[group * GROUP + i];
        if (!(*config & PMP_L))
            *config = legal((uint8_t)(value >> 8 * i));
    }
    work_out(p);
}

void pmp_write_address(struct pmp *p, unsigned entry, uint64_t value)
{
    uint8_t above = entry + 1 < PMP_ENTRIES ? p->config[entry + 1] : 0;
    bool is_base = above & PMP_L && matching(above) == PMP_TOR;
    if (p->config[entry] & PMP_L || is_base)
        return;
    p->addr[entry] = value & PMP_ADDR_MASK;
    work_out(p);
}
