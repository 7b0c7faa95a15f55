/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments: memory with a name, which is its base address, given once and never
 * again. A domain reaches a segment through an attachment: a range with rights
 * in the domain's tree, the same in all personalities. Frames come on first
 * use. What a change of rights costs is up to protect/.
 */
#include "os/kernel/kernel.h"

#define SEGMENT_MAX_BYTES (1ul << 36)
#define NODE_BITS         9 /* entries of a radix page: 512 */

static struct pool segment_pool = POOL(struct segment);
static struct pool attachment_pool = POOL(struct attachment);

/* ---- frames: a radix tree of pages; one page needs no tree -------- */
static unsigned levels_for(uint64_t pages)
{
    unsigned levels = 0;
    while (pages > 1ul << (NODE_BITS * levels))
        levels++;
    return levels;
}

static bool slot_fill(uint64_t *slot)
{
    if (!*slot)
        *slot = frame_alloc_zero();
    return *slot;
}

uint64_t segment_frame(struct segment *s, uint64_t index)
{
    uint64_t *slot = &s->frames;
    for (unsigned level = s->levels; level > 0; level--) {
        if (!slot_fill(slot))
            return 0;
        slot = (uint64_t *)from_physical(*slot) +
               (index >> (NODE_BITS * (level - 1)) & 511);
    }
    slot_fill(slot);
    return *slot;
}

static void frames_free(uint64_t pa, unsigned levels)
{
    uint64_t *node = from_physical(pa);
    if (!pa)
        return;
    for (unsigned i = 0; levels > 0 && i < 512; i++)
        frames_free(node[i], levels - 1);
    frame_free(pa);
}

bool segment_write(struct segment *s, uint64_t offset, const void *from,
                   uint64_t bytes)
{
    const char *next = from;
    while (bytes > 0) {
        uint64_t in_page = offset % PAGE_SIZE, part = PAGE_SIZE - in_page;
        uint64_t pa = segment_frame(s, offset >> PAGE_SHIFT);
        if (!pa)
            return false;
        if (part > bytes)
            part = bytes;
        memcpy((char *)from_physical(pa) + in_page, next, part);
        next += part;
        offset += part;
        bytes -= part;
    }
    return true;
}

