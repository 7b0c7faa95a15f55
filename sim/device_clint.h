/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CLINT: software interrupt (msip), timer compare (mtimecmp) and time
 * (mtime) of one hart. mtime = cycles x timebase / core frequency + an offset
 * that a write of mtime sets; the hart's `time` CSR shows the same.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CLINT_SIZE     0x10000
#define CLINT_MSIP     0x0
#define CLINT_MTIMECMP 0x4000
#define CLINT_MTIME    0xbff8

struct clint {
    bool msip;
    uint64_t mtimecmp;
};

void clint_reset(struct clint *c);
/* time = mtime now. False: no such register or size. */
bool clint_read(const struct clint *c, uint64_t offset, unsigned size,
                uint64_t time, uint64_t *value);
/* A write of mtime leaves the new time in *time. */
bool clint_write(struct clint *c, uint64_t offset, unsigned size,
                 uint64_t value, uint64_t *time);
