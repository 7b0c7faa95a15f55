/* SPDX-License-Identifier: Apache-2.0 */
/* See elf/types.h: one pass over the debug information's compilation units. */
#include "sim/elf/types.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/elf/units.h"

struct search {
    struct elf_field *field;
    size_t fields;
    struct elf_constant *constant;
    size_t constants;
    bool *field_found, *constant_found;
};

/* The member's offset, if this is the struct meant. */
static void look_in_struct(struct search *s, Dwarf_Die *die)
{
    const char *name = dwarf_diename(die);
    Dwarf_Die member;
    if (!name || dwarf_child(die, &member) != 0)
        return;
    do {
        const char *called = dwarf_diename(&member);
        Dwarf_Attribute attribute;
        Dwarf_Word offset = 0;
        if (!called || dwarf_tag(&member) != DW_TAG_member)
            continue;
        if (dwarf_attr(&member, DW_AT_data_member_location, &attribute))
            (void)dwarf_formudata(&attribute, &offset);
        for (size_t i = 0; i < s->fields; i++) {
            if (strcmp(s->field[i].structure, name) == 0 &&
                strcmp(s->field[i].member, called) == 0) {
                s->field[i].offset = offset;
                s->field_found[i] = true;
            }
        }
    } while (dwarf_siblingof(&member, &member) == 0);
}

static void look_in_enum(struct search *s, Dwarf_Die *die)
{
    Dwarf_Die constant;
    if (dwarf_child(die, &constant) != 0)
        return;
    do {
        const char *name = dwarf_diename(&constant);
        Dwarf_Attribute attribute;
        Dwarf_Word value;
        if (!name || !dwarf_attr(&constant, DW_AT_const_value, &attribute) ||
            dwarf_formudata(&attribute, &value) != 0)
            continue;
        for (size_t i = 0; i < s->constants; i++) {
            if (strcmp(s->constant[i].name, name) == 0) {
                s->constant[i].value = value;
                s->constant_found[i] = true;
            }
        }
    } while (dwarf_siblingof(&constant, &constant) == 0);
}

static void look_in_unit(void *search, Dwarf_Die *unit)
{
    struct search *s = search;
    Dwarf_Die die;
    if (dwarf_child(unit, &die) != 0)
        return;
    do {
        if (dwarf_tag(&die) == DW_TAG_structure_type)
            look_in_struct(s, &die);
        else if (dwarf_tag(&die) == DW_TAG_enumeration_type)
            look_in_enum(s, &die);
    } while (dwarf_siblingof(&die, &die) == 0);
}

bool elf_types_find(const struct elf_file *f, struct elf_field *field,
                    size_t fields, struct elf_constant *constant,
                    size_t constants, struct err *err)
{
    bool *found = calloc(fields + constants + 1, sizeof *found);
    struct search s = { field,     fields, constant,
                        constants, found,  found ? found + fields : NULL };
    bool ok = true;
    if (!found)
        err_no_memory();
    elf_units_each(f, look_in_unit, &s);
    for (size_t i = 0; i < fields && ok; i++)
        if (!found[i])
            ok = err_set(err, EXIT_CANNOT_LOAD,
                         "%s: its debug information knows no %s.%s", f->path,
                         field[i].structure, field[i].member);
    for (size_t i = 0; i < constants && ok; i++)
        if (!found[fields + i])
            ok = err_set(err, EXIT_CANNOT_LOAD,
                         "%s: its debug information knows no constant %s",
                         f->path, constant[i].name);
    free(found);
    return ok;
}
