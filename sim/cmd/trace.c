/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite trace: what is in a recorded trace, and the same in the formats of
 * other tools. Recording is an option of run, exec and tui.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd/cmd.h"
#include "sim/config.h"
#include "sim/trace/export.h"
#include "sim/trace/trace.h"

const struct trace_format trace_formats[] = {
    { "chrome", "Chrome trace-event JSON, for Perfetto", false, true,
      trace_to_chrome },
    { "vcd", "value change dump, for wave viewers", false, true, trace_to_vcd },
    { "kanata", "Kanata 0004, for pipeline viewers", true, true,
      trace_to_kanata },
    { "csv", "a table", false, false, trace_to_csv },
    { "spike", "as spike -l: each instruction", true, false, trace_to_spike },
    { "commits", "as spike --log-commits: registers and memory written", true,
      false, trace_to_commits },
    { NULL, NULL, false, false, NULL },
};

static const struct option_row rows[] = {
    { 0, "to", "FORMAT",
      "of export: chrome, vcd, kanata, csv, spike or commits" },
    { 'o', "output", "FILE", "of export; - or nothing: standard output" },
    { 0, "hart", "N", "only this hart; chrome, vcd, kanata: 0 if not said" },
    { 0, "partial", NULL, "take what is there of a recording cut short" },
    { 0, NULL, NULL, NULL },
};
enum { ROW_TO, ROW_OUTPUT, ROW_HART, ROW_PARTIAL };

struct arguments {
    const char *verb, *path, *output;
    const struct trace_format *format;
    int hart; /* -1 = not said */
    bool partial;
};

static const char *format_name(size_t i, const void *context)
{
    (void)context;
    return trace_formats[i].name;
}

static bool take_format(const struct command *c, struct arguments *a,
                        const char *name)
{
    for (const struct trace_format *f = trace_formats; f->name; f++)
        if (strcmp(f->name, name) == 0)
            a->format = f;
    if (a->format)
        return true;
    const char *near = nearest_word(name, format_name, NULL);
    usage_error(c,
                "--to %s: expected chrome, vcd, kanata, csv, spike or "
                "commits%s%s%s",
                name, near ? "; did you mean " : "", near ? near : "",
                near ? "?" : "");
    return false;
}

static bool take_operand(const struct command *c, struct arguments *a,
                         const char *word)
{
    if (!a->verb)
        a->verb = word;
    else if (!a->path)
        a->path = word;
    else
        return usage_error(c, "one trace only, not also %s", word) ==
               EXIT_PASSED;
    return true;
}

static bool take_hart(struct arguments *a, const struct options *o)
{
    uint64_t n;
    if (!option_number(o, &n))
        return false;
    a->hart = (int)n;
    if (n < TRACE_HARTS)
        return true;
    usage_error(o->command, "--hart %s: expected 0 to %d", o->value,
                TRACE_HARTS - 1);
    return false;
}

static bool take(const struct command *c, struct arguments *a,
                 const struct options *o, int row)
{
    switch (row) {
    case OPTION_OPERAND:
        return take_operand(c, a, o->value);
    case ROW_TO:
        return take_format(c, a, o->value);
    case ROW_OUTPUT:
        a->output = o->value;
        return true;
    case ROW_HART:
        return take_hart(a, o);
    case ROW_PARTIAL:
        a->partial = true;
        return true;
    default:
        return false;
    }
}

/* ---- info ---------------------------------------------------------------
 */

struct summary {
    uint64_t events[EVENT_KIND_COUNT], steps, definitions;
    uint64_t first, last;
    bool any;
};

static void count(struct summary *s, const struct trace_record *r)
{
    if (r->line == TRACE_END)
        return;
    if (r->line == TRACE_DEFINE) {
        s->definitions++;
        return;
    }
    if (!s->any)
        s->first = r->cycle;
    s->any = true;
    s->last = r->cycle;
    if (r->line == TRACE_STEP)
        s->steps++;
    else
        s->events[r->kind]++;
}

