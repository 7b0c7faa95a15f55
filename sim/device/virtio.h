/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all virtio devices share (VIRTIO 1.1): the registers of the MMIO
 * transport, version 2 (4.2.2), and split virtqueues in the guest's RAM (2.6).
 * The rings are written by the guest and trusted in nothing: what makes no
 * sense sets DEVICE_NEEDS_RESET, and the device stands still until the driver
 * resets it. DMA is coherent, takes no time and happens within the store that
 * rings the bell. Next: device/block.c and its like serve the chains.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "mmu/bus.h"

#define VIRTIO_SLOTS      8
#define VIRTIO_STRIDE     UINT64_C(0x1000)
#define VIRTIO_QUEUES     2
#define VIRTIO_QUEUE_SIZE 256 /* entries at most */

enum virtio_id {
    VIRTIO_NONE = 0,
    VIRTIO_BLOCK = 2,
    VIRTIO_CONSOLE = 3,
    VIRTIO_ENTROPY = 4
};

#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)

enum {
    VIRTIO_ACKNOWLEDGE = 1,
    VIRTIO_DRIVER = 2,
    VIRTIO_DRIVER_OK = 4,
    VIRTIO_FEATURES_OK = 8,
    VIRTIO_NEEDS_RESET = 64,
    VIRTIO_FAILED = 128
};

enum {
    VIRTIO_MAGIC_AT = 0x000,
    VIRTIO_VERSION_AT = 0x004,
    VIRTIO_ID_AT = 0x008,
    VIRTIO_VENDOR_AT = 0x00c,
    VIRTIO_FEATURES_AT = 0x010,
    VIRTIO_FEATURES_SELECT_AT = 0x014,
    VIRTIO_DRIVER_FEATURES_AT = 0x020,
    VIRTIO_DRIVER_SELECT_AT = 0x024,
    VIRTIO_QUEUE_SELECT_AT = 0x030,
    VIRTIO_QUEUE_MAX_AT = 0x034,
    VIRTIO_QUEUE_SIZE_AT = 0x038,
    VIRTIO_QUEUE_READY_AT = 0x044,
    VIRTIO_NOTIFY_AT = 0x050,
    VIRTIO_INTERRUPT_AT = 0x060,
    VIRTIO_INTERRUPT_ACK_AT = 0x064,
    VIRTIO_STATUS_AT = 0x070,
    VIRTIO_DESC_AT = 0x080,  /* low, high */
    VIRTIO_AVAIL_AT = 0x090, /* "driver area" */
    VIRTIO_USED_AT = 0x0a0,  /* "device area" */
    VIRTIO_CONFIG_AT = 0x100
};

#define VIRTIO_CONFIG_BYTES 64

struct virtio_queue {
    bool ready;
    uint32_t size;
    uint64_t desc, avail, used; /* physical */
    uint16_t next_avail, next_used;
};

struct virtio {
    enum virtio_id id; /* VIRTIO_NONE: the slot is empty */
    uint64_t offered, accepted;
    uint32_t features_select, driver_select, queue_select;
    uint32_t queue_count;
    uint32_t status, interrupt;
    uint32_t rung; /* a bit for each queue with a notification to serve */
    struct virtio_queue queue[VIRTIO_QUEUES];
    uint8_t config[VIRTIO_CONFIG_BYTES];
};

/* What the driver sees after a reset; id, features offered, number of queues
 * and config are the device's own and stay. */
void virtio_reset(struct virtio *v);
/* Registers: 4 bytes; config: any. False: refused. */
bool virtio_read(const struct virtio *v, uint64_t offset, unsigned size,
                 uint64_t *value);
/* May leave bits in `rung`. */
bool virtio_write(struct virtio *v, uint64_t offset, unsigned size,
                  uint64_t value);
bool virtio_interrupt(const struct virtio *v);
/* The driver broke a rule. */
void virtio_broken(struct virtio *v);

/* A request: parts in RAM that the device reads, then parts that it writes. */
struct virtio_chain {
    uint16_t head;
    unsigned count, readable; /* parts; how many of them are read */
    uint64_t read_bytes, write_bytes;
    struct virtio_part {
        uint64_t pa;
        uint32_t bytes;
    } part[VIRTIO_QUEUE_SIZE];
};

/* Requests served for one notification at most: a ring holds no more, but one
 * that is written by its own requests could go on for ever. */
#define VIRTIO_BELL_MAX VIRTIO_QUEUE_SIZE

/* The next request of a queue; every part lies in RAM. False: none, or the
 * device stands still. */
bool virtio_next(struct virtio *v, unsigned queue, const struct bus *bus,
                 struct virtio_chain *c);
/* n bytes from offset `at` of what the device reads, or into what it writes;
 * both ends must lie inside. */
void virtio_fetch(const struct virtio_chain *c, struct bus *bus, uint64_t at,
                  void *to, uint64_t n);
void virtio_store(const struct virtio_chain *c, struct bus *bus, uint64_t at,
                  const void *from, uint64_t n);
/* Gives the request back with the number of bytes written into it. */
void virtio_done(struct virtio *v, unsigned queue, struct bus *bus,
                 const struct virtio_chain *c, uint32_t written);
