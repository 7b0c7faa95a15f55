/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the boot code leaves for the kernel: the tables of the direct map and
 * the mode that satp was given.
 */
#pragma once

#include "os/kernel/kernel.h"
#include "sim/memmap.h"

/* Without boot information (another board's device tree): 128 MiB, mas. */
#define BOOT_DEFAULT_RAM 0x8000000ul

/* Returned in a0 and a1 to start.S. */
struct boot_choice {
    uint64_t satp;
    uint64_t xsas; /* the protection needs mxsas */
};

/* [mode - 8] is the root of the kernel's own space. */
extern uint64_t boot_table[3][512];

/* Runs in M-mode at physical addresses. info may be anything readable. */
struct boot_choice boot_tables(const struct boot_info *info);
