/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of a conversation; see typed.h. */
#include "sim/typed.h"

#include <ctype.h>
#include <string.h>

#include "sim/machine.h"

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* One byte of text, escapes taken; moves *from. -1 = a wrong escape. */
static int next_byte(const char **from)
{
    static const char letters[] = "rnt\\", bytes[] = "\r\n\t\\";
    char c = *(*from)++;
    if (c != '\\')
        return (unsigned char)c;
    c = *(*from)++;
    if (c == 0)
        return -1;
    const char *at = strchr(letters, c);
    if (at)
        return bytes[at - letters];
    if (c != 'x' || hex_digit((*from)[0]) < 0 || hex_digit((*from)[1]) < 0)
        return -1;
    int byte = 16 * hex_digit((*from)[0]) + hex_digit((*from)[1]);
    *from += 2;
    return byte;
}

bool typed_add(struct typed *t, enum typed_step kind, const char *text)
{
    if (t->count == TYPED_STEPS || !*text)
        return false;
    t->step[t->count].kind = kind;
    t->step[t->count].bytes = 0;
    while (*text) {
        int byte = next_byte(&text);
        if (byte < 0 || t->step[t->count].bytes == TYPED_BYTES - 1)
            return false;
        t->step[t->count].text[t->step[t->count].bytes++] = (char)byte;
    }
    t->count++;
    return true;
}

/* True: this step is done. */
static bool expected(struct typed *t, const struct machine *m)
{
    const struct console_text text = { t->step[t->at].text,
                                       t->step[t->at].bytes, t->read };
    return machine_console_find(m, &text, &t->read);
}

static bool sent(struct typed *t, struct machine *m)
{
    t->sent += machine_console_input(m, t->step[t->at].text + t->sent,
                                     t->step[t->at].bytes - t->sent);
    if (t->sent < t->step[t->at].bytes)
        return false;
    t->sent = 0;
    return true;
}

bool typed_advance(struct typed *t, struct machine *m)
{
    while (t->at < t->count) {
        bool done =
            t->step[t->at].kind == TYPED_SEND ? sent(t, m) : expected(t, m);
        if (!done)
            return false;
        t->at++;
    }
    return t->count && t->step[t->count - 1].kind == TYPED_EXPECT;
}

const char *typed_waits_for(const struct typed *t)
{
    return t->at < t->count ? t->step[t->at].text : "";
}
