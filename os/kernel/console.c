/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console: a 16550 UART, polled, and a small formatter for what the kernel
 * itself has to say.
 */
#include <stdarg.h>

#include "os/kernel/kernel.h"
#include "sim/memmap.h"

#define UART_LSR       5
#define UART_LSR_EMPTY 0x20

void console_put(char c)
{
    volatile uint8_t *uart = from_physical(MEM_UART);
    while (!(uart[UART_LSR] & UART_LSR_EMPTY))
        ;
    *uart = (uint8_t)c;
}

static void put_string(const char *s)
{
    while (*s)
        console_put(*s++);
}

static void put_number(uint64_t value, unsigned base)
{
    char digit[20];
    unsigned n = 0;
    do {
        digit[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (n > 0)
        console_put(digit[--n]);
}

static void put_signed(int64_t value)
{
    if (value < 0)
        console_put('-');
    put_number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

static void put_argument(char kind, va_list *arguments)
{
    switch (kind) {
    case 's':
        put_string(va_arg(*arguments, const char *));
        break;
    case 'c':
        console_put((char)va_arg(*arguments, int));
        break;
    case 'd':
        put_signed(va_arg(*arguments, int64_t));
        break;
    case 'u':
        put_number(va_arg(*arguments, uint64_t), 10);
        break;
    case 'p':
        put_string("0x");
        put_number(va_arg(*arguments, uint64_t), 16);
        break;
    case 'x':
        put_number(va_arg(*arguments, uint64_t), 16);
        break;
    default:
        console_put(kind);
    }
}

void console_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (const char *c = format; *c; c++) {
        if (*c != '%') {
            console_put(*c);
            continue;
        }
        while (*++c == 'l')
            ;
        if (!*c)
            break;
        put_argument(*c, &arguments);
    }
    va_end(arguments);
}
