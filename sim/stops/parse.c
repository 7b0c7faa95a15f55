/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a user says of a breakpoint or a watch, word by word; see stops/stops.h.
 * What begins with a digit, or is eight hex digits and more, is an address, in
 * hex; FILE:NUMBER is a line of source, PROGRAM:NAME a name in one program.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/xsas.h"
#include "sim/stops/stops.h"

static const char wanted_break[] =
    "expected a FUNCTION, PROGRAM:FUNCTION, FILE.c:LINE or an address";
static const char wanted_watch[] =
    "expected SEGMENT, SEGMENT+OFFSET,BYTES, ADDRESS,BYTES or a VARIABLE";

/* The next word at *text; false: none is left, or it does not fit. */
static bool next_word(const char **text, char *word, size_t room)
{
    const char *from = *text + strspn(*text, " \t");
    size_t n = strcspn(from, " \t");
    *text = from + n;
    if (n == 0 || n >= room)
        return false;
    memcpy(word, from, n);
    word[n] = 0;
    return true;
}

/* Hex with or without 0x, to the end of `length` characters. */
static bool take_hex(const char *text, size_t length, uint64_t *number)
{
    char *end;
    if (length == 0 || !isxdigit((unsigned char)text[0]))
        return false;
    *number = strtoull(text, &end, 16);
    return end == text + length;
}

/* Decimal, or hex after 0x, likewise. */
static bool take_count(const char *text, size_t length, uint64_t *number)
{
    char *end;
    if (length == 0 || !isdigit((unsigned char)text[0]))
        return false;
    *number = strtoull(text, &end, 0);
    return end == text + length;
}

static bool is_address(const char *text, size_t length)
{
    return isdigit((unsigned char)text[0]) ||
           (length >= 8 && strspn(text, "0123456789abcdefABCDEF") >= length);
}

/* NAME or PROGRAM:NAME or FILE:LINE, `n` characters. */
static bool take_name(const char *text, size_t n, struct stop_where *w)
{
    const char *colon = memchr(text, ':', n);
    const char *name = colon ? colon + 1 : text;
    size_t before = colon ? (size_t)(colon - text) : 0;
    size_t rest = n - (size_t)(name - text);
    bool line = colon && rest && strspn(name, "0123456789") >= rest;
    size_t room = line ? sizeof w->name : sizeof w->program;
    if (rest == 0 || before >= room || rest >= sizeof w->name ||
        (colon && before == 0))
        return false;
    w->kind = line ? WHERE_LINE : WHERE_NAME;
    if (line) {
        snprintf(w->name, sizeof w->name, "%.*s", (int)before, text);
        w->number = strtoull(name, NULL, 10);
        return w->number > 0 && w->number < 10000000;
    }
    snprintf(w->program, sizeof w->program, "%.*s", (int)before, text);
    snprintf(w->name, sizeof w->name, "%.*s", (int)rest, name);
    return true;
}

/* NAME[+OFFSET][,BYTES]; bytes only of a watch. */
static bool take_where(const char *text, bool watch, struct stop_where *w)
{
    size_t all = strlen(text), n = strcspn(text, ","), name = n;
    bool sized = n < all;
    *w = (struct stop_where){ .kind = WHERE_ADDRESS };
    if (sized && (!watch || !take_count(text + n + 1, all - n - 1, &w->bytes) ||
                  w->bytes == 0 || w->bytes > UINT64_C(1) << 40))
        return false;
    if (is_address(text, n)) {
        w->bytes = sized ? w->bytes : 8;
        return take_hex(text, n, &w->number);
    }
    if (memchr(text, '+', n))
        name = strcspn(text, "+");
    if (!take_name(text, name, w))
        return false;
    return name == n || (w->kind == WHERE_NAME &&
                         take_count(text + name + 1, n - name - 1, &w->number));
}

/* "r", "w", "rw", "x" ... False: it is no such word. */
static bool take_access(const char *word, uint8_t *access)
{
    uint8_t found = 0;
    for (const char *p = word; *p; p++) {
        uint8_t right = *p == 'r'   ? RIGHT_R
                        : *p == 'w' ? RIGHT_W
                        : *p == 'x' ? RIGHT_X
                                    : 0;
        if (!right)
            return false;
        found |= right;
    }
    *access = found;
    return true;
}

static bool take_condition(const char *text, struct stop_point *p,
                           struct err *err)
{
    text += strspn(text, " \t");
    if (strlen(text) >= sizeof p->condition)
        return err_set(err, EXIT_USAGE, "the condition is too long");
    snprintf(p->condition, sizeof p->condition, "%s", text);
    struct err why;
    p->expression = expression_new(text, &why);
    return p->expression || err_set(err, EXIT_USAGE, "if%s%.80s: %.200s",
                                    *text ? " " : "", text, why.text);
}

/* The words behind where. */
static bool take_rest(const char *text, struct stop_point *p, struct err *err)
{
    char word[NAME_BYTES];
    while (text[strspn(text, " \t")]) {
        if (!next_word(&text, word, sizeof word))
            return err_set(err, EXIT_USAGE, "%.60s: a word is too long", text);
        if (strcmp(word, "if") == 0)
            return take_condition(text, p, err);
        if (strcmp(word, "in") == 0 || strcmp(word, "by") == 0) {
            if (!next_word(&text, p->domain, sizeof p->domain))
                return err_set(err, EXIT_USAGE, "%s: which domain?", word);
        } else if (!p->watch || !take_access(word, &p->access)) {
            return err_set(err, EXIT_USAGE, "%s: expected %s", word,
                           p->watch
                               ? "r, w, rw or x, `by DOMAIN`, `if EXPRESSION`"
                               : "`in DOMAIN` or `if EXPRESSION`");
        }
    }
    return true;
}

bool stops_parse(const char *line, struct stop_point *p, struct err *err)
{
    char word[12];
    *p = (struct stop_point){ .access = RIGHT_W };
    if (!next_word(&line, word, sizeof word))
        return err_set(err, EXIT_USAGE, "expected break or watch");
    p->watch = strcmp(word, "watch") == 0;
    const char *wanted = p->watch ? wanted_watch : wanted_break;
    if (!next_word(&line, p->text, sizeof p->text))
        return err_set(err, EXIT_USAGE, "%s: %s", word, wanted);
    if (!take_where(p->text, p->watch, &p->where) ||
        (p->watch && p->where.kind == WHERE_LINE))
        return err_set(err, EXIT_USAGE, "%s %.60s: %s", word, p->text, wanted);
    return take_rest(line, p, err);
}

void stops_line(const struct stop_point *p, char *to, size_t room)
{
    char access[8] = "";
    if (p->watch && p->access != RIGHT_W)
        snprintf(access, sizeof access, " %s%s%s",
                 p->access & RIGHT_R ? "r" : "", p->access & RIGHT_W ? "w" : "",
                 p->access & RIGHT_X ? "x" : "");
    snprintf(to, room, "%s %s%s%s%s%s%s", p->watch ? "watch" : "break", p->text,
             access, p->domain[0] ? p->watch ? " by " : " in " : "", p->domain,
             p->condition[0] ? " if " : "", p->condition);
}
