/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite-graph: runs a scenario to a moment, reads a graph from the machine
 * there, writes it as dot text, and has it drawn. Here is the command line; the
 * way of a graph is graph_read_*.c, graph/graph.c, graph/dot.c, graph/layout.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd/session.h"
#include "sim/config.h"
#include "sim/moment.h"
#include "viz/graph/graph.h"

static const struct option_row rows[] = {
    SESSION_ROWS,
    { 0, "since", "MOMENT", "draw bold what changed after this moment" },
    { 'o', "output", "FILE",
      "FILE.dot, .svg, .png or .pdf; default: dot text to standard output" },
    { 0, "domain", "NAME", "only of this domain; of pagetable: whose" },
    { 0, "deadline", "N", "seconds that the layout may take, default 20" },
    { 0, NULL, NULL, NULL },
};
enum { ROW_SINCE = SESSION_ROW_COUNT, ROW_OUTPUT, ROW_DOMAIN, ROW_DEADLINE };

struct arguments {
    struct session_arguments run;
    const struct graph_kind *kind;
    const char *output, *format; /* format NULL: dot text */
    const char *domain;
    struct run_moment since;
    bool compares;
    uint64_t deadline;
};

static int command_graph(const struct command *c, int argc, char **argv);

static const struct command command = {
    "graph", "KIND FILE.lua [options]",
    "Runs a scenario to a moment and draws the machine's state as a graph.\n"
    "KIND: rights, calls, pagetable, segments, waits or machine\n"
    "(docs/graph.md).",
    command_graph
};

/* ---- the command line -----------------------------------------------------
 */

static const char *kind_name(size_t i, const void *context)
{
    (void)context;
    return graph_kinds[i].name;
}

static bool take_kind(struct arguments *a, const char *name)
{
    for (const struct graph_kind *k = graph_kinds; k->name; k++)
        if (strcmp(k->name, name) == 0)
            a->kind = k;
    if (a->kind)
        return true;
    const char *near = nearest_word(name, kind_name, NULL);
    usage_error(&command,
                "no graph %s%s%s%s; there are rights, calls, pagetable, "
                "segments, waits, machine",
                name, near ? " (did you mean " : "", near ? near : "",
                near ? "?)" : "");
    return false;
}

static bool take_operand(struct arguments *a, const char *word)
{
    if (!a->kind)
        return take_kind(a, word);
    if (a->run.session.path) {
        usage_error(&command, "one scenario only, not also %s", word);
        return false;
    }
    a->run.session.path = word;
    return true;
}

static bool take_output(struct arguments *a, const char *path)
{
    static const char *const formats[] = { "svg", "png", "pdf" };
    const char *dot = strrchr(path, '.');
    a->output = path;
    a->format = NULL;
    if (strcmp(path, "-") == 0 || (dot && strcmp(dot, ".dot") == 0))
        return true;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (dot && strcmp(dot + 1, formats[i]) == 0)
            a->format = formats[i];
    if (a->format)
        return true;
    usage_error(&command,
                "-o %s: expected a name that ends in .dot, .svg, "
                ".png or .pdf",
                path);
    return false;
}

static bool take_deadline(struct arguments *a, const struct options *o)
{
    if (!option_number(o, &a->deadline))
        return false;
    if (a->deadline >= 1 && a->deadline <= 3600)
        return true;
    usage_error(&command, "--deadline %s: expected 1 to 3600 seconds",
                o->value);
    return false;
}

static bool take(struct arguments *a, const struct options *o, int row)
{
    struct err err;
    switch (row) {
    case OPTION_OPERAND:
        return take_operand(a, o->value);
    case ROW_SINCE:
        a->compares = true;
        return option_checked(o, moment_parse(&a->since, o->value, &err), &err);
    case ROW_OUTPUT:
        return take_output(a, o->value);
    case ROW_DOMAIN:
        a->domain = o->value;
        return true;
    case ROW_DEADLINE:
        return take_deadline(a, o);
    default:
        return row >= 0 && session_take(&a->run, o);
    }
}

static bool makes_sense(const struct arguments *a)
{
    if (!a->kind || !a->run.session.path)
        usage_error(&command, "KIND and FILE.lua are needed");
    else if (a->compares && a->since.kind == MOMENT_END)
        usage_error(&command, "--since end: nothing comes after it");
    else
        return true;
    return false;
}

/* ---- the graph ------------------------------------------------------------
 */

static bool find_domain(const struct machine *m, const struct arguments *a,
                        struct graph_question *q, struct err *err)
{
    q->all_domains = !a->domain;
    q->domain = machine_domain(m);
    if (!a->domain)
        return true;
    const struct registry_domain *d =
        registry_domain_named(&m->registry, a->domain);
    if (strcmp(a->domain, "kernel") == 0) {
        q->domain = 0;
        return true;
    }
    if (!d || !d->live)
        return err_set(err, EXIT_USAGE, "no domain %s at cycle %llu", a->domain,
                       (unsigned long long)machine_clock(m));
    q->domain = d->id;
    return true;
}

