/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/words.h. */
#include "sim/gdb/words.h"

#include <string.h>

#include "sim/gdb/packet.h"

bool gdb_take_char(struct gdb_words *w, char c)
{
    if (!w->left || *w->at != c)
        return false;
    w->at++;
    w->left--;
    return true;
}

bool gdb_take_word(struct gdb_words *w, const char *word)
{
    size_t n = strlen(word);
    if (w->left < n || memcmp(w->at, word, n) != 0)
        return false;
    w->at += n;
    w->left -= n;
    return true;
}

bool gdb_take_hex(struct gdb_words *w, uint64_t *value)
{
    size_t digits = 0;
    *value = 0;
    while (w->left && gdb_digit(*w->at) >= 0) {
        *value = *value << 4 | (uint64_t)gdb_digit(*w->at);
        w->at++;
        w->left--;
        digits++;
    }
    return digits > 0 && digits <= 16;
}

bool gdb_take_bytes(struct gdb_words *w, uint8_t *to, size_t n)
{
    if (w->left < 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = gdb_digit(w->at[2 * i]), low = gdb_digit(w->at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    w->at += 2 * n;
    w->left -= 2 * n;
    return true;
}

bool gdb_take_value(struct gdb_words *w, uint64_t *value)
{
    uint8_t bytes[8];
    if (!gdb_take_bytes(w, bytes, sizeof bytes))
        return false;
    memcpy(value, bytes, sizeof bytes);
    return true;
}

bool gdb_take_range(struct gdb_words *w, uint64_t *va, uint64_t *bytes)
{
    return gdb_take_hex(w, va) && gdb_take_char(w, ',') &&
           gdb_take_hex(w, bytes);
}
