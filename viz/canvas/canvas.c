// SPDX-License-Identifier: Apache-2.0
/*
 * The draw list: text cut into cells and clipped to the current box. One
 * Unicode character takes one cell here; characters that terminals draw
 * wider, or on top of their neighbour, become '?', so columns stay aligned
 * whatever a source line or a guest prints. Next: a back end.
 */
#include "viz/canvas/canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- characters ------------------------------------------------------- */

/* Line drawing, blocks and arrows that we use, and what stands for them where
 * there is only ASCII. */
static const struct {
    const char *utf8;
    char ascii;
} drawings[] = {
    { "─", '-' }, { "│", '|' }, { "┬", '+' }, { "┴", '+' }, { "┼", '+' },
    { "├", '+' }, { "┤", '+' }, { "█", '#' }, { "▉", '#' }, { "▊", '#' },
    { "▋", '#' }, { "▌", '#' }, { "▍", '.' }, { "▎", '.' }, { "▏", '.' },
    { "▶", '>' }, { "→", '>' }, { "·", '.' }, { "…", '~' }, { "◀", '<' },
    { "▲", '^' }, { "▼", 'v' }, { "┌", '+' }, { "┐", '+' }, { "└", '+' },
    { "┘", '+' }, { "▓", '%' }, { "▒", '+' }, { "░", '.' }, { "▤", '=' },
    { "▥", '|' }, { "▧", '/' }, { "▨", '*' }, { "●", '*' }, { "✓", '+' },
    { "○", 'o' }, { "»", '>' }, { "↔", '-' }, { "↕", '|' }, { "▁", '_' },
    { "▂", '_' }, { "▃", '-' }, { "▄", '=' }, { "▅", '=' }, { "▆", '#' },
    { "▇", '#' },
};

/* Bytes of the character at `at`, 0 = not UTF-8. */
static size_t character(const char *at, uint32_t *code)
{
    const unsigned char *b = (const unsigned char *)at;
    size_t n = b[0] < 0x80   ? 1
               : b[0] < 0xc2 ? 0
               : b[0] < 0xe0 ? 2
               : b[0] < 0xf0 ? 3
               : b[0] < 0xf5 ? 4
                             : 0;

    if (n == 0)
        return 0;
    *code = n == 1 ? b[0] : b[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (b[i] & 0x3fu);
    }
    return n;
}

/* Latin, Greek, Cyrillic and the drawings: one cell in every terminal. */
static bool is_one_cell(uint32_t code)
{
    return (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code < 0x300) ||
           (code >= 0x370 && code < 0x483) ||
           (code >= 0x2010 && code < 0x2028) ||
           (code >= 0x2190 && code < 0x2200) ||
           (code >= 0x2500 && code < 0x25d0) || code == 0x2713;
}

int text_cells(const char *text)
{
    uint32_t code;
    int cells = 0;

    while (*text) {
        size_t n = character(text, &code);
        text += n ? n : 1;
        cells++;
    }
    return cells;
}

static char ascii_for(const char *at, size_t n)
{
    for (size_t i = 0; i < sizeof drawings / sizeof drawings[0]; i++)
        if (strlen(drawings[i].utf8) == n &&
            memcmp(drawings[i].utf8, at, n) == 0)
            return drawings[i].ascii;
    return '?';
}

/* ---- the list ---------------------------------------------------------- */

void *canvas_grown(void *old, size_t count, size_t size)
{
    void *p = realloc(old, count * size);

    if (!p)
        err_no_memory();
    return p;
}

void canvas_begin(struct canvas *c, int width, int height, bool ascii)
{
    c->width = width;
    c->height = height;
    c->ascii = ascii;
    c->graphic = false;
    c->shift = 0;
    c->pen = PEN_PLAIN;
    canvas_back(c, (struct canvas_mark){ 0 });
    c->box = (struct box){ 0, 0, width, height };
}

void canvas_free(struct canvas *c)
{
    free(c->runs);
    free(c->shapes);
    free(c->zones);
    free(c->text);
    memset(c, 0, sizeof *c);
}

void canvas_box(struct canvas *c, struct box b)
{
    int right = b.x + b.width, bottom = b.y + b.height;

    b.x = b.x < 0 ? 0 : b.x;
    b.y = b.y < 0 ? 0 : b.y;
    right = right > c->width ? c->width : right;
    bottom = bottom > c->height ? c->height : bottom;
    b.width = right > b.x ? right - b.x : 0;
    b.height = bottom > b.y ? bottom - b.y : 0;
    c->box = b;
}

void canvas_add_byte(struct canvas *c, char byte)
{
    if (c->text_used == c->text_room) {
        c->text_room = c->text_room ? 2 * c->text_room : 16384;
        c->text = canvas_grown(c->text, c->text_room, 1);
    }
    c->text[c->text_used++] = byte;
}

static void add_character(struct canvas *c, const char *at, size_t n,
                          uint32_t code)
{
    if (n == 0 || !is_one_cell(code)) {
        canvas_add_byte(c, code == '\t' && n ? ' ' : '?');
    } else if (n > 1 && c->ascii) {
        canvas_add_byte(c, ascii_for(at, n));
    } else {
        for (size_t i = 0; i < n; i++)
            canvas_add_byte(c, at[i]);
    }
}

