/* SPDX-License-Identifier: Apache-2.0 */
/* The 16550 subset; see device/uart.h. */
#include "sim/device/uart.h"

#include <string.h>

#include "mmu/err.h"

enum { RBR_THR, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR };

#define IER_RX          0x01
#define IER_TX_EMPTY    0x02
#define IIR_NONE        0x01
#define IIR_TX_EMPTY    0x02
#define IIR_RX          0x04
#define IIR_FIFOS_ON    0xc0
#define FCR_ENABLE      0x01
#define FCR_CLEAR_INPUT 0x02
#define LCR_DLAB        0x80
#define LSR_DATA_READY  0x01
#define LSR_TX_EMPTY    0x60 /* holding register and shifter */
#define MSR_READY       0xb0 /* carrier, data set ready, clear to send */

void uart_reset(struct uart *u)
{
    u->ier = u->fcr = u->lcr = u->mcr = u->scratch = u->dll = u->dlm = 0;
    u->tx_empty_pending = false;
    u->input_first = u->input_next = 0;
}

void uart_free(struct uart *u)
{
    heap_free(u->heap, u->text);
    u->text = NULL;
}

static bool input_waits(const struct uart *u)
{
    return u->input_first != u->input_next;
}

static uint8_t input_take(struct uart *u)
{
    if (!input_waits(u))
        return 0;
    return u->input[u->input_first++ & (UART_INPUT - 1)];
}

/* Reading IIR acknowledges the transmitter's interrupt when it is shown. */
static uint8_t identify(struct uart *u)
{
    uint8_t fifos = u->fcr & FCR_ENABLE ? IIR_FIFOS_ON : 0;
    if ((u->ier & IER_RX) && input_waits(u))
        return fifos | IIR_RX;
    if ((u->ier & IER_TX_EMPTY) && u->tx_empty_pending) {
        u->tx_empty_pending = false;
        return fifos | IIR_TX_EMPTY;
    }
    return fifos | IIR_NONE;
}

bool uart_read(struct uart *u, uint64_t offset, unsigned size, uint64_t *value)
{
    bool dlab = u->lcr & LCR_DLAB;
    if (size != 1)
        return false;
    switch (offset) {
    case RBR_THR:
        *value = dlab ? u->dll : input_take(u);
        return true;
    case IER:
        *value = dlab ? u->dlm : u->ier;
        return true;
    case IIR_FCR:
        *value = identify(u);
        return true;
    case LCR:
        *value = u->lcr;
        return true;
    case MCR:
        *value = u->mcr;
        return true;
    case LSR:
        *value = LSR_TX_EMPTY | (input_waits(u) ? LSR_DATA_READY : 0);
        return true;
    case MSR:
        *value = MSR_READY;
        return true;
    case SCR:
        *value = u->scratch;
        return true;
    default:
        return false;
    }
}

static void transmit(struct uart *u, uint8_t byte)
{
    uart_print(u, (char)byte);
    u->tx_empty_pending = true;
}

bool uart_write(struct uart *u, uint64_t offset, unsigned size, uint64_t value)
{
    bool dlab = u->lcr & LCR_DLAB;
    uint8_t byte = (uint8_t)value;
    if (size != 1)
        return false;
    switch (offset) {
    case RBR_THR:
        if (dlab)
            u->dll = byte;
        else
            transmit(u, byte);
        return true;
    case IER:
        if (dlab) {
            u->dlm = byte;
        } else {
            if (~u->ier & byte & IER_TX_EMPTY)
                u->tx_empty_pending = true;
            u->ier = byte & 0x0f;
        }
        return true;
    case IIR_FCR:
        u->fcr = byte & FCR_ENABLE;
        if (byte & FCR_CLEAR_INPUT)
            u->input_first = u->input_next;
        return true;
    case LCR:
        u->lcr = byte;
        return true;
    case MCR:
        u->mcr = byte & 0x1f;
        return true;
    case LSR:
    case MSR:
        return true; /* read-only */
    case SCR:
        u->scratch = byte;
        return true;
    default:
        return false;
    }
}

size_t uart_input(struct uart *u, const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && u->input_next - u->input_first < UART_INPUT)
        u->input[u->input_next++ & (UART_INPUT - 1)] = (uint8_t)bytes[i++];
    return i;
}

void uart_print(struct uart *u, char byte)
{
    if (u->length + 2 > u->room) {
        size_t room = u->room ? 2 * u->room : 4096;
        char *text = heap_larger(u->heap, u->text, room);
        if (!text)
            err_no_memory();
        u->text = text;
        u->room = room;
    }
    u->text[u->length++] = byte;
    u->text[u->length] = 0;
    if (u->echo)
        fputc(byte, u->echo);
}

bool uart_interrupt(const struct uart *u)
{
    return ((u->ier & IER_RX) && input_waits(u)) ||
           ((u->ier & IER_TX_EMPTY) && u->tx_empty_pending);
}
