/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small driver's side of virtio-mmio version 2 with split queues of eight
 * entries: start a device, give it a queue, post requests.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define VIRTIO_AT(slot) (0x10001000UL + 0x1000UL * (slot))

enum { QUEUE_ENTRIES = 8, DESC_NEXT = 1, DESC_WRITE = 2 };

enum {
    REG_MAGIC = 0x000,
    REG_VERSION = 0x004,
    REG_DEVICE = 0x008,
    REG_FEATURES = 0x010,
    REG_FEATURES_SELECT = 0x014,
    REG_DRIVER_FEATURES = 0x020,
    REG_DRIVER_SELECT = 0x024,
    REG_QUEUE_SELECT = 0x030,
    REG_QUEUE_MAX = 0x034,
    REG_QUEUE_SIZE = 0x038,
    REG_QUEUE_READY = 0x044,
    REG_NOTIFY = 0x050,
    REG_INTERRUPT = 0x060,
    REG_INTERRUPT_ACK = 0x064,
    REG_STATUS = 0x070,
    REG_DESC = 0x080,
    REG_AVAIL = 0x090,
    REG_USED = 0x0a0
};

struct queue {
    struct {
        uint64_t address;
        uint32_t bytes;
        uint16_t flags, next;
    } desc[QUEUE_ENTRIES];
    struct {
        uint16_t flags, index, ring[QUEUE_ENTRIES];
    } avail;
    struct {
        _Alignas(4) uint16_t flags;
        uint16_t index;
        struct {
            uint32_t head, bytes;
        } ring[QUEUE_ENTRIES];
    } used;
    uint16_t seen; /* entries of used that were looked at */
};

static inline volatile uint32_t *virtio_reg(unsigned slot, unsigned offset)
{
    return (volatile uint32_t *)(VIRTIO_AT(slot) + offset);
}

/* Reset to DRIVER_OK, in the order of VIRTIO 1.1, 3.1.1, with no feature or
 * only VERSION_1. False: another device, or it refused. */
static inline bool virtio_start(unsigned slot, uint32_t device, bool version_1,
                                struct queue *queues, unsigned count)
{
    if (*virtio_reg(slot, REG_MAGIC) != 0x74726976 ||
        *virtio_reg(slot, REG_VERSION) != 2 ||
        *virtio_reg(slot, REG_DEVICE) != device)
        return false;
    *virtio_reg(slot, REG_STATUS) = 0;
    *virtio_reg(slot, REG_STATUS) = 1;
    *virtio_reg(slot, REG_STATUS) = 3;
    *virtio_reg(slot, REG_DRIVER_SELECT) = 0;
    *virtio_reg(slot, REG_DRIVER_FEATURES) = 0;
    *virtio_reg(slot, REG_DRIVER_SELECT) = 1;
    *virtio_reg(slot, REG_DRIVER_FEATURES) = version_1;
    *virtio_reg(slot, REG_STATUS) = 11;
    if (*virtio_reg(slot, REG_STATUS) != 11)
        return false;
    for (unsigned i = 0; i < count; i++) {
        uint64_t part[3] = { (uint64_t)&queues[i].desc,
                             (uint64_t)&queues[i].avail,
                             (uint64_t)&queues[i].used };
        *virtio_reg(slot, REG_QUEUE_SELECT) = i;
        if (*virtio_reg(slot, REG_QUEUE_READY) ||
            *virtio_reg(slot, REG_QUEUE_MAX) < QUEUE_ENTRIES)
            return false;
        *virtio_reg(slot, REG_QUEUE_SIZE) = QUEUE_ENTRIES;
        for (unsigned p = 0; p < 3; p++) {
            unsigned at = REG_DESC + 0x10 * p;
            *virtio_reg(slot, at) = (uint32_t)part[p];
            *virtio_reg(slot, at + 4) = (uint32_t)(part[p] >> 32);
        }
        *virtio_reg(slot, REG_QUEUE_READY) = 1;
    }
    *virtio_reg(slot, REG_STATUS) = 15;
    return true;
}

static inline void virtio_describe(struct queue *q, unsigned i, const void *at,
                                   uint32_t bytes, uint16_t flags)
{
    q->desc[i].address = (uint64_t)at;
    q->desc[i].bytes = bytes;
    q->desc[i].flags = flags;
    q->desc[i].next = (uint16_t)(i + 1);
}

/* The chain at `head` goes to the device; a bell rings. */
static inline void virtio_post(unsigned slot, unsigned queue, struct queue *q,
                               uint16_t head)
{
    q->avail.ring[q->avail.index % QUEUE_ENTRIES] = head;
    __asm__ volatile("fence" ::: "memory");
    q->avail.index++;
    __asm__ volatile("fence" ::: "memory");
    *virtio_reg(slot, REG_NOTIFY) = queue;
}

/* The next one that came back: true, and how many bytes were written. */
static inline bool virtio_back(struct queue *q, uint32_t *bytes)
{
    __asm__ volatile("fence" ::: "memory");
    if (*(volatile uint16_t *)&q->used.index == q->seen)
        return false;
    *bytes = q->used.ring[q->seen++ % QUEUE_ENTRIES].bytes;
    return true;
}
