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
};

struct elf_file {
    char *path;
    void *image; /* the whole file */
    size_t bytes;
    uint64_t entry;
    uint64_t first, end;        /* physical addresses its segments cover */
    struct elf_symbol *symbols; /* code and data, by address */
    size_t symbol_count;
    struct elf_lines *lines; /* libdw's state, NULL until the first line */
    bool lines_tried;
};

/* Reads and checks a file: RV64 little-endian executable, complete. NULL: err
 * says in one line what is wrong (EXIT_CANNOT_LOAD). */
MUST_CHECK
struct elf_file *elf_file_open(const char *path, struct err *err);
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
