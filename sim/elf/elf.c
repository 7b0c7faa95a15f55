/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF files: checks, loading, symbols (libelf). Source lines are in
 * elf/lines.c. A file is read once into memory and stays there, so that names
 * need no copies.
 */
#include "sim/elf/elf.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/elf/lines.h"

static bool read_whole(struct elf_file *f, struct err *err)
{
    struct stat about;
    FILE *file = fopen(f->path, "rb");
    if (!file)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot open: %s", f->path,
                       strerror(errno));
    bool ok = fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode);
    if (ok) {
        f->bytes = (size_t)about.st_size;
        f->image = malloc(f->bytes + 1);
        ok = f->image && fread(f->image, 1, f->bytes, file) == f->bytes;
    }
    fclose(file);
    if (!ok)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot read it as a file",
                       f->path);
    return true;
}

static bool cannot(const struct elf_file *f, struct err *err, const char *what)
{
    return err_set(err, EXIT_CANNOT_LOAD, "%s: %s", f->path, what);
}

/* The identification bytes say what libelf may look at. */
static bool check_ident(const struct elf_file *f, struct err *err)
{
    const unsigned char *ident = f->image;
    if (f->bytes < 4 || memcmp(ident, ELFMAG, SELFMAG) != 0)
        return cannot(f, err, "not an ELF file");
    if (f->bytes < sizeof(Elf64_Ehdr))
        return cannot(f, err, "truncated: not even a whole ELF header");
    if (ident[EI_CLASS] != ELFCLASS64)
        return cannot(f, err, "a 32-bit ELF file; expected 64-bit RISC-V");
    if (ident[EI_DATA] != ELFDATA2LSB)
        return cannot(f, err, "a big-endian ELF file; expected little-endian");
    return true;
}

static bool check_header(const struct elf_file *f, const GElf_Ehdr *h,
                         struct err *err)
{
    if (h->e_machine != EM_RISCV)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: for another machine (e_machine %u); expected "
                       "RISC-V (%u)",
                       f->path, h->e_machine, EM_RISCV);
    if (h->e_type == ET_REL)
        return cannot(f, err, "an object file; expected a linked program");
    if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
        return cannot(f, err, "not a program");
    if (h->e_phoff > f->bytes ||
        (uint64_t)h->e_phnum * sizeof(Elf64_Phdr) > f->bytes - h->e_phoff)
        return cannot(f, err, "truncated: program headers are missing");
    if (h->e_shoff > f->bytes ||
        (uint64_t)h->e_shnum * sizeof(Elf64_Shdr) > f->bytes - h->e_shoff)
        return cannot(f, err, "truncated: the end of the file is missing");
    return true;
}

static bool read_segments(struct elf_file *f, Elf *elf, size_t count,
                          struct err *err)
{
    f->segments = calloc(count + 1, sizeof f->segments[0]);
    if (!f->segments)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: no memory", f->path);
    f->first_pa = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(elf, (int)i, &p))
            return cannot(f, err, "a program header cannot be read");
        if (p.p_type != PT_LOAD || p.p_memsz == 0)
            continue;
        if (p.p_offset > f->bytes || p.p_filesz > f->bytes - p.p_offset)
            return err_set(err, EXIT_CANNOT_LOAD,
                           "%s: truncated: segment %zu ends beyond the file",
                           f->path, i);
        if (p.p_filesz > p.p_memsz || p.p_paddr + p.p_memsz < p.p_paddr)
            return cannot(f, err, "a segment's sizes contradict each other");
        f->segments[f->segment_count++] = (struct elf_segment){
            .va = p.p_vaddr,
            .pa = p.p_paddr,
            .bytes = p.p_memsz,
            .offset = p.p_offset,
            .file_bytes = p.p_filesz,
        };
        if (p.p_paddr < f->first_pa)
            f->first_pa = p.p_paddr;
        if (p.p_paddr + p.p_memsz > f->end_pa)
            f->end_pa = p.p_paddr + p.p_memsz;
    }
    if (f->segment_count == 0)
        return cannot(f, err, "nothing in it to load");
    return true;
}