/* ---- segments ----------------------------------------------------- */
int64_t segment_new(uint64_t bytes, const char *name, struct domain *creator,
                    struct segment **segment)
{
    struct segment *s;
    uint64_t pages = (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;

    if (bytes == 0 || bytes > SEGMENT_MAX_BYTES)
        return -ERR_VALUE;
    s = pool_alloc(&segment_pool);
    if (!s)
        return -ERR_MEMORY;
    s->range.base = address_alloc(&kernel.addresses, pages << PAGE_SHIFT);
    if (!s->range.base) {
        pool_free(&segment_pool, s);
        return -ERR_MEMORY;
    }
    s->range.limit = s->range.base + (pages << PAGE_SHIFT);
    s->pages = pages;
    s->levels = levels_for(pages);
    s->creator = creator;
    list_init(&s->attachments);
    list_add(&creator->segments, &s->in_creator);
    name_copy(s->name, name);
    if (!range_insert(&kernel.segments, &s->range))
        panic("address given twice");
    kernel.segment_count++;
    hint_object(SEGMENT_NEW, creator->id, s->range.base, bytes, 0, 0, s->name);
    *segment = s;
    return 0;
}

struct segment *segment_find(uint64_t base)
{
    struct range *r = range_find(&kernel.segments, base);
    if (!r || r->base != base)
        return NULL;
    return LIST_ENTRY(r, struct segment, range);
}

/* Takes one attachment away; the segment stays even if it was the last. */
static void detach(struct attachment *a)
{
    struct segment *s = a->segment;
    unsigned before = range_rights(&a->range);
    range_remove(&a->domain->ranges, &a->range);
    list_remove(&a->in_domain);
    list_remove(&a->in_segment);
    kernel.protection->detached(a);
    kernel.attachment_count--;
    hint_object(RIGHTS, a->domain->id, s->range.base, 0, before, a->range.base,
                NULL);
    (void)before, (void)s;
    pool_free(&attachment_pool, a);
}

void segment_end(struct segment *s)
{
    struct list *link;
    while ((link = list_first(&s->attachments)))
        detach(LIST_ENTRY(link, struct attachment, in_segment));
    space_forget_segment(s);
    range_remove(&kernel.segments, &s->range);
    list_remove(&s->in_creator);
    frames_free(s->frames, s->levels);
    kernel.segment_count--;
    hint_object(SEGMENT_END, 0, s->range.base, 0, 0, 0, NULL);
    pool_free(&segment_pool, s);
}

/* Nobody owns it and nobody sees it. */
static void end_if_lost(struct segment *s)
{
    if (!s->creator && list_is_empty(&s->attachments))
        segment_end(s);
}

void segment_disown(struct segment *s)
{
    s->creator = NULL;
    list_remove(&s->in_creator);
    end_if_lost(s);
}

bool segment_may_manage(const struct segment *s)
{
    const struct domain *own = current->domain;
    const struct attachment *a;
    if (own->id == 0 || s->creator == own)
        return true;
    a = attachment_of(s, own);
    return a && range_rights(&a->range) & RIGHT_M;
}

/* ---- attachments -------------------------------------------------- */
struct attachment *attachment_at(const struct domain *d, uint64_t va)
{
    struct range *r = range_find(&d->ranges, va);
    return r ? LIST_ENTRY(r, struct attachment, range) : NULL;
}

struct attachment *attachment_of(const struct segment *s,
                                 const struct domain *d)
{
    struct attachment *a = attachment_at(d, s->range.base);
    const struct list *link;
    if (a && a->segment == s)
        return a;
    if (kernel.boot.spaces == SPACES_ONE)
        return NULL;
    /* Attached elsewhere? */
    for (link = s->attachments.next; link != &s->attachments;
         link = link->next) {
        a = LIST_ENTRY(link, struct attachment, in_segment);
        if (a->domain == d)
            return a;
    }
    return NULL;
}

static int64_t check_place(const struct segment *s, uint64_t at)
{
    uint64_t bytes = s->range.limit - s->range.base;
    if (at == s->range.base)
        return 0;
    if (kernel.boot.spaces == SPACES_ONE || at % PAGE_SIZE != 0 ||
        at >= kernel.user_limit || bytes > kernel.user_limit - at)
        return -ERR_VALUE;
    return 0;
}

int64_t segment_attach(struct segment *s, struct domain *d, unsigned rights,
                       uint64_t at, struct attachment **attachment)
{
    struct attachment *a;
    int64_t error;

    if (at == 0)
        at = s->range.base;
    error = check_place(s, at);
    if (error)
        return error;
    if (attachment_of(s, d))
        return -ERR_BUSY;
    a = pool_alloc(&attachment_pool);
    if (!a)
        return -ERR_MEMORY;
    a->range.base = at;
    a->range.limit = at + (s->range.limit - s->range.base);
    range_set_rights(&a->range, rights);
    if (!range_insert(&d->ranges, &a->range)) {
        pool_free(&attachment_pool, a);
        return -ERR_BUSY;
    }
    a->domain = d;
    a->segment = s;
    list_add(&d->attachments, &a->in_domain);
    list_add(&s->attachments, &a->in_segment);
    kernel.protection->attached(a);
    kernel.attachment_count++;
    hint_object(RIGHTS, d->id, s->range.base, rights, 0, at, NULL);
    if (attachment)
        *attachment = a;
    return 0;
}

void segment_detach(struct attachment *a)
{
    struct segment *s = a->segment;
    detach(a);
    end_if_lost(s);
}

void segment_rights(struct attachment *a, unsigned rights)
{
    unsigned before = range_rights(&a->range);
    if (rights == before)
        return;
    range_set_rights(&a->range, rights);
    kernel.protection->rights_changed(a, before);
    hint_object(RIGHTS, a->domain->id, a->segment->range.base, rights, before,
                a->range.base, NULL);
}

/* ---- system calls ------------------------------------------------- */
int64_t sys_segment_create(uint64_t bytes, uint64_t name, uint64_t a2,
                           uint64_t a3, uint64_t a4, uint64_t a5)
{
    char text[NAME_BYTES];
    struct segment *s;
    int64_t error;
    (void)a2, (void)a3, (void)a4, (void)a5;
    if (!copy_in_name(text, name, NAME_BYTES))
        return -ERR_ADDRESS;
    error = segment_new(bytes, text, current->domain, &s);
    return error ? error : (int64_t)s->range.base;
}

int64_t sys_segment_destroy(uint64_t base, uint64_t a1, uint64_t a2,
                            uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct segment *s = segment_find(base);
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5;
    if (!s)
        return -ERR_ID;
    if (!segment_may_manage(s))
        return -ERR_RIGHT;
    segment_end(s);
    return 0;
}

int64_t sys_segment_attach(uint64_t domain, uint64_t base, uint64_t rights,
                           uint64_t at, uint64_t a4, uint64_t a5)
{
    struct segment *s = segment_find(base);
    struct domain *d = domain_find(domain);
    struct attachment *a;
    int64_t error;
    (void)a4, (void)a5;
    if (!s || !d || d->id == 0)
        return -ERR_ID;
    if (rights > RIGHT_MASK)
        return -ERR_VALUE;
    if (!segment_may_manage(s))
        return -ERR_RIGHT;
    error = segment_attach(s, d, (unsigned)rights, at, &a);
    return error ? error : (int64_t)a->range.base;
}

int64_t sys_segment_detach(uint64_t domain, uint64_t base, uint64_t a2,
                           uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct segment *s = segment_find(base);
    struct domain *d = domain_find(domain);
    struct attachment *a = s && d ? attachment_of(s, d) : NULL;
    (void)a2, (void)a3, (void)a4, (void)a5;
    if (!a)
        return -ERR_ID;
    if (d != current->domain && !segment_may_manage(s))
        return -ERR_RIGHT;
    segment_detach(a);
    return 0;
}

int64_t sys_rights_set(uint64_t domain, uint64_t base, uint64_t rights,
                       uint64_t a3, uint64_t a4, uint64_t a5)
{
    struct segment *s = segment_find(base);
    struct domain *d = domain_find(domain);
    struct attachment *a = s && d ? attachment_of(s, d) : NULL;
    (void)a3, (void)a4, (void)a5;
    if (!a)
        return -ERR_ID;
    if (rights > RIGHT_MASK)
        return -ERR_VALUE;
    /* Anyone may give up rights of its own. */
    if (!(d == current->domain && !(rights & ~range_rights(&a->range))) &&
        !segment_may_manage(s))
        return -ERR_RIGHT;
    segment_rights(a, (unsigned)rights);
    return 0;
}
