/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a seed is made into: the part of a fuzz program that the generator
 * (host) fills in and the runtime (guest) reads. A program is a row of blocks
 * of random instructions. Every block ends by a trap, planned or not; the
 * runtime notes it and starts the next block in its own mode and setting.
 */
#pragma once

#include <stdint.h>

#define FUZZ_BLOCKS     64
#define FUZZ_BLOCK_SIZE 128 /* bytes of code */
#define FUZZ_PAGES      8   /* data pages, and PTEs per data page below */
#define FUZZ_LEAVES     64  /* PTEs in the leaf table */
#define FUZZ_TRAPS      200 /* the program ends after so many, whatever */

/* Virtual addresses, when paging is on: data pages through random PTEs; code a
 * second time for U-mode. The rest is one to one. */
#define FUZZ_VA         0x40000000u
#define FUZZ_USER_ALIAS 0x40000000u /* added to addresses of code */

/* A register that shall hold an address: one of these plus an offset. */
enum fuzz_base { FUZZ_NUMBER, FUZZ_PHYSICAL, FUZZ_VIRTUAL };

struct fuzz_block {
    uint64_t privilege; /* 0, 1, 3 */
    uint64_t status;    /* mstatus without MPP */
    uint64_t paged;
    uint64_t medeleg;
    uint64_t pmpcfg;     /* entries 0 to 3; entry 15 opens the rest */
    uint64_t pmpaddr[4]; /* offsets in the data, before the shift by 2 */
    uint64_t base[8];    /* of x8 to x15 */
    uint64_t offset[8];
};

struct fuzz_image {
    uint64_t seed;
    uint64_t reg[32];
    struct fuzz_block block[FUZZ_BLOCKS];
    uint64_t leaf[FUZZ_LEAVES]; /* low byte: flags; above: data page number */
};
