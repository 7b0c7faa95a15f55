// SPDX-License-Identifier: Apache-2.0
/* See elf/units.h. */
#include "sim/elf/units.h"

#include <libelf.h>

void elf_units_each(const struct elf_file *f,
                    void (*look)(void *context, Dwarf_Die *unit), void *context)
{
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory(f->image, f->bytes);
    Dwarf *dwarf = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
    if (dwarf) {
        Dwarf_Off at = 0, next;
        size_t header;
        while (dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL) == 0) {
            Dwarf_Die unit;
            if (dwarf_offdie(dwarf, at + header, &unit))
                look(context, &unit);
            at = next;
        }
        dwarf_end(dwarf);
    }
    if (elf)
        elf_end(elf);
}
