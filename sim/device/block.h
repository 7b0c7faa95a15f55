/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk (VIRTIO 1.1, 5.2): a host file in units of 512 bytes. The file is
 * mapped copy-on-write: what the guest writes stays in this process, the file
 * never changes and every run begins with the same disk. A flush has nothing
 * to wait for, as each request is complete before the next begins.
 */
#pragma once

#include "sim/device/virtio.h"

#define BLOCK_SECTOR      512
#define BLOCK_REQUEST_MAX (64u << 20) /* bytes in one request; more fails */

struct block {
    uint8_t *bytes; /* host mapping, owned; NULL = no disk */
    uint64_t sectors;
    struct heap *heap; /* where bytes are mapped, and who wants to know of */
    uint64_t *notes;   /* writes to them; or NULL */
};

/* Opens an image, and makes the slot a block device. The file must not be cut
 * short while the machine lives, or the heap. */
MUST_CHECK
bool block_open(struct block *b, struct heap *heap, struct virtio *v,
                const char *path, struct err *err);
void block_close(struct block *b);
/* Serves all requests that wait. */
void block_serve(struct block *b, struct virtio *v, struct bus *bus);
