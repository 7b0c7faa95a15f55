/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end of a debugger's line: a socket pair, packets sent to the stub,
 * its answers taken apart. Every answer must be well framed.
 */
#pragma once

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/gdb/gdb.h"
#include "sim/history/history.h"
#include "tests/sim/machine_help.h"

/* A run of a few instructions, as gdb/timeline.h asks for it. */
struct debugged {
    const uint32_t *words;
    size_t bytes;
    const char *set; /* parameters with spaces between them, or NULL */
    struct machine *machine;
    struct timeline time;
    enum stop stop;
    struct heap *heap; /* with snapshots, else NULL */
    struct history history;
};

struct debugger {
    struct debugged *run;
    struct gdb *gdb;
    int link;
    int naks;                        /* '-' heard in the last answer */
    int packets;                     /* heard in the last answer */
    char heard[4 * GDB_FRAME_BYTES]; /* the last packet's text */
};

static inline struct machine *debugged_machine(void *context)
{
    return ((struct debugged *)context)->machine;
}

static inline enum timeline_state
debugged_advance(void *context, const struct run_limits *limits)
{
    struct debugged *r = context;
    if (r->heap)
        (void)history_run(&r->history, limits);
    else
        (void)machine_run(r->machine, limits);
    r->stop = r->machine->stopped;
    return r->stop < STOP_POWEROFF ? TIMELINE_ON : TIMELINE_OVER;
}

static inline void debugged_build(struct debugged *r)
{
    struct config c;
    struct err err;
    assert_true(config_preset(&c, "u54", &err));
    char set[100], *rest;
    snprintf(set, sizeof set, "%s", r->set ? r->set : "");
    for (char *s = strtok_r(set, " ", &rest); s; s = strtok_r(NULL, " ", &rest))
        assert_true(config_set_pair(&c, s, &err));
    r->machine = machine_new_in(r->heap, &c, &err);
    assert_non_null(r->machine);
    put_program(r->machine, r->words, r->bytes);
}

/* Without snapshots, a new machine. */
static inline bool debugged_rewind(void *context, uint64_t instructions,
                                   struct err *err)
{
    struct debugged *r = context;
    if (r->heap)
        return history_rewind(&r->history, instructions, err);
    machine_free(r->machine);
    debugged_build(r);
    return true;
}

static inline void debugged_keep(void *context)
{
    struct debugged *r = context;
    if (r->heap)
        history_keep(&r->history);
}

static inline void debugged_branch(void *context)
{
    struct debugged *r = context;
    if (r->heap)
        history_branch(&r->history);
}

/* A machine with this program, with or without snapshots. */
static inline struct debugged *debugged_open(const uint32_t *words,
                                             size_t bytes, const char *set,
                                             bool snapshots)
{
    static const struct history_options keeping = { .bytes = HISTORY_BYTES };
    struct err err;
    struct debugged *r = calloc(1, sizeof *r);
    assert_non_null(r);
    const struct timeline_run run = { .context = r,
                                      .machine = debugged_machine,
                                      .advance = debugged_advance,
                                      .rewind = debugged_rewind,
                                      .keep = debugged_keep,
                                      .branch = debugged_branch };
    *r = (struct debugged){ .words = words, .bytes = bytes, .set = set };
    if (snapshots)
        assert_non_null(r->heap = heap_open(&err));
    timeline_open(&r->time, &run, r->heap);
    debugged_build(r);
    if (snapshots)
        history_open_machine(&r->history, &keeping, r->heap, r->machine);
    return r;
}

static inline void debugged_close(struct debugged *r)
{
    if (r->heap)
        (void)history_close(&r->history);
    timeline_close(&r->time);
    machine_free(r->machine);
    heap_close(r->heap);
    free(r);
}

static inline struct debugger debug_run_of(struct debugged *r)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct debugger d = { .run = r, .link = pair[1] };
    d.gdb = gdb_open_link(pair[0], &r->time);
    return d;
}

/* A machine with this program, and a debugger on it. */
static inline struct debugger debug_program(const uint32_t *words, size_t bytes,
                                            const char *set)
{
    return debug_run_of(debugged_open(words, bytes, set, true));
}

/* A debugger on somebody else's machine, to look at it only. */
static inline struct debugger debug_machine(struct machine *m)
{
    struct debugged *r = calloc(1, sizeof *r);
    assert_non_null(r);
    const struct timeline_run run = { .context = r,
                                      .machine = debugged_machine };
    r->machine = m;
    timeline_open(&r->time, &run, NULL);
    return debug_run_of(r);
}

/* It goes; the machine stays. */
static inline void debug_leave(struct debugger *d)
{
    gdb_close(d->gdb, 0);
    close(d->link);
    timeline_close(&d->run->time);
    free(d->run);
}

#define DEBUG(words)          debug_program(words, sizeof(words), NULL)
#define DEBUG_HARTS(words, n) debug_program(words, sizeof(words), "harts=" #n)

static inline void debug_end(struct debugger *d)
{
    gdb_close(d->gdb, 0);
    close(d->link);
    debugged_close(d->run);
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
    gdb_serve(d->gdb);
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

/* The machine runs, or goes back, until the debugger is told something, or it
 * stops by itself in another way than by being out of instructions. */
static inline enum stop debug_run(struct debugger *d, uint64_t most)
{
    struct run_limits limits = { .max_insns = most };
    if (d->gdb->state == GDB_GOING_BACK) {
        while (d->gdb->state == GDB_GOING_BACK)
            gdb_serve(d->gdb);
    } else {
        gdb_limit(d->gdb, &limits);
        gdb_ran(d->gdb, timeline_advance(&d->run->time, &limits));
    }
    hear(d);
    return d->run->stop;
}

/* A packet that lets the machine run, and what the stub says in the end. */
static inline void runs(struct debugger *d, const char *text,
                        const char *expected)
{
    ask(d, text);
    if (!d->packets) /* a short way back is there already */
        debug_run(d, 1000000);
    if (strcmp(d->heard, expected) != 0)
        fail_msg("%s: expected \"%s\", heard \"%s\"", text, expected, d->heard);
}
