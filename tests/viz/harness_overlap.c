// SPDX-License-Identifier: Apache-2.0
/* See harness_overlap.h. */
#include "tests/viz/harness_overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

void check_overlap(const struct canvas *c, const char *what)
{
    size_t cells = (size_t)c->width * (size_t)c->height;
    char *taken = calloc(cells, 1);

    assert_non_null(taken);
    for (size_t i = 0; i < c->run_count; i++) {
        const struct text_run *r = &c->runs[i];
        const char *at = c->text + r->text;
        assert_true(r->x >= 0 && r->x + r->cells <= c->width);
        assert_true(r->y >= 0 && r->y < c->height);
        for (int k = 0; k < r->cells; k++) {
            char *cell = &taken[r->y * c->width + r->x + k];
            if (*at != ' ' && *cell)
                fail_msg("%s: overlap at column %d, line %d: %.*s", what,
                         r->x + k, r->y, r->bytes, c->text + r->text);
            *cell |= *at != ' ';
            do
                at++;
            while ((*at & 0xc0) == 0x80);
        }
    }
    free(taken);
}
