/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of the user as bytes in memory: firmware, kernels, initial RAM disks,
 * device tree blobs. Next: firmware.c puts them into RAM.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mmu/err.h"

struct image {
    uint8_t *bytes; /* owned */
    size_t count;
};

/* Reads a regular file of 1 to max bytes. False: err says why (with
 * EXIT_CANNOT_LOAD), *i is empty. */
MUST_CHECK
bool image_read(struct image *i, const char *path, size_t max, struct err *err);
void image_free(struct image *i);
