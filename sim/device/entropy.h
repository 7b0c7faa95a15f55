/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source of entropy (VIRTIO 1.1, 5.4): fills buffers with numbers. Runs
 * must repeat, so they come from a generator seeded with the machine's seed
 * (splitmix64): good for testing drivers, useless for keys.
 */
#pragma once

#include "sim/device/virtio.h"

#define ENTROPY_REQUEST_MAX 65536 /* bytes given in one request at most */

struct entropy {
    uint64_t state;
};

/* Makes the slot an entropy device. */
void entropy_open(struct entropy *e, struct virtio *v, uint64_t seed);
void entropy_serve(struct entropy *e, struct virtio *v, struct bus *bus);
