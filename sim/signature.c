/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and writing; see signature.h. */
#include "sim/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct elf_symbol *symbol(const struct elf_file *f,
                                       const char *name, struct err *err)
{
    const struct elf_symbol *s = elf_symbol_find(f, name);
    if (!s)
        err_set(err, EXIT_CANNOT_LOAD,
                "%s: no symbol `%s`, which --signature needs", f->path, name);
    return s;
}

bool signature_find(struct signature *s, const struct machine *m,
                    struct err *err)
{
    const struct elf_file *f = m->registry.kernel;
    const struct elf_symbol *first = symbol(f, "begin_signature", err);
    const struct elf_symbol *end =
        first ? symbol(f, "end_signature", err) : NULL;
    if (!end)
        return false;
    s->bytes = end->address - first->address;
    if (end->address < first->address ||
        !elf_physical(f, first->address, &s->pa) ||
        !bus_ram(&m->bus, s->pa, s->bytes))
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: begin_signature (0x%" PRIx64 ") to end_signature "
                       "(0x%" PRIx64 ") is not a part of the program",
                       f->path, first->address, end->address);
    return true;
}

static void write_line(const struct signature *s, const struct machine *m,
                       uint64_t at, unsigned granularity, FILE *to)
{
    uint8_t line[SIGNATURE_GRANULARITY_MAX] = { 0 };
    uint64_t left = s->bytes - at;
    if (!machine_peek_phys(m, s->pa + at, line,
                           left < granularity ? left : granularity))
        bug("the signature is not RAM");
    for (unsigned i = granularity; i-- > 0;)
        fprintf(to, "%02x", line[i]);
    fputc('\n', to);
}

bool signature_write(const struct signature *s, const struct machine *m,
                     const char *path, unsigned granularity, struct err *err)
{
    bool to_stdout = strcmp(path, "-") == 0;
    FILE *f = to_stdout ? stdout : fopen(path, "w");
    if (!f)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", path);
    for (uint64_t at = 0; at < s->bytes; at += granularity)
        write_line(s, m, at, granularity, f);
    bool bad = fflush(f) != 0 || ferror(f);
    if (!to_stdout && fclose(f) != 0)
        bad = true;
    if (bad)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", path);
    return true;
}
