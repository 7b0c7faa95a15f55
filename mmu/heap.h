/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory in which everything that can change in a run has its place, so
 * that all of it can be put back as it was (sim/history/snapshot.h). A heap is
 * one range of addresses of the host, reserved for good: what comes back comes
 * back where it was, and every pointer into the heap holds. It has two parts:
 *
 *   objects  from the bottom: what heap_new gives. The allocator's own books
 * are in there too, so they go back with the rest. A snapshot finds what has
 * changed by comparing pages. areas    above: the guest's RAM and disks
 * (heap_map), large and sparse. Who writes there notes the page (heap_note),
 * and a snapshot looks nowhere else.
 *
 * What is no state (decoded code, filters, tables of an ELF file) stays
 * outside, in the C library's heap. All functions take heap = NULL: then they
 * are calloc, realloc, free, mmap, munmap, and nothing is noted: a run without
 * a history pays nothing.
 *
 * The allocator: blocks of fixed sizes, four between two powers of two, each
 * with its size class in a head of 16 bytes before it. What is freed waits in
 * the list of its class for the next one of that class; blocks are never joined
 * or split. New ones are cut from the end of the part in use.
 */
#pragma once

#include "mmu/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_PAGE    4096
#define HEAP_CLASSES 160

/* The allocator's books: the first object of the heap. */
struct heap_books {
    uint64_t used;             /* bytes of the objects' part, from the base */
    void *spare[HEAP_CLASSES]; /* freed blocks of each class */
    bool *in_use;              /* which areas are, at this moment of the run */
    size_t areas;              /* length of in_use; those behind are not */
};

/* An area. It stays one for the heap's life: another of the same size, or of
 * the same file, takes it when it is not in use. */
struct heap_area {
    uint8_t *at;
    uint64_t bytes;        /* whole pages */
    uint64_t *notes;       /* a bit per page: written since the last snapshot */
    bool emptied;          /* all pages without a note are untouched */
    bool of_file;          /* untouched, it shows a file; else zeros */
    uint64_t device, node; /* that file */
};

struct heap {
    uint8_t *base;
    uint64_t bytes, object_bytes; /* reserved; of these for objects */
    struct heap_books *books;     /* at base */
    /* Outside of the heap, for the heap's life: */
    struct heap_area *area; /* by address */
    size_t area_count;
    uint64_t mapped; /* end of the last area, from the base */
    struct heap_kept *kept;
};

/* NULL: *err, the host has no such range of addresses. */
MUST_CHECK struct heap *heap_open(struct err *err);
/* Everything in it is gone. heap may be NULL. */
void heap_close(struct heap *h);

/* n x size bytes, zeroed, aligned to 16. NULL: no memory. */
MUST_CHECK void *heap_new(struct heap *h, size_t n, size_t size);
/* The block (or NULL) with room for so many bytes, perhaps elsewhere; the new
 * ones hold anything. NULL: no memory, and it is as it was; never when it was
 * larger. */
MUST_CHECK void *heap_larger(struct heap *h, void *block, size_t bytes);
/* A copy of the text. NULL: no memory. */
MUST_CHECK char *heap_text(struct heap *h, const char *text);
void heap_free(struct heap *h, void *block);

/* An area of so many bytes: zeros, or the bytes of an open file, which stays as
 * it is. Untouched pages cost nothing. NULL: the host cannot. */
MUST_CHECK void *heap_map(struct heap *h, uint64_t bytes, const int *file);
void heap_unmap(struct heap *h, void *area, uint64_t bytes);
/* Where writes to this area are to be noted; NULL = nobody wants to know. */
uint64_t *heap_notes(const struct heap *h, const void *area);
/* Bytes [at, at + bytes) of the area have been written. */
static inline void heap_note(uint64_t *notes, uint64_t at, uint64_t bytes)
{
    if (!notes || !bytes)
        return;
    uint64_t last = (at + bytes - 1) / HEAP_PAGE;
    for (uint64_t page = at / HEAP_PAGE; page <= last; page++)
        notes[page / 64] |= UINT64_C(1) << page % 64;
}

/* Things outside that what is in the heap points to: they live as long as the
 * heap. heap_kept: what was kept under this name, or NULL. */
void *heap_kept(const struct heap *h, const char *name);
void heap_keep(struct heap *h, const char *name, void *thing,
               void (*end)(void *thing));
