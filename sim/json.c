/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer. See json.h. RFC 8259 is the format. */
#include "sim/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void json_begin(struct json *j, FILE *file)
{
    memset(j, 0, sizeof *j);
    j->file = file;
}

static void newline(struct json *j)
{
    fputc('\n', j->file);
    for (int i = 0; i < j->depth; i++)
        fputs("  ", j->file);
}

/* What stands before a value or a key: comma, line break, nothing. */
static void separate(struct json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth == 0)
        return;
    bool one_line = j->level[j->depth].one_line;
    if (j->level[j->depth].filled)
        fputs(one_line ? ", " : ",", j->file);
    if (!one_line)
        newline(j);
    j->level[j->depth].filled = true;
}

static void open_level(struct json *j, bool array, bool one_line)
{
    separate(j);
    if (j->depth + 1 >= JSON_DEPTH)
        bug("json: more than %d levels", JSON_DEPTH);
    /* What is inside one line stays on it. */
    one_line = one_line || j->level[j->depth].one_line;
    j->depth++;
    j->level[j->depth].array = array;
    j->level[j->depth].one_line = one_line;
    j->level[j->depth].filled = false;
    fputc(array ? '[' : '{', j->file);
}

void json_object(struct json *j)
{
    open_level(j, false, false);
}

void json_array(struct json *j)
{
    open_level(j, true, false);
}

void json_array_inline(struct json *j)
{
    open_level(j, true, true);
}

void json_end(struct json *j)
{
    if (j->depth == 0)
        bug("json: end without a beginning");
    bool array = j->level[j->depth].array;
    bool broken = j->level[j->depth].filled && !j->level[j->depth].one_line;
    j->depth--;
    if (broken)
        newline(j);
    fputc(array ? ']' : '}', j->file);
}

/* Length of the UTF-8 sequence at s (RFC 3629), 0 if it is not one. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    size_t length = s[0] < 0x80                    ? 1
                    : s[0] >= 0xC2 && s[0] <= 0xDF ? 2
                    : s[0] >= 0xE0 && s[0] <= 0xEF ? 3
                    : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
                                                   : 0;
    if (length == 0 || length > n)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return length;
}

void json_quote(FILE *to, const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    fputc('"', to);
    for (size_t i = 0; i < n;) {
        size_t length = utf8_length(s + i, n - i);
        if (s[i] == '"' || s[i] == '\\')
            fprintf(to, "\\%c", s[i++]);
        else if (s[i] == '\n')
            fputs("\\n", to), i++;
        else if (s[i] == '\t')
            fputs("\\t", to), i++;
        else if (s[i] < 0x20 || s[i] == 0x7F || length == 0)
            fprintf(to, "\\u%04x", s[i++]);
        else
            fwrite(s + i, 1, length, to), i += length;
    }
    fputc('"', to);
}

void json_key(struct json *j, const char *key)
{
    separate(j);
    json_quote(j->file, key, strlen(key));
    fputs(": ", j->file);
    j->after_key = true;
}

void json_bytes(struct json *j, const char *text, size_t n)
{
    separate(j);
    json_quote(j->file, text, n);
}

void json_string(struct json *j, const char *text)
{
    json_bytes(j, text, strlen(text));
}

void json_u64(struct json *j, uint64_t value)
{
    separate(j);
    fprintf(j->file, "%llu", (unsigned long long)value);
}

void json_i64(struct json *j, int64_t value)
{
    separate(j);
    fprintf(j->file, "%lld", (long long)value);
}

void json_format_real(char *to, size_t room, double value)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(to, room, "%.*g", digits, value);
        if (strtod(to, NULL) == value)
            break;
    }
    /* 1e+02 reads worse than 100 */
    if (strchr(to, 'e') && fabs(value) >= 1 && fabs(value) < 1e15 &&
        value == floor(value))
        snprintf(to, room, "%.0f", value);
}

void json_real(struct json *j, double value)
{
    char text[40];
    if (!isfinite(value)) {
        json_null(j);
        return;
    }
    separate(j);
    json_format_real(text, sizeof text, value);
    fputs(text, j->file);
}

void json_bool(struct json *j, bool value)
{
    separate(j);
    fputs(value ? "true" : "false", j->file);
}

void json_null(struct json *j)
{
    separate(j);
    fputs("null", j->file);
}

bool json_finish(struct json *j, const char *path, struct err *err)
{
    if (j->depth != 0)
        bug("json: %d levels left open", j->depth);
    fputc('\n', j->file);
    if (fflush(j->file) != 0 || ferror(j->file))
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", path);
    return true;
}
