// SPDX-License-Identifier: Apache-2.0
/* See arguments.h. */
#include "viz/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void arguments_init(struct session_arguments *a, int argc)
{
    memset(a, 0, sizeof *a);
    a->session.seed = 1;
    a->set = calloc((size_t)argc + 1, sizeof *a->set);
    if (!a->set)
        err_no_memory();
    a->session.set = a->set;
}

void arguments_free(struct session_arguments *a)
{
    free(a->set);
    a->set = NULL;
}

bool arguments_take(struct session_arguments *a, const struct options *o)
{
    struct session_options *s = &a->session;

    switch (o->row) {
    case ROW_SET:
        a->set[s->set_count++] = o->value;
        return true;
    case ROW_PRESET:
        s->preset = o->value;
        return true;
    case ROW_SEED:
        return option_number(o, &s->seed);
    case ROW_MAX_CYCLES:
        return option_number(o, &s->max_cycles);
    case ROW_ENGINE:
        return option_engine(o, &s->engine);
    case ROW_TRACE:
        s->trace_path = o->value;
        if (strcmp(o->value, "-") != 0)
            return true;
        usage_error(o->command, "--trace: standard output is the screen");
        return false;
    case ROW_FROM_RESET:
        a->from_reset = true;
        return true;
    default:
        return false;
    }
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
