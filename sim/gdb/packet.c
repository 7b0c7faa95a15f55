/* SPDX-License-Identifier: Apache-2.0 */
/* See gdb/packet.h. */
#include "sim/gdb/packet.h"

#include <string.h>

#define ESCAPE     '}'
#define ESCAPE_XOR 0x20
#define INTERRUPT  0x03

static const char digits[] = "0123456789abcdef";

int gdb_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static void begin(struct gdb_reader *r)
{
    r->state = GDB_TEXT;
    r->escaped = r->too_long = false;
    r->sum = 0;
    r->length = 0;
}

static void take_text(struct gdb_reader *r, uint8_t byte)
{
    if (byte == '$') { /* the last one was cut off */
        begin(r);
        return;
    }
    if (byte == '#') {
        r->state = GDB_SUM_HIGH;
        return;
    }
    r->sum = (uint8_t)(r->sum + byte);
    if (byte == ESCAPE && !r->escaped) {
        r->escaped = true;
        return;
    }
    if (r->length < GDB_PACKET_BYTES)
        r->text[r->length++] = (char)(r->escaped ? byte ^ ESCAPE_XOR : byte);
    else
        r->too_long = true;
    r->escaped = false;
}

static enum gdb_input end(struct gdb_reader *r, int low)
{
    r->state = GDB_BETWEEN;
    r->text[r->length] = 0;
    bool right = r->told >= 0 && low >= 0 && (r->told << 4 | low) == r->sum;
    return right && !r->too_long && !r->escaped ? GDB_PACKET : GDB_BROKEN;
}

enum gdb_input gdb_reader_take(struct gdb_reader *r, uint8_t byte)
{
    switch (r->state) {
    case GDB_TEXT:
        take_text(r, byte);
        return GDB_NOTHING;
    case GDB_SUM_HIGH:
        r->told = gdb_digit((char)byte);
        r->state = GDB_SUM_LOW;
        return GDB_NOTHING;
    case GDB_SUM_LOW:
        return end(r, gdb_digit((char)byte));
    case GDB_BETWEEN:
        break;
    }
    if (byte == '$')
        begin(r);
    return byte == INTERRUPT ? GDB_INTERRUPT
           : byte == '-'     ? GDB_AGAIN
                             : GDB_NOTHING;
}

size_t gdb_frame(char to[GDB_FRAME_BYTES], const char *text, size_t length)
{
    uint8_t sum = 0;
    size_t n = 0;
    to[n++] = '$';
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c && strchr("$#}*", c)) {
            to[n++] = ESCAPE;
            c = (char)(c ^ ESCAPE_XOR);
        }
        to[n++] = c;
    }
    for (size_t i = 1; i < n; i++)
        sum = (uint8_t)(sum + (uint8_t)to[i]);
    to[n++] = '#';
    to[n++] = digits[sum >> 4];
    to[n++] = digits[sum & 15];
    return n;
}
