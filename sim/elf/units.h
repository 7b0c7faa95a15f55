/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compilation units of an ELF file's debug information, one after the
 * other, for elf/lines.c and elf/types.c. Library: libdw.
 */
#pragma once

#include <elfutils/libdw.h>

#include "sim/elf/elf.h"

/* Calls look(context, unit) for each; never, when the file has no debug
 * information. The unit is libdw's, and gone afterwards. */
void elf_units_each(const struct elf_file *f,
                    void (*look)(void *context, Dwarf_Die *unit),
                    void *context);
