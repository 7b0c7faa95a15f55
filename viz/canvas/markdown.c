// SPDX-License-Identifier: Apache-2.0
/*
 * See canvas/markdown.h. The text goes by line into a flow, which knows where
 * the next word begins; a block's first line sets the indent of all its lines.
 */
#include "viz/canvas/markdown.h"

#include <ctype.h>
#include <string.h>

struct flow {
    struct canvas *c;
    int y, skip;
    int line, x; /* the next word begins here; x < 0: nothing on it yet */
    int indent;  /* of lines that a wrap begins */
    enum style base;
    bool bold, code;
};

static int width_of(const struct flow *f)
{
    return f->c->box.width > 1 ? f->c->box.width : 1;
}

static void put(struct flow *f, int x, enum style style, const char *text)
{
    if (f->line >= f->skip)
        canvas_text(f->c, x, f->y + f->line - f->skip, style, text);
}

/* Ends a line that has something on it. */
static void end_line(struct flow *f)
{
    if (f->x >= 0)
        f->line++;
    f->x = -1;
}

static void begin_block(struct flow *f, enum style base, int indent)
{
    end_line(f);
    f->base = base;
    f->bold = f->code = false;
    f->indent = indent;
}

static enum style style_now(const struct flow *f)
{
    return f->code ? STYLE_CURRENT : f->bold ? STYLE_STRONG : f->base;
}

/* Bytes of the word's next piece: up to a mark, or to its end. */
static size_t piece_bytes(const struct flow *f, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (word[i] == '`' || (!f->code && strncmp(word + i, "**", 2) == 0))
            return i;
    return n;
}

/* Walks over a word, marks taken out; draws it from column x when `drawn`.
 * Returns its cells. */
static int walk_word(struct flow *f, const char *word, size_t n, int x,
                     bool drawn)
{
    char text[512];
    int cells = 0;

    while (n > 0) {
        size_t piece = piece_bytes(f, word, n), mark;
        size_t copied = piece < sizeof text - 1 ? piece : sizeof text - 1;
        memcpy(text, word, copied);
        text[copied] = 0;
        if (drawn)
            put(f, x + cells, style_now(f), text);
        cells += text_cells(text);
        if (piece == n)
            break;
        mark = word[piece] == '`' ? 1 : 2;
        f->code ^= mark == 1;
        f->bold ^= mark == 2;
        word += piece + mark;
        n -= piece + mark;
    }
    return cells;
}

/* A word is drawn twice: once to know its width, once in its place. */
static void add_word(struct flow *f, const char *word, size_t n)
{
    struct flow before = *f;
    int cells = walk_word(f, word, n, 0, false);
    int x = f->x < 0 ? f->indent : f->x + 1;

    f->bold = before.bold;
    f->code = before.code;
    if (f->x >= 0 && x + cells > width_of(f)) {
        end_line(f);
        x = f->indent;
    }
    walk_word(f, word, n, x, true);
    f->x = x + cells;
}

static void add_words(struct flow *f, const char *text, size_t n)
{
    while (n > 0) {
        size_t blank = 0, word = 0;
        while (blank < n && text[blank] == ' ')
            blank++;
        while (blank + word < n && text[blank + word] != ' ')
            word++;
        if (word > 0)
            add_word(f, text + blank, word);
        text += blank + word;
        n -= blank + word;
    }
}

/* Bytes of "- ", "* " or "12. ", else 0. */
static size_t bullet_bytes(const char *text, size_t n)
{
    size_t digits = 0;

    if (n > 1 && strchr("-*", text[0]) && text[1] == ' ')
        return 2;
    while (digits < n && isdigit((unsigned char)text[digits]))
        digits++;
    if (digits > 0 && digits + 1 < n && text[digits] == '.' &&
        text[digits + 1] == ' ')
        return digits + 2;
    return 0;
}

static void add_bullet(struct flow *f, const char *text, size_t n, size_t mark,
                       int indent)
{
    char sign[24];

    begin_block(f, STYLE_TEXT, indent + (int)mark);
    snprintf(sign, sizeof sign, "%.*s", (int)mark - 1, text);
    put(f, indent, STYLE_DIM, isdigit((unsigned char)*text) ? sign : "•");
    f->x = indent + (int)mark - 1;
    add_words(f, text + mark, n - mark);
}

/* As it is, when the box is wide enough. */
static void add_verbatim(struct flow *f, const char *text, size_t n)
{
    char line[512];

    snprintf(line, sizeof line, "%.*s", (int)n, text);
    begin_block(f, STYLE_CURRENT, 2);
    if (text_cells(line) + f->indent > width_of(f)) {
        add_words(f, text, n);
    } else {
        put(f, f->indent, STYLE_CURRENT, line);
        f->x = f->indent;
    }
    end_line(f);
}

static void add_line(struct flow *f, const char *text, size_t n)
{
    size_t blank = 0, mark, hashes = 0;

    while (blank < n && text[blank] == ' ')
        blank++;
    if (blank == n) { /* an empty line ends a paragraph */
        end_line(f);
        f->line += f->line > 0;
        return;
    }
    if (blank >= 4 && (f->x < 0 || f->indent == 0)) {
        add_verbatim(f, text + 4, n - 4);
        return;
    }
    text += blank;
    n -= blank;
    while (hashes < n && text[hashes] == '#')
        hashes++;
    if (hashes > 0 && hashes < n && text[hashes] == ' ') {
        begin_block(f, STYLE_STRONG, 0);
        add_words(f, text + hashes, n - hashes);
        end_line(f);
    } else if ((mark = bullet_bytes(text, n))) {
        add_bullet(f, text, n, mark, (int)blank);
    } else {
        if (f->x < 0)
            begin_block(f, STYLE_TEXT, 0);
        add_words(f, text, n);
    }
}

int markdown_draw(struct canvas *c, int y, int skip, const char *text)
{
    struct flow f = { .c = c, .y = y, .skip = skip, .x = -1 };
    bool fenced = false;

    while (*text) {
        size_t n = strcspn(text, "\n");
        if (strncmp(text, "```", 3) == 0)
            fenced = !fenced;
        else if (fenced)
            add_verbatim(&f, text, n);
        else
            add_line(&f, text, n);
        text += n + (text[n] == '\n');
    }
    end_line(&f);
    return f.line;
}
