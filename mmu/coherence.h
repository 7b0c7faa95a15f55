/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coherent L1 data caches of the harts of one machine: MSI, by snooping. A line
 * of an L1D is shared (clean) or modified (dirty). Modified is in one L1D at
 * most, and then in no other:
 *
 * - A store to a clean line asks for it (coherence.upgrade); the copies of all
 *   others are invalidated. A store that misses invalidates them too.
 * - A load that misses makes a dirty copy clean.
 * - Clean copies that had to go cost coherence.invalidate, once; a dirty copy
 * is written back first and costs coherence.writeback.
 *
 * All is charged to the hart that asks, to FOR_COHERENCE. Under l1d.write =
 * through no line is dirty: every store invalidates the copies of the others.
 * The walkers read and write through L1D and take part; L1I does not: software
 * orders it by fence.i. The same snoop ends the LR reservation of the line in
 * other harts. With one hart (mmu.next is NULL) nothing here is called: one
 * test on misses and on first writes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct mmu;

/* Of one hart. Plain counters. */
struct coherence_stats {
    uint64_t upgrades;     /* its stores that asked for a clean line */
    uint64_t invalidated;  /* its lines that others' stores took away */
    uint64_t written_back; /* its dirty lines that others asked for */
};

/* The hart m is about to store to a clean line of its L1D. */
void coherence_first_write(struct mmu *m, uint64_t line);
/* m is about to bring a line into its L1D, or to store past it. */
void coherence_access(struct mmu *m, uint64_t line, bool store);
