// SPDX-License-Identifier: Apache-2.0
/*
 * See json_read.h. Refused with a position: comments, trailing commas, a key
 * twice, text that is not UTF-8, numbers like 01 or .5, anything after the
 * value.
 */
#include "sim/json_read.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_LIMIT = 64, NUMBER_LIMIT = 400 };

struct reader {
    const char *name, *at, *end;
    int line;
    const char *line_start;
    int depth;
    struct err *err;
};

MUST_CHECK
static bool read_value(struct reader *r, struct json_value *v);

static int column(const struct reader *r)
{
    return (int)(r->at - r->line_start) + 1;
}

MUST_CHECK
static bool fail(struct reader *r, const char *what)
{
    char found[40];

    if (r->at >= r->end)
        snprintf(found, sizeof found, "the end of the file");
    else if (isprint((unsigned char)*r->at))
        snprintf(found, sizeof found, "'%c'", *r->at);
    else
        snprintf(found, sizeof found, "byte 0x%02x", (unsigned char)*r->at);
    return err_set(r->err, EXIT_CANNOT_LOAD, "%s:%d:%d: %s, found %s", r->name,
                   r->line, column(r), what, found);
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at) {
        if (*r->at++ == '\n') {
            r->line++;
            r->line_start = r->at;
        }
    }
}

MUST_CHECK
static bool expect(struct reader *r, char c, const char *what)
{
    skip_blanks(r);
    if (r->at >= r->end || *r->at != c)
        return fail(r, what);
    r->at++;
    return true;
}

static struct json_value *add_item(struct json_value *v)
{
    if (v->count == v->room) {
        v->room = v->room ? 2 * v->room : 8;
        v->item = realloc(v->item, v->room * sizeof *v->item);
        if (!v->item)
            err_no_memory();
    }
    memset(&v->item[v->count], 0, sizeof *v->item);
    return &v->item[v->count++];
}

/* ---- strings ---------------------------------------------------------- */

