/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debugger's line: packets `$text#ss`, ss = sum of the text's bytes modulo
 * 256 in hex; in the text `}` says that the next byte is XORed with 0x20. Bytes
 * come in one by one and may be anything. Next: gdb/gdb.h, what packets mean.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GDB_PACKET_BYTES 4096 /* of text, at most; told to the debugger */
/* Room for a framed packet whose every byte is escaped. */
#define GDB_FRAME_BYTES (2 * GDB_PACKET_BYTES + 4)

enum gdb_input {
    GDB_NOTHING,   /* more bytes are needed */
    GDB_PACKET,    /* reader.text is one */
    GDB_BROKEN,    /* wrong sum, or too long: to be sent again */
    GDB_INTERRUPT, /* 0x03, Ctrl-C */
    GDB_AGAIN      /* '-': send the last one again */
};

struct gdb_reader {
    enum { GDB_BETWEEN, GDB_TEXT, GDB_SUM_HIGH, GDB_SUM_LOW } state;
    bool escaped, too_long;
    uint8_t sum;                     /* of the bytes so far */
    int told;                        /* the sum's first digit, -1 = none */
    size_t length;                   /* of the text */
    char text[GDB_PACKET_BYTES + 1]; /* ends with a 0 that does not count */
};

enum gdb_input gdb_reader_take(struct gdb_reader *r, uint8_t byte);

/* Frames a text of at most GDB_PACKET_BYTES; returns the frame's length. */
size_t gdb_frame(char to[GDB_FRAME_BYTES], const char *text, size_t length);

/* Value of a hex digit, -1 = it is none. */
int gdb_digit(char c);
