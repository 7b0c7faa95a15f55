/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device tree: the board described for firmware and kernels, made from the
 * machine's description and memmap.h with libfdt (Devicetree Specification
 * 0.3). The blob goes into RAM; a1 holds its address at the start.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sim/config.h"

struct devicetree {
    void *blob; /* owned */
    size_t bytes;
};

/* What goes into /chosen. */
struct devicetree_chosen {
    const char *arguments;             /* of the kernel; NULL = none */
    uint64_t initrd_start, initrd_end; /* end = 0: none */
};

MUST_CHECK
bool devicetree_make(struct devicetree *t, const struct config *c,
                     struct err *err);
/* A blob from a file, checked. */
MUST_CHECK
bool devicetree_read(struct devicetree *t, const char *path, struct err *err);
/* Fills in /chosen, which is made if it is not there. */
MUST_CHECK
bool devicetree_choose(struct devicetree *t,
                       const struct devicetree_chosen *chosen, struct err *err);
void devicetree_free(struct devicetree *t);
