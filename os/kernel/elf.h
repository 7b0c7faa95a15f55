/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Program files (ELF64, RISC-V), read from memory and never trusted: every
 * offset is checked before it is followed. Two kinds are accepted: those of
 * os/user/user.ld (one read-only part, statics as a TLS template, runs at any
 * address) and the conventional ones of os/user/plain.ld (a writable part,
 * runs only at its own addresses). Pure code: the tests compile it for the
 * host. Next: loader.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ELF_TEXT_LIMIT (16u << 20) /* bytes a part may have in memory */

/* A piece of the file and where it belongs. */
struct elf_part {
    uint64_t address; /* the file's own; a multiple of 4096 (not statics) */
    uint64_t offset;  /* in the file */
    uint64_t file_bytes;
    uint64_t memory_bytes; /* the rest is zero; 0 = there is no such part */
};

struct elf_image {
    const uint8_t *file;
    uint64_t bytes;
    uint64_t entry;
    struct elf_part text;    /* text and constants, r-x */
    struct elf_part data;    /* rw-: a plain program */
    struct elf_part statics; /* TLS template; its file bytes lie in text */
    uint64_t sections;       /* offset of the section headers */
    uint16_t section_count;
};

/* Reads and checks everything. False: not a program this kernel can load. */
bool elf_read(struct elf_image *image, const void *file, uint64_t bytes);

/* An absolute pointer in the text part: where, as an offset, and its value. */
typedef bool elf_visitor(void *context, uint64_t offset, uint64_t value);

/*
 * Visits each absolute pointer of an image that elf_read accepted. False: the
 * visitor refused, or the program has code that works at one address only.
 */
bool elf_visit_pointers(const struct elf_image *image, elf_visitor *visit,
                        void *context);
