/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The test finisher: one 32-bit register that ends the run. 0x5555 = off,
 * 0x7777 = reset, 0x3333 with a code in the upper half = failure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FINISHER_SIZE 0x1000

enum finisher_command {
    FINISHER_NONE,
    FINISHER_OFF,
    FINISHER_RESET,
    FINISHER_FAIL
};

struct finisher {
    enum finisher_command command; /* machine.c takes it and clears it */
    uint64_t code;                 /* of FINISHER_FAIL */
};

bool finisher_read(const struct finisher *f, uint64_t offset, unsigned size,
                   uint64_t *value);
bool finisher_write(struct finisher *f, uint64_t offset, unsigned size,
                    uint64_t value);
