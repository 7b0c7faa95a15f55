/* SPDX-License-Identifier: Apache-2.0 */
/* See cmd/session.h. */
#include "sim/cmd/session.h"

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
    session_record_free(&a->record.recorded);
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

/* ---- recordings -----------------------------------------------------------
 */

void record_take(struct session_arguments *a, const struct options *o, int row)
{
    if (row == RECORD_ROW_TO)
        a->record.to = o->value;
    else
        a->record.from = o->value;
}

/* The run is the recorded one. */
static void repeat(struct session_arguments *a)
{
    const struct session_record *r = &a->record.recorded;
    struct session_options *s = &a->session;
    if (!s->path)
        s->path = r->path;
    s->preset = r->preset;
    s->set = (const char *const *)r->set;
    s->set_count = r->set_count;
    s->seed = r->seed;
    s->max_cycles = r->max_cycles;
    a->has_moment = true;
    a->at = (struct run_moment){ .kind = r->at_end ? MOMENT_END : MOMENT_CYCLE,
                                 .number = r->cycle };
    a->machine = r->machine[0] ? r->machine : NULL;
}

static bool is_changed(const struct session_arguments *a)
{
    const struct session_options *s = &a->session;
    return s->set_count || s->preset || s->seed != 1 || s->max_cycles ||
           a->has_moment || a->machine;
}

static bool read_recording(struct session_arguments *a, struct err *err)
{
    struct record_arguments *r = &a->record;
    if (!session_record_read(&r->recorded, r->from, err))
        return false;
    repeat(a);
    if (!session_record_text(a->session.path, &r->text, err))
        return false;
    if (r->text == r->recorded.text)
        return true;
    return err_set(err, EXIT_CANNOT_LOAD,
                   "%s: not the text that %s was recorded with",
                   a->session.path, r->from);
}

bool session_arguments_complete(struct session_arguments *a,
                                const struct command *c, enum exit_code *code)
{
    struct record_arguments *r = &a->record;
    struct err err;
    bool ok = true;
    *code = EXIT_USAGE;
    if (!a->session.path && !r->from) {
        usage_error(c, "which scenario? FILE.lua is missing");
        return false;
    }
    if (r->from && is_changed(a)) {
        usage_error(c,
                    "--replay repeats what was recorded: no --set, --preset, "
                    "--seed, --max-cycles, --at, --machine");
        return false;
    }
    if (r->from)
        ok = read_recording(a, &err);
    else if (r->to)
        ok = session_record_text(a->session.path, &r->text, &err);
    if (!ok)
        *code = (enum exit_code)report(&err);
    return ok;
}

bool session_arguments_record(const struct session_arguments *a,
                              const struct session *s, bool say,
                              struct err *err)
{
    const struct record_arguments *r = &a->record;
    if (r->to && !session_record_write(s, r->text, r->to, err))
        return false;
    if (!r->from)
        return true;
    if (!session_record_agrees(&r->recorded, s, err))
        return false;
    if (say)
        fprintf(stderr,
                "opalite: replay: the same state as recorded, %llu "
                "instructions\n",
                (unsigned long long)session_instructions(s));
    return true;
}
