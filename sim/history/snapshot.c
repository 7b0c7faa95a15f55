/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See history/snapshot.h. Pages are numbered from the heap's base. A page that
 * the tree does not have is untouched: zeros, or what the file of its area
 * says.
 */
#include "sim/history/snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

enum {
    FAN = 1 << SNAPSHOT_BITS,
    PACK_LEVEL = 1,
    PACK_ROOM = HEAP_PAGE - 64 /* what packs worse stays as it is */
};

struct page {
    uint32_t refs;
    uint16_t packed; /* bytes; 0 = plain */
    bool in_base;
    bool old; /* to be packed when it leaves the base */
    uint8_t *bytes;
};

struct snapshot_node {
    uint32_t refs;
    void *child[FAN]; /* nodes; on the last level pages. NULL = untouched */
};

void snapshots_open(struct snapshots *s, struct heap *heap)
{
    *s = (struct snapshots){ .heap = heap };
    s->packer = ZSTD_createCCtx();
    s->unpacker = ZSTD_createDCtx();
    s->scratch = malloc(HEAP_PAGE);
    if (!s->packer || !s->unpacker || !s->scratch)
        err_no_memory();
}

/* ---- pages ----------------------------------------------------------------
 */

static size_t page_bytes(const struct page *p)
{
    return sizeof *p + (p->packed ? p->packed : HEAP_PAGE);
}

static struct page *page_new(struct snapshots *s, const uint8_t *from)
{
    struct page *p = malloc(sizeof *p);
    uint8_t *bytes = malloc(HEAP_PAGE);
    if (!p || !bytes)
        err_no_memory();
    memcpy(bytes, from, HEAP_PAGE);
    *p = (struct page){ .refs = 1, .in_base = true, .bytes = bytes };
    s->bytes += page_bytes(p);
    return p;
}

static void page_drop(struct snapshots *s, struct page *p)
{
    if (!p || --p->refs)
        return;
    s->bytes -= page_bytes(p);
    free(p->bytes);
    free(p);
}

/* bytes become the page's, of which `packed` are packed. */
static void page_become(struct snapshots *s, struct page *p,
                        const uint8_t *bytes, size_t packed)
{
    size_t room = packed ? packed : HEAP_PAGE;
    uint8_t *copy = malloc(room);
    if (!copy)
        err_no_memory();
    memcpy(copy, bytes, room);
    s->bytes -= page_bytes(p);
    free(p->bytes);
    p->bytes = copy;
    p->packed = (uint16_t)packed;
    s->bytes += page_bytes(p);
}

static void page_pack(struct snapshots *s, struct page *p)
{
    p->old = true;
    if (p->packed || p->in_base)
        return;
    size_t n = ZSTD_compressCCtx(s->packer, s->scratch, PACK_ROOM, p->bytes,
                                 HEAP_PAGE, PACK_LEVEL);
    if (!ZSTD_isError(n))
        page_become(s, p, s->scratch, n);
}

/* Its bytes, in plain: its own, or in the scratch page. */
static const uint8_t *page_plain(const struct snapshots *s,
                                 const struct page *p)
{
    if (!p->packed)
        return p->bytes;
    size_t n = ZSTD_decompressDCtx(s->unpacker, s->scratch, HEAP_PAGE, p->bytes,
                                   p->packed);
    if (n != HEAP_PAGE)
        bug("a packed page cannot be unpacked");
    return s->scratch;
}

static void page_unpack(struct snapshots *s, struct page *p)
{
    if (p->packed)
        page_become(s, p, page_plain(s, p), 0);
}

/* ---- nodes ----------------------------------------------------------------
 */

static struct snapshot_node *node_new(struct snapshots *s)
{
    struct snapshot_node *n = calloc(1, sizeof *n);
    if (!n)
        err_no_memory();
    n->refs = 1;
    s->bytes += sizeof *n;
    return n;
}

/* level: of its children; 0 = pages. */
static void node_drop(struct snapshots *s, struct snapshot_node *n, int level)
{
    if (!n || --n->refs)
        return;
    for (int i = 0; i < FAN; i++) {
        if (level)
            node_drop(s, n->child[i], level - 1);
        else
            page_drop(s, n->child[i]);
    }
    s->bytes -= sizeof *n;
    free(n);
}

/* A node that only this tree has, with the same children; takes n. */
static struct snapshot_node *node_own(struct snapshots *s,
                                      struct snapshot_node *n, int level)
{
    if (!n)
        return node_new(s);
    if (n->refs == 1)
        return n;
    struct snapshot_node *copy = node_new(s);
    memcpy(copy->child, n->child, sizeof copy->child);
    for (int i = 0; i < FAN; i++) {
        if (!n->child[i])
            continue;
        if (level)
            ((struct snapshot_node *)n->child[i])->refs++;
        else
            ((struct page *)n->child[i])->refs++;
    }
    n->refs--;
    return copy;
}

static unsigned branch(uint64_t number, int level)
{
    return number >> level * SNAPSHOT_BITS & (FAN - 1);
}

