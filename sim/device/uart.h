/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console: the subset of a 16550 UART that software uses. Transmission is
 * instant. Output goes to a growing text; input is a queue that the host
 * fills between runs. Registers: data (0), interrupt enable (1), identification
 * and FIFO control (2), line control with DLAB (3), modem control (4), line
 * status (5), modem status (6), scratch (7). Bytes only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mmu/heap.h"

#define UART_SIZE  0x100
#define UART_INPUT 4096 /* bytes waiting at most; power of two */

struct uart {
    uint8_t ier, fcr, lcr, mcr, scratch, dll, dlm;
    bool tx_empty_pending; /* THR-empty interrupt not yet acknowledged */
    uint8_t input[UART_INPUT];
    uint32_t input_first, input_next;

    char *text; /* all output so far, terminated; NULL = none */
    size_t length, room;
    struct heap *heap; /* where text lies */
    FILE *echo;        /* output goes here too; NULL = nowhere */
};

void uart_reset(struct uart *u);
void uart_free(struct uart *u);
/* False: no such register or not one byte. */
bool uart_read(struct uart *u, uint64_t offset, unsigned size, uint64_t *value);
bool uart_write(struct uart *u, uint64_t offset, unsigned size, uint64_t value);
/* Host: bytes to the guest; returns how many fitted. */
size_t uart_input(struct uart *u, const char *bytes, size_t n);
/* Host and HTIF: one byte of output. */
void uart_print(struct uart *u, char byte);
/* Level of its interrupt line. */
bool uart_interrupt(const struct uart *u);
