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

/* Seeds from here on are programs of the second kind (features.c). */
#define FUZZ_FEATURES 100000
#define FUZZ_LOCKS    3 /* PMP entries, from 4 on, that one block locks */

/* Virtual addresses, when paging is on: data pages through random PTEs; code a
 * second time for U-mode. The rest is one to one. */
#define FUZZ_VA         0x40000000u
#define FUZZ_USER_ALIAS 0x40000000u /* added to addresses of code */

/* A register that shall hold an address: one of these plus an offset. */
enum fuzz_base { FUZZ_NUMBER, FUZZ_PHYSICAL, FUZZ_VIRTUAL };

struct fuzz_block {
    uint64_t privilege; /* 0, 1, 3 */
    uint64_t status;    /* mstatus without MPP */
    uint64_t paged;     /* satp.MODE */
    uint64_t medeleg;
    uint64_t pmpcfg;     /* entries 0 to 3; entry 15 opens the rest */
    uint64_t pmpaddr[4]; /* offsets in the data, before the shift by 2 */
    uint64_t base[8];    /* of x8 to x15 */
    uint64_t offset[8];
};

/* What a block of the second kind has besides. */
struct fuzz_extra {
    uint64_t mie, mip, mideleg;
    uint64_t flags;
};

enum fuzz_flag {
    FUZZ_MSIP = 1,      /* the CLINT raises the software interrupt */
    FUZZ_M_VECTORS = 2, /* mtvec and stvec in vectored mode */
    FUZZ_S_VECTORS = 4,
    FUZZ_MPRV = 8, /* M-mode code that accesses memory as another mode */
    FUZZ_WFI = 16  /* an interrupt stays pending: wfi does not wait */
};

struct fuzz_image {
    uint64_t seed;
    uint64_t reg[32];
    struct fuzz_block block[FUZZ_BLOCKS];
    uint64_t leaf[FUZZ_LEAVES]; /* low byte: flags; above: data page number */
    uint64_t features;          /* the second kind: extra and lock count */
    struct fuzz_extra extra[FUZZ_BLOCKS];
    uint64_t lock_block;            /* from this block on */
    uint64_t lock_cfg;              /* a byte for each */
    uint64_t lock_addr[FUZZ_LOCKS]; /* as pmpaddr */
};
