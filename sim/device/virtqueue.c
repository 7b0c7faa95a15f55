/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Split virtqueues (VIRTIO 1.1, 2.6): taking requests out of the guest's RAM
 * and giving them back. Read with device/virtio.h.
 */
#include <string.h>

#include "sim/device/virtio.h"

#define DESC_BYTES    16
#define DESC_NEXT     1
#define DESC_WRITE    2
#define DESC_INDIRECT 4
#define NO_INTERRUPT  1 /* in the avail ring's flags */
#define USED_BUFFER   1 /* interrupt bits */
#define CONFIG_CHANGE 2

struct descriptor {
    uint64_t pa;
    uint32_t bytes;
    uint16_t flags, next;
};
_Static_assert(sizeof(struct descriptor) == DESC_BYTES, "layout of the ring");

void virtio_broken(struct virtio *v)
{
    v->status |= VIRTIO_NEEDS_RESET;
    v->interrupt |= CONFIG_CHANGE;
}

static bool broken(struct virtio *v)
{
    virtio_broken(v);
    return false;
}

static bool alive(const struct virtio *v, const struct virtio_queue *q)
{
    return q->ready && (v->status & VIRTIO_DRIVER_OK) &&
           !(v->status & VIRTIO_NEEDS_RESET);
}

/* Adds a part; false: it breaks a rule. */
static bool add_part(struct virtio_chain *c, const struct bus *bus,
                     const struct descriptor *d)
{
    bool write = d->flags & DESC_WRITE;
    if (d->flags & DESC_INDIRECT)
        return false; /* not offered */
    if (!write && c->readable < c->count)
        return false; /* what is read comes first (2.6.4.2) */
    if (d->bytes && !bus_ram(bus, d->pa, d->bytes))
        return false;
    c->part[c->count++] =
        (struct virtio_part){ .pa = d->pa, .bytes = d->bytes };
    if (write) {
        c->write_bytes += d->bytes;
    } else {
        c->readable++;
        c->read_bytes += d->bytes;
    }
    return true;
}

static bool read_chain(const struct virtio_queue *q, const struct bus *bus,
                       struct virtio_chain *c)
{
    struct descriptor d = { .flags = DESC_NEXT, .next = c->head };
    while (d.flags & DESC_NEXT) {
        uint64_t index = d.next;
        if (index >= q->size || c->count == q->size)
            return false; /* outside the table, or a loop */
        if (!bus_read(bus, q->desc + DESC_BYTES * index, &d, sizeof d) ||
            !add_part(c, bus, &d))
            return false;
    }
    return true;
}

bool virtio_next(struct virtio *v, unsigned queue, const struct bus *bus,
                 struct virtio_chain *c)
{
    struct virtio_queue *q = &v->queue[queue];
    uint16_t ring[2]; /* flags, index */
    if (!alive(v, q))
        return false;
    if (!bus_read(bus, q->avail, ring, sizeof ring))
        return broken(v);
    uint16_t waiting = (uint16_t)(ring[1] - q->next_avail);
    if (waiting == 0)
        return false;
    if (waiting > q->size)
        return broken(v);
    c->count = c->readable = 0;
    c->read_bytes = c->write_bytes = 0;
    uint64_t slot =
        q->avail + 4 + UINT64_C(2) * (q->next_avail & (q->size - 1));
    if (!bus_read(bus, slot, &c->head, sizeof c->head) ||
        !read_chain(q, bus, c))
        return broken(v);
    q->next_avail++;
    return true;
}

/* The bytes [at, at + n) of parts `first` to `end`, to or from the host. */
static void copy(const struct virtio_chain *c, struct bus *bus, unsigned first,
                 unsigned end, uint64_t at, uint8_t *host, uint64_t n,
                 bool store)
{
    for (unsigned i = first; i < end && n; i++) {
        const struct virtio_part *p = &c->part[i];
        if (at >= p->bytes) {
            at -= p->bytes;
            continue;
        }
        uint64_t now = p->bytes - at < n ? p->bytes - at : n;
        uint8_t *guest = bus_ram(bus, p->pa + at, now);
        if (store) {
            memcpy(guest, host, now);
            bus_wrote(bus, p->pa + at, now);
        } else {
            memcpy(host, guest, now);
        }
        host += now;
        n -= now;
        at = 0;
    }
    if (n)
        bug("a virtio device went beyond its request");
}

void virtio_fetch(const struct virtio_chain *c, struct bus *bus, uint64_t at,
                  void *to, uint64_t n)
{
    copy(c, bus, 0, c->readable, at, to, n, false);
}

void virtio_store(const struct virtio_chain *c, struct bus *bus, uint64_t at,
                  const void *from, uint64_t n)
{
    /* Only read: `store` decides the direction. */
    copy(c, bus, c->readable, c->count, at, (uint8_t *)(uintptr_t)from, n,
         true);
}

void virtio_done(struct virtio *v, unsigned queue, struct bus *bus,
                 const struct virtio_chain *c, uint32_t written)
{
    struct virtio_queue *q = &v->queue[queue];
    const uint32_t element[2] = { c->head, written };
    uint64_t slot = q->used + 4 + UINT64_C(8) * (q->next_used & (q->size - 1));
    uint16_t index = (uint16_t)(q->next_used + 1), flags;
    if (!bus_write(bus, slot, element, sizeof element) ||
        !bus_write(bus, q->used + 2, &index, sizeof index) ||
        !bus_read(bus, q->avail, &flags, sizeof flags)) {
        virtio_broken(v);
        return;
    }
    q->next_used = index;
    if (!(flags & NO_INTERRUPT))
        v->interrupt |= USED_BUFFER;
}
