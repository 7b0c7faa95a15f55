/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite run: a loop around session_advance, and what goes where: results to
 * files or standard output, everything said to standard output (to standard
 * error when a result takes it).
 */
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cmd.h"
#include "sim/gdb.h"
#include "sim/session.h"

static const struct option_row rows[] = {
    { 0, "set", "KEY=VALUE",
      "args.KEY in the scenario; machine.KEY: a machine parameter" },
    { 0, "preset", "NAME", "of every machine (opalite presets)" },
    { 0, "seed", "N", "of random(), default 1" },
    { 0, "json", "FILE", "results as JSON" },
    { 0, "csv", "FILE", "the last table as CSV" },
    { 0, "trace", "FILE", "one JSON object a line for each event" },
    { 0, "trace-kinds", "LIST", "only these kinds or groups (docs/trace.md)" },
    { 0, "trace-window", "A..B",
      "only from cycle A to cycle B; B may be missing" },
    { 0, "trace-steps", NULL, "a line for each instruction too" },
    { 0, "gdb", "[=PORT|unix:PATH]",
      "the first machine waits for gdb there, port 1234 if none is\n"
      "                             named (docs/gdb.md)" },
    { 0, "max-cycles", "N", "ends the run when a machine reaches N" },
    { 0, "max-seconds", "N", "ends the run after N seconds of your time" },
    { 0, "engine", "NAME", "fast (default) or readable: the same results" },
    { 0, "out", "DIR", "where the scenario's files go, default out" },
    { 'q', "quiet", NULL, "failed checks and errors only" },
    { 'v', "verbose", NULL, "also which files were written" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_SET,
    ROW_PRESET,
    ROW_SEED,
    ROW_JSON,
    ROW_CSV,
    ROW_TRACE,
    ROW_TRACE_KINDS,
    ROW_TRACE_WINDOW,
    ROW_TRACE_STEPS,
    ROW_GDB,
    ROW_MAX_CYCLES,
    ROW_MAX_SECONDS,
    ROW_ENGINE,
    ROW_OUT,
    ROW_QUIET,
    ROW_VERBOSE
};

struct arguments {
    struct session_options session;
    const char *json, *csv;
    uint64_t max_seconds; /* of the wall clock, 0 = no limit */
    bool gdb;
    const char *gdb_at; /* of --gdb, NULL = the default port */
    const char **set;
    enum exit_code code;
};

/* The one thing a signal handler can reach. */
static struct session *running;

static void on_interrupt(int number)
{
    /* A third Ctrl-C ends at once; the second may be the same one, sent to the
     * whole group by a shell or a timer. */
    if (running && running->interrupted)
        signal(number, SIG_DFL);
    if (running)
        running->interrupted =
            number == SIGALRM ? EXIT_WALL_CLOCK : EXIT_INTERRUPTED;
}

static bool is_stdout(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static void print_to_stderr(void *context, const char *text, size_t bytes)
{
    (void)context;
    fwrite(text, 1, bytes, stderr);
}

static bool take(void *context, const struct options *o)
{
    struct arguments *a = context;
    struct session_options *s = &a->session;
    struct err err;
    switch (o->row) {
    case ROW_SET:
        a->set[s->set_count++] = o->value;
        return true;
    case ROW_PRESET:
        s->preset = o->value;
        return true;
    case ROW_SEED:
        return option_number(o, &s->seed);
    case ROW_JSON:
        a->json = o->value;
        return true;
    case ROW_CSV:
        a->csv = o->value;
        return true;
    case ROW_TRACE:
        s->trace_path = o->value;
        return true;
    case ROW_TRACE_KINDS:
        return option_checked(o, trace_choice_kinds(&s->trace, o->value, &err),
                              &err);
    case ROW_TRACE_WINDOW:
        return option_checked(o, trace_choice_window(&s->trace, o->value, &err),
                              &err);
    case ROW_TRACE_STEPS:
        s->trace.steps = true;
        return true;
    case ROW_GDB:
        a->gdb = true;
        a->gdb_at = o->value;
        return true;
    case ROW_MAX_CYCLES:
        return option_number(o, &s->max_cycles);
    case ROW_MAX_SECONDS:
        return option_number(o, &a->max_seconds);
    case ROW_ENGINE:
        return option_engine(o, &s->engine);
    case ROW_OUT:
        s->out_dir = o->value;
        return true;
    case ROW_QUIET:
        s->quiet = true;
        return true;
    case ROW_VERBOSE:
        s->verbose = true;
        return true;
    default:
        return false;
    }
}

/* False: nothing to run, a->code says how it ends. */
static bool parse(struct arguments *a, const struct command *c, int argc,
                  char **argv)
{
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand scenario = { "scenario", "FILE.lua",
                                      &a->session.path };
    a->session.seed = 1;
    a->session.set = a->set;
    if (!options_read(&o, &scenario, take, a, &a->code))
        return false;
    a->code = EXIT_USAGE;
    int taken = is_stdout(a->json) + is_stdout(a->csv) +
                is_stdout(a->session.trace_path);
    if (taken > 1) {
        usage_error(c, "only one result can go to standard output");
        return false;
    }
    if (a->session.quiet && a->session.verbose) {
        usage_error(c, "-q and -v together make no sense");
        return false;
    }
    if (!trace_options_fit(c, a->session.trace_path, &a->session.trace))
        return false;
    a->session.trace.report = !a->session.quiet;
    if (taken)
        a->session.print = print_to_stderr;
    return true;
}

/* A result that cannot be written is said; the first such code counts. */
static void keep_worst(enum exit_code *code, const struct err *err)
{
    report(err);
    if (*code == EXIT_PASSED)
        *code = err->code;
}

#define SLICE_INSTRUCTIONS 2000000

/* The first machine, once it is going to run and while it is there. */
static struct machine *debugged(const struct session *s)
{
    const struct session_machine *first = s->machines;
    return s->machine && s->machine_count ? first->machine : NULL;
}

/* To the end, with a debugger on the first machine. What may not run any more,
 * because the debugger says so or did not come, is ended as by Ctrl-C. */
static void run_debugged(struct session *s, struct gdb *g)
{
    s->bounded = "";
    s->stop_at_machine = true;
    enum session_state state = session_advance(s, NULL);
    for (;;) {
        struct run_limits slice = { .max_insns = SLICE_INSTRUCTIONS };
        struct machine *m = debugged(s);
        enum gdb_turn turn = m ? gdb_serve(g, m) : GDB_RUN;
        if (turn == GDB_KILL)
            s->interrupted = EXIT_INTERRUPTED;
        if (turn == GDB_WAIT && !s->interrupted)
            continue;
        if (state > SESSION_STOPPED)
            break; /* nobody looks any more */
        gdb_limit(g, &slice);
        state = session_advance(s, &slice);
        if (debugged(s))
            gdb_ran(g, debugged(s), debugged(s)->stopped);
    }
}

static void run_to_end(struct session *s, struct gdb *g)
{
    if (g)
        run_debugged(s, g);
    while (session_advance(s, NULL) <= SESSION_STOPPED)
        continue;
}

static enum exit_code run(const struct arguments *a)
{
    struct err err;
    struct gdb *g = NULL;
    struct session *s = session_open(&a->session, &err);
    if (!s)
        return (enum exit_code)report(&err);
    if (a->gdb && !(g = gdb_open(a->gdb_at, &err))) {
        session_close(s);
        return (enum exit_code)report(&err);
    }
    running = s;
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    signal(SIGALRM, on_interrupt);
    alarm(a->max_seconds < UINT_MAX ? (unsigned)a->max_seconds : UINT_MAX);
    run_to_end(s, g);
    alarm(0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    running = NULL;

    enum exit_code written = EXIT_PASSED;
    if (s->state == SESSION_FAILED)
        report(&s->error);
    if (s->checks_failed) {
        fflush(stdout);
        fprintf(stderr,
                "opalite: %s: %" PRIu64 " of %" PRIu64 " checks failed\n",
                a->session.path, s->checks_failed,
                s->checks_passed + s->checks_failed);
    }
    if (a->json && !session_write_json(s, a->json, &err))
        keep_worst(&written, &err);
    if (a->csv && !session_write_csv(s, a->csv, &err))
        keep_worst(&written, &err);
    enum exit_code code = session_close(s);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        err_set(&err, EXIT_HOST_RESOURCE, "standard output: cannot write: %m");
        keep_worst(&written, &err);
    }
    code = code == EXIT_PASSED ? written : code;
    gdb_close(g, (int)code);
    return code;
}

int command_run(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .set = NULL };
    a.set = calloc((size_t)argc + 1, sizeof *a.set);
    if (!a.set)
        err_no_memory();
    enum exit_code code = parse(&a, c, argc, argv) ? run(&a) : a.code;
    free(a.set);
    return (int)code;
}
