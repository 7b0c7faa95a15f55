/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts: every simulated cycle is charged once, where it happens, to
 * one cell (what for, where). mmu/ and cpu/ charge; sim/ledger.c reads, splits
 * by domain and kernel phase, and gives the cells the names people read.
 */
#pragma once

#include <stdint.h>

/* What the machine was doing when the cycle passed. */
enum purpose {
    FOR_EXECUTE,    /* issue and execution of instructions */
    FOR_STALL,      /* load-use wait, branch misprediction */
    FOR_FETCH,      /* reading instructions, beyond the pipelined hit */
    FOR_DATA,       /* the program's own loads and stores, likewise */
    FOR_TLB,        /* L2 TLB look-up and page walk, its reads included */
    FOR_PROTECTION, /* hardware refill of the protection unit */
    FOR_COHERENCE,  /* taking a line from other harts; see coherence.h */
    FOR_TRAP,       /* trap entry and exit of the pipeline */
    FOR_IDLE,       /* waiting in wfi */
    PURPOSE_COUNT
};

/* Which part of the machine the cycle was spent in. */
enum place { IN_CORE, IN_L1, IN_L2, IN_DRAM, PLACE_COUNT };

/* Invariant: total = sum of all cells. `total` is the hart's clock. */
struct accounts {
    uint64_t cell[PURPOSE_COUNT][PLACE_COUNT];
    uint64_t total;
};

static inline void account_charge(struct accounts *a, enum purpose purpose,
                                  enum place place, uint64_t cycles)
{
    a->cell[purpose][place] += cycles;
    a->total += cycles;
}
