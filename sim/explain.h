/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access microscope as text: one access by one domain at this moment, and
 * what each stage on its way says: the right on record, the protection unit,
 * translation with each page-table entry, physical memory protection, the
 * caches, the verdict, and the cycles. Looking only; the cycles come from doing
 * the access on a copy of the whole process, so the machine is as it was.
 */
#pragma once

#include <stdio.h>

#include "sim/machine.h"

struct explain {
    uint64_t va;
    uint8_t kind;    /* enum access_kind */
    uint8_t size;    /* bytes; a fetch ignores it */
    uint32_t domain; /* registry id, 0 = the kernel */
};

/* Writes a few lines. */
void explain_access(const struct machine *m, const struct explain *x, FILE *to);

/* What doing it costs: an access of a copy of the machine. */
struct explain_trial {
    struct access access; /* with its verdicts; cycles = sum of the cells */
    struct accounts spent;
};
/* False: the host could not make the copy. */
bool explain_try(const struct machine *m, const struct explain *x,
                 struct explain_trial *trial);
