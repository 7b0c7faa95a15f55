/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From lines of a trace back to what the machine had: an event, and what the
 * registry learns from it. So whoever writes names, lines and stories about
 * events does it for a recorded run as for a live one.
 */
#pragma once

#include "sim/trace/read.h"

/* The event that the line (TRACE_EVENT) tells of. NULL: well; else what is
 * wrong with it. */
const char *trace_event(const struct trace_record *record, struct event *e);
/* What the registry learns from a line: a hint, as the kernel gave it. */
struct trace_change {
    enum hint hint;
    struct hint_record record;
    uint32_t by, thread; /* who asked for it */
    uint64_t clock;
};
/* e is the event of a TRACE_EVENT. False: the line changes nothing. */
bool trace_change(const struct trace_record *record, const struct event *e,
                  struct trace_change *c);
void trace_change_apply(const struct trace_change *c, struct registry *r);
