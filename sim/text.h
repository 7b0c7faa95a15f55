/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text that grows in a fixed buffer: what does not fit is cut off, and it is
 * always terminated. Stories are written with it.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "mmu/err.h"

struct text {
    char *at;
    size_t length, room;
};

static inline void PRINTF_LIKE(2, 3)
    text_add(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->at + t->length, t->room - t->length, format, args);
    va_end(args);
    t->length += n > 0 ? (size_t)n : 0;
    if (t->room && t->length >= t->room)
        t->length = t->room - 1;
}
