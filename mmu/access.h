/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access: the request that goes down from the core and comes back, the
 * same struct, with each stage's verdict filled in. It is working data, trace
 * and picture in one. Way of an access: protection | translation (in
 * parallel), then cache, then bus. After this file read mmu.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum access_kind { ACCESS_FETCH, ACCESS_LOAD, ACCESS_STORE, ACCESS_AMO };
enum privilege { PRIV_U = 0, PRIV_S = 1, PRIV_M = 3 };

/* Every lookaside structure of the machine, in the order screens show them. */
enum unit {
    UNIT_ITLB,
    UNIT_DTLB,
    UNIT_L2TLB,
    UNIT_IRPLB,
    UNIT_DRPLB,
    UNIT_L1I,
    UNIT_L1D,
    UNIT_L2,
    UNIT_COUNT
};

enum lookup_result { LOOKUP_NONE, LOOKUP_HIT, LOOKUP_MISS };

/* Why an entry was not there (the classic three, and the two that matter). */
enum miss_cause {
    MISS_COLD,        /* never seen by this unit */
    MISS_CAPACITY,    /* would miss in a fully associative LRU unit too */
    MISS_CONFLICT,    /* would not */
    MISS_SWITCH,      /* another domain or a switch's flush displaced it */
    MISS_INVALIDATED, /* removed by an invalidation the kernel asked for */
    MISS_COHERENCE,   /* L1D: another hart wrote to the line */
    MISS_CAUSE_COUNT
};

struct lookup {
    uint8_t result;   /* enum lookup_result */
    uint8_t cause;    /* enum miss_cause, on a miss */
    bool late;        /* missed, but the domain's alone copy hit */
    bool gift;        /* hit, but the domain's alone copy missed */
    int32_t set, way; /* where it hit, or was filled; -1 = nowhere */
};

/* The rule that refused an access, for the fault story. */
enum refusal {
    REFUSED_NOT,
    REFUSED_MISALIGNED,
    REFUSED_NONCANONICAL, /* va bits above the mode's width differ */
    REFUSED_PTE_INVALID,  /* V=0 or reserved encoding */
    REFUSED_PTE_MISALIGNED_SUPERPAGE,
    REFUSED_PTE_RIGHT,   /* R, W or X of the leaf */
    REFUSED_PTE_USER,    /* U page from S without SUM, or S page from U */
    REFUSED_RANGE_MISS,  /* the protection unit has no entry */
    REFUSED_RANGE_RIGHT, /* an entry, but not this right */
    REFUSED_RANGE_MULTIHIT,
    REFUSED_BUS,    /* no such physical address, or a bad size */
    REFUSED_PTE_AD, /* A or D is clear and hardware may not set it */
    REFUSED_PMP,    /* physical memory protection; see pmp.h */
    REFUSAL_COUNT
};

struct access {
    /* request, filled by the core */
    uint64_t va;
    uint8_t size;      /* bytes: 1, 2, 4, 8 */
    uint8_t kind;      /* enum access_kind */
    uint8_t privilege; /* effective: MPRV already applied */

    /* verdicts, filled on the way */
    uint8_t refused;    /* enum refusal; REFUSED_NOT = done */
    uint8_t cause;      /* trap cause, when refused */
    uint8_t page_shift; /* log2 of the page that translated va, 0 = bare */
    uint8_t rights;     /* what the deciding entry granted (RIGHT_*) */
    uint8_t walk_reads; /* PTE reads made */
    uint64_t fault_va;  /* when refused: first refused byte, goes to tval */
    uint64_t pa;
    uint64_t pte;    /* the leaf (or refusing) PTE that was used */
    uint64_t before; /* a store or AMO to RAM: what the bytes were */
    struct lookup tlb, l2tlb, protection, l1, l2;
    uint32_t cycles; /* charged for this access, over the pipelined hit */
};

/* Names for screens and statistics; one table per enum, in access.c. */
const char *unit_name(enum unit unit);               /* "itlb", "l1d" ... */
const char *miss_cause_name(enum miss_cause cause);  /* "cold" ... */
const char *refusal_name(enum refusal refusal);      /* "pte_right" ... */
const char *access_kind_name(enum access_kind kind); /* "fetch" ... */