static struct page *tree_page(const struct snapshot_node *n, uint64_t number)
{
    int level = SNAPSHOT_LEVELS - 1;
    for (; n && level; level--)
        n = n->child[branch(number, level)];
    return n ? n->child[branch(number, 0)] : NULL;
}

/* Puts the page (or NULL) in; the root is one that only this tree has. */
static void tree_set(struct snapshots *s, struct snapshot_node *root,
                     uint64_t number, struct page *page)
{
    struct snapshot_node *n = root;
    for (int level = SNAPSHOT_LEVELS - 1; level; level--) {
        void **child = &n->child[branch(number, level)];
        *child = node_own(s, *child, level - 1);
        n = *child;
    }
    void **child = &n->child[branch(number, 0)];
    page_drop(s, *child);
    *child = page;
}

/* ---- what has changed ------------------------------------------------------
 */

static bool is_zero(const uint8_t *page)
{
    return !page[0] && memcmp(page, page + 1, HEAP_PAGE - 1) == 0;
}

/* What is done with pages that have changed. */
struct visit {
    struct snapshots *s;
    struct snapshot_node *root;
    const struct heap_area *area;
    void (*page)(const struct visit *v, uint64_t number);
};

static uint64_t number_of(const struct snapshots *s, const uint8_t *at)
{
    return (uint64_t)(at - s->heap->base) / HEAP_PAGE;
}

/* Notes each page of [first, end) that the tree below n has. */
static void note_tree(const struct heap_area *a, uint64_t first,
                      const struct snapshot_node *n, int level, uint64_t at)
{
    uint64_t span = UINT64_C(1) << level * SNAPSHOT_BITS;
    uint64_t end = first + a->bytes / HEAP_PAGE;
    for (uint64_t i = 0; n && i < FAN; i++, at += span) {
        if (!n->child[i] || at >= end || at + span <= first)
            continue;
        if (level)
            note_tree(a, first, n->child[i], level - 1, at);
        else
            a->notes[(at - first) / 64] |= UINT64_C(1) << (at - first) % 64;
    }
}

/* Calls back with the number of each page of the area that was written, or
 * emptied, since the base; starts the notes anew. */
static void visit_notes(const struct visit *v, struct heap_area *a)
{
    uint64_t first = number_of(v->s, a->at), pages = a->bytes / HEAP_PAGE;
    if (a->emptied)
        note_tree(a, first, v->s->base.root, SNAPSHOT_LEVELS - 1, 0);
    a->emptied = false;
    for (uint64_t w = 0; w * 64 < pages; w++) {
        for (uint64_t left = a->notes[w]; left; left &= left - 1)
            v->page(v, first + w * 64 + (unsigned)__builtin_ctzll(left));
        a->notes[w] = 0;
    }
}

static uint64_t object_pages(const struct heap *h)
{
    return (h->books->used + HEAP_PAGE - 1) / HEAP_PAGE;
}

static uint8_t *place_of(const struct snapshots *s, uint64_t number)
{
    return s->heap->base + number * HEAP_PAGE;
}

/* ---- taking -----------------------------------------------------------------
 */

static void page_leaves_base(struct snapshots *s, struct page *p)
{
    if (!p)
        return;
    p->in_base = false;
    if (p->old)
        page_pack(s, p);
}

static void take_page(const struct visit *v, uint64_t number)
{
    struct snapshots *s = v->s;
    const uint8_t *now = place_of(s, number);
    struct page *old = tree_page(v->root, number);
    bool untouched = !(v->area && v->area->of_file) && is_zero(now);
    if (untouched ? !old : old && !memcmp(now, page_plain(s, old), HEAP_PAGE))
        return;
    page_leaves_base(s, old);
    tree_set(s, v->root, number, untouched ? NULL : page_new(s, now));
    s->changed++;
}

struct snapshot snapshot_take(struct snapshots *s)
{
    struct snapshot_node *root = s->base.root;
    uint64_t objects = object_pages(s->heap);
    if (root)
        root->refs++;
    root = node_own(s, root, SNAPSHOT_LEVELS - 1);
    struct visit v = { .s = s, .root = root, .page = take_page };
    s->changed = 0;
    for (uint64_t i = 0; i < objects || i < s->base.objects; i++)
        take_page(&v, i);
    for (size_t i = 0; i < s->heap->area_count; i++) {
        v.area = &s->heap->area[i];
        visit_notes(&v, &s->heap->area[i]);
    }
    node_drop(s, s->base.root, SNAPSHOT_LEVELS - 1);
    s->base = (struct snapshot){ root, objects };
    root->refs++;
    return s->base;
}

/* ---- going back
 * --------------------------------------------------------------- */

