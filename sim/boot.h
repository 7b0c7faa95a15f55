/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Booting the guest kernel: personality, programs, struct boot_info. A
 * personality is a row of a table: how many spaces, which unit protects, which
 * flags. The kernel binary is the same for all.
 */
#pragma once

#include "sim/machine.h"

struct personality {
    const char *name, *doc;
    uint64_t spaces;     /* SPACES_* */
    uint64_t protection; /* SPROT_* */
    uint64_t flags;      /* BOOT_* */
};

/* By index, NULL after the last. */
const struct personality *machine_personality(size_t i);
/* NULL: unknown, err names the nearest. */
MUST_CHECK
const struct personality *machine_personality_find(const char *name,
                                                   struct err *err);

/* Shortest time slice in cycles: ten times the kernel's way through a timer
 * interrupt from warm caches. */
#define BOOT_SLICE_LEAST 5000

struct boot_options {
    const struct personality *personality;
    uint64_t satp_mode;          /* 8, 9, 10; 0 = Sv39 */
    uint64_t quantum;            /* timebase ticks, 0 = no preemption, else at
                                    least BOOT_SLICE_LEAST cycles' worth */
    const char *const *programs; /* ELF files; module name = file name */
    size_t program_count;
};

/*
 * Loads the kernel ELF, puts the programs behind it in RAM, writes the boot
 * information and resets the hart with a1 = its address. Nothing has run yet:
 * run with stop_events = EVENT_BIT(EVENT_BOOTED).
 */
MUST_CHECK
bool machine_boot_kernel(struct machine *m, const char *kernel_path,
                         const struct boot_options *options, struct err *err);
