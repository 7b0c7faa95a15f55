/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a trace file back (docs/trace.md), one line at a time, checked: what
 * is not a whole line of the format ends the reading with file and line number.
 * Then trace/export.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mmu/err.h"
#include "sim/event.h"

enum trace_line { TRACE_EVENT, TRACE_STEP, TRACE_DEFINE, TRACE_END };

enum {
    TRACE_HARTS = 8,
    TRACE_FIELDS = 32,
    TRACE_TEXT = 256,
    TRACE_KINDS = 256
};

/* One line: its fields as they stand. */
struct trace_record {
    enum trace_line line;
    enum event_kind kind; /* TRACE_EVENT */
    uint64_t cycle;       /* event: clock; step: clock before it; end */
    size_t count;
    struct trace_field {
        char key[16];
        bool is_text;          /* in quotes: a word, or an address */
        uint64_t number;       /* also of an address; true = 1 */
        char text[TRACE_TEXT]; /* zero-ended; cut */
    } field[TRACE_FIELDS];
};

/* What the first line says. */
struct trace_head {
    char preset[16];
    uint64_t core_hz;
    bool steps;
    unsigned version;
    uint64_t first;          /* clock at which the recording began; 0 = reset */
    char kinds[TRACE_KINDS]; /* chosen ones, commas between; "" = all */
};

/* A name, as it was introduced. An id may get a new bearer: the last one
 * counts. */
struct trace_name {
    char kind; /* 'd' domain, 't' thread, 's' segment, 'p' portal */
    uint64_t id;
    uint64_t domain; /* of a thread or portal */
    char name[TRACE_TEXT];
};

struct trace_reader_file {
    FILE *file;
    const char *path;
    uint64_t line;                    /* number of the line last read, from 1 */
    uint64_t clock;                   /* of the record last read */
    uint64_t hart_clock[TRACE_HARTS]; /* of each hart's last record */
    bool partial;                     /* a missing end is no error */
    bool ended;                       /* the end line was read */
    int only_hart; /* events and steps of this one; -1 = of all (default) */
    struct trace_head head;
    struct trace_name *names; /* in order of introduction */
    size_t name_count, name_room;
    char text[2048]; /* the line */
};

/* "-" = standard input. partial: take what is there of a recording that was cut
 * short. False: *err says FILE:LINE: what (EXIT_CANNOT_LOAD). */
MUST_CHECK
bool trace_read_open(struct trace_reader_file *r, const char *path,
                     bool partial, struct err *err);
/* The next line. False: the end, or, with err->code set, an error. */
MUST_CHECK
bool trace_read(struct trace_reader_file *r, struct trace_record *record,
                struct err *err);
/* Reads on behind the line `line`, which ends at this offset of the file, at
 * this clock, as an earlier reading found them; names are forgotten. False:
 * *err. */
MUST_CHECK
bool trace_read_from(struct trace_reader_file *r, uint64_t offset,
                     uint64_t line, uint64_t clock, struct err *err);
void trace_read_close(struct trace_reader_file *r);

/* A field, NULL = not there; its number or 0; its text or "". */
const struct trace_field *trace_field(const struct trace_record *record,
                                      const char *key);
uint64_t trace_number(const struct trace_record *record, const char *key);
const char *trace_text(const struct trace_record *record, const char *key);

/* "alice", "thread 4", "kernel": a name for the reader, never NULL. */
const char *trace_name(const struct trace_reader_file *r, char kind,
                       uint64_t id, char *buffer, size_t room);
/* The number of its present bearer, 1, 2 ... in the order of introduction; 0 =
 * never introduced. */
uint64_t trace_name_serial(const struct trace_reader_file *r, char kind,
                           uint64_t id);
