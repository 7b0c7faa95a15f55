/* SPDX-License-Identifier: Apache-2.0 */
/* See heap.h. */
#include "mmu/heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* Addresses asked of the host; it may have fewer. */
#define RESERVED (UINT64_C(1) << 42)
#define LEAST    (UINT64_C(1) << 30)
/* A freed block from this size on gives its pages back and is zeros. */
#define LARGE (UINT64_C(256) << 10)

struct head {
    uint64_t class, unused;
};

struct heap_kept {
    struct heap_kept *next;
    char *name;
    void *thing;
    void (*end)(void *thing);
};

static uint64_t pages_up(uint64_t bytes)
{
    return (bytes + HEAP_PAGE - 1) & ~(uint64_t)(HEAP_PAGE - 1);
}

/* ---- life --------------------------------------------------------------- */

static bool reserve(struct heap *h)
{
    for (uint64_t bytes = RESERVED; bytes >= LEAST; bytes /= 2) {
        void *base = mmap(NULL, bytes, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (base == MAP_FAILED)
            continue;
        h->base = base;
        h->bytes = bytes;
        h->object_bytes = bytes / (bytes < RESERVED ? 4 : 32);
        if (mmap(base, h->object_bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
                 0) != MAP_FAILED)
            return true;
        munmap(base, bytes);
    }
    return false;
}

struct heap *heap_open(struct err *err)
{
    struct heap *h = calloc(1, sizeof *h);
    if (!h)
        err_no_memory();
    if (!reserve(h)) {
        free(h);
        err_set(err, EXIT_HOST_RESOURCE,
                "the host has no range of addresses for a history: %m");
        return NULL;
    }
    h->books = (struct heap_books *)(void *)h->base;
    h->books->used = (sizeof *h->books + 15) & ~(uint64_t)15;
    h->mapped = h->object_bytes;
    return h;
}

void heap_close(struct heap *h)
{
    if (!h)
        return;
    munmap(h->base, h->bytes);
    for (size_t i = 0; i < h->area_count; i++)
        free(h->area[i].notes);
    free(h->area);
    while (h->kept) {
        struct heap_kept *k = h->kept;
        h->kept = k->next;
        k->end(k->thing);
        free(k->name);
        free(k);
    }
    free(h);
}

/* ---- sizes --------------------------------------------------------------- */

/* Classes 1 to 8 are multiples of 16 up to 128; then four for each power. */
static unsigned class_of(uint64_t bytes)
{
    if (bytes <= 128)
        return (unsigned)((bytes + 15) / 16);
    unsigned power = 63 - (unsigned)__builtin_clzll(bytes - 1);
    uint64_t step = UINT64_C(1) << (power - 2);
    uint64_t above = bytes - (UINT64_C(1) << power);
    return 8 + (power - 7) * 4 + (unsigned)((above + step - 1) / step);
}

static uint64_t class_bytes(uint64_t class)
{
    if (class <= 8)
        return class * 16;
    uint64_t power = 7 + (class - 9) / 4, quarters = 1 + (class - 9) % 4;
    return (UINT64_C(1) << power) + (quarters << (power - 2));
}

/* ---- objects --------------------------------------------------------------
 */

static struct head *head_of(void *block)
{
    return (struct head *)block - 1;
}

/* What a block of this class has room for. */
static uint64_t room_of(uint64_t class)
{
    return class_bytes(class) - sizeof(struct head);
}

/* Zeros, and its pages go back to the host. */
static void empty(uint8_t *block, uint64_t bytes)
{
    uintptr_t first = (uintptr_t)pages_up((uintptr_t)block);
    uintptr_t end = ((uintptr_t)block + bytes) & ~(uintptr_t)(HEAP_PAGE - 1);
    uint8_t *pages = block + (first - (uintptr_t)block);
    if (madvise(pages, end - first, MADV_DONTNEED) != 0)
        memset(pages, 0, end - first);
    memset(block, 0, first - (uintptr_t)block);
    memset(pages + (end - first), 0, (uintptr_t)block + bytes - end);
}

/* Zeros. */
static void *take_spare(struct heap_books *b, unsigned class)
{
    void *block = b->spare[class];
    memcpy(&b->spare[class], block, sizeof(void *));
    if (room_of(class) < LARGE)
        memset(block, 0, room_of(class));
    else
        memset(block, 0, sizeof(void *));
    return block;
}

static void *take_new(struct heap *h, unsigned class)
{
    struct heap_books *b = h->books;
    uint64_t bytes = class_bytes(class);
    if (bytes > h->object_bytes - b->used)
        return NULL;
    struct head *head = (struct head *)(void *)(h->base + b->used);
    b->used += bytes;
    head->class = class;
    return head + 1;
}

void *heap_new(struct heap *h, size_t n, size_t size)
{
    size_t bytes;
    if (!h)
        return calloc(n, size);
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > h->object_bytes / 2)
        return NULL;
    unsigned class = class_of((bytes ? bytes : 1) + sizeof(struct head));
    return h->books->spare[class] ? take_spare(h->books, class)
                                  : take_new(h, class);
}

