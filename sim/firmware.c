/* SPDX-License-Identifier: Apache-2.0 */
/* Where each file goes in RAM; see firmware.h. */
#include "sim/firmware.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "sim/devicetree.h"

#define PAGE        UINT64_C(0x1000)
#define TREE_ALIGN  UINT64_C(0x200000)
#define TREE_BELOW  UINT64_C(0xc0000000) /* 32-bit loaders reach it there */
#define TREE_GROWTH UINT64_C(0x4000)     /* firmware adds nodes in place */
#define INITRD_AFTER                                                           \
    UINT64_C(0x8000000) /* at most this far past the kernel                    \
                         */

/* What lies in RAM, so that two files do not overwrite each other. */
struct layout {
    struct {
        const char *path;
        uint64_t first, end;
    } part[4];
    size_t count;
};

static bool take_place(struct layout *l, const char *path, uint64_t first,
                       uint64_t end, struct err *err)
{
    for (size_t i = 0; i < l->count; i++)
        if (first < l->part[i].end && l->part[i].first < end)
            return err_set(err, EXIT_CANNOT_LOAD,
                           "%s: its place 0x%" PRIx64 " to 0x%" PRIx64
                           " overlaps that of %s",
                           path, first, end, l->part[i].path);
    l->part[l->count].path = path;
    l->part[l->count].first = first;
    l->part[l->count++].end = end;
    return true;
}

static bool put(struct machine *m, struct layout *l, const char *path,
                uint64_t at, const void *bytes, size_t n, struct err *err)
{
    if (!take_place(l, path, at, at + n, err))
        return false;
    if (!machine_poke_phys(m, at, bytes, n))
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: %zu bytes at 0x%" PRIx64 " do not fit into RAM "
                       "(0x%x, %" PRIu64 " bytes; -m gives more)",
                       path, n, at, MEM_RAM, m->bus.ram_bytes);
    return true;
}

static bool load_elf(struct machine *m, struct layout *l, const char *path,
                     uint64_t *entry, struct err *err)
{
    struct elf_file *f = elf_file_kept(m->bus.heap, path, err);
    if (!f)
        return false;
    bool ok = take_place(l, path, f->first_pa, f->end_pa, err) &&
              elf_file_load(f, &m->bus, err);
    *entry = f->entry;
    elf_file_close(f);
    return ok;
}

/* A file of a package that is not installed: err says which one. */
static bool name_package(const char *path, struct err *err)
{
    static const struct {
        const char *place, *package;
    } known[] = { { "/opensbi/", "opensbi" }, { "/u-boot/", "u-boot-qemu" } };
    const struct err before = *err;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strstr(path, known[i].place) && access(path, F_OK) != 0)
            err_set(err, before.code, "%s (Debian package %s)", before.text,
                    known[i].package);
    return false;
}

/* A program: ELF where it says, plain bytes at `at`. entry: where to enter. */
static bool load_program(struct machine *m, struct layout *l, const char *path,
                         uint64_t at, uint64_t *entry, struct err *err)
{
    struct image file;
    if (!image_read(&file, path, m->bus.ram_bytes, err))
        return name_package(path, err);
    bool ok;
    if (file.count >= SELFMAG && memcmp(file.bytes, ELFMAG, SELFMAG) == 0) {
        ok = load_elf(m, l, path, entry, err);
    } else {
        *entry = at;
        ok = put(m, l, path, at, file.bytes, file.count, err);
    }
    image_free(&file);
    return ok;
}

/* The initial RAM disk goes far enough behind the kernel not to be overrun by
 * what a kernel keeps right after itself. */
static bool load_initrd(struct machine *m, struct layout *l, const char *path,
                        struct devicetree_chosen *chosen, struct err *err)
{
    struct image file;
    uint64_t half = m->bus.ram_bytes / 2;
    if (!path)
        return true;
    if (!image_read(&file, path, m->bus.ram_bytes, err))
        return false;
    uint64_t after = half < INITRD_AFTER ? half : INITRD_AFTER;
    chosen->initrd_start = (FIRMWARE_KERNEL_AT + after) & ~(PAGE - 1);
    chosen->initrd_end = chosen->initrd_start + file.count;
    bool ok =
        put(m, l, path, chosen->initrd_start, file.bytes, file.count, err);
    image_free(&file);
    return ok;
}

/* At the end of RAM, or of the part that 32-bit addresses and all loaders
 * reach, with room to grow. */
static uint64_t tree_address(const struct machine *m, size_t bytes)
{
    uint64_t end = m->bus.ram_base + m->bus.ram_bytes;
    uint64_t room = bytes + TREE_GROWTH;
    if (end > TREE_BELOW)
        end = TREE_BELOW;
    if (end < m->bus.ram_base + room)
        return m->bus.ram_base;
    uint64_t at = (end - room) & ~(TREE_ALIGN - 1);
    return at > m->bus.ram_base ? at : (end - room) & ~(PAGE - 1);
}

static bool load_tree(struct machine *m, struct layout *l, const char *path,
                      const struct devicetree_chosen *chosen, uint64_t *at,
                      struct err *err)
{
    struct devicetree tree;
    if (path ? !devicetree_read(&tree, path, err)
             : !devicetree_make(&tree, &m->config, err))
        return false;
    bool ok = devicetree_choose(&tree, chosen, err);
    if (ok) {
        *at = tree_address(m, tree.bytes);
        ok = put(m, l, path ? path : "the device tree", *at, tree.blob,
                 tree.bytes, err);
    }
    devicetree_free(&tree);
    return ok;
}

bool firmware_load(struct machine *m, const struct firmware_files *files,
                   struct err *err)
{
    struct layout layout = { 0 };
    struct devicetree_chosen chosen = { .arguments = files->arguments };
    uint64_t start = 0, next = 0, tree;
    if (files->firmware &&
        !load_program(m, &layout, files->firmware, MEM_RAM, &start, err))
        return false;
    if (files->kernel &&
        !load_program(m, &layout, files->kernel,
                      files->firmware ? FIRMWARE_KERNEL_AT : MEM_RAM, &next,
                      err))
        return false;
    if (!load_initrd(m, &layout, files->initrd, &chosen, err) ||
        !load_tree(m, &layout, files->tree, &chosen, &tree, err))
        return false;
    if (!files->firmware)
        start = next;
    rom_fill(&m->rom, start, tree, files->firmware ? next : 0);
    machine_reset(m, MEM_ROM, tree);
    return true;
}
