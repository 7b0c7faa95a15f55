/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of step records, for readers that want every instruction (the
 * terminal view, `--trace` with steps, tests). Without a reader it costs one
 * test per instruction. And the trace file: one JSON object a line, an event or
 * a step each; its fields are listed in docs/trace.md.
 */
#pragma once

#include "cpu/cpu.h"
#include "sim/event.h"

#define TRACE_RING 4096 /* steps; power of two */

struct trace {
    struct step *ring; /* NULL until the first reader */
    uint64_t written;  /* number of the next step */
    unsigned readers;
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

/* "-" = standard output. steps: a line per instruction too. */
MUST_CHECK
struct trace_file *trace_file_open(const char *path, bool steps,
                                   struct err *err);
bool trace_file_wants_steps(const struct trace_file *f);
void trace_file_event(struct trace_file *f, const struct event *e);
void trace_file_step(struct trace_file *f, const struct step *s);
/* False: not everything could be written (EXIT_HOST_RESOURCE). */
MUST_CHECK
bool trace_file_close(struct trace_file *f, struct err *err);
