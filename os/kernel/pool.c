/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of one size from whole pages. A page starts with its own bookkeeping;
 * an empty page goes back to frame.c at once, so that the frame count shows
 * every leak. Records are multiples of 64 bytes and 64-byte aligned.
 */
#include "os/kernel/kernel.h"

#define POOL_HEADER 64

struct pool_page {
    struct list link;   /* in pool.pages while it has room */
    uint64_t *returned; /* records given back, linked by their first word */
    uint64_t fresh;     /* offset of the first record never used */
    uint64_t used;
};

_Static_assert(sizeof(struct pool_page) <= POOL_HEADER, "pool page header");

static bool page_has_room(const struct pool *p, const struct pool_page *page)
{
    return page->returned || page->fresh + p->size <= PAGE_SIZE;
}

static struct pool_page *pool_page_new(struct pool *p)
{
    uint64_t pa = frame_alloc();
    struct pool_page *page;
    if (!pa)
        return NULL;
    page = from_physical(pa);
    page->returned = NULL;
    page->fresh = POOL_HEADER;
    page->used = 0;
    list_add(&p->pages, &page->link);
    return page;
}

void *pool_alloc(struct pool *p)
{
    struct pool_page *page;
    uint64_t *record;

    if (!p->pages.next)
        list_init(&p->pages);
    page = (struct pool_page *)list_first(&p->pages);
    if (!page && !(page = pool_page_new(p)))
        return NULL;
    record = page->returned;
    if (record) {
        page->returned = (uint64_t *)*record;
    } else {
        record = (uint64_t *)((char *)page + page->fresh);
        page->fresh += p->size;
    }
    page->used++;
    if (!page_has_room(p, page))
        list_remove(&page->link);
    return memset(record, 0, p->size);
}

void pool_free(struct pool *p, void *record)
{
    struct pool_page *page =
        (struct pool_page *)((uint64_t)record & ~(PAGE_SIZE - 1));
    bool had_room = page_has_room(p, page);

    *(uint64_t **)record = page->returned;
    page->returned = record;
    if (--page->used == 0) {
        if (had_room)
            list_remove(&page->link);
        frame_free(to_physical(page));
    } else if (!had_room) {
        list_add(&p->pages, &page->link);
    }
}
