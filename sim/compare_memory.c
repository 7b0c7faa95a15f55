/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing RAM and disks of two machines. The host knows which pages have ever
 * been written (/proc/self/pagemap); where it does not tell, all are compared.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "sim/compare_parts.h"

enum { PAGE = 4096, AT_ONCE = 512 /* pages */ };

/* Entry of /proc/self/pagemap: in memory or swapped out, and this process's
 * own, not the file's. */
static bool is_own(uint64_t entry)
{
    return entry >> 62 && !(entry >> 61 & 1);
}

/* Which of n pages from `at` are the process's own. */
static void own_pages(int map, const uint8_t *at, size_t n, bool *own)
{
    uint64_t entry[AT_ONCE];
    off_t place = (off_t)((uintptr_t)at / PAGE * sizeof *entry);
    ssize_t bytes = (ssize_t)(n * sizeof *entry);
    bool told = map >= 0 && pread(map, entry, (size_t)bytes, place) == bytes;
    for (size_t i = 0; i < n; i++)
        own[i] |= !told || is_own(entry[i]);
}

static void compare_page(struct differences *d, const char *what, uint64_t at,
                         const uint8_t *a, const uint8_t *b, size_t bytes)
{
    if (!memcmp(a, b, bytes))
        return;
    size_t i = 0;
    while (a[i] == b[i])
        i++;
    difference_add(d, "%s at 0x%" PRIx64 ": %s byte 0x%02x, %s 0x%02x", what,
                   at + i, d->name[0], a[i], d->name[1], b[i]);
}

/* Two blocks that began alike, at page boundaries of the host. */
static void compare_block(struct differences *d, const char *what,
                          uint64_t base, const uint8_t *a, const uint8_t *b,
                          uint64_t bytes)
{
    int map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    uint64_t pages = (bytes + PAGE - 1) / PAGE;
    for (uint64_t p = 0; p < pages; p += AT_ONCE) {
        bool own[AT_ONCE] = { false };
        size_t n = pages - p < AT_ONCE ? (size_t)(pages - p) : AT_ONCE;
        own_pages(map, a + p * PAGE, n, own);
        own_pages(map, b + p * PAGE, n, own);
        for (size_t i = 0; i < n; i++) {
            uint64_t at = (p + i) * PAGE, left = bytes - at;
            if (own[i])
                compare_page(d, what, base + at, a + at, b + at,
                             left < PAGE ? left : PAGE);
        }
    }
    if (map >= 0)
        close(map);
}

void compare_memory(struct differences *d, const struct machine *a,
                    const struct machine *b)
{
    const struct bus *p = &a->bus, *q = &b->bus;
    compare_block(d, "RAM", p->ram_base, p->ram, q->ram, p->ram_bytes);
    if (a->block.bytes && b->block.bytes)
        compare_block(d, "disk", 0, a->block.bytes, b->block.bytes,
                      a->block.sectors * BLOCK_SECTOR);
    if (a->uart.length == b->uart.length && a->uart.length &&
        memcmp(a->uart.text, b->uart.text, a->uart.length) != 0)
        difference_add(d, "the console's text differs");
}
