/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CLINT: software interrupt (msip) and timer compare (mtimecmp) of each
 * hart, and the time (mtime). mtime = cycles x timebase / core frequency + an
 * offset that a write of mtime sets; the cycles are those of the hart that
 * reads it, whose `time` CSR shows the same.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CLINT_SIZE     0x10000
#define CLINT_HARTS    8
#define CLINT_MSIP     0x0    /* + 4 for each hart */
#define CLINT_MTIMECMP 0x4000 /* + 8 for each hart */
#define CLINT_MTIME    0xbff8

struct clint {
    unsigned harts;
    bool msip[CLINT_HARTS];
    uint64_t mtimecmp[CLINT_HARTS];
};

/* Power-on state for 1 to CLINT_HARTS harts. */
void clint_reset(struct clint *c, unsigned harts);
/* time = mtime now. False: no such register or size. */
bool clint_read(const struct clint *c, uint64_t offset, unsigned size,
                uint64_t time, uint64_t *value);
/* A write of mtime leaves the new time in *time. */
bool clint_write(struct clint *c, uint64_t offset, unsigned size,
                 uint64_t value, uint64_t *time);
