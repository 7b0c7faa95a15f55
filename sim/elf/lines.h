/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source lines of an ELF file: DWARF's line tables as one sorted array. Part of
 * elf/elf.h; read when the first question is asked, so that starting stays
 * fast.
 */
#pragma once

#include "sim/elf/elf.h"

struct elf_line {
    uint64_t address; /* valid up to the next row's address */
    size_t order;     /* in the file */
    const char *file; /* NULL: a gap begins here */
    int line;
};

struct elf_lines {
    struct elf_line *rows; /* by address */
    size_t count, room;
    char **files; /* names used, each once */
    size_t file_count, file_room;
};

/* Never NULL: no debug information gives an empty table. */
struct elf_lines *elf_lines_read(const struct elf_file *f);
void elf_lines_free(struct elf_lines *l);
