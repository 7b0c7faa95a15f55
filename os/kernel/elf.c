/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See elf.h. The file may lie at any alignment, so headers are copied out
 * before they are read.
 */
#include "os/kernel/elf.h"

#include <stddef.h>

#define PAGE_MASK    4095u

#define ET_EXEC      2
#define EM_RISCV     243
#define EF_FLOAT_ABI 0x6 /* not lp64 */
#define EF_RVE       0x8
#define PT_LOAD      1
#define PT_DYNAMIC   2
#define PT_INTERP    3
#define PT_TLS       7
#define PF_X         1
#define PF_W         2
#define PF_R         4
#define SHT_RELA     4
#define SHF_ALLOC    2

struct elf_header {
    uint8_t identity[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t size, program_header_size, program_header_count;
    uint16_t section_header_size, section_header_count, names;
};

struct elf_program_header {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_bytes, memory_bytes, align;
};

struct elf_section_header {
    uint32_t name, type;
    uint64_t flags, address, offset, bytes;
    uint32_t link, info;
    uint64_t align, entry_bytes;
};

struct elf_relocation {
    uint64_t address, info, addend;
};

/* Copies `bytes` at `offset` out of the file, if they are in it. */
static bool file_read(const struct elf_image *image, uint64_t offset, void *to,
                      uint64_t bytes)
{
    uint8_t *out = to;

    if (offset > image->bytes || bytes > image->bytes - offset)
        return false;
    for (uint64_t i = 0; i < bytes; i++)
        out[i] = image->file[offset + i];
    return true;
}

static bool header_is_ours(const struct elf_header *h)
{
    static const uint8_t identity[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

    for (unsigned i = 0; i < sizeof identity; i++) {
        if (h->identity[i] != identity[i])
            return false;
    }
    return h->type == ET_EXEC && h->machine == EM_RISCV &&
           (h->flags & (EF_FLOAT_ABI | EF_RVE)) == 0 &&
           h->program_header_size == sizeof(struct elf_program_header) &&
           (!h->section_header_count ||
            h->section_header_size == sizeof(struct elf_section_header));
}

/* Takes one segment of the file over as a part. */
static bool part_read(const struct elf_image *image, struct elf_part *part,
                      const struct elf_program_header *p)
{
    if (part->memory_bytes)
        return false; /* a second one of its kind */
    if (p->offset > image->bytes || p->file_bytes > image->bytes - p->offset ||
        p->file_bytes > p->memory_bytes || p->memory_bytes > ELF_TEXT_LIMIT ||
        p->address > UINT64_MAX - ELF_TEXT_LIMIT)
        return false;
    part->address = p->address;
    part->offset = p->offset;
    part->file_bytes = p->file_bytes;
    part->memory_bytes = p->memory_bytes;
    return true;
}

static bool segment_read(struct elf_image *image,
                         const struct elf_program_header *p)
{
    switch (p->type) {
    case PT_LOAD:
        if (!p->memory_bytes)
            return true;
        if (p->address & PAGE_MASK)
            return false;
        if (p->flags == (PF_R | PF_X) && p->file_bytes == p->memory_bytes)
            return part_read(image, &image->text, p);
        return p->flags == (PF_R | PF_W) && part_read(image, &image->data, p);
    case PT_TLS:
        /* The instance starts on a page, which is all the alignment it gets. */
        if (p->align > PAGE_MASK + 1)
            return false;
        return !p->memory_bytes || part_read(image, &image->statics, p);
    case PT_DYNAMIC:
    case PT_INTERP:
        return false;
    default:
        return true; /* notes and attributes */
    }
}

/* Do `bytes` bytes at `address` lie in the part's file bytes? */
static bool part_holds(const struct elf_part *part, uint64_t address,
                       uint64_t bytes)
{
    uint64_t offset = address - part->address;

    return address >= part->address && offset <= part->file_bytes &&
           bytes <= part->file_bytes - offset;
}

static bool parts_fit(const struct elf_image *image)
{
    const struct elf_part *text = &image->text;
    const struct elf_part *data = &image->data;
    const struct elf_part *statics = &image->statics;

    if (!text->memory_bytes || !part_holds(text, image->entry, 2) ||
        image->entry & 1)
        return false;
    if (statics->memory_bytes &&
        (data->memory_bytes ||
         (statics->file_bytes &&
          !part_holds(text, statics->address, statics->file_bytes))))
        return false;
    return !data->memory_bytes ||
           data->address >= text->address + text->memory_bytes ||
           text->address >= data->address + data->memory_bytes;
}

bool elf_read(struct elf_image *image, const void *file, uint64_t bytes)
{
    struct elf_header h;

    *image = (struct elf_image){ .file = file, .bytes = bytes };
    if (!file_read(image, 0, &h, sizeof h) || !header_is_ours(&h))
        return false;
    image->entry = h.entry;
    image->sections = h.section_headers;
    image->section_count = h.section_header_count;
    for (uint64_t i = 0; i < h.program_header_count; i++) {
        struct elf_program_header p;

        if (h.program_headers > bytes ||
            !file_read(image, h.program_headers + i * sizeof p, &p, sizeof p) ||
            !segment_read(image, &p))
            return false;
    }
    /* A plain program runs where it was linked: nothing to relocate. */
    return parts_fit(image) &&
           (image->data.memory_bytes || elf_visit_pointers(image, NULL, NULL));
}

/* ---- relocations ------------------------------------------------------- */

/* What the linker did, as far as it matters (RISC-V psABI, Relocations). */
enum relocation_kind { RELOCATION_POINTER, RELOCATION_NOTHING, RELOCATION_BAD };

/*
 * Distances within the image, and distances from tp, are the same at every
 * address; absolute words must be adjusted; absolute code cannot be.
 */
static enum relocation_kind relocation_kind(uint32_t type)
{
    switch (type) {
    case 2: /* 64 */
        return RELOCATION_POINTER;
    case 0:  /* NONE */
    case 16: /* BRANCH */
    case 17: /* JAL */
    case 18: /* CALL */
    case 19: /* CALL_PLT */
    case 23: /* PCREL_HI20 */
    case 24: /* PCREL_LO12_I */
    case 25: /* PCREL_LO12_S */
    case 29: /* TPREL_HI20 */
    case 30: /* TPREL_LO12_I */
    case 31: /* TPREL_LO12_S */
    case 32: /* TPREL_ADD */
    case 33: /* ADD8 .. SUB64: differences of two labels */
    case 34:
    case 35:
    case 36:
    case 37:
    case 38:
    case 39:
    case 40:
    case 43: /* ALIGN */
    case 44: /* RVC_BRANCH */
    case 45: /* RVC_JUMP */
    case 49: /* TPREL_I, made by the linker */
    case 50: /* TPREL_S, likewise */
    case 51: /* RELAX */
    case 52: /* SUB6, SET6 .. SET32: differences again */
    case 53:
    case 54:
    case 55:
    case 56:
    case 57: /* 32_PCREL */
        return RELOCATION_NOTHING;
    default:
        return RELOCATION_BAD;
    }
}

static bool relocation_visit(const struct elf_image *image,
                             const struct elf_relocation *r, elf_visitor *visit,
                             void *context)
{
    uint64_t value;
    uint64_t offset = r->address - image->text.address;

    switch (relocation_kind((uint32_t)r->info)) {
    case RELOCATION_NOTHING:
        return true;
    case RELOCATION_BAD:
        return false;
    case RELOCATION_POINTER:
        break;
    }
    /* The linker has already written the value for the file's addresses. */
    if (!part_holds(&image->text, r->address, sizeof value) ||
        !file_read(image, image->text.offset + offset, &value, sizeof value))
        return false;
    return !visit || visit(context, offset, value);
}

/* All relocations of one section, if they are of a loaded one. */
static bool section_visit(const struct elf_image *image,
                          const struct elf_section_header *s,
                          elf_visitor *visit, void *context)
{
    struct elf_section_header target;
    struct elf_relocation r;

    if (s->type != SHT_RELA)
        return true;
    if (s->info >= image->section_count || s->offset > image->bytes ||
        s->bytes > image->bytes - s->offset ||
        !file_read(image, image->sections + s->info * sizeof target, &target,
                   sizeof target))
        return false;
    if (!(target.flags & SHF_ALLOC))
        return true; /* of debugging information */
    for (uint64_t i = 0; i < s->bytes / sizeof r; i++) {
        if (!file_read(image, s->offset + i * sizeof r, &r, sizeof r) ||
            !relocation_visit(image, &r, visit, context))
            return false;
    }
    return true;
}

bool elf_visit_pointers(const struct elf_image *image, elf_visitor *visit,
                        void *context)
{
    if (image->sections > image->bytes)
        return false;
    for (uint64_t i = 0; i < image->section_count; i++) {
        struct elf_section_header s;

        if (!file_read(image, image->sections + i * sizeof s, &s, sizeof s) ||
            !section_visit(image, &s, visit, context))
            return false;
    }
    return true;
}
