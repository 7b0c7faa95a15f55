/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source lines by libdw. Names are made relative to the directory the compiler
 * ran in, so that no output depends on where the project was built.
 */
#include "sim/elf/lines.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/elf/units.h"

/* Room for one more element; we die without memory. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? 2 * *room : 64;
    void *larger = realloc(array, *room * size);
    if (!larger)
        err_no_memory();
    return larger;
}

static const char *intern(struct elf_lines *l, const char *name)
{
    for (size_t i = l->file_count; i > 0; i--)
        if (strcmp(l->files[i - 1], name) == 0)
            return l->files[i - 1];
    l->files = grown(l->files, l->file_count, &l->file_room, sizeof(char *));
    char *copy = strdup(name);
    if (!copy)
        err_no_memory();
    l->files[l->file_count++] = copy;
    return copy;
}

static const char *relative(const char *name, const char *directory)
{
    size_t n = directory ? strlen(directory) : 0;
    if (n && strncmp(name, directory, n) == 0 && name[n] == '/')
        name += n + 1;
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    return name;
}

static void add_row(struct elf_lines *l, uint64_t address, const char *file,
                    int line)
{
    l->rows = grown(l->rows, l->count, &l->room, sizeof l->rows[0]);
    l->rows[l->count] = (struct elf_line){ address, l->count, file, line };
    l->count++;
}

static void add_unit(void *lines_of_file, Dwarf_Die *unit)
{
    struct elf_lines *l = lines_of_file;
    Dwarf_Lines *lines;
    size_t count;
    Dwarf_Attribute attribute;
    const char *directory =
        dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    if (dwarf_getsrclines(unit, &lines, &count) != 0)
        return;
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *line = dwarf_onesrcline(lines, i);
        Dwarf_Addr address;
        int number = 0;
        bool end = false;
        if (dwarf_lineaddr(line, &address) != 0)
            continue;
        dwarf_lineno(line, &number);
        dwarf_lineendsequence(line, &end);
        const char *name = end ? NULL : dwarf_linesrc(line, NULL, NULL);
        add_row(l, address, name ? intern(l, relative(name, directory)) : NULL,
                number);
    }
}

/* By address; at one address gaps first, then as the compiler listed them: the
 * last one wins. */
static int compare_rows(const void *left, const void *right)
{
    const struct elf_line *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (!a->file != !b->file)
        return a->file ? 1 : -1;
    return a->order < b->order ? -1 : 1;
}

struct elf_lines *elf_lines_read(const struct elf_file *f)
{
    struct elf_lines *l = calloc(1, sizeof *l);
    if (!l)
        err_no_memory();
    elf_units_each(f, add_unit, l);
    if (l->count)
        qsort(l->rows, l->count, sizeof l->rows[0], compare_rows);
    return l;
}

void elf_lines_free(struct elf_lines *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->file_count; i++)
        free(l->files[i]);
    free(l->files);
    free(l->rows);
    free(l);
}

static const struct elf_lines *lines_of(struct elf_file *f)
{
    if (!f->lines)
        f->lines = elf_lines_read(f);
    return f->lines;
}

bool elf_line_at(struct elf_file *f, uint64_t address, const char **file,
                 int *line)
{
    uint64_t pa;
    if (!elf_physical(f, address, &pa))
        return false;
    size_t low = 0, high = lines_of(f)->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->lines->rows[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    const struct elf_line *row = low ? &f->lines->rows[low - 1] : NULL;
    if (!row || !row->file || row->line == 0)
        return false;
    *file = row->file;
    *line = row->line;
    return true;
}

/* Is it this file, as far as folders were given? */
static bool is_file(const struct elf_line *row, const char *file)
{
    if (!row->file)
        return false;
    size_t n = strlen(row->file), wanted = strlen(file);
    if (n < wanted || strcmp(row->file + n - wanted, file) != 0)
        return false;
    return n == wanted || row->file[n - wanted - 1] == '/';
}

/* The line itself, or the first one behind it, that has code; 0 = none. */
static int line_with_code(const struct elf_lines *l, const char *file, int line)
{
    int found = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct elf_line *row = &l->rows[i];
        if (row->line >= line && (!found || row->line < found) &&
            is_file(row, file))
            found = row->line;
    }
    return found;
}

size_t elf_line_places(struct elf_file *f, const char *file, int line,
                       uint64_t *at, size_t room)
{
    const struct elf_lines *l = lines_of(f);
    const struct elf_symbol *last = NULL;
    size_t count = 0;
    uint64_t pa;
    line = line_with_code(l, file, line);
    for (size_t i = 0; line && i < l->count && count < room; i++) {
        const struct elf_line *row = &l->rows[i];
        const struct elf_symbol *s = elf_symbol_at(f, row->address);
        if (row->line != line || !is_file(row, file) || !s || s == last ||
            !elf_physical(f, row->address, &pa))
            continue;
        last = s;
        at[count++] = row->address;
    }
    return count;
}
