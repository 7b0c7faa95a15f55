/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small printf over console_write: the line is put together on the stack and
 * written with one system call.
 */
#include "os/user/opalite.h"

struct line {
    char text[256];
    uint64_t used;
};

/* How one number is printed. */
struct number {
    uint64_t magnitude;
    bool negative;
    unsigned base;  /* 10 or 16 */
    unsigned width; /* at least so many characters */
    char fill;      /* ' ' or '0' */
};

static void line_put(struct line *line, char c)
{
    if (line->used < sizeof line->text - 1)
        line->text[line->used++] = c;
}

static void line_put_number(struct line *line, const struct number *n)
{
    char digits[20];
    unsigned count = 0;
    uint64_t rest = n->magnitude;

    do {
        digits[count++] = "0123456789abcdef"[rest % n->base];
        rest /= n->base;
    } while (rest);

    unsigned shown = count + n->negative;

    if (n->negative && n->fill == '0')
        line_put(line, '-');
    for (unsigned i = shown; i < n->width; i++)
        line_put(line, n->fill);
    if (n->negative && n->fill != '0')
        line_put(line, '-');
    while (count)
        line_put(line, digits[--count]);
}

static void line_put_text(struct line *line, const char *text, unsigned width)
{
    for (size_t i = strlen(text); i < width; i++)
        line_put(line, ' ');
    while (*text)
        line_put(line, *text++);
}

/* Performs one conversion; `f` is behind the %. Returns what follows it. */
static const char *line_convert(struct line *line, const char *f, va_list *args)
{
    struct number n = { .base = 10, .fill = ' ' };
    bool is_long = false;

    if (*f == '0')
        n.fill = *f++;
    for (; *f >= '0' && *f <= '9'; f++)
        n.width = n.width * 10 + (unsigned)(*f - '0');
    for (; *f == 'l'; f++)
        is_long = true;
    if (*f == 'd') {
        int64_t value = is_long ? va_arg(*args, long) : va_arg(*args, int);

        n.negative = value < 0;
        n.magnitude = n.negative ? -(uint64_t)value : (uint64_t)value;
        line_put_number(line, &n);
    } else if (*f == 'u' || *f == 'x') {
        n.base = *f == 'x' ? 16 : 10;
        n.magnitude =
            is_long ? va_arg(*args, unsigned long) : va_arg(*args, unsigned);
        line_put_number(line, &n);
    } else if (*f == 'p') {
        n.base = 16;
        n.magnitude = (uint64_t)va_arg(*args, void *);
        line_put(line, '0');
        line_put(line, 'x');
        line_put_number(line, &n);
    } else if (*f == 's') {
        line_put_text(line, va_arg(*args, const char *), n.width);
    } else if (*f == 'c') {
        line_put(line, (char)va_arg(*args, int));
    } else if (*f) {
        line_put(line, *f);
    }
    return *f ? f + 1 : f;
}

int64_t print(const char *format, ...)
{
    struct line line;
    va_list args;

    line.used = 0;
    va_start(args, format);
    while (*format) {
        if (*format == '%')
            format = line_convert(&line, format + 1, &args);
        else
            line_put(&line, *format++);
    }
    va_end(args);
    return sys_console_write((uint64_t)line.text, line.used);
}