static void print_names(const struct trace_reader_file *r, char kind,
                        const char *what)
{
    const char *separator = "";
    printf("%-12s", what);
    for (size_t i = 0; i < r->name_count; i++) {
        const struct trace_name *n = &r->names[i];
        if (n->kind != kind)
            continue;
        printf("%s%s", separator, n->name[0] ? n->name : "?");
        separator = ", ";
    }
    printf("%s\n", *separator ? "" : "none");
}

static bool info(struct trace_reader_file *r, struct err *err)
{
    struct trace_record record;
    struct summary s = { 0 };
    while (trace_read(r, &record, err))
        count(&s, &record);
    if (err->code != EXIT_PASSED)
        return false;
    printf("%-12sversion %u, preset %s, %.0f MHz\n", "format", r->head.version,
           r->head.preset, (double)r->head.core_hz / 1e6);
    printf("%-12s%" PRIu64 "%s\n", "lines", r->ended ? r->line - 1 : r->line,
           r->ended ? "" : ", cut short");
    printf("%-12s%" PRIu64 "..%" PRIu64 "\n", "cycles", s.first, s.last);
    print_names(r, 'd', "domains");
    print_names(r, 's', "segments");
    if (s.steps)
        printf("%-16s %10" PRIu64 "\n", "step", s.steps);
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        if (s.events[i])
            printf("%-16s %10" PRIu64 "\n", event_kind_name((enum event_kind)i),
                   s.events[i]);
    return true;
}

/* ---- export ---------------------------------------------------------------
 */

static bool export(struct trace_reader_file *r, const struct arguments *a,
                   struct err *err)
{
    bool to_stdout = !a->output || strcmp(a->output, "-") == 0;
    if (a->format->needs_steps && !r->head.steps)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: %s needs a line per instruction: record with "
                       "--trace-steps",
                       r->path, a->format->name);
    FILE *to = to_stdout ? stdout : fopen(a->output, "w");
    if (!to)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m",
                       a->output);
    bool ok = a->format->write(r, to, err);
    bool bad = fflush(to) != 0 || ferror(to);
    if (!to_stdout && fclose(to) != 0)
        bad = true;
    if (ok && bad)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m",
                       to_stdout ? "standard output" : a->output);
    return ok;
}

static int work(const struct arguments *a)
{
    struct trace_reader_file r;
    struct err err = { .code = EXIT_PASSED };
    if (!trace_read_open(&r, a->path, a->partial, &err))
        return report(&err);
    r.only_hart = a->hart < 0 && a->format && a->format->one_hart ? 0 : a->hart;
    bool ok = a->format ? export(&r, a, &err) : info(&r, &err);
    trace_read_close(&r);
    if (ok && fflush(stdout) != 0)
        ok = err_set(&err, EXIT_HOST_RESOURCE,
                     "standard output: cannot write: %m");
    return ok ? EXIT_PASSED : report(&err);
}

static bool makes_sense(const struct command *c, const struct arguments *a)
{
    bool is_export = a->verb && strcmp(a->verb, "export") == 0;
    if (!a->verb || (!is_export && strcmp(a->verb, "info") != 0))
        usage_error(c, "%s%s: expected info or export",
                    a->verb ? "no verb " : "a verb is missing",
                    a->verb ? a->verb : "");
    else if (!a->path)
        usage_error(c, "which trace? FILE.jsonl is missing");
    else if (is_export && !a->format)
        usage_error(c, "export needs --to FORMAT");
    else if (!is_export && (a->format || a->output))
        usage_error(c, "--to and -o belong to export");
    else
        return true;
    return false;
}

int command_trace(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .hart = -1 };
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    for (int row; (row = option_next(&o)) != OPTION_END;) {
        if (row == OPTION_HELP)
            return EXIT_PASSED;
        if (!take(c, &a, &o, row))
            return EXIT_USAGE;
    }
    return makes_sense(c, &a) ? work(&a) : EXIT_USAGE;
}
