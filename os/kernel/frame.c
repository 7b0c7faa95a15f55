/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical memory, one page at a time. Pages given back wait in a list through
 * their first words; pages never used yet lie above a mark, so that booting
 * touches none of them.
 */
#include "os/kernel/kernel.h"

static uint64_t returned;   /* physical address of the first free page, 0 */
static uint64_t fresh, end; /* never used: [fresh, end) */
static uint64_t free_count;
static uint16_t *counter; /* one per frame from counter_first on */
static uint64_t counter_first;

void frame_init(uint64_t first, uint64_t limit)
{
    uint64_t frames;

    first = (first + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    limit &= ~(PAGE_SIZE - 1);
    if (first >= limit)
        panic("no RAM left for frames");
    frames = (limit - first) >> PAGE_SHIFT;
    counter_first = first >> PAGE_SHIFT;
    counter = from_physical(first);
    fresh =
        (first + frames * sizeof(*counter) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    end = limit;
    if (fresh >= end)
        panic("no RAM left for frames");
    free_count = (end - fresh) >> PAGE_SHIFT;
}

uint64_t frame_alloc(void)
{
    uint64_t pa = returned;
    if (pa) {
        returned = *(uint64_t *)from_physical(pa);
    } else if (fresh < end) {
        pa = fresh;
        fresh += PAGE_SIZE;
    } else {
        return 0;
    }
    free_count--;
    return pa;
}

uint64_t frame_alloc_zero(void)
{
    uint64_t pa = frame_alloc();
    if (pa)
        memset(from_physical(pa), 0, PAGE_SIZE);
    return pa;
}

void frame_free(uint64_t pa)
{
    *(uint64_t *)from_physical(pa) = returned;
    returned = pa;
    free_count++;
}

uint64_t frame_free_count(void)
{
    return free_count;
}

/* Pages of the kernel's image, like its own page tables, share one. */
uint16_t *frame_counter(uint64_t pa)
{
    static uint16_t others;
    if (pa >> PAGE_SHIFT < counter_first)
        return &others;
    return &counter[(pa >> PAGE_SHIFT) - counter_first];
}
