/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio console; see device/console.h. */
#include "sim/device/console.h"

enum { QUEUE_RECEIVE, QUEUE_TRANSMIT, QUEUES };

void console_open(struct console *c, struct virtio *v)
{
    console_reset(c);
    *v = (struct virtio){ .id = VIRTIO_CONSOLE,
                          .offered = VIRTIO_F_VERSION_1,
                          .queue_count = QUEUES };
}

void console_reset(struct console *c)
{
    c->input_first = c->input_next = 0;
}

size_t console_input(struct console *c, const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && c->input_next - c->input_first < CONSOLE_INPUT)
        c->input[c->input_next++ & (CONSOLE_INPUT - 1)] = (uint8_t)bytes[i++];
    return i;
}

/* A buffer is taken only when there is something to put into it. */
static void receive(struct console *c, struct virtio *v, struct bus *bus)
{
    struct virtio_chain chain;
    while (c->input_next != c->input_first &&
           virtio_next(v, QUEUE_RECEIVE, bus, &chain)) {
        uint32_t n = 0;
        if (chain.write_bytes == 0) {
            virtio_broken(v);
            return;
        }
        while (n < chain.write_bytes && c->input_next != c->input_first)
            virtio_store(&chain, bus, n++,
                         &c->input[c->input_first++ & (CONSOLE_INPUT - 1)], 1);
        virtio_done(v, QUEUE_RECEIVE, bus, &chain, n);
    }
}

static void transmit(struct virtio *v, struct bus *bus, struct uart *out)
{
    struct virtio_chain chain;
    for (unsigned i = 0;
         i < VIRTIO_BELL_MAX && virtio_next(v, QUEUE_TRANSMIT, bus, &chain);
         i++) {
        if (chain.read_bytes > CONSOLE_REQUEST_MAX) {
            virtio_broken(v);
            return;
        }
        for (uint64_t at = 0; at < chain.read_bytes; at++) {
            char byte;
            virtio_fetch(&chain, bus, at, &byte, 1);
            uart_print(out, byte);
        }
        virtio_done(v, QUEUE_TRANSMIT, bus, &chain, 0);
    }
}

void console_serve(struct console *c, struct virtio *v, struct bus *bus,
                   struct uart *out)
{
    receive(c, v, bus);
    transmit(v, bus, out);
}
