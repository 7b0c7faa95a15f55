/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus: physical addresses. One block of RAM (sparse: untouched pages cost
 * the host nothing) and a list of device ranges. Time is charged above, in
 * mmu.c; here an address only finds its byte. Little-endian, like the machine.
 */
#pragma once

#include "mmu/err.h"
#include "mmu/heap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BUS_DEVICES    32
#define BUS_CODE_BYTES 64
#define BUS_RAM_MAX    (16ULL << 30)

/* One register access: offset in the device, size 1, 2, 4 or 8, aligned.
 * False = the device refuses it: the core takes an access fault. */
typedef bool bus_callback(void *device, uint64_t offset, unsigned size,
                          uint64_t *value);

struct bus_device {
    const char *name;
    uint64_t base, bytes;
    bus_callback *read, *write; /* NULL = refused */
    void *device;
};

struct bus {
    uint8_t *ram; /* NULL when there is no RAM */
    uint64_t ram_base, ram_bytes;
    /* Where decoded code lies, a bit per BUS_CODE_BYTES; NULL until there is
     * any. A write there starts a new generation. */
    uint64_t *code;
    uint64_t code_generation;
    struct bus_device device[BUS_DEVICES]; /* sorted by base */
    unsigned device_count;
    /* Where RAM and all other state of the machine lies, NULL = in the C
     * library's; and where it wants to know of writes to RAM, or NULL. */
    struct heap *heap;
    uint64_t *notes;
    bool watched; /* code or notes is there */
};

/* RAM of `ram_bytes` (0 to BUS_RAM_MAX, multiple of 4096) at `ram_base`. */
MUST_CHECK bool bus_init(struct bus *b, uint64_t ram_base, uint64_t ram_bytes,
                         struct err *err);
/* The same in a heap (NULL: see heap.h). */
MUST_CHECK bool bus_init_in(struct bus *b, struct heap *heap, uint64_t ram_base,
                            uint64_t ram_bytes, struct err *err);
void bus_free(struct bus *b);
/* Adds a range; refuses one that overlaps RAM or another device. */
MUST_CHECK bool bus_add_device(struct bus *b, const struct bus_device *device,
                               struct err *err);
/* The device whose range holds all of [pa, pa + size), or NULL. */
const struct bus_device *bus_find_device(const struct bus *b, uint64_t pa,
                                         unsigned size);

/* The host's hand in RAM (DMA, loading, looking): no time, no cache, no
 * device. False when any byte lies outside RAM; then nothing is done. */
MUST_CHECK bool bus_read(const struct bus *b, uint64_t pa, void *to, size_t n);
MUST_CHECK bool bus_write(struct bus *b, uint64_t pa, const void *from,
                          size_t n);

/* Somebody holds these bytes of RAM in decoded form: a write to them counts a
 * new code_generation. False: no memory to note it in. */
MUST_CHECK bool bus_hold_code(struct bus *b, uint64_t pa, unsigned bytes);
/* Any byte of these? */
bool bus_has_code(const struct bus *b, uint64_t pa, unsigned bytes);
/* Nobody holds decoded code any more. */
void bus_forget_code(struct bus *b);
/* For bus_wrote. */
void bus_wrote_watched(struct bus *b, uint64_t pa, uint64_t bytes);
/* To be called after every write to RAM past bus_write. */
static inline void bus_wrote(struct bus *b, uint64_t pa, uint64_t bytes)
{
    if (b->watched)
        bus_wrote_watched(b, pa, bytes);
}
/* Somebody may write to these bytes of RAM from now on without a bus_wrote;
 * until when, machine_forget_stores says (sim/machine.h). */
static inline void bus_may_write(struct bus *b, uint64_t pa, uint64_t bytes)
{
    heap_note(b->notes, pa - b->ram_base, bytes);
}

/* Host address of the RAM bytes [pa, pa + size), or NULL. */
static inline uint8_t *bus_ram(const struct bus *b, uint64_t pa, uint64_t size)
{
    uint64_t offset = pa - b->ram_base;
    if (offset >= b->ram_bytes || b->ram_bytes - offset < size)
        return NULL;
    return b->ram + offset;
}

static inline uint64_t bus_ram_load(const uint8_t *at, unsigned size)
{
    uint64_t value = 0;
    switch (size) {
    case 1:
        return *at;
    case 2:
        memcpy(&value, at, 2);
        return value;
    case 4:
        memcpy(&value, at, 4);
        return value;
    default:
        memcpy(&value, at, 8);
        return value;
    }
}

static inline void bus_ram_store(uint8_t *at, unsigned size, uint64_t value)
{
    switch (size) {
    case 1:
        *at = (uint8_t)value;
        break;
    case 2:
        memcpy(at, &value, 2);
        break;
    case 4:
        memcpy(at, &value, 4);
        break;
    default:
        memcpy(at, &value, 8);
    }
}
