/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are two machines in the same state, to the last bit that could ever matter?
 * Registers, clock, accounts, counters, what every unit holds and in which
 * order it would give it up, the memory of miss causes, RAM, devices, events,
 * ledger. Not compared: hints, filters and decoded code (no state), absolute
 * times of use (only their order counts). For lockstep.h and for tests.
 */
#pragma once

#include "sim/machine.h"

#define DIFFERENCE_LINES 24
#define DIFFERENCE_BYTES 160

/* What differs: one line each, "clock: fast 12, readable 13". */
struct differences {
    unsigned count; /* all; the first DIFFERENCE_LINES have a text */
    char text[DIFFERENCE_LINES][DIFFERENCE_BYTES];
    const char *name[2]; /* of the machines: their engines */
    char place[32];      /* said before each line, as "m1 " */
};

/* Adds what differs to d (zeroed, or of another machine before). True: nothing
 * does. The machines have the same description. */
MUST_CHECK
bool machine_compare(const struct machine *a, const struct machine *b,
                     struct differences *d);
/* Adds one line. */
void difference_add(struct differences *d, const char *format, ...)
    PRINTF_LIKE(2, 3);
