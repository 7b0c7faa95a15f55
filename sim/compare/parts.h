/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of compare/compare.c among themselves. */
#pragma once

#include "sim/compare/compare.h"

/* A line, if the two differ. */
void difference_value(struct differences *d, const char *what, uint64_t a,
                      uint64_t b);
/* Lookaside units, their alone copies, the memory of miss causes. */
void compare_units(struct differences *d, const struct mmu *a,
                   const struct mmu *b);
/* RAM, disk, console. */
void compare_memory(struct differences *d, const struct machine *a,
                    const struct machine *b);
