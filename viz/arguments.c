// SPDX-License-Identifier: Apache-2.0
/* See arguments.h. */
#include "viz/arguments.h"

#include "viz/model/tape.h"

#include <stdio.h>
#include <string.h>

/* In megabytes. */
static bool take_history(struct session_arguments *a, const struct options *o)
{
    uint64_t n;

    if (!option_number(o, &n))
        return false;
    if (n > 1 << 20) {
        usage_error(o->command, "--history %s: at most %d megabytes", o->value,
                    1 << 20);
        return false;
    }
    a->history_bytes = n << 20;
    return true;
}

static bool take_stop(struct stops *s, const char *word,
                      const struct options *o)
{
    char line[STOPS_TEXT], answer[STOPS_TEXT];
    struct err err;

    if (snprintf(line, sizeof line, "%s %s", word, o->value) >=
        (int)sizeof line) {
        usage_error(o->command, "--%s: that is too long", word);
        return false;
    }
    if (stops_obey(s, NULL, line, answer, sizeof answer, &err))
        return true;
    if (strncmp(err.text, word, strlen(word)) == 0)
        usage_error(o->command, "--%s", err.text);
    else
        usage_error(o->command, "--%s: %s", line, err.text);
    return false;
}

bool arguments_take(struct session_arguments *a, struct view_arguments *v,
                    const struct options *o)
{
    struct session_options *s = &a->session;

    switch (o->row) {
    case ROW_PARTIAL:
        return a->partial = true;
    case ROW_FROM_RESET:
        a->has_moment = true;
        a->at = (struct run_moment){ .kind = MOMENT_INSNS, .number = 1 };
        return true;
    case ROW_BREAK:
        return take_stop(&v->stops, "break", o);
    case ROW_WATCH:
        return take_stop(&v->stops, "watch", o);
    case ROW_NO_SETTINGS:
        v->forget = true;
        return true;
    case ROW_HISTORY:
        return take_history(a, o);
    default:
        break;
    }
    if (o->row >= ROW_RECORD) {
        record_take(a, o, o->row - ROW_RECORD);
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
        return runner_open(r, &a->session, a->history_bytes, err);
    if (s->set_count || s->preset || s->max_cycles || s->trace_path ||
        a->record.to)
        return err_set(err, EXIT_USAGE,
                       "%s is a recorded trace: --set, --preset, --max-cycles, "
                       "--trace and --record are for a run",
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