static bool wanted_symbol(const GElf_Sym *s, const char *name)
{
    int type = GELF_ST_TYPE(s->st_info);
    return name && *name && *name != '$' && strncmp(name, ".L", 2) != 0 &&
           s->st_shndx != SHN_UNDEF &&
           (type == STT_NOTYPE || type == STT_FUNC || type == STT_OBJECT);
}

/* By address; at one address sized ones first, then by name. */
static int compare_symbols(const void *left, const void *right)
{
    const struct elf_symbol *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if ((a->size > 0) != (b->size > 0))
        return a->size > 0 ? -1 : 1;
    return strcmp(a->name, b->name);
}

static bool read_symbols(struct elf_file *f, Elf *elf, struct err *err)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while ((section = elf_nextscn(elf, section)) != NULL)
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
            break;
    if (!section)
        return true; /* stripped: no names */
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || header.sh_entsize == 0)
        return cannot(f, err, "truncated: its symbol table cannot be read");
    size_t count = (size_t)(header.sh_size / header.sh_entsize);
    f->symbols = calloc(count + 1, sizeof f->symbols[0]);
    if (!f->symbols)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: no memory", f->path);
    for (size_t i = 0; i < count; i++) {
        GElf_Sym s;
        if (!gelf_getsym(data, (int)i, &s))
            return cannot(f, err, "truncated: its symbol table is cut off");
        const char *name = elf_strptr(elf, header.sh_link, s.st_name);
        if (!wanted_symbol(&s, name))
            continue;
        f->symbols[f->symbol_count++] = (struct elf_symbol){
            .address = s.st_value,
            .size = s.st_size,
            .name = name,
            .absolute = s.st_shndx == SHN_ABS,
        };
    }
    qsort(f->symbols, f->symbol_count, sizeof f->symbols[0], compare_symbols);
    return true;
}

/* libelf's names point into its own state: copy them behind the symbols. */
static bool keep_names(struct elf_file *f, struct err *err)
{
    size_t bytes = f->symbol_count * sizeof f->symbols[0], at = bytes;
    for (size_t i = 0; i < f->symbol_count; i++)
        bytes += strlen(f->symbols[i].name) + 1;
    struct elf_symbol *all = malloc(bytes + 1);
    if (!all)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: no memory", f->path);
    for (size_t i = 0; i < f->symbol_count; i++) {
        size_t n = strlen(f->symbols[i].name) + 1;
        all[i] = f->symbols[i];
        all[i].name = memcpy((char *)all + at, f->symbols[i].name, n);
        at += n;
    }
    free(f->symbols);
    f->symbols = all;
    return true;
}

static bool read_elf(struct elf_file *f, struct err *err)
{
    if (!read_whole(f, err) || !check_ident(f, err))
        return false;
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory(f->image, f->bytes);
    GElf_Ehdr h;
    if (!elf)
        return cannot(f, err, elf_errmsg(-1));
    bool ok = gelf_getehdr(elf, &h) || cannot(f, err, elf_errmsg(-1));
    ok = ok && check_header(f, &h, err) &&
         read_segments(f, elf, h.e_phnum, err) && read_symbols(f, elf, err) &&
         keep_names(f, err);
    elf_end(elf);
    if (ok && !elf_physical(f, h.e_entry, &f->entry))
        f->entry = h.e_entry;
    return ok;
}

struct elf_file *elf_file_open(const char *path, struct err *err)
{
    struct elf_file *f = calloc(1, sizeof *f);
    if (f)
        f->path = strdup(path);
    if (!f || !f->path) {
        err_set(err, EXIT_HOST_RESOURCE, "%s: no memory", path);
        elf_file_close(f);
        return NULL;
    }
    if (!read_elf(f, err)) {
        elf_file_close(f);
        return NULL;
    }
    return f;
}

static void end_kept(void *file)
{
    struct elf_file *f = file;
    f->kept = false;
    elf_file_close(f);
}

