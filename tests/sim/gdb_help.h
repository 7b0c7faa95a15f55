/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end of a debugger's line: a socket pair, packets sent to the stub,
 * its answers taken apart. Every answer must be well framed.
 */
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include "sim/gdb.h"
#include "tests/sim/machine_help.h"

struct debugger {
    struct machine *machine;
    struct gdb *gdb;
    int link;
    int naks;                        /* '-' heard in the last answer */
    int packets;                     /* heard in the last answer */
    char heard[4 * GDB_FRAME_BYTES]; /* the last packet's text */
};

static inline struct debugger debug_machine(struct machine *m)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct debugger d = { .machine = m, .link = pair[1] };
    d.gdb = gdb_open_link(pair[0]);
    return d;
}

static inline void debug_end(struct debugger *d)
{
    gdb_close(d->gdb, 0);
    close(d->link);
    machine_free(d->machine);
}

/* Takes what the stub has said; the last packet's text is d->heard. */
static inline void hear(struct debugger *d)
{
    static char bytes[64 * GDB_FRAME_BYTES];
    static struct gdb_reader reader;
    ssize_t n = recv(d->link, bytes, sizeof bytes, MSG_DONTWAIT);
    d->naks = d->packets = 0;
    d->heard[0] = 0;
    memset(&reader, 0, sizeof reader);
    for (ssize_t i = 0; i < n; i++) {
        bool between = reader.state == GDB_BETWEEN;
        if (between && !strchr("$+-", bytes[i]))
            fail_msg("byte %02x between packets", (unsigned char)bytes[i]);
        switch (gdb_reader_take(&reader, (uint8_t)bytes[i])) {
        case GDB_PACKET:
            memcpy(d->heard, reader.text, reader.length + 1);
            d->packets++;
            break;
        case GDB_AGAIN:
            d->naks++;
            break;
        case GDB_BROKEN:
        case GDB_INTERRUPT:
            fail_msg("the stub sent a broken packet");
            break;
        case GDB_NOTHING:
            break;
        }
    }
    assert_int_equal(reader.state, GDB_BETWEEN);
}

static inline void send_bytes(struct debugger *d, const void *bytes, size_t n)
{
    assert_int_equal(send(d->link, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* Sends a packet; what the stub answers to it at once is d->heard. */
static inline void ask_bytes(struct debugger *d, const char *text, size_t n)
{
    char frame[GDB_FRAME_BYTES];
    send_bytes(d, frame, gdb_frame(frame, text, n));
    gdb_serve(d->gdb, d->machine);
    hear(d);
}

static inline void ask(struct debugger *d, const char *text)
{
    ask_bytes(d, text, strlen(text));
}

static inline void answers(struct debugger *d, const char *text,
                           const char *expected)
{
    ask(d, text);
    if (strcmp(d->heard, expected) != 0)
        fail_msg("%s: expected \"%s\", heard \"%s\"", text, expected, d->heard);
}

/* The machine runs until the debugger is told something, or it stops by itself
 * in another way than by being out of instructions. */
static inline enum stop debug_run(struct debugger *d, uint64_t most)
{
    struct run_limits limits = { .max_insns = most };
    gdb_limit(d->gdb, &limits);
    enum stop stop = machine_run(d->machine, &limits);
    gdb_ran(d->gdb, d->machine, stop);
    hear(d);
    return stop;
}

/* A packet that lets the machine run, and what the stub says in the end. */
static inline void runs(struct debugger *d, const char *text,
                        const char *expected)
{
    answers(d, text, "");
    debug_run(d, 1000000);
    if (strcmp(d->heard, expected) != 0)
        fail_msg("%s: expected \"%s\", heard \"%s\"", text, expected, d->heard);
}
