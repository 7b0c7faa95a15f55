/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host hands to a machine from outside: keys, bytes of RAM, requests
 * for the mailbox; and what words for engines, stops and consoles mean.
 */
#include "sim/machine.h"

#include <string.h>

static const char *const engines[] = {
    [ENGINE_FAST] = "fast", [ENGINE_READABLE] = "readable"
};

const char *engine_name(enum engine engine)
{
    return engines[engine];
}

bool engine_of_name(const char *name, enum engine *engine)
{
    for (unsigned i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (!strcmp(name, engines[i])) {
            *engine = (enum engine)i;
            return true;
        }
    return false;
}

const char *stop_name(enum stop stop)
{
    static const char *const names[STOP_COUNT] = {
        [STOP_BUDGET] = "budget",
        [STOP_EVENT] = "event",
        [STOP_MAILBOX] = "mailbox",
        [STOP_SCRIPT] = "script",
        [STOP_TEXT] = "text",
        [STOP_RESET] = "reset",
        [STOP_POINT] = "point",
        [STOP_POWEROFF] = "poweroff",
        [STOP_FAIL] = "fail",
        [STOP_HUNG] = "hung",
        [STOP_PANIC] = "panic",
        [STOP_IDLE] = "idle",
        [STOP_NO_PROGRESS] = "no_progress",
    };
    return stop < STOP_COUNT ? names[stop] : "?";
}

enum exit_code stop_exit_code(enum stop stop)
{
    switch (stop) {
    case STOP_BUDGET:
        return EXIT_CYCLE_LIMIT;
    case STOP_FAIL:
        return EXIT_GUEST_FAILURE;
    case STOP_HUNG:
    case STOP_PANIC:
        return EXIT_GUEST_FAULT;
    case STOP_IDLE:
    case STOP_NO_PROGRESS:
        return EXIT_NO_PROGRESS;
    default:
        return EXIT_PASSED;
    }
}

bool machine_console_named(const char *name, enum machine_console *console,
                           struct err *err)
{
    bool virtio = strcmp(name, "virtio") == 0;
    *console = virtio ? CONSOLE_VIRTIO : CONSOLE_UART;
    if (virtio || strcmp(name, "uart") == 0)
        return true;
    return err_set(err, EXIT_USAGE, "expected uart or virtio, got '%s'", name);
}

size_t machine_console_input(struct machine *m, const char *bytes, size_t n)
{
    if (m->keys_to == CONSOLE_UART)
        return uart_input(&m->uart, bytes, n);
    struct virtio *v = &m->virtio[MACHINE_SLOT_CONSOLE];
    size_t taken = console_input(&m->console, bytes, n);
    console_serve(&m->console, v, &m->bus, &m->uart);
    return taken;
}

bool machine_poke_phys(struct machine *m, uint64_t pa, const void *from,
                       size_t n)
{
    return bus_write(&m->bus, pa, from, n);
}

bool machine_mailbox_post(struct machine *m, uint64_t op, const uint64_t arg[6],
                          const void *window, size_t window_bytes)
{
    struct mailbox *b = &m->mailbox;
    if (b->pending || window_bytes > MAILBOX_WINDOW_BYTES)
        return false;
    b->pending = true;
    b->done = false;
    b->op = op;
    memcpy(b->arg, arg, sizeof b->arg);
    memset(b->window, 0, sizeof b->window);
    if (window_bytes)
        memcpy(b->window, window, window_bytes);
    return true;
}

int64_t machine_mailbox_result(const struct machine *m)
{
    return (int64_t)m->mailbox.result;
}

void machine_script_answer(struct machine *m, enum script_op op,
                           const uint64_t arg[4])
{
    m->mailbox.script_asked = false;
    m->mailbox.script_op = op;
    memcpy(m->mailbox.script_arg, arg, sizeof m->mailbox.script_arg);
}
