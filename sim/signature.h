/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature of a test program, as instruction-set test suites compare it:
 * the memory between its symbols begin_signature and end_signature, as lines of
 * hexadecimal digits.
 */
#pragma once

#include "sim/machine.h"

#define SIGNATURE_GRANULARITY     4 /* bytes a line when nobody says */
#define SIGNATURE_GRANULARITY_MAX 64

struct signature {
    uint64_t pa, bytes;
};

/* Where it is in the program that was loaded. False: a symbol is missing, or
 * the two do not enclose RAM. */
MUST_CHECK
bool signature_find(struct signature *s, const struct machine *m,
                    struct err *err);
/* Writes it: `granularity` bytes a line (a power of two), the line's last byte
 * first, so that a line of 4 is a little-endian word; ascending addresses; a
 * last line that is not full has zeros in front. */
MUST_CHECK
bool signature_write(const struct signature *s, const struct machine *m,
                     const char *path, unsigned granularity, struct err *err);
