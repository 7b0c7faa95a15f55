/* SPDX-License-Identifier: Apache-2.0 */
/* See err.h. */
#include "mmu/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool err_set(struct err *err, enum exit_code code, const char *format, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, format);
    err->code = code;
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

_Noreturn void err_no_memory(void)
{
    fflush(stdout);
    fputs("opalite: the host has no memory left\n", stderr);
    exit(EXIT_HOST_RESOURCE);
}

_Noreturn void bug_at(const char *file, int line, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    fprintf(stderr, "opalite: bug at %s:%d: ", file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(EXIT_OUR_BUG);
}