/* Bytes of the UTF-8 sequence at `at` (RFC 3629), 0 = not UTF-8. */
static size_t utf8_length(const char *at, const char *end)
{
    const unsigned char *b = (const unsigned char *)at;
    size_t room = (size_t)(end - at);
    size_t n = b[0] < 0x80   ? 1
               : b[0] < 0xc2 ? 0
               : b[0] < 0xe0 ? 2
               : b[0] < 0xf0 ? 3
               : b[0] < 0xf5 ? 4
                             : 0;

    if (n == 0 || n > room)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
        (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
        return 0;
    return n;
}

static char *utf8_put(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

MUST_CHECK
static bool read_hex4(struct reader *r, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        if (r->at >= r->end || !isxdigit((unsigned char)*r->at))
            return fail(r, "expected four hex digits after \\u");
        int c = tolower((unsigned char)*r->at);
        *code = *code << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* After the backslash. */
MUST_CHECK
static bool read_escape(struct reader *r, char **to)
{
    static const char letters[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    const char *l = r->at < r->end && *r->at ? strchr(letters, *r->at) : NULL;
    uint32_t code, low;

    if (l) {
        *(*to)++ = meaning[l - letters];
        r->at++;
        return true;
    }
    if (r->at >= r->end || *r->at != 'u')
        return fail(r, "expected one of \"\\/bfnrtu after a backslash");
    r->at++;
    if (!read_hex4(r, &code))
        return false;
    if (code == 0 || (code >= 0xdc00 && code < 0xe000))
        return fail(r, "\\u0000 and a lone low surrogate are not text");
    if (code >= 0xd800 && code < 0xdc00) {
        if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
            return fail(r, "expected the second half of a surrogate pair");
        r->at += 2;
        if (!read_hex4(r, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return fail(r, "expected a low surrogate");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    *to = utf8_put(*to, code);
    return true;
}

MUST_CHECK
static bool read_string(struct reader *r, char **text)
{
    char *to;

    if (!expect(r, '"', "expected a string"))
        return false;
    /* No escape is shorter than what it stands for. */
    *text = to = malloc((size_t)(r->end - r->at) + 1);
    if (!to)
        err_no_memory();
    while (r->at < r->end && *r->at != '"') {
        if ((unsigned char)*r->at < 0x20)
            return fail(r, "a string must not hold control characters");
        if (*r->at == '\\') {
            r->at++;
            if (!read_escape(r, &to))
                return false;
            continue;
        }
        size_t n = utf8_length(r->at, r->end);
        if (n == 0)
            return fail(r, "a string must be UTF-8");
        memcpy(to, r->at, n);
        to += n;
        r->at += n;
    }
    *to++ = 0;
    char *tight = realloc(*text, (size_t)(to - *text));
    if (tight)
        *text = tight;
    return expect(r, '"', "expected the closing quote of a string");
}

/* ---- the rest ----------------------------------------------------------- */

static bool skip_digits(struct reader *r)
{
    const char *start = r->at;

    while (r->at < r->end && isdigit((unsigned char)*r->at))
        r->at++;
    return r->at > start;
}

MUST_CHECK
static bool read_number(struct reader *r, double *number)
{
    const char *start = r->at;
    char digits[NUMBER_LIMIT + 1];

    if (*r->at == '-')
        r->at++;
    const char *whole = r->at;
    if (!skip_digits(r))
        return fail(r, "expected a digit");
    if (*whole == '0' && r->at - whole > 1)
        return fail(r, "a number must not begin with 0");
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!skip_digits(r))
            return fail(r, "expected a digit after the point");
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        if (!skip_digits(r))
            return fail(r, "expected a digit in the exponent");
    }
    size_t n = (size_t)(r->at - start);
    if (n > NUMBER_LIMIT)
        return fail(r, "this number is too long");
    memcpy(digits, start, n);
    digits[n] = 0;
    *number = strtod(digits, NULL);
    if (!isfinite(*number))
        return fail(r, "this number is too large");
    return true;
}

MUST_CHECK
static bool read_member(struct reader *r, struct json_value *v)
{
    char *key = NULL;
    int line, col;

    skip_blanks(r);
    line = r->line;
    col = column(r);
    if (!read_string(r, &key)) {
        free(key);
        return false;
    }
    if (json_member(v, key)) {
        err_set(r->err, EXIT_CANNOT_LOAD, "%s:%d:%d: key \"%.100s\" twice",
                r->name, line, col, key);
        free(key);
        return false;
    }
    struct json_value *item = add_item(v);
    item->key = key;
    return expect(r, ':', "expected ':' after a key") && read_value(r, item);
}

/* Members of an array or object, after its opening bracket. */
MUST_CHECK
static bool read_members(struct reader *r, struct json_value *v, char close)
{
    skip_blanks(r);
    if (r->at < r->end && *r->at == close) {
        r->at++;
        return true;
    }
    for (;;) {
        bool ok = v->kind == JSON_OBJECT ? read_member(r, v)
                                         : read_value(r, add_item(v));
        if (!ok)
            return false;
        skip_blanks(r);
        if (r->at >= r->end || *r->at != ',')
            return expect(r, close,
                          close == ']' ? "expected ',' or ']'"
                                       : "expected ',' or '}'");
        r->at++;
    }
}

MUST_CHECK
static bool read_word(struct reader *r, struct json_value *v)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } words[] = { { "null", JSON_NULL },
                  { "false", JSON_FALSE },
                  { "true", JSON_TRUE } };

    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(words[i].word);
        if ((size_t)(r->end - r->at) >= n &&
            memcmp(r->at, words[i].word, n) == 0) {
            r->at += n;
            v->kind = words[i].kind;
            return true;
        }
    }
    return fail(r, "expected a value");
}

static bool read_value(struct reader *r, struct json_value *v)
{
    bool ok;

    skip_blanks(r);
    v->line = r->line;
    v->column = column(r);
    if (r->at >= r->end)
        return fail(r, "expected a value");
    if (*r->at == '"') {
        v->kind = JSON_STRING;
        return read_string(r, &v->text);
    }
    if (*r->at == '-' || isdigit((unsigned char)*r->at)) {
        v->kind = JSON_NUMBER;
        return read_number(r, &v->number);
    }
    if (*r->at != '[' && *r->at != '{')
        return read_word(r, v);
    if (r->depth == DEPTH_LIMIT)
        return fail(r, "nested too deeply");
    v->kind = *r->at == '[' ? JSON_ARRAY : JSON_OBJECT;
    r->depth++;
    r->at++;
    ok = read_members(r, v, v->kind == JSON_ARRAY ? ']' : '}');
    r->depth--;
    return ok;
}

bool json_parse(struct json_value *v, const char *name, const char *text,
                size_t bytes, struct err *err)
{
    struct reader r = { .name = name,
                        .at = text,
                        .end = text + bytes,
                        .line = 1,
                        .line_start = text,
                        .err = err };

    memset(v, 0, sizeof *v);
    if (!read_value(&r, v))
        return false;
    skip_blanks(&r);
    return r.at == r.end || fail(&r, "expected nothing after the value");
}

void json_value_free(struct json_value *v)
{
    for (size_t i = 0; i < v->count; i++)
        json_value_free(&v->item[i]);
    free(v->item);
    free(v->text);
    free(v->key);
    memset(v, 0, sizeof *v);
}

const struct json_value *json_member(const struct json_value *v,
                                     const char *key)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->item[i].key && strcmp(v->item[i].key, key) == 0)
            return &v->item[i];
    return NULL;
}
