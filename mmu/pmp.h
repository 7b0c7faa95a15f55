/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical memory protection (Priv 3.7): 16 entries, each a range of physical
 * addresses with R, W, X. It stands between translation and the bus and is
 * asked for every access with its physical address: fetches, loads, stores,
 * AMOs, and, as S-mode, what the page-table and range-tree walkers read and
 * write. A refusal is an access fault of the access that caused it.
 *
 * - The lowest-numbered entry that holds any byte of the access decides. It
 *   must hold all bytes, else the access fails whatever the entry grants.
 * - S and U need a matching entry; M is bound only by locked entries (L), and
 *   may do everything where none matches. A locked entry, and the address
 *   below a locked TOR, cannot be written until reset.
 * - The grain is 4 bytes (G = 0), so NA4 is there. R = 0, W = 1 is reserved; it
 *   is stored as R = W = 0.
 * - A misaligned access is one access in each page it touches; an instruction
 *   is fetched in halves of two bytes.
 *
 * Most guests open everything with one entry. Such a mode is not asked at all
 * (`guards` is clear); for others the last piece of the address space with one
 * answer is remembered. Neither is state of the machine. Time: none, the check
 * is part of the pipelined access.
 */
#pragma once

#include "mmu/access.h"

#include <stdbool.h>
#include <stdint.h>

#define PMP_ENTRIES 16

#define PMP_R       0x01
#define PMP_W       0x02
#define PMP_X       0x04
#define PMP_A_SHIFT 3
#define PMP_A       0x18
#define PMP_L       0x80
#define PMP_OFF     0
#define PMP_TOR     1
#define PMP_NA4     2
#define PMP_NAPOT   3

/* pmpaddr holds bits 55:2 of an address. */
#define PMP_ADDR_MASK ((UINT64_C(1) << 54) - 1)

/* Who asks: M-mode, or S and U, for which the rules are the same. */
enum pmp_mode { PMP_MODE_M, PMP_MODE_SU, PMP_MODES };

/* Bytes in which every access by one mode gets the same answer. */
struct pmp_piece {
    uint64_t first, last;
    uint8_t rights; /* PMP_R | PMP_W | PMP_X */
};

struct pmp {
    uint64_t addr[PMP_ENTRIES];
    uint8_t config[PMP_ENTRIES];
    bool guards[PMP_MODES];           /* is there anything to refuse? */
    struct pmp_piece last[PMP_MODES]; /* first > last: empty */
    uint64_t low[PMP_ENTRIES], high[PMP_ENTRIES]; /* low > high: nothing */
};

/* A zeroed struct pmp is a machine without PMP. This is reset with PMP: every
 * entry is off and unlocked; S and U may do nothing. */
void pmp_reset(struct pmp *p);

/* pmpcfg0 (group 0: entries 0 to 7) and pmpcfg2 (group 1). Writes make values
 * legal and leave locked entries alone; afterwards call mmu_pmp_changed. */
uint64_t pmp_read_config(const struct pmp *p, unsigned group);
void pmp_write_config(struct pmp *p, unsigned group, uint64_t value);
void pmp_write_address(struct pmp *p, unsigned entry, uint64_t value);

static inline enum pmp_mode pmp_mode(uint8_t privilege)
{
    return privilege == PRIV_M ? PMP_MODE_M : PMP_MODE_SU;
}

/* The piece around pa. */
struct pmp_piece pmp_find(const struct pmp *p, enum pmp_mode mode, uint64_t pa);
/* May `mode` do all of `needs` (PMP_R, W, X) to [pa, pa + size)? The rules
 * as they stand, without memory of earlier questions. */
bool pmp_allows(const struct pmp *p, enum pmp_mode mode, uint64_t pa,
                unsigned size, uint8_t needs);
/* The same, past the remembered piece; for pmp_check. */
bool pmp_check_anew(struct pmp *p, enum pmp_mode mode, uint64_t pa,
                    unsigned size, uint8_t needs);

/* The same, fast. size 1 to 8. */
static inline bool pmp_check(struct pmp *p, enum pmp_mode mode, uint64_t pa,
                             unsigned size, uint8_t needs)
{
    if (!p->guards[mode])
        return true;
    const struct pmp_piece *l = &p->last[mode];
    if (pa >= l->first && pa <= l->last && l->last - pa >= size - 1)
        return !(needs & ~l->rights);
    return pmp_check_anew(p, mode, pa, size, needs);
}
