/* SPDX-License-Identifier: Apache-2.0 */
/* The ELF loader: any file, its segments, symbols and source lines. */
#include "sim/elf/elf.h"
#include "sim/memmap.h"
#include "tests/fuzz/target.h"

#define RAM 0x10000

static void ask(struct elf_file *f)
{
    const char *name;
    uint64_t where = 0;
    int line;
    for (size_t i = 0; i < f->symbol_count && i < 20; i++) {
        const struct elf_symbol *s = &f->symbols[i];
        target_must(elf_symbol_find(f, s->name));
        elf_symbol_at(f, s->address + s->size / 2);
        elf_line_at(f, s->address, &name, &line);
    }
    for (size_t i = 0; i < f->segment_count; i++) {
        const struct elf_segment *s = &f->segments[i];
        target_must(elf_physical(f, s->va, &where));
        target_must(elf_virtual(f, s->pa, &where));
        elf_symbol_at(f, s->va + s->bytes - 1);
    }
    elf_symbol_at(f, f->entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct bus bus;
    struct err err = { 0 };
    int file = target_file(data, size, path);
    struct elf_file *f = elf_file_open(path, &err);
    target_must(f || (err.code && err.text[0]));
    target_must(bus_init(&bus, MEM_RAM, RAM, &err));
    if (f) {
        ask(f);
        err.code = EXIT_PASSED;
        target_must(elf_file_load(f, &bus, &err) || err.code);
    }
    elf_file_close(f);
    bus_free(&bus);
    close(file);
    return 0;
}