/* The heap's page becomes what the tree says. */
static void put_page(const struct visit *v, uint64_t number)
{
    struct snapshots *s = v->s;
    uint8_t *now = place_of(s, number);
    const struct page *p = tree_page(v->root, number);
    s->changed++;
    if (p)
        memcpy(now, page_plain(s, p), HEAP_PAGE);
    else if (!v->area || !v->area->of_file)
        memset(now, 0, HEAP_PAGE);
    else if (madvise(now, HEAP_PAGE, MADV_DONTNEED) != 0)
        bug("a page of a file that cannot be had again");
}

/* An object's page, unless it is so already. */
static void put_object(const struct visit *v, uint64_t number)
{
    const uint8_t *now = place_of(v->s, number);
    struct page *p = tree_page(v->root, number);
    if (p)
        page_unpack(v->s, p);
    if (p ? memcmp(now, p->bytes, HEAP_PAGE) != 0 : !is_zero(now))
        put_page(v, number);
}

static const struct heap_area *area_of(const struct snapshots *s,
                                       uint64_t number)
{
    const uint8_t *at = place_of(s, number);
    for (size_t i = 0; i < s->heap->area_count; i++) {
        const struct heap_area *a = &s->heap->area[i];
        if (at >= a->at && at < a->at + a->bytes)
            return a;
    }
    return NULL;
}

/* Where the trees differ: areas are put so. */
static void put_differences(const struct visit *v,
                            const struct snapshot_node *a,
                            const struct snapshot_node *b, int level,
                            uint64_t at)
{
    uint64_t span = UINT64_C(1) << level * SNAPSHOT_BITS;
    for (unsigned i = 0; i < FAN; i++, at += span) {
        const void *x = a ? a->child[i] : NULL, *y = b ? b->child[i] : NULL;
        if (x == y)
            continue;
        if (level) {
            put_differences(v, x, y, level - 1, at);
            continue;
        }
        struct visit of_area = *v;
        of_area.area = area_of(v->s, at);
        if (of_area.area)
            put_page(&of_area, at);
    }
}

/* Pages of tree a leave the base, those of b enter it. */
static void swap_pages(struct snapshots *s, struct snapshot_node *a,
                       struct snapshot_node *b, int level)
{
    for (unsigned i = 0; i < FAN; i++) {
        void *x = a ? a->child[i] : NULL, *y = b ? b->child[i] : NULL;
        if (x == y)
            continue;
        if (level) {
            swap_pages(s, x, y, level - 1);
            continue;
        }
        page_leaves_base(s, x);
        if (y)
            ((struct page *)y)->in_base = true;
    }
}

static void set_base(struct snapshots *s, const struct snapshot *x)
{
    if (x->root == s->base.root)
        return;
    swap_pages(s, s->base.root, x->root, SNAPSHOT_LEVELS - 1);
    x->root->refs++;
    node_drop(s, s->base.root, SNAPSHOT_LEVELS - 1);
    s->base = *x;
}

void snapshot_restore(struct snapshots *s, const struct snapshot *x)
{
    struct visit v = { .s = s, .root = x->root, .page = put_page };
    uint64_t objects = object_pages(s->heap);
    s->changed = 0;
    for (size_t i = 0; i < s->heap->area_count; i++) {
        v.area = &s->heap->area[i];
        visit_notes(&v, &s->heap->area[i]);
    }
    v.area = NULL;
    if (x->root != s->base.root)
        put_differences(&v, s->base.root, x->root, SNAPSHOT_LEVELS - 1, 0);
    set_base(s, x);
    for (uint64_t i = 0; i < objects || i < x->objects; i++)
        put_object(&v, i);
}

void snapshots_rebase(struct snapshots *s, const struct snapshot *x)
{
    for (size_t i = 0; i < s->heap->area_count; i++) {
        const struct heap_area *a = &s->heap->area[i];
        note_tree(a, number_of(s, a->at), s->base.root, SNAPSHOT_LEVELS - 1, 0);
        note_tree(a, number_of(s, a->at), x->root, SNAPSHOT_LEVELS - 1, 0);
    }
    set_base(s, x);
}

/* ---- life
 * ----------------------------------------------------------------------- */

void snapshot_drop(struct snapshots *s, struct snapshot *x)
{
    node_drop(s, x->root, SNAPSHOT_LEVELS - 1);
    x->root = NULL;
}

static void pack_tree(struct snapshots *s, const struct snapshot_node *n,
                      int level)
{
    for (int i = 0; i < FAN; i++) {
        if (!n->child[i])
            continue;
        if (level)
            pack_tree(s, n->child[i], level - 1);
        else
            page_pack(s, n->child[i]);
    }
}

void snapshot_pack(struct snapshots *s, const struct snapshot *x)
{
    pack_tree(s, x->root, SNAPSHOT_LEVELS - 1);
}

void snapshots_close(struct snapshots *s)
{
    node_drop(s, s->base.root, SNAPSHOT_LEVELS - 1);
    if (s->bytes)
        bug("%llu bytes of snapshots are left", (unsigned long long)s->bytes);
    ZSTD_freeCCtx(s->packer);
    ZSTD_freeDCtx(s->unpacker);
    free(s->scratch);
    *s = (struct snapshots){ 0 };
}
