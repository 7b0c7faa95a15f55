/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded trace in the formats of other tools: one row each, one file each
 * (trace/chrome.c, trace/vcd.c, trace/lines.c). All read record by record, so a
 * trace may be larger than memory.
 */
#pragma once

#include "sim/trace/read.h"

struct trace_format {
    const char *name, *doc;
    bool needs_steps; /* nothing can be said without a line per instruction */
    bool one_hart;    /* has one time: of one hart at once, 0 if not said */
    /* Reads to the end and writes all of it. False: *err, of the reader; what
     * the file could not take is found by the caller (ferror). */
    bool (*write)(struct trace_reader_file *r, FILE *to, struct err *err);
};

/* The list, NULL name after the last: cmd/trace.c. */
extern const struct trace_format trace_formats[];

bool trace_to_chrome(struct trace_reader_file *r, FILE *to, struct err *err);
bool trace_to_vcd(struct trace_reader_file *r, FILE *to, struct err *err);
bool trace_to_csv(struct trace_reader_file *r, FILE *to, struct err *err);
bool trace_to_kanata(struct trace_reader_file *r, FILE *to, struct err *err);
bool trace_to_spike(struct trace_reader_file *r, FILE *to, struct err *err);
bool trace_to_commits(struct trace_reader_file *r, FILE *to, struct err *err);
