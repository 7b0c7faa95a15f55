// SPDX-License-Identifier: Apache-2.0
/*
 * The plain-text back end: plays the draw list into lines of characters. Tests
 * compare them with golden files; `opalite-tui --script` prints them.
 */
#include "viz/canvas/canvas.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_BYTES = 4 };

static void put_run(const struct canvas *c, const struct text_run *r,
                    char *cells)
{
    const char *at = c->text + r->text, *end = at + r->bytes;
    char *to =
        cells + ((size_t)r->y * (size_t)c->width + (size_t)r->x) * CELL_BYTES;

    while (at < end) {
        memset(to, 0, CELL_BYTES);
        *to = *at++;
        for (int i = 1; i < CELL_BYTES && at < end && (*at & 0xc0) == 0x80;)
            to[i++] = *at++;
        to += CELL_BYTES;
    }
}

void canvas_write_text(const struct canvas *c, FILE *out)
{
    size_t count = (size_t)c->width * (size_t)c->height;
    char *cells = calloc(count + 1, CELL_BYTES);

    if (!cells)
        err_no_memory();
    for (size_t i = 0; i < c->run_count; i++)
        put_run(c, &c->runs[i], cells);
    for (int y = 0; y < c->height; y++) {
        const char *line = cells + (size_t)y * (size_t)c->width * CELL_BYTES;
        const char *end = line + (size_t)c->width * CELL_BYTES;
        while (end > line && (end[-CELL_BYTES] == 0 || end[-CELL_BYTES] == ' '))
            end -= CELL_BYTES;
        for (const char *cell = line; cell < end; cell += CELL_BYTES) {
            if (*cell)
                fwrite(cell, 1, strnlen(cell, CELL_BYTES), out);
            else
                fputc(' ', out);
        }
        fputc('\n', out);
    }
    free(cells);
}
