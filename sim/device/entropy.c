/* SPDX-License-Identifier: Apache-2.0 */
/* The source of entropy; see device/entropy.h. */
#include "sim/device/entropy.h"

void entropy_open(struct entropy *e, struct virtio *v, uint64_t seed)
{
    e->state = seed;
    *v = (struct virtio){ .id = VIRTIO_ENTROPY,
                          .offered = VIRTIO_F_VERSION_1,
                          .queue_count = 1 };
}

/* splitmix64: an even walk, its steps scrambled. */
static uint64_t next(struct entropy *e)
{
    uint64_t z = e->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void entropy_serve(struct entropy *e, struct virtio *v, struct bus *bus)
{
    struct virtio_chain c;
    for (unsigned i = 0; i < VIRTIO_BELL_MAX && virtio_next(v, 0, bus, &c);
         i++) {
        uint64_t n = c.write_bytes;
        if (n > ENTROPY_REQUEST_MAX)
            n = ENTROPY_REQUEST_MAX;
        for (uint64_t at = 0; at < n; at += 8) {
            uint64_t word = next(e);
            virtio_store(&c, bus, at, &word, n - at < 8 ? n - at : 8);
        }
        virtio_done(v, 0, bus, &c, (uint32_t)n);
    }
}