static struct text_run *add_run(struct canvas *c)
{
    if (c->run_count == c->run_room) {
        c->run_room = c->run_room ? 2 * c->run_room : 1024;
        c->runs = canvas_grown(c->runs, c->run_room, sizeof *c->runs);
    }
    return &c->runs[c->run_count++];
}

int canvas_text(struct canvas *c, int x, int y, enum style style,
                const char *text)
{
    size_t start = c->text_used;
    int first = -1, cells = 0;
    uint32_t code = 0;

    for (; *text; x++) {
        size_t n = character(text, &code);
        if (x >= 0 && x < c->box.width && y >= 0 && y < c->box.height) {
            first = first < 0 ? x : first;
            add_character(c, text, n, code);
            cells++;
        }
        text += n ? n : 1;
    }
    if (cells > 0)
        *add_run(c) = (struct text_run){ (int16_t)(c->box.x + first),
                                         (int16_t)(c->box.y + y),
                                         (int16_t)cells,
                                         (float)c->shift,
                                         (uint8_t)style,
                                         (uint16_t)(c->text_used - start),
                                         (uint32_t)start };
    return x;
}

int canvas_print(struct canvas *c, int x, int y, enum style style,
                 const char *format, ...)
{
    char text[1024];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return canvas_text(c, x, y, style, text);
}

void canvas_right(struct canvas *c, int right, int y, enum style style,
                  const char *text)
{
    canvas_text(c, right - text_cells(text), y, style, text);
}

/* One character n times, along x or along y. */
static void repeat(struct canvas *c, int x, int y, enum style style, int n,
                   bool upright, const char *what)
{
    char line[3 * 512 + 1];
    size_t bytes = strlen(what);
    int count = n < 512 ? n : 512;

    if (upright) {
        for (int i = 0; i < n; i++)
            canvas_text(c, x, y + i, style, what);
        return;
    }
    for (int i = 0; i < count; i++)
        memcpy(line + bytes * (size_t)i, what, bytes);
    line[count > 0 ? bytes * (size_t)count : 0] = 0;
    canvas_text(c, x, y, style, line);
}

void canvas_line(struct canvas *c, int x, int y, enum style style, bool upright,
                 int n)
{
    if (c->graphic && upright)
        canvas_segment(c, x + 0.5, y, x + 0.5, y + n, style);
    else if (c->graphic)
        canvas_segment(c, x, y + 0.5, x + n, y + 0.5, style);
    else
        repeat(c, x, y, style, n, upright, upright ? "│" : "─");
}

void canvas_bar(struct canvas *c, int x, int y, enum style style, int cells,
                uint64_t part, uint64_t whole)
{
    static const char *const eighths[] = {
        "", "▏", "▎", "▍", "▌", "▋", "▊", "▉"
    };
    /* long double: no overflow, and the same on every host for bars */
    if (c->graphic) {
        double share = whole ? (double)part / (double)whole : 0;
        share = share > 1 ? 1 : share;
        canvas_rect(c, x, y + 0.2, cells, 0.6, STYLE_TRACK, HATCH_NONE);
        if (part > 0)
            canvas_rect(c, x, y + 0.2,
                        share * cells < 0.2 ? 0.2 : share * cells, 0.6, style,
                        HATCH_NONE);
        return;
    }
    int filled =
        whole ? (int)((long double)part * 8 * cells / whole + 0.5L) : 0;

    if (filled > 8 * cells)
        filled = 8 * cells;
    if (part > 0 && filled == 0)
        filled = 1; /* something is never drawn as nothing */
    repeat(c, x, y, style, filled / 8, false, "█");
    if (filled % 8)
        canvas_text(c, x + filled / 8, y, style, eighths[filled % 8]);
}

void canvas_fill(struct canvas *c, int y, enum style style)
{
    repeat(c, 0, y, style, c->box.width, false, " ");
}

int canvas_wrap(struct canvas *c, int y, int skip, enum style style,
                const char *text)
{
    int lines = 0, width = c->box.width > 0 ? c->box.width : 1;
    char line[1024];

    while (*text) {
        size_t end = strcspn(text, "\n"), fit, used;
        uint32_t code;
        /* the most bytes that take at most `width` cells */
        fit = 0;
        for (int cells = 0; fit < end && cells < width; cells++) {
            size_t n = character(text + fit, &code);
            fit += n ? n : 1;
        }
        if (fit > sizeof line - 1)
            fit = sizeof line - 1;
        used = fit;
        if (fit < end && text[fit] != ' ') {
            while (used > 0 && text[used - 1] != ' ')
                used--;
            used = used ? used : fit; /* one word longer than the line */
        }
        memcpy(line, text, used);
        line[used] = 0;
        if (lines >= skip)
            canvas_text(c, 0, y + lines - skip, style, line);
        lines++;
        text += used;
        if (used < end)
            text += strspn(text, " ");
        if (*text == '\n')
            text++;
    }
    return lines;
}