static bool read_at(struct session *s, const struct arguments *a,
                    const struct run_moment *at, struct moment_watch *watch,
                    struct graph *g, struct err *err)
{
    char when[64];
    struct graph_question q = { .seen = watch->context };
    const struct machine *m = moment_reach(
        s, at, a->run.machine, a->kind->needs_seen ? watch : NULL, err);
    const char *slash = strrchr(a->run.session.path, '/');
    if (m && at == &a->since && moment_is_reached(&a->run.at, m)) {
        moment_text(&a->run.at, when, sizeof when);
        return err_set(err, EXIT_USAGE, "--since: %s does not lie after it",
                       when);
    }
    if (!m || !find_domain(m, a, &q, err) || !a->kind->read(g, m, &q, err))
        return false;
    snprintf(g->title, sizeof g->title, "%s: %s, cycle %llu", a->kind->name,
             slash ? slash + 1 : a->run.session.path,
             (unsigned long long)machine_clock(m));
    return true;
}

static void see(void *context, const struct machine *m, const struct event *e)
{
    (void)m;
    graph_see(context, e);
}

static bool read_graph(struct session *s, const struct arguments *a,
                       struct graph *g, struct err *err)
{
    struct graph before = { 0 };
    struct graph_seen *seen = calloc(1, sizeof *seen);
    struct moment_watch watch = { GRAPH_SEEN, see, seen, { 0 } };
    char when[64], title[300];
    bool ok = true;
    if (!seen)
        err_no_memory();
    if (a->compares)
        ok = read_at(s, a, &a->since, &watch, &before, err);
    ok = ok && read_at(s, a, &a->run.at, &watch, g, err);
    if (ok && a->compares) {
        graph_compare(g, &before);
        moment_text(&a->since, when, sizeof when);
        snprintf(title, sizeof title, "%.200s, bold: changed since %s",
                 g->title, when);
        snprintf(g->title, sizeof g->title, "%s", title);
    }
    graph_free(&before);
    free(seen);
    return ok;
}

static bool write_dot(const struct graph *g, const char *path, struct err *err)
{
    bool to_stdout = !path || strcmp(path, "-") == 0;
    FILE *to = to_stdout ? stdout : fopen(path, "w");
    bool ok = to && graph_write(g, to);
    if (to && !to_stdout && fclose(to) != 0)
        ok = false;
    return ok || err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m",
                         to_stdout ? "standard output" : path);
}

/* The picture; without one, the dot text beside it, so that nothing is lost. */
static bool write_picture(const struct graph *g, const struct arguments *a,
                          struct err *err)
{
    char *dot = NULL, path[4096], directory[1000], program[1100];
    size_t bytes = 0;
    struct err ignored, why;
    FILE *f = open_memstream(&dot, &bytes);
    if (!f || !graph_write(g, f) || fclose(f) != 0)
        err_no_memory();
    program_directory(directory, sizeof directory);
    snprintf(program, sizeof program, "%s/opalite-layout", directory);
    bool ok = graph_layout(program, dot, bytes, a->format, a->output,
                           (unsigned)a->deadline, err);
    free(dot);
    if (ok || err->code == EXIT_HOST_RESOURCE)
        return ok;
    why = *err;
    snprintf(path, sizeof path, "%.*s.dot",
             (int)(strrchr(a->output, '.') - a->output), a->output);
    if (!write_dot(g, path, &ignored))
        return false;
    return err_set(err, why.code, "%.300s; the dot text is in %.150s", why.text,
                   path);
}

static void say_nothing(void *context, const char *text, size_t bytes)
{
    (void)context, (void)text, (void)bytes;
}

static int execute(struct arguments *a)
{
    struct err err;
    struct graph g = { 0 };
    a->run.session.quiet = a->run.session.no_progress = true;
    a->run.session.print = say_nothing;
    struct session *s = session_open(&a->run.session, &err);
    if (!s)
        return report(&err);
    bool ok = read_graph(s, a, &g, &err);
    if (ok)
        ok = a->format ? write_picture(&g, a, &err)
                       : write_dot(&g, a->output, &err);
    int code = ok ? EXIT_PASSED : report(&err);
    graph_free(&g);
    (void)session_close(s);
    return code;
}

static int command_graph(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .deadline = 20 };
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    int code = EXIT_USAGE, row;
    session_arguments_init(&a.run, argc);
    while ((row = option_next(&o)) != OPTION_END && take(&a, &o, row))
        continue;
    if (row == OPTION_HELP)
        code = EXIT_PASSED;
    else if (row == OPTION_END && makes_sense(&a))
        code = execute(&a);
    session_arguments_free(&a.run);
    return code;
}

int main(int argc, char **argv)
{
    return command.run(&command, argc - 1, argv + 1);
}
