/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/target.h. */
#include "sim/gdb/target.h"

#include <inttypes.h>
#include <string.h>

#include "cpu/disasm.h"
#include "sim/memmap.h"

#define PAGE_BYTES 4096

/* ---- description ----------------------------------------------------------
 */

static void print_register(FILE *to, const char *name, unsigned number,
                           const char *more)
{
    fprintf(to, "<reg name=\"%s\" bitsize=\"64\" regnum=\"%u\"%s/>\n", name,
            number, more);
}

void gdb_target_print(FILE *to)
{
    struct csr_info csr;
    fprintf(to, "<?xml version=\"1.0\"?>\n"
                "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
                "<target version=\"1.0\">\n"
                "<architecture>riscv:rv64</architecture>\n"
                "<osabi>none</osabi>\n"
                "<feature name=\"org.gnu.gdb.riscv.cpu\">\n");
    for (unsigned i = 0; i < 32; i++)
        print_register(to, register_names[i], i,
                       i == 1                       ? " type=\"code_ptr\""
                       : i == 2 || i == 3 || i == 4 ? " type=\"data_ptr\""
                                                    : "");
    print_register(to, "pc", GDB_PC, " type=\"code_ptr\"");
    fprintf(to, "</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n");
    for (unsigned i = 0; csr_each(i, &csr); i++)
        print_register(to, csr.name, GDB_FIRST_CSR + (unsigned)csr.number,
                       " group=\"csr\"");
    fprintf(to, "</feature>\n<feature name=\"org.gnu.gdb.riscv.virtual\">\n");
    print_register(to, "priv", GDB_PRIVILEGE, "");
    fprintf(to, "</feature>\n</target>\n");
}

/* In an attribute's quotes. */
static void print_quoted(FILE *to, const char *text)
{
    for (; *text; text++)
        if (strchr("<>&\"'", *text))
            fprintf(to, "&#%d;", *text);
        else
            fputc(*text, to);
}

void gdb_target_print_programs(const struct registry *r, FILE *to)
{
    fprintf(to, "<library-list>\n");
    for (size_t i = 0; i < r->program_count; i++) {
        const struct registry_program *p = &r->programs[i];
        if (!p->file || !p->file->segment_count)
            continue;
        fprintf(to, "<library name=\"");
        print_quoted(to, p->file->path);
        fprintf(to, "\"><segment address=\"0x%" PRIx64 "\"/></library>\n",
                p->file->segments->va + p->bias);
    }
    fprintf(to, "</library-list>\n");
}

/* ---- looking ---------------------------------------------------------------
 */

bool gdb_target_register(const struct hart *h, uint64_t number, uint64_t *value)
{
    const struct cpu *c = &h->cpu;
    if (number < GDB_PC)
        *value = c->x[number];
    else if (number == GDB_PC)
        *value = c->pc;
    else if (number == GDB_PRIVILEGE)
        *value = c->privilege;
    else
        return number >= GDB_FIRST_CSR && number < GDB_PRIVILEGE &&
               cpu_peek_csr(c, (uint16_t)(number - GDB_FIRST_CSR), value);
    return true;
}

/* Bytes from va to the end of its page, n at most. */
static size_t in_page(uint64_t va, size_t n)
{
    size_t part = PAGE_BYTES - (size_t)(va % PAGE_BYTES);
    return part < n ? part : n;
}

/* RAM, or the boot ROM: the only device that reading does nothing to. */
static bool peek(const struct machine *m, uint64_t pa, uint8_t *to, size_t n)
{
    if (machine_peek_phys(m, pa, to, n))
        return true;
    for (size_t i = 0; i < n; i++) {
        uint64_t byte;
        if (!rom_read(&m->rom, pa + i - MEM_ROM, 1, &byte))
            return false;
        to[i] = (uint8_t)byte;
    }
    return true;
}

size_t gdb_target_read(const struct machine *m, const struct hart *h,
                       uint64_t va, void *to, size_t n)
{
    size_t done = 0;
    while (done < n) {
        uint64_t pa;
        size_t part = in_page(va + done, n - done);
        if (!machine_place_of_hart(h, va + done, &pa) ||
            !peek(m, pa, (uint8_t *)to + done, part))
            break;
        done += part;
    }
    return done;
}

bool gdb_target_holds(const struct machine *m, const struct hart *h,
                      uint64_t va, const void *bytes, size_t n)
{
    char there[PAGE_BYTES];
    const char *expected = bytes;
    for (size_t done = 0, part; done < n; done += part) {
        uint64_t pa;
        part = in_page(va + done, n - done);
        if (!machine_place_of_hart(h, va + done, &pa) ||
            !machine_peek_phys(m, pa, there, part) ||
            memcmp(there, expected + done, part) != 0)
            return false;
    }
    return true;
}

/* ---- the debugger's hand ---------------------------------------------------
 */

bool gdb_target_set_register(struct hart *h, uint64_t number, uint64_t value)
{
    if (number > GDB_PC || (number == GDB_PC && value & 1))
        return false;
    if (number == GDB_PC)
        h->cpu.pc = value;
    else if (number)
        h->cpu.x[number] = value;
    return true;
}

bool gdb_target_write(struct machine *m, const struct hart *h, uint64_t va,
                      const void *from, size_t n)
{
    char old[PAGE_BYTES];
    const char *bytes = from;
    for (size_t done = 0, part; done < n; done += part) {
        part = in_page(va + done, n - done);
        if (gdb_target_read(m, h, va + done, old, part) != part)
            return false;
    }
    for (size_t done = 0, part; done < n; done += part) {
        uint64_t pa;
        part = in_page(va + done, n - done);
        if (!machine_place_of_hart(h, va + done, &pa) ||
            !machine_poke_phys(m, pa, bytes + done, part))
            return false;
    }
    return true;
}
