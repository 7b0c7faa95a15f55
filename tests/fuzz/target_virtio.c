/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile drivers: the input is a list of what a driver does to a virtio slot
 * and to RAM, beginning with a queue that works. Rings, descriptors and
 * addresses are the input's, so are registers in any order.
 */
#include "tests/fuzz/target_board.h"

#define DESC      (MEM_RAM + 0x1000)
#define AVAIL     (MEM_RAM + 0x2000)
#define USED      (MEM_RAM + 0x3000)
#define DATA      (MEM_RAM + 0x4000)
#define OPERATION 64 /* at most in one input */

struct driver {
    struct machine *m;
    struct target_input in;
    uint64_t slot; /* address of its registers */
    uint16_t posted;
};

static void put(struct driver *d, uint64_t offset, uint64_t value)
{
    target_store(d->m, 2, d->slot + offset, value);
}

static void start(struct driver *d)
{
    const uint8_t nothing[16] = { 0 };
    target_must(machine_poke_phys(d->m, AVAIL, nothing, sizeof nothing));
    d->posted = 0;
    put(d, VIRTIO_STATUS_AT, 0);
    put(d, VIRTIO_QUEUE_SELECT_AT, target_take(&d->in, 1) % 2);
    put(d, VIRTIO_QUEUE_SIZE_AT, 1 << target_take(&d->in, 1) % 9);
    put(d, VIRTIO_DESC_AT, DESC);
    put(d, VIRTIO_AVAIL_AT, AVAIL);
    put(d, VIRTIO_USED_AT, USED);
    put(d, VIRTIO_QUEUE_READY_AT, 1);
    put(d, VIRTIO_STATUS_AT,
        VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK |
            VIRTIO_DRIVER_OK);
}

/* An address of its own, or one near the queue's. */
static uint64_t address(struct driver *d)
{
    switch (target_take(&d->in, 1) % 4) {
    case 0:
        return target_take(&d->in, 8);
    case 1:
        return MEM_RAM + TARGET_RAM - target_take(&d->in, 1);
    case 2:
        return DESC + target_take(&d->in, 2) % 0x3000; /* rings and table */
    default:
        return DATA + target_take(&d->in, 2);
    }
}

static void describe(struct driver *d)
{
    struct {
        uint64_t pa;
        uint32_t bytes;
        uint16_t flags, next;
    } descriptor;
    uint64_t at = DESC + 16 * (target_take(&d->in, 1) % 16);
    descriptor.pa = address(d);
    descriptor.bytes = (uint32_t)target_take(&d->in, 4);
    if (target_take(&d->in, 1) & 1)
        descriptor.bytes &= 0x3ff;
    descriptor.flags = (uint16_t)target_take(&d->in, 1);
    descriptor.next = (uint16_t)target_take(&d->in, 1);
    target_must(machine_poke_phys(d->m, at, &descriptor, sizeof descriptor));
}

static void post(struct driver *d)
{
    uint16_t head = (uint16_t)target_take(&d->in, 1);
    uint64_t slot = AVAIL + 4 + UINT64_C(2) * (d->posted & 255);
    target_must(machine_poke_phys(d->m, slot, &head, sizeof head));
    d->posted++;
    target_must(machine_poke_phys(d->m, AVAIL + 2, &d->posted, 2));
    put(d, VIRTIO_NOTIFY_AT, 0);
}

static void poke(struct driver *d)
{
    uint64_t at = address(d), value = target_take(&d->in, 8);
    target_store(d->m, 3, at & ~UINT64_C(7), value);
}

/* Somebody types at the virtio console. */
static void type(struct driver *d)
{
    char text[8];
    size_t n = target_take(&d->in, 1) % sizeof text;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)target_take(&d->in, 1);
    d->m->keys_to = CONSOLE_VIRTIO;
    (void)machine_console_input(d->m, text, n);
}

static void act(struct driver *d)
{
    uint64_t offset;
    switch (target_take(&d->in, 1) % 9) {
    case 0:
        offset = target_take(&d->in, 1) * 4;
        put(d, offset, target_take(&d->in, 4));
        break;
    case 1:
        target_load(d->m, 2, d->slot + target_take(&d->in, 1) * 4);
        break;
    case 2:
        start(d);
        break;
    case 3:
        poke(d);
        break;
    case 8:
        type(d);
        break;
    case 4:
    case 5:
        post(d);
        break;
    default:
        describe(d);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct driver d = { .m = target_board_open(), .in = { data, size } };
    d.slot =
        MEM_VIRTIO + VIRTIO_STRIDE * (target_take(&d.in, 1) % VIRTIO_SLOTS);
    start(&d);
    for (unsigned i = 0; i < OPERATION && d.in.left; i++)
        act(&d);
    machine_free(d.m);
    return 0;
}
