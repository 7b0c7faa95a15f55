/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF files: what goes into RAM, and what addresses are called. Loading uses
 * the program headers (physical addresses); symbols come from .symtab; source
 * lines from DWARF, read only when somebody asks. Libraries: libelf, libdw.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/bus.h"
#include "mmu/err.h"

struct elf_symbol {
    uint64_t address, size;
    const char *name; /* owned by the file */
    bool absolute;    /* a number, not a place */
};

struct elf_segment {
    uint64_t va, pa, bytes; /* in memory */
    uint64_t offset, file_bytes;
};

struct elf_file {
    char *path;
    void *image; /* the whole file */
    size_t bytes;
    uint64_t entry;               /* physical */
    uint64_t first_pa, end_pa;    /* what its segments cover */
    struct elf_segment *segments; /* PT_LOAD, as in the file */
    size_t segment_count;
    struct elf_symbol *symbols; /* by address */
    size_t symbol_count;
    struct elf_lines *lines; /* source lines, NULL until the first question */
    bool kept;               /* by a heap: lives as long as that */
};

/* Reads and checks a file: RV64 little-endian executable, complete. NULL: err
 * says in one line what is wrong (EXIT_CANNOT_LOAD). */
MUST_CHECK
struct elf_file *elf_file_open(const char *path, struct err *err);
/* The same for somebody in a heap (or NULL): read once for each path, and there
 * for the heap's life; closing it does nothing. */
MUST_CHECK
struct elf_file *elf_file_kept(struct heap *heap, const char *path,
                               struct err *err);
void elf_file_close(struct elf_file *f);

/* Copies its segments into RAM at their physical addresses. */
MUST_CHECK
bool elf_file_load(const struct elf_file *f, struct bus *bus, struct err *err);

/* A symbol by name, NULL = none. Local symbols are found too. */
const struct elf_symbol *elf_symbol_find(const struct elf_file *f,
                                         const char *name);
/* The symbol that covers an ELF address (load bias taken off), or NULL. */
const struct elf_symbol *elf_symbol_at(const struct elf_file *f,
                                       uint64_t address);
/* Source line of an ELF address; the file's name stays owned by f. False: no
 * line is known. */
bool elf_line_at(struct elf_file *f, uint64_t address, const char **file,
                 int *line);
/* ELF addresses at which code of a source line begins, one for each function it
 * is in, at most `room`; returns how many. A line without code stands for the
 * next one that has some. file: "trap.c", or with folders as far as wanted. */
size_t elf_line_places(struct elf_file *f, const char *file, int line,
                       uint64_t *at, size_t room);
/* Physical address of an ELF address and back; false: in no segment. */
bool elf_physical(const struct elf_file *f, uint64_t address, uint64_t *pa);
bool elf_virtual(const struct elf_file *f, uint64_t pa, uint64_t *address);