struct elf_file *elf_file_kept(struct heap *heap, const char *path,
                               struct err *err)
{
    struct elf_file *f = heap_kept(heap, path);
    if (f || !(f = elf_file_open(path, err)) || !heap)
        return f;
    f->kept = true;
    heap_keep(heap, path, f, end_kept);
    return f;
}

void elf_file_close(struct elf_file *f)
{
    if (!f || f->kept)
        return;
    elf_lines_free(f->lines);
    free(f->symbols);
    free(f->segments);
    free(f->image);
    free(f->path);
    free(f);
}

/* Zeroes RAM, but leaves pages alone that are zero already: they may not
 * exist on the host yet. */
static void clear_ram(struct bus *bus, uint64_t pa, uint64_t bytes)
{
    while (bytes) {
        uint64_t n = 4096 - (pa & 4095);
        if (n > bytes)
            n = bytes;
        uint8_t *at = bus_ram(bus, pa, n);
        if (at[0] || memcmp(at, at + 1, n - 1) != 0) {
            memset(at, 0, n);
            bus_wrote(bus, pa, n);
        }
        pa += n;
        bytes -= n;
    }
}

bool elf_file_load(const struct elf_file *f, struct bus *bus, struct err *err)
{
    const uint8_t *image = f->image;
    for (size_t i = 0; i < f->segment_count; i++) {
        const struct elf_segment *s = &f->segments[i];
        if (!bus_ram(bus, s->pa, s->bytes))
            return err_set(err, EXIT_CANNOT_LOAD,
                           "%s: segment at 0x%llx, %llu bytes, lies outside "
                           "RAM (0x%llx, %llu bytes)",
                           f->path, (unsigned long long)s->pa,
                           (unsigned long long)s->bytes,
                           (unsigned long long)bus->ram_base,
                           (unsigned long long)bus->ram_bytes);
        if (!bus_write(bus, s->pa, image + s->offset, s->file_bytes))
            bug("segment checked, but not written");
        clear_ram(bus, s->pa + s->file_bytes, s->bytes - s->file_bytes);
    }
    return true;
}

const struct elf_symbol *elf_symbol_find(const struct elf_file *f,
                                         const char *name)
{
    for (size_t i = 0; i < f->symbol_count; i++)
        if (strcmp(f->symbols[i].name, name) == 0)
            return &f->symbols[i];
    return NULL;
}

bool elf_physical(const struct elf_file *f, uint64_t address, uint64_t *pa)
{
    for (size_t i = 0; i < f->segment_count; i++) {
        const struct elf_segment *s = &f->segments[i];
        if (address - s->va < s->bytes) {
            *pa = s->pa + (address - s->va);
            return true;
        }
    }
    return false;
}

bool elf_virtual(const struct elf_file *f, uint64_t pa, uint64_t *address)
{
    for (size_t i = 0; i < f->segment_count; i++) {
        const struct elf_segment *s = &f->segments[i];
        if (pa - s->pa < s->bytes) {
            *address = s->va + (pa - s->pa);
            return true;
        }
    }
    return false;
}

/* Index of the first symbol above address. */
static size_t symbols_up_to(const struct elf_file *f, uint64_t address)
{
    size_t low = 0, high = f->symbol_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->symbols[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A symbol whose size covers the address; else the last label before it. */
const struct elf_symbol *elf_symbol_at(const struct elf_file *f,
                                       uint64_t address)
{
    const struct elf_symbol *label = NULL;
    uint64_t pa;
    if (!elf_physical(f, address, &pa))
        return NULL;
    size_t above = symbols_up_to(f, address);
    for (size_t i = above; i > 0 && above - i < 64; i--) {
        const struct elf_symbol *s = &f->symbols[i - 1];
        if (s->absolute)
            continue;
        if (address - s->address < s->size)
            return s;
        if (s->size == 0 && strncmp(s->name, "__", 2) != 0 &&
            (!label || s->address == label->address))
            label = s;
    }
    return label;
}
