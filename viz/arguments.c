// SPDX-License-Identifier: Apache-2.0
/* See arguments.h. */
#include "viz/arguments.h"

#include "viz/model_tape.h"

#include <stdio.h>
#include <string.h>

bool arguments_take(struct session_arguments *a, const struct options *o)
{
    struct session_options *s = &a->session;

    if (o->row == ROW_PARTIAL)
        return a->partial = true;
    if (o->row == ROW_FROM_RESET) {
        a->has_moment = true;
        a->at = (struct run_moment){ .kind = MOMENT_INSNS, .number = 1 };
        return true;
    }
    return o->row < ROW_TRACE
               ? session_take(a, o)
               : trace_take(o, o->row - ROW_TRACE, &s->trace_path, &s->trace);
}

bool arguments_open(struct session_arguments *a, struct runner *r,
                    struct err *err)
{
    const struct session_options *s = &a->session;

    if (!tape_is_one(s->path) && a->partial)
        return err_set(err, EXIT_USAGE, "--partial: %s is no trace", s->path);
    if (!tape_is_one(s->path))
        return runner_open(r, &a->session, err);
    if (s->set_count || s->preset || s->max_cycles || s->trace_path)
        return err_set(err, EXIT_USAGE,
                       "%s is a recorded trace: --set, --preset, --max-cycles "
                       "and --trace are for a run",
                       s->path);
    return runner_open_tape(r, s->path, a->partial, err);
}

bool arguments_fit(const struct session_arguments *a, const struct command *c)
{
    const char *path = a->session.trace_path;

    if (!path || strcmp(path, "-") != 0)
        return trace_options_fit(c, path, &a->session.trace);
    usage_error(c, "--trace -: standard output is the screen");
    return false;
}

bool arguments_size(const struct options *o, int limit_x, int limit_y,
                    int *width, int *height)
{
    char rest;

    if (sscanf(o->value, "%dx%d%c", width, height, &rest) == 2 && *width > 0 &&
        *width <= limit_x && *height > 0 && *height <= limit_y)
        return true;
    usage_error(o->command, "--size %s: expected WxH, %dx%d at most", o->value,
                limit_x, limit_y);
    return false;
}
