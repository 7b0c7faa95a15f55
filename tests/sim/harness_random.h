/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random programs that go round and round, so that what a run remembers is
 * used: loads and stores through a few pointers, branches, calls, divisions,
 * some that trap, some that change code; in M-mode, or in S and U-mode under
 * random page tables, PMP pieces of a few bytes and ranges that end anywhere.
 * The trap handler goes on behind what trapped. (tests/fuzz has programs that
 * go straight on, for comparing with another machine.)
 */
#pragma once

#include "sim/machine.h"

enum random_kind {
    RANDOM_MACHINE, /* M-mode */
    RANDOM_MACHINE_PMP,
    RANDOM_SUPERVISOR, /* S-mode, Sv39 */
    RANDOM_USER,       /* U-mode, Sv39 */
    RANDOM_USER_PMP,
    RANDOM_RANGES, /* U-mode, Sv39, RPLB */
    RANDOM_REFILL, /* likewise; the handler brings ranges in */
    RANDOM_TREE,   /* likewise; the hardware does */
    RANDOM_KINDS
};

const char *random_kind_name(enum random_kind kind);
/* Puts program `seed` into a machine that has just been made. The same seed
 * and kind make the same program. */
void random_program(struct machine *m, enum random_kind kind, uint64_t seed);
