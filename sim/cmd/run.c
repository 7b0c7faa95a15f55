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
#include <string.h>
#include <unistd.h>

#include "sim/cmd/session.h"
#include "sim/gdb/run.h"

static const struct option_row rows[] = {
    SESSION_ROWS,
    TRACE_ROWS,
    RECORD_ROWS,
    { 0, "json", "FILE", "results as JSON" },
    { 0, "csv", "FILE", "the last table as CSV" },
    { 0, "gdb", "[=PORT|unix:PATH]",
      "the first machine waits for gdb there, port 1234 if none is\n"
      "                             named (docs/gdb.md)" },
    { 0, "max-seconds", "N", "ends the run after N seconds of your time" },
    { 0, "out", "DIR", "where the scenario's files go, default out" },
    { 'q', "quiet", NULL, "failed checks and errors only" },
    { 'v', "verbose", NULL, "also which files were written" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_TRACE = SESSION_ROW_COUNT,
    ROW_RECORD = ROW_TRACE + TRACE_ROW_COUNT,
    ROW_JSON = ROW_RECORD + RECORD_ROW_COUNT,
    ROW_CSV,
    ROW_GDB,
    ROW_MAX_SECONDS,
    ROW_OUT,
    ROW_QUIET,
    ROW_VERBOSE
};

struct arguments {
    struct session_arguments run;
    const char *json, *csv;
    uint64_t max_seconds; /* of the wall clock, 0 = no limit */
    bool gdb;
    const char *gdb_at; /* of --gdb, NULL = the default port */
    enum exit_code code;
};

/* The one thing a signal handler can reach: ends the session that runs. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    /* A third Ctrl-C ends at once; the second may be the same one, sent to the
     * whole group by a shell or a timer. */
    if (interrupted)
        signal(number, SIG_DFL);
    interrupted = number == SIGALRM ? EXIT_WALL_CLOCK : EXIT_INTERRUPTED;
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
    struct session_options *s = &a->run.session;
    switch (o->row) {
    case ROW_RECORD + RECORD_ROW_TO:
    case ROW_RECORD + RECORD_ROW_FROM:
        record_take(&a->run, o, o->row - ROW_RECORD);
        return true;
    case ROW_JSON:
        a->json = o->value;
        return true;
    case ROW_CSV:
        a->csv = o->value;
        return true;
    case ROW_GDB:
        a->gdb = true;
        a->gdb_at = o->value;
        return true;
    case ROW_MAX_SECONDS:
        return option_number(o, &a->max_seconds);
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
        return o->row < ROW_TRACE ? session_take(&a->run, o)
                                  : trace_take(o, o->row - ROW_TRACE,
                                               &s->trace_path, &s->trace);
    }
}

/* False: nothing to run, a->code says how it ends. */
static bool parse(struct arguments *a, const struct command *c, int argc,
                  char **argv)
{
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand scenario = { "scenario", "[FILE.lua]",
                                      &a->run.session.path };
    a->run.session.interrupted = &interrupted;
    if (!options_read(&o, &scenario, take, a, &a->code) ||
        !session_arguments_complete(&a->run, c, &a->code))
        return false;
    a->code = EXIT_USAGE;
    int taken = is_stdout(a->json) + is_stdout(a->csv) +
                is_stdout(a->run.session.trace_path);
    if (taken > 1) {
        usage_error(c, "only one result can go to standard output");
        return false;
    }
    if (a->run.session.quiet && a->run.session.verbose) {
        usage_error(c, "-q and -v together make no sense");
        return false;
    }
    if (a->gdb && a->run.has_moment) {
        usage_error(c, "--at and --gdb together make no sense");
        return false;
    }
    if (!trace_options_fit(c, a->run.session.trace_path, &a->run.session.trace))
        return false;
    a->run.session.trace.report = !a->run.session.quiet;
    if (taken)
        a->run.session.print = print_to_stderr;
    return true;
}

/* A result that cannot be written is said; the first such code counts. */
static void keep_worst(enum exit_code *code, const struct err *err)
{
    report(err);
    if (*code == EXIT_PASSED)
        *code = err->code;
}

/* False: *err, the moment of --at never came. */
static bool run_there(struct session *s, const struct session_arguments *a,
                      struct err *err)
{
    if (a->has_moment && a->at.kind != MOMENT_END)
        return moment_reach(s, &a->at, a->machine, NULL, err) ||
               s->state == SESSION_FAILED;
    while (session_advance(s, NULL) <= SESSION_STOPPED)
        continue;
    return true;
}

/* NULL: *err. */
static struct session *open_session(const struct arguments *a,
                                    struct run_gdb *debugged, struct err *err)
{
    if (!a->gdb)
        return session_open(&a->run.session, err);
    return run_gdb_open(debugged, &a->run.session, a->gdb_at, err)
               ? debugged->history.now
               : NULL;
}

static enum exit_code run(const struct arguments *a)
{
    struct err err;
    struct run_gdb debugged = { .gdb = NULL };
    struct session *s = open_session(a, &debugged, &err);
    if (!s)
        return (enum exit_code)report(&err);
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    signal(SIGALRM, on_interrupt);
    alarm(a->max_seconds < UINT_MAX ? (unsigned)a->max_seconds : UINT_MAX);
    if (a->gdb)
        run_gdb_run(&debugged, &interrupted);
    bool there = run_there(s, &a->run, &err);
    alarm(0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);

    enum exit_code written = EXIT_PASSED;
    if (!there)
        keep_worst(&written, &err);
    if (s->state == SESSION_FAILED)
        report(&s->error);
    if (s->checks_failed) {
        fflush(stdout);
        fprintf(stderr,
                "opalite: %s: %" PRIu64 " of %" PRIu64 " checks failed\n",
                a->run.session.path, s->checks_failed,
                s->checks_passed + s->checks_failed);
    }
    if (a->json && !session_write_json(s, a->json, &err))
        keep_worst(&written, &err);
    if (a->csv && !session_write_csv(s, a->csv, &err))
        keep_worst(&written, &err);
    if (there &&
        !session_arguments_record(&a->run, s, !a->run.session.quiet, &err))
        keep_worst(&written, &err);
    enum exit_code code = a->gdb ? run_gdb_end(&debugged) : session_close(s);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        err_set(&err, EXIT_HOST_RESOURCE, "standard output: cannot write: %m");
        keep_worst(&written, &err);
    }
    code = code == EXIT_PASSED ? written : code;
    if (a->gdb)
        run_gdb_close(&debugged, (int)code);
    return code;
}

int command_run(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .json = NULL };
    session_arguments_init(&a.run, argc);
    enum exit_code code = parse(&a, c, argc, argv) ? run(&a) : a.code;
    session_arguments_free(&a.run);
    return (int)code;
}
