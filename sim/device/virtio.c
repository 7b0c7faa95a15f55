/* SPDX-License-Identifier: Apache-2.0 */
/* Transport registers; see device/virtio.h. The rings are in
 * device/virtqueue.c. */
#include "sim/device/virtio.h"

#include <string.h>

#define MAGIC   0x74726976 /* "virt" */
#define VERSION 2
#define VENDOR  0x554d4551

void virtio_reset(struct virtio *v)
{
    v->accepted = 0;
    v->features_select = v->driver_select = v->queue_select = 0;
    v->status = v->interrupt = v->rung = 0;
    memset(v->queue, 0, sizeof v->queue);
}

bool virtio_interrupt(const struct virtio *v)
{
    return v->interrupt != 0;
}

static const struct virtio_queue *selected(const struct virtio *v)
{
    return v->queue_select < v->queue_count ? &v->queue[v->queue_select] : NULL;
}

static uint32_t half(uint64_t whole, uint32_t which)
{
    return which > 1 ? 0 : (uint32_t)(whole >> (32 * which));
}

static uint64_t with_half(uint64_t whole, uint32_t which, uint64_t value)
{
    if (which > 1)
        return whole;
    uint64_t mask = UINT64_C(0xffffffff) << (32 * which);
    return (whole & ~mask) | (uint64_t)(uint32_t)value << (32 * which);
}

static uint32_t register_read(const struct virtio *v, uint64_t offset)
{
    const struct virtio_queue *q = selected(v);
    switch (offset) {
    case VIRTIO_MAGIC_AT:
        return MAGIC;
    case VIRTIO_VERSION_AT:
        return VERSION;
    case VIRTIO_ID_AT:
        return v->id;
    case VIRTIO_VENDOR_AT:
        return VENDOR;
    case VIRTIO_FEATURES_AT:
        return half(v->offered, v->features_select);
    case VIRTIO_QUEUE_MAX_AT:
        return q ? VIRTIO_QUEUE_SIZE : 0;
    case VIRTIO_QUEUE_READY_AT:
        return q && q->ready;
    case VIRTIO_INTERRUPT_AT:
        return v->interrupt;
    case VIRTIO_STATUS_AT:
        return v->status;
    default:
        return 0; /* write-only, reserved, or the config generation: it never
                     changes */
    }
}

bool virtio_read(const struct virtio *v, uint64_t offset, unsigned size,
                 uint64_t *value)
{
    *value = 0;
    if (offset >= VIRTIO_STRIDE || offset % size)
        return false;
    if (offset < VIRTIO_CONFIG_AT) {
        if (size != 4)
            return false;
        *value = register_read(v, offset);
    } else if (offset - VIRTIO_CONFIG_AT < VIRTIO_CONFIG_BYTES) {
        memcpy(value, v->config + (offset - VIRTIO_CONFIG_AT), size);
    }
    return true;
}

/* Features that were not offered cannot be accepted (3.1.1 step 5). */
static void write_status(struct virtio *v, uint32_t value)
{
    if (value == 0) {
        virtio_reset(v);
        return;
    }
    if (v->accepted & ~v->offered)
        value &= ~(uint32_t)VIRTIO_FEATURES_OK;
    v->status = value | (v->status & VIRTIO_NEEDS_RESET);
}

static void write_ready(struct virtio_queue *q, bool ready)
{
    bool sound = q->size && !(q->size & (q->size - 1));
    q->ready = ready && sound;
    q->next_avail = q->next_used = 0;
}

/* Addresses and size stand still while the queue is in use (4.2.2.2). */
static void write_queue(struct virtio_queue *q, uint64_t offset, uint32_t value)
{
    uint32_t which = offset >> 2 & 1;
    if (offset == VIRTIO_QUEUE_READY_AT)
        write_ready(q, value & 1);
    else if (q->ready)
        return;
    else if (offset == VIRTIO_QUEUE_SIZE_AT)
        q->size = value <= VIRTIO_QUEUE_SIZE ? value : 0;
    else if ((offset & ~UINT64_C(4)) == VIRTIO_DESC_AT)
        q->desc = with_half(q->desc, which, value);
    else if ((offset & ~UINT64_C(4)) == VIRTIO_AVAIL_AT)
        q->avail = with_half(q->avail, which, value);
    else if ((offset & ~UINT64_C(4)) == VIRTIO_USED_AT)
        q->used = with_half(q->used, which, value);
}

static void register_write(struct virtio *v, uint64_t offset, uint32_t value)
{
    switch (offset) {
    case VIRTIO_FEATURES_SELECT_AT:
        v->features_select = value;
        break;
    case VIRTIO_DRIVER_SELECT_AT:
        v->driver_select = value;
        break;
    case VIRTIO_DRIVER_FEATURES_AT:
        if (!(v->status & VIRTIO_FEATURES_OK))
            v->accepted = with_half(v->accepted, v->driver_select, value);
        break;
    case VIRTIO_QUEUE_SELECT_AT:
        v->queue_select = value;
        break;
    case VIRTIO_NOTIFY_AT:
        if (value < v->queue_count)
            v->rung |= 1u << value;
        break;
    case VIRTIO_INTERRUPT_ACK_AT:
        v->interrupt &= ~value;
        break;
    case VIRTIO_STATUS_AT:
        write_status(v, value);
        break;
    default:
        if (v->queue_select < v->queue_count)
            write_queue(&v->queue[v->queue_select], offset, value);
        break;
    }
}

bool virtio_write(struct virtio *v, uint64_t offset, unsigned size,
                  uint64_t value)
{
    if (offset >= VIRTIO_STRIDE || offset % size)
        return false;
    if (offset >= VIRTIO_CONFIG_AT)
        return true; /* nothing in any config of ours can be written */
    if (size != 4)
        return false;
    if (v->id != VIRTIO_NONE)
        register_write(v, offset, (uint32_t)value);
    return true;
}
