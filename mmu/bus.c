/* SPDX-License-Identifier: Apache-2.0 */
/* See bus.h. */
#include "mmu/bus.h"

#include <sys/mman.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "guest words are copied to host words as they are");

bool bus_init(struct bus *b, uint64_t ram_base, uint64_t ram_bytes,
              struct err *err)
{
    return bus_init_in(b, NULL, ram_base, ram_bytes, err);
}

bool bus_init_in(struct bus *b, struct heap *heap, uint64_t ram_base,
                 uint64_t ram_bytes, struct err *err)
{
    *b = (struct bus){ .ram_base = ram_base,
                       .ram_bytes = ram_bytes,
                       .heap = heap };
    if (ram_bytes > BUS_RAM_MAX)
        return err_set(err, EXIT_USAGE, "ram.bytes = %llu: at most %llu",
                       (unsigned long long)ram_bytes, BUS_RAM_MAX);
    if (ram_bytes % 4096)
        return err_set(err, EXIT_USAGE,
                       "ram.bytes = %llu: must be a multiple of 4096",
                       (unsigned long long)ram_bytes);
    if (!ram_bytes)
        return true;
    void *ram = heap_map(heap, ram_bytes, NULL);
    if (!ram)
        return err_set(err, EXIT_HOST_RESOURCE,
                       "ram.bytes = %llu: the host cannot map that much",
                       (unsigned long long)ram_bytes);
    b->ram = ram;
    b->notes = heap_notes(heap, ram);
    b->watched = b->notes != NULL;
    return true;
}

/* ---- decoded code -------------------------------------------------------- */

static size_t code_bytes(const struct bus *b)
{
    return (size_t)(b->ram_bytes / BUS_CODE_BYTES / 64 + 1) * 8;
}

/* The host backs only the pages of the map that are used. */
bool bus_hold_code(struct bus *b, uint64_t pa, unsigned bytes)
{
    if (!b->code) {
        void *map = mmap(NULL, code_bytes(b), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (map == MAP_FAILED)
            return false;
        b->code = map;
        b->watched = true;
    }
    uint64_t first = (pa - b->ram_base) / BUS_CODE_BYTES;
    uint64_t last = (pa + bytes - 1 - b->ram_base) / BUS_CODE_BYTES;
    for (uint64_t i = first; i <= last; i++)
        b->code[i / 64] |= UINT64_C(1) << i % 64;
    return true;
}

bool bus_has_code(const struct bus *b, uint64_t pa, unsigned bytes)
{
    uint64_t first = (pa - b->ram_base) / BUS_CODE_BYTES;
    uint64_t last = (pa + bytes - 1 - b->ram_base) / BUS_CODE_BYTES;
    for (uint64_t i = first; b->code && i <= last; i++)
        if (b->code[i / 64] >> i % 64 & 1)
            return true;
    return false;
}

void bus_forget_code(struct bus *b)
{
    if (b->code)
        munmap(b->code, code_bytes(b));
    b->code = NULL;
    b->watched = b->notes != NULL;
}

static void wrote_code(struct bus *b, uint64_t pa, uint64_t bytes)
{
    uint64_t first = (pa - b->ram_base) / BUS_CODE_BYTES;
    uint64_t last = (pa + bytes - 1 - b->ram_base) / BUS_CODE_BYTES;
    for (uint64_t i = first; i <= last; i++) {
        uint64_t bit = UINT64_C(1) << i % 64;
        if (b->code[i / 64] & bit)
            b->code_generation++;
        b->code[i / 64] &= ~bit;
    }
}

void bus_wrote_watched(struct bus *b, uint64_t pa, uint64_t bytes)
{
    heap_note(b->notes, pa - b->ram_base, bytes);
    if (b->code)
        wrote_code(b, pa, bytes);
}

void bus_free(struct bus *b)
{
    if (b->ram)
        heap_unmap(b->heap, b->ram, b->ram_bytes);
    bus_forget_code(b);
    *b = (struct bus){ 0 };
}

static bool ranges_overlap(uint64_t base1, uint64_t bytes1, uint64_t base2,
                           uint64_t bytes2)
{
    return bytes1 && bytes2 && base1 <= base2 + (bytes2 - 1) &&
           base2 <= base1 + (bytes1 - 1);
}

bool bus_add_device(struct bus *b, const struct bus_device *device,
                    struct err *err)
{
    if (b->device_count == BUS_DEVICES)
        return err_set(err, EXIT_USAGE, "device %s: at most %d devices",
                       device->name, BUS_DEVICES);
    if (!device->bytes || device->base + (device->bytes - 1) < device->base)
        return err_set(err, EXIT_USAGE, "device %s: impossible address range",
                       device->name);
    if (ranges_overlap(device->base, device->bytes, b->ram_base, b->ram_bytes))
        return err_set(err, EXIT_USAGE, "device %s at 0x%llx overlaps RAM",
                       device->name, (unsigned long long)device->base);
    unsigned at = 0;
    for (unsigned i = 0; i < b->device_count; i++) {
        const struct bus_device *d = &b->device[i];
        if (ranges_overlap(device->base, device->bytes, d->base, d->bytes))
            return err_set(err, EXIT_USAGE, "device %s at 0x%llx overlaps %s",
                           device->name, (unsigned long long)device->base,
                           d->name);
        if (d->base < device->base)
            at = i + 1;
    }
    memmove(&b->device[at + 1], &b->device[at],
            (b->device_count - at) * sizeof b->device[0]);
    b->device[at] = *device;
    b->device_count++;
    return true;
}

const struct bus_device *bus_find_device(const struct bus *b, uint64_t pa,
                                         unsigned size)
{
    for (unsigned i = 0; i < b->device_count; i++) {
        const struct bus_device *d = &b->device[i];
        uint64_t offset = pa - d->base;
        if (offset < d->bytes && d->bytes - offset >= size)
            return d;
    }
    return NULL;
}

bool bus_read(const struct bus *b, uint64_t pa, void *to, size_t n)
{
    const uint8_t *at = bus_ram(b, pa, n);
    if (at)
        memcpy(to, at, n);
    return at != NULL;
}

bool bus_write(struct bus *b, uint64_t pa, const void *from, size_t n)
{
    uint8_t *at = bus_ram(b, pa, n);
    if (at && n) {
        memcpy(at, from, n);
        bus_wrote(b, pa, n);
    }
    return at != NULL;
}
