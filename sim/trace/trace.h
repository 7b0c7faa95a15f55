/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of step records, for readers that want every instruction (the
 * terminal view, `--trace` with steps, tests). Without a reader it costs one
 * test per instruction. And the trace file: one JSON object a line, an event or
 * a step each; its fields are listed in docs/trace.md. It is read back by
 * trace/read.c.
 */
#pragma once

#include "cpu/cpu.h"
#include "sim/config.h"
#include "sim/event.h"

#define TRACE_RING 4096 /* steps; power of two */

struct trace {
    struct step *ring; /* NULL until the first reader */
    uint64_t written;  /* number of the next step */
    unsigned readers;
    struct heap *heap; /* where ring lies */
};

struct trace_reader {
    uint64_t next;
    uint64_t lost; /* steps overwritten before they were read */
};

/* A reader that sees the steps from now on. */
void trace_attach(struct trace *t, struct trace_reader *r);
void trace_detach(struct trace *t, struct trace_reader *r);
/* Oldest unread step or NULL; valid until the machine runs on. */
const struct step *trace_next(const struct trace *t, struct trace_reader *r);
void trace_add(struct trace *t, const struct step *s);
void trace_free(struct trace *t);

/* ---- the file --------------------------------------------------------- */
struct trace_file;

/* Of the format in docs/trace.md. A reader refuses a file with a later one, and
 * reads those from TRACE_VERSION_FIRST on. */
#define TRACE_VERSION       2
#define TRACE_VERSION_FIRST 1

/* What goes into a trace file. All zero: every event of the whole run. */
struct trace_choice {
    bool steps;           /* a line per instruction too */
    uint32_t kinds;       /* EVENT_BIT of each; 0 = all */
    uint64_t first, last; /* clock, both included; last 0 = to the end */
    bool report;          /* says on standard error how large it has grown */
};

/* "switch,calls": kinds of events and names of groups of them (trace/options.c)
 * are added to c->kinds. False: err names the wrong word and the nearest. */
MUST_CHECK
bool trace_choice_kinds(struct trace_choice *c, const char *list,
                        struct err *err);
/* "A..B" or "A..", with or without "cycle:" before it. */
MUST_CHECK
bool trace_choice_window(struct trace_choice *c, const char *text,
                         struct err *err);

/*
 * "-" = standard output. choice may be NULL; config names the machine in the
 * head line. The file is made of whole lines whatever happens to the disk: what
 * does not fit is cut off behind the last line that did, the run goes on, and
 * trace_file_close tells.
 */
MUST_CHECK
struct trace_file *trace_file_open(const char *path,
                                   const struct trace_choice *choice,
                                   const struct config *config,
                                   struct err *err);
bool trace_file_wants_steps(const struct trace_file *f);
/* The registry gives the names of whoever is mentioned for the first time. */
void trace_file_event(struct trace_file *f, const struct registry *r,
                      const struct event *e);
/* The bus shows what a store left in RAM. */
void trace_file_step(struct trace_file *f, const struct bus *bus,
                     const struct step *s);
/* clock: when the recording ends. False: not everything could be written
 * (EXIT_HOST_RESOURCE). */
MUST_CHECK
bool trace_file_close(struct trace_file *f, uint64_t clock, struct err *err);
