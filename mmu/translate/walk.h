/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page-table walker: Priv 4.3.2 for Sv39, Sv48 and Sv57. It finds the leaf
 * and checks its form; rights are checked by translate.c, for TLB entries and
 * fresh leaves alike. Memory is reached through `struct walk_memory`, so that
 * the timed walk (through L1D and L2) and the peek (no effect) are one code.
 *
 *  63 62  61 60  59 58  54 53      10 9 8 7 6 5 4 3 2 1 0
 * +--+------+------+------+----------+---+-+-+-+-+-+-+-+-+
 * |N | PBMT | soft | rsvd |   PPN    |RSW|D|A|G|U|X|W|R|V|
 * +--+------+------+------+----------+---+-+-+-+-+-+-+-+-+
 * N (Svnapot), PBMT (Svpbmt) and 58:54 must be zero: we build none of what
 * they are for. Bits 60:59 belong to software and are ignored.
 */
#pragma once

#include "mmu/access.h"

#include <stdbool.h>
#include <stdint.h>

#define PTE_V           0x01
#define PTE_R           0x02
#define PTE_W           0x04
#define PTE_X           0x08
#define PTE_U           0x10
#define PTE_G           0x20
#define PTE_A           0x40
#define PTE_D           0x80
#define PTE_PPN_SHIFT   10
#define PTE_PPN_MASK    0x00000FFFFFFFFFFFULL /* after the shift */
#define PTE_RESERVED    0xE7C0000000000000ULL

#define SATP_MODE_SHIFT 60
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK  0xFFFF
#define SATP_PPN_MASK   0x00000FFFFFFFFFFFULL
#define SATP_BARE       0
#define SATP_SV39       8
#define SATP_SV48       9
#define SATP_SV57       10

/* How the walker reaches memory. REFUSED_BUS = no RAM there, REFUSED_PMP = it
 * may not read it. */
struct walk_memory {
    enum refusal (*read)(void *context, uint64_t pa, uint64_t *pte);
    void *context;
};

struct walk {
    uint64_t pte;    /* the leaf, or the PTE that ended the walk */
    uint64_t pte_pa; /* where it is */
    uint64_t pa;     /* physical address of the first byte of the page */
    uint8_t page_shift;
    uint8_t reads;   /* PTEs read */
    uint8_t refused; /* enum refusal */
    bool global;     /* G of the leaf or of any PTE above it */
};

/* Levels of a satp.MODE (3, 4, 5), or 0 for bare and anything else. */
static inline unsigned walk_levels(uint64_t satp)
{
    uint64_t mode = satp >> SATP_MODE_SHIFT;
    return mode >= SATP_SV39 && mode <= SATP_SV57 ? (unsigned)mode - 5 : 0;
}

/* Do the bits above the mode's width copy the highest one (Priv 4.4.1)? */
static inline bool walk_canonical(uint64_t va, unsigned levels)
{
    unsigned shift = 64 - (12 + 9 * levels);
    return (uint64_t)((int64_t)(va << shift) >> shift) == va;
}

/* Finds the leaf of a canonical va under satp (a paged mode). */
struct walk walk_find(uint64_t satp, uint64_t va,
                      const struct walk_memory *memory);
