/* SPDX-License-Identifier: Apache-2.0 */
/* See cmd_session.h. */
#include "sim/cmd_session.h"

#include <stdlib.h>

void session_arguments_init(struct session_arguments *a, int argc)
{
    *a = (struct session_arguments){ .session = { .seed = 1 },
                                     .history_bytes = HISTORY_BYTES };
    a->set = calloc((size_t)argc + 1, sizeof *a->set);
    if (!a->set)
        err_no_memory();
    a->session.set = a->set;
}

void session_arguments_free(struct session_arguments *a)
{
    free(a->set);
    a->set = NULL;
}

bool session_take(struct session_arguments *a, const struct options *o)
{
    struct session_options *s = &a->session;
    struct err err;
    switch (o->row) {
    case SESSION_ROW_SET:
        a->set[s->set_count++] = o->value;
        return true;
    case SESSION_ROW_PRESET:
        s->preset = o->value;
        return true;
    case SESSION_ROW_SEED:
        return option_number(o, &s->seed);
    case SESSION_ROW_MAX_CYCLES:
        return option_number(o, &s->max_cycles);
    case SESSION_ROW_ENGINE:
        return option_engine(o, &s->engine);
    case SESSION_ROW_AT:
        a->has_moment = true;
        return option_checked(o, moment_parse(&a->at, o->value, &err), &err);
    case SESSION_ROW_MACHINE:
        a->machine = o->value;
        return true;
    default:
        return false;
    }
}

bool trace_take(const struct options *o, int row, const char **path,
                struct trace_choice *choice)
{
    struct err err;
    switch (row) {
    case TRACE_ROW_FILE:
        *path = o->value;
        return true;
    case TRACE_ROW_KINDS:
        return option_checked(o, trace_choice_kinds(choice, o->value, &err),
                              &err);
    case TRACE_ROW_WINDOW:
        return option_checked(o, trace_choice_window(choice, o->value, &err),
                              &err);
    case TRACE_ROW_STEPS:
        choice->steps = true;
        return true;
    default:
        return false;
    }
}

bool trace_options_fit(const struct command *c, const char *trace,
                       const struct trace_choice *choice)
{
    const char *lonely = choice->steps                  ? "steps"
                         : choice->kinds                ? "kinds"
                         : choice->first | choice->last ? "window"
                                                        : NULL;
    if (trace || !lonely)
        return true;
    usage_error(c, "--trace-%s needs --trace FILE", lonely);
    return false;
}
