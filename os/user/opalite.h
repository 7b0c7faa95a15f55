/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every program may use: system calls (calls.h), a few string functions, a
 * small printf, markers and counters. Programs are the same file in every
 * personality, so nothing here asks which kernel runs below.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/xsas.h"
#include "os/abi/abi.h"
#include "os/user/calls.h"

/*
 * A static variable that each domain has its own copy of: the compiler reaches
 * it through tp, which the kernel points at the domain's copy. The linker
 * script refuses every other kind of writable static. PLAIN builds are the
 * conventional ones of os/user/plain.ld.
 */
#ifdef PLAIN
#define PRIVATE
#else
#define PRIVATE __thread
#endif

#define PAGE_BYTES 4096

/*
 * Where a program starts, with the two arguments of program_start; what it
 * returns is the thread's exit value.
 */
int64_t main(uint64_t a0, uint64_t a1);

/* ---- markers and counters ----------------------------------------------- */

/* Time-stamps a point of the program for observers; one cycle, no effect. */
static inline void mark(uint64_t number)
{
    __asm__ volatile("slti x0, %0, %1" ::"r"(number), "i"(HINT_MARK)
                     : "memory");
}

static inline uint64_t cycles_now(void)
{
    uint64_t value;

    __asm__ volatile("rdcycle %0" : "=r"(value)::"memory");
    return value;
}

static inline uint64_t instructions_now(void)
{
    uint64_t value;

    __asm__ volatile("rdinstret %0" : "=r"(value)::"memory");
    return value;
}

/* One load or store that the compiler neither drops nor merges. */
static inline uint64_t load_word(const void *at)
{
    return *(const volatile uint64_t *)at;
}

static inline void store_word(void *at, uint64_t value)
{
    *(volatile uint64_t *)at = value;
}

/* ---- strings (string.c): as in ISO C ------------------------------------ */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);
size_t strlen(const char *text);

/* ---- console (print.c) --------------------------------------------------- */

/*
 * A small printf: %d %u %x (int), the same with l (long), %p, %s, %c, %%, with
 * an optional field width, 0 in front of it for leading zeros. Lines of more
 * than 255 characters are cut. Returns what console_write returned.
 */
int64_t print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- memory (heap.c) ----------------------------------------------------- */

/* A new segment of the caller's domain, attached for reading and writing; its
 * base, or -ERR_*. */
int64_t segment_own(uint64_t bytes, const char *name);

/* ---- heap (heap.c): a bump allocator over a segment ---------------------- */

/* Hands out a segment from its start upwards and never takes back. */
struct heap {
    uint64_t next;  /* first free byte */
    uint64_t limit; /* first byte after the segment */
};

/* Makes `*h` serve [base, base + bytes), which the caller may write. */
void heap_over(struct heap *h, void *base, uint64_t bytes);
/* Creates a segment of the caller's domain and makes `*h` serve it; 0 or
 * -ERR_*. */
int64_t heap_new(struct heap *h, uint64_t bytes, const char *name);
/* `bytes` bytes, 16-byte aligned, or NULL when the segment is used up. */
void *heap_take(struct heap *h, uint64_t bytes);
