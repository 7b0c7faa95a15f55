/* SPDX-License-Identifier: Apache-2.0 */
/* See cmd/board.h. */
#include "sim/cmd/board.h"

static bool take_script(struct board_options *b, const struct options *o,
                        enum typed_step step)
{
    if (typed_add(&b->script, step, o->value))
        return true;
    usage_error(o->command, "--%s %s: not a text, or more than %d steps",
                o->rows[o->row].name, o->value, TYPED_STEPS);
    return false;
}

static bool take_console(struct board_options *b, const struct options *o)
{
    struct err err;
    if (machine_console_named(o->value, &b->console, &err))
        return true;
    usage_error(o->command, "--console: %s", err.text);
    return false;
}

bool board_take(struct board_options *b, const struct options *o)
{
    switch (o->row) {
    case BOARD_ROW_FIRMWARE:
        b->files.firmware = o->value;
        return true;
    case BOARD_ROW_KERNEL:
        b->files.kernel = o->value;
        return true;
    case BOARD_ROW_INITRD:
        b->files.initrd = o->value;
        return true;
    case BOARD_ROW_DISK:
        b->disk = o->value;
        return true;
    case BOARD_ROW_APPEND:
        b->files.arguments = o->value;
        return true;
    case BOARD_ROW_DTB:
        b->files.tree = o->value;
        return true;
    case BOARD_ROW_MEMORY:
        machine_options_set(&b->machine, "ram.bytes", o->value);
        return true;
    case BOARD_ROW_CONSOLE:
        return take_console(b, o);
    case BOARD_ROW_HARTS:
        machine_options_set(&b->machine, "harts", o->value);
        return true;
    case BOARD_ROW_EXPECT:
        return take_script(b, o, TYPED_EXPECT);
    case BOARD_ROW_SEND:
        return take_script(b, o, TYPED_SEND);
    case BOARD_ROW_MISALIGNED:
        machine_options_set(&b->machine, "misaligned", o->value);
        return true;
    case BOARD_ROW_PRESET:
        b->machine.preset = o->value;
        return true;
    case BOARD_ROW_SET:
        machine_options_set(&b->machine, NULL, o->value);
        return true;
    default:
        return false;
    }
}

struct machine *board_build(const struct board_options *b, struct heap *heap,
                            struct err *err)
{
    struct config config;
    if (!machine_options_read(&b->machine, &config, err))
        return NULL;
    struct machine *m = machine_new_in(heap, &config, err);
    if (!m)
        return NULL;
    m->keys_to = b->console;
    if ((b->disk && !machine_attach_disk(m, b->disk, err)) ||
        !firmware_load(m, &b->files, err)) {
        machine_free(m);
        return NULL;
    }
    return m;
}
