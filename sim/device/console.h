/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A console (VIRTIO 1.1, 5.3) with one port: queue 0 takes buffers for what the
 * user types, queue 1 brings text for the user. The text joins that of the
 * UART, byte by byte in the order of printing. Keys wait here until the driver
 * gives a buffer.
 */
#pragma once

#include "sim/device/uart.h"
#include "sim/device/virtio.h"

#define CONSOLE_INPUT 4096 /* bytes waiting at most; power of two */
#define CONSOLE_REQUEST_MAX                                                    \
    65536 /* bytes printed by one request; a longer one breaks the device */

struct console {
    uint8_t input[CONSOLE_INPUT];
    uint32_t input_first, input_next;
};

/* Makes the slot a console. */
void console_open(struct console *c, struct virtio *v);
/* Power-on: what was typed is forgotten. */
void console_reset(struct console *c);
/* Host: keys; returns how many fitted. Then serve. */
size_t console_input(struct console *c, const char *bytes, size_t n);
/* Keys into buffers, buffers to the text of `out`. */
void console_serve(struct console *c, struct virtio *v, struct bus *bus,
                   struct uart *out);
