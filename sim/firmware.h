/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading what a board starts with: firmware, kernel, initial RAM disk and
 * device tree, each put where the others expect it. Files are ELF (loaded by
 * physical address) or plain bytes. With firmware, that is what runs first, at
 * 0x80000000 in M-mode, and the kernel waits at 0x80200000 for S-mode;
 * without, the kernel is entered directly in M-mode at 0x80000000.
 */
#pragma once

#include "sim/image.h"
#include "sim/machine.h"

#define FIRMWARE_KERNEL_AT (MEM_RAM + 0x200000) /* a plain kernel's place */

struct firmware_files {
    const char *firmware, *kernel, *initrd, *tree; /* paths; NULL = none */
    const char *arguments; /* of the kernel; NULL = none */
};

/* Reads the files, writes RAM and ROM, and resets the machine to the ROM. May
 * be called again for a reset: RAM is then loaded afresh, the rest of it
 * stays. False: err says which file and why. */
MUST_CHECK
bool firmware_load(struct machine *m, const struct firmware_files *files,
                   struct err *err);
