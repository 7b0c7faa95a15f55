/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot ROM at 0x1000: a few instructions that a machine with firmware
 * begins with. They load a0 = hart id, a1 = device tree, a2 = where the
 * firmware is told what comes next (OpenSBI's struct fw_dynamic_info, also in
 * the ROM), and jump to the firmware. Machines that load a kernel of ours or a
 * bare program start there directly and do not look at it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ROM_SIZE 0xf000

struct rom {
    uint64_t word[12]; /* instructions and data; the rest reads 0 */
};

/* start: where the firmware is entered; next: what it shall enter in S-mode,
 * 0 = it knows. */
void rom_fill(struct rom *r, uint64_t start, uint64_t tree, uint64_t next);
/* Any aligned access inside; false for others. The ROM cannot be written. */
bool rom_read(const struct rom *r, uint64_t offset, unsigned size,
              uint64_t *value);
