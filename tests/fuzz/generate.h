/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the generator share: its random numbers, the code of a
 * block as it grows, and the second kind of programs (features.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fuzz/image.h"

uint64_t fuzz_next(void);
uint64_t fuzz_below(uint64_t n);

struct code {
    uint8_t *at;
    size_t room;
};

/* One instruction, if there is room; a compressed one takes two bytes. */
void code_put(struct code *c, uint32_t word);

/* Turns a block of the first kind into one of the second. */
void features_block(struct fuzz_block *b, struct fuzz_extra *e);
void features_locks(struct fuzz_image *image);
/* What stands first in such a block. */
void features_begin(struct code *c, const struct fuzz_extra *e);
/* One short idiom; leaves: address of the leaf table. */
void features_put(struct code *c, const struct fuzz_extra *e, uint64_t leaves);
/* May the block hold this instruction? */
bool features_allow(const struct fuzz_extra *e, uint32_t word);