void *heap_larger(struct heap *h, void *block, size_t bytes)
{
    if (!h)
        return realloc(block, bytes);
    if (!block)
        return heap_new(h, 1, bytes);
    uint64_t room = room_of(head_of(block)->class);
    if (bytes <= room && bytes >= room / 2)
        return block;
    void *other = heap_new(h, 1, bytes);
    if (!other)
        return bytes <= room ? block : NULL;
    memcpy(other, block, bytes < room ? bytes : room);
    heap_free(h, block);
    return other;
}

char *heap_text(struct heap *h, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = heap_new(h, 1, bytes);
    if (copy)
        memcpy(copy, text, bytes);
    return copy;
}

void heap_free(struct heap *h, void *block)
{
    if (!h) {
        free(block);
        return;
    }
    if (!block)
        return;
    uint64_t class = head_of(block)->class;
    if (room_of(class) >= LARGE)
        empty(block, room_of(class));
    memcpy(block, &h->books->spare[class], sizeof(void *));
    h->books->spare[class] = block;
}

/* ---- areas ----------------------------------------------------------------
 */

static void *map(void *at, uint64_t bytes, const int *file)
{
    int flags = MAP_PRIVATE | MAP_NORESERVE | (at ? MAP_FIXED : 0) |
                (file ? 0 : MAP_ANONYMOUS);
    void *area =
        mmap(at, bytes, PROT_READ | PROT_WRITE, flags, file ? *file : -1, 0);
    return area == MAP_FAILED ? NULL : area;
}

static bool in_use(const struct heap *h, size_t area)
{
    return area < h->books->areas && h->books->in_use[area];
}

static bool set_in_use(struct heap *h, size_t area)
{
    struct heap_books *b = h->books;
    if (area >= b->areas) {
        bool *larger = heap_larger(h, b->in_use, area + 1);
        if (!larger)
            return false;
        memset(larger + b->areas, 0, area + 1 - b->areas);
        b->in_use = larger;
        b->areas = area + 1;
    }
    b->in_use[area] = true;
    return true;
}

/* One like this that nobody uses, or area_count. */
static size_t spare_area(const struct heap *h, const struct heap_area *wanted)
{
    size_t i = 0;
    for (; i < h->area_count; i++) {
        const struct heap_area *a = &h->area[i];
        if (!in_use(h, i) && a->bytes == wanted->bytes &&
            a->of_file == wanted->of_file && a->device == wanted->device &&
            a->node == wanted->node)
            break;
    }
    return i;
}

static bool new_area(struct heap *h, struct heap_area a, const int *file)
{
    if (a.bytes > h->bytes - h->mapped)
        return false;
    struct heap_area *list =
        realloc(h->area, (h->area_count + 1) * sizeof *list);
    if (!list)
        return false;
    h->area = list;
    a.at = map(h->base + h->mapped, a.bytes, file);
    a.notes = calloc(a.bytes / HEAP_PAGE / 64 + 1, sizeof *a.notes);
    if (!a.at || !a.notes) {
        free(a.notes);
        return false;
    }
    h->mapped += a.bytes;
    list[h->area_count++] = a;
    return true;
}

void *heap_map(struct heap *h, uint64_t bytes, const int *file)
{
    struct heap_area a = { .bytes = pages_up(bytes), .of_file = file != NULL };
    struct stat about;
    if (!h)
        return map(NULL, bytes, file);
    if (file && fstat(*file, &about) != 0)
        return NULL;
    if (file) {
        a.device = about.st_dev;
        a.node = about.st_ino;
    }
    size_t i = spare_area(h, &a);
    if (i == h->area_count && !new_area(h, a, file))
        return NULL;
    return set_in_use(h, i) ? h->area[i].at : NULL;
}

static size_t area_at(const struct heap *h, const void *at)
{
    size_t i = 0;
    while (i < h->area_count && h->area[i].at != at)
        i++;
    return i;
}

void heap_unmap(struct heap *h, void *area, uint64_t bytes)
{
    if (!h) {
        munmap(area, bytes);
        return;
    }
    size_t i = area_at(h, area);
    if (i == h->area_count || !in_use(h, i))
        bug("an area that is not of this heap");
    struct heap_area *a = &h->area[i];
    if (madvise(a->at, a->bytes, MADV_DONTNEED) != 0)
        bug("an area that cannot be emptied");
    memset(a->notes, 0, (a->bytes / HEAP_PAGE / 64 + 1) * sizeof *a->notes);
    a->emptied = true;
    h->books->in_use[i] = false;
}

uint64_t *heap_notes(const struct heap *h, const void *area)
{
    size_t i = h ? area_at(h, area) : 0;
    return h && i < h->area_count ? h->area[i].notes : NULL;
}

/* ---- what is kept ----------------------------------------------------------
 */

void *heap_kept(const struct heap *h, const char *name)
{
    for (const struct heap_kept *k = h ? h->kept : NULL; k; k = k->next)
        if (strcmp(k->name, name) == 0)
            return k->thing;
    return NULL;
}

void heap_keep(struct heap *h, const char *name, void *thing,
               void (*end)(void *thing))
{
    struct heap_kept *k = calloc(1, sizeof *k);
    if (!k || !(k->name = strdup(name)))
        err_no_memory();
    k->thing = thing;
    k->end = end;
    k->next = h->kept;
    h->kept = k;
}
