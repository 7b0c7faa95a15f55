/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of code addresses: which program, function and source line. Part of
 * registry.h: programs are where the kernel said it loaded them, the kernel
 * and bare-metal files where they are linked (or, before translation is on,
 * at the physical address they were loaded to).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/registry.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The file an address belongs to, and the address inside that file. */
static struct elf_file *file_of(const struct registry *r, uint64_t pc,
                                const char **name, uint64_t *address,
                                uint64_t *offset)
{
    for (size_t i = r->program_count; i > 0; i--) {
        const struct registry_program *p = &r->programs[i - 1];
        if (pc - p->text < p->text_bytes) {
            *name = p->name;
            *address = pc - p->bias;
            *offset = pc - p->text;
            return p->file;
        }
    }
    if (!r->kernel)
        return NULL;
    uint64_t pa;
    *address = pc;
    if (!elf_physical(r->kernel, pc, &pa) &&
        !elf_virtual(r->kernel, pc, address))
        return NULL;
    *name = base_name(r->kernel->path);
    *offset = *address - r->kernel->segments[0].va;
    return r->kernel;
}

bool registry_place(const struct registry *r, uint64_t pc,
                    struct place_name *place)
{
    uint64_t address;
    memset(place, 0, sizeof *place);
    struct elf_file *f =
        file_of(r, pc, &place->program, &address, &place->offset);
    if (!f)
        return place->program != NULL;
    const struct elf_symbol *s = elf_symbol_at(f, address);
    if (s) {
        place->function = s->name;
        place->offset = address - s->address;
    }
    elf_line_at(f, address, &place->file, &place->line);
    return true;
}

void registry_place_text(const struct registry *r, uint64_t pc, char *to,
                         size_t room)
{
    struct place_name p;
    char line[160] = "", function[160] = "";
    if (!registry_place(r, pc, &p)) {
        snprintf(to, room, "0x%" PRIx64, pc);
        return;
    }
    if (p.file)
        snprintf(line, sizeof line, " (%s:%d)", p.file, p.line);
    if (p.offset)
        snprintf(function, sizeof function, "%s+0x%" PRIx64,
                 p.function ? p.function : "", p.offset);
    else
        snprintf(function, sizeof function, "%s",
                 p.function ? p.function : "start");
    snprintf(to, room, "%s: %s%s", p.program, function, line);
}

static bool symbol_in(const struct elf_file *f, uint64_t bias, const char *name,
                      uint64_t *address)
{
    const struct elf_symbol *s = f ? elf_symbol_find(f, name) : NULL;
    if (!s)
        return false;
    *address = s->address + (s->absolute ? 0 : bias);
    return true;
}

bool registry_code(const struct registry *r, size_t i, struct registry_code *c)
{
    *c = (struct registry_code){ .name = "kernel", .file = r->kernel };
    if (i == 0 && r->kernel)
        c->name = base_name(r->kernel->path);
    if (i == 0)
        return r->kernel || r->program_count;
    if (i > r->program_count)
        return false;
    const struct registry_program *p = &r->programs[i - 1];
    *c = (struct registry_code){ p->name, p->file, p->bias };
    return true;
}

bool registry_code_is(const struct registry_code *c, const char *name,
                      size_t length)
{
    return strncmp(name, c->name, length) == 0 &&
           (c->name[length] == 0 || strcmp(c->name + length, ".elf") == 0);
}

bool registry_symbol(const struct registry *r, const char *name,
                     uint64_t *address)
{
    const char *colon = strchr(name, ':');
    const char *local = colon ? colon + 1 : name;
    struct registry_code c;
    for (size_t i = 0; registry_code(r, i, &c); i++)
        if ((!colon || registry_code_is(&c, name, (size_t)(colon - name))) &&
            symbol_in(c.file, c.bias, local, address))
            return true;
    return false;
}
