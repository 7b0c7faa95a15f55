/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden files: what a program printed, compared with a file that was read and
 * found good. OPALITE_UPDATE_GOLDEN=1 writes them anew. Numbers that change
 * with the guest's build can be masked.
 */
#pragma once

#include <ctype.h>

#include "tests/sim/cli_help.h"

/* Each hexadecimal number (0x or _ before it) with at least `hex_least` digits,
 * and each decimal one with `least`, becomes '#'. */
static inline void mask_numbers(char *text, size_t hex_least, size_t least)
{
    char *to = text;
    for (const char *at = text; *at;) {
        bool hex = at - text >= 2 &&
                   ((at[-1] == 'x' && at[-2] == '0') || at[-1] == '_');
        bool colour = at > text && at[-1] == '#';
        size_t n = 0;
        while (hex ? isxdigit((unsigned char)at[n])
                   : isdigit((unsigned char)at[n]))
            n++;
        if (n >= (hex ? hex_least : least) && !colour) {
            *to++ = '#';
            at += n;
        } else if (n) {
            memmove(to, at, n);
            to += n;
            at += n;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
}

static inline void compare_golden(const char *path, const char *text)
{
    char *golden = calloc(1, 1 << 20);
    assert_non_null(golden);
    if (getenv("OPALITE_UPDATE_GOLDEN")) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fputs(text, f);
        fclose(f);
    }
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(golden, 1, (1 << 20) - 1, f);
    fclose(f);
    golden[n] = 0;
    if (strcmp(golden, text) != 0)
        print_error("%s is now:\n%s", path, text);
    assert_string_equal(text, golden);
    free(golden);
}
