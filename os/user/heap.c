/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simplest heap: a segment and a pointer that only moves up. What lives in
 * a segment dies with it, so nothing is ever given back piece by piece.
 */
#include "os/user/opalite.h"

void heap_over(struct heap *h, void *base, uint64_t bytes)
{
    h->next = (uint64_t)base;
    h->limit = h->next + bytes;
}

int64_t segment_own(uint64_t bytes, const char *name)
{
    int64_t base = sys_segment_create(bytes, (uint64_t)name);

    if (base < 0)
        return base;
    return sys_segment_attach(0, (uint64_t)base, RIGHT_R | RIGHT_W, 0);
}

int64_t heap_new(struct heap *h, uint64_t bytes, const char *name)
{
    int64_t base = segment_own(bytes, name);

    if (base < 0)
        return base;
    heap_over(h, (void *)base, bytes);
    return 0;
}

void *heap_take(struct heap *h, uint64_t bytes)
{
    uint64_t at = (h->next + 15) & ~(uint64_t)15;

    if (at < h->next || at > h->limit || bytes > h->limit - at)
        return NULL;
    h->next = at + bytes;
    return (void *)at;
}
