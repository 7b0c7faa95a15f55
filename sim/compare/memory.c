/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing RAM and disks of two machines: the pages that one of them has ever
 * written.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/compare/parts.h"
#include "sim/host_pages.h"

enum { PAGE = 4096, AT_ONCE = 512 /* pages */ };

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
    uint64_t pages = (bytes + PAGE - 1) / PAGE;
    for (uint64_t p = 0; p < pages; p += AT_ONCE) {
        bool own[AT_ONCE] = { false };
        size_t n = pages - p < AT_ONCE ? (size_t)(pages - p) : AT_ONCE;
        host_own_pages(a + p * PAGE, n, own);
        host_own_pages(b + p * PAGE, n, own);
        for (size_t i = 0; i < n; i++) {
            uint64_t at = (p + i) * PAGE, left = bytes - at;
            if (own[i])
                compare_page(d, what, base + at, a + at, b + at,
                             left < PAGE ? left : PAGE);
        }
    }
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
