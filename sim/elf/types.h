/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the fields of the guest's structs are, and what its constants are, from
 * the debug information of its file: so a view can read the kernel's own
 * records and follows when they change. Library: libdw.
 */
#pragma once

#include "sim/elf/elf.h"

struct elf_field {
    const char *structure, *member; /* "thread", "state" */
    uint64_t offset;                /* filled in: bytes */
};

struct elf_constant {
    const char *name; /* of an enum */
    uint64_t value;   /* filled in */
};

/* Fills in all of them. False: *err names the first that is not known
 * (EXIT_CANNOT_LOAD). */
MUST_CHECK
bool elf_types_find(const struct elf_file *f, struct elf_field *field,
                    size_t fields, struct elf_constant *constant,
                    size_t constants, struct err *err);
