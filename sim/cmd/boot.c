/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite boot: firmware and kernels of others on the board, with the terminal
 * as their console, or with a script of --expect and --send in its place
 * (docs/boot.md). The machine runs in slices of a fixed number of instructions;
 * between them keys go in and text comes out, so a script repeats exactly.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/cmd/board.h"
#include "sim/gdb/gdb.h"
#include "sim/history/history.h"
#include "sim/prompt/prompt.h"
#include "sim/stats.h"
#include "sim/story.h"
#include "sim/terminal.h"

static const struct option_row rows[] = {
    BOARD_ROWS,
    { 0, "timeout-cycles", "N", "stop at cycle N (exit code 6)" },
    { 0, "max-seconds", "N",
      "stop after N seconds of your time (exit code 8)" },
    { 0, "stats", "FILE", "figures at the end; as JSON if it ends in .json" },
    { 0, "engine", "NAME", "fast (default) or readable: the same results" },
    { 0, "gdb", "[=PORT|unix:PATH]",
      "wait for gdb there, port 1234 if none is named (docs/gdb.md)" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_TIMEOUT = BOARD_ROW_COUNT,
    ROW_MAX_SECONDS,
    ROW_STATS,
    ROW_ENGINE,
    ROW_GDB
};

#define SLICE_INSTRUCTIONS 200000
#define IDLE_MILLISECONDS  200

struct arguments {
    struct board_options board;
    const char *stats;
    bool gdb;
    const char *gdb_at;            /* of --gdb, NULL = the default port */
    uint64_t timeout, max_seconds; /* 0 = no limit */
    enum engine engine;
    enum exit_code code;
};

/* The run, as gdb/timeline.h asks for it: machine, script, and what they do
 * between two slices. With a debugger it is in the heap, and goes back with it.
 */
struct booted {
    const struct arguments *arguments;
    struct history *history; /* with a debugger, else NULL; outside */
    struct machine *machine;
    struct typed script;
    uint64_t slice_end; /* instructions; 0 = the next slice begins now */
    bool script_done;
    enum stop stop;
    bool failed; /* the files could not be loaded again: */
    struct err err;
};

/* The user's end of the console. */
struct user {
    struct heap *heap; /* with a debugger: all that goes back is in it */
    struct history history;
    struct booted *run;
    struct timeline time;
    struct gdb *gdb;
    struct terminal_keys keys;
    size_t shown; /* bytes of the guest's text already on the terminal */
    bool input_ended, at_terminal;
};

/* What keys did. */
enum key_outcome { KEYS_TAKEN, KEYS_LEAVE, KEYS_RESET };

#define KEYS_HELP                                                              \
    "opalite: Ctrl-A x leaves, Ctrl-A c is the simulator's prompt, "           \
    "Ctrl-A Ctrl-A one Ctrl-A"

/* ---- arguments ------------------------------------------------------------
 */

static bool take(void *context, const struct options *o)
{
    struct arguments *a = context;
    switch (o->row) {
    case ROW_TIMEOUT:
        return option_number(o, &a->timeout);
    case ROW_MAX_SECONDS:
        return option_number(o, &a->max_seconds);
    case ROW_STATS:
        a->stats = o->value;
        return true;
    case ROW_ENGINE:
        return option_engine(o, &a->engine);
    case ROW_GDB:
        a->gdb = true;
        a->gdb_at = o->value;
        return true;
    default:
        return board_take(&a->board, o);
    }
}

static bool parse(struct arguments *a, const struct command *c, int argc,
                  char **argv)
{
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand none = { "file by itself:", "--kernel", NULL };
    if (!options_read(&o, &none, take, a, &a->code))
        return false;
    a->code = EXIT_USAGE;
    if (!a->board.files.firmware && !a->board.files.kernel) {
        usage_error(c, "boot what? --firmware or --kernel is missing");
        return false;
    }
    return true;
}

/* ---- the console -----------------------------------------------------------
 */

static void show(struct user *u)
{
    size_t length;
    const char *text = machine_console(u->run->machine, &length);
    if (length <= u->shown)
        return;
    fwrite(text + u->shown, 1, length - u->shown, stdout);
    fflush(stdout);
    u->shown = length;
}

/* A line for the user, on the terminal only. */
static void tell(const struct user *u, const char *text)
{
    if (u->at_terminal)
        fprintf(stderr, "\r\n%s (cycle %" PRIu64 ")\r\n", text,
                machine_clock(u->run->machine));
}

static enum key_outcome at_prompt(const struct user *u)
{
    if (!u->at_terminal)
        return KEYS_TAKEN;
    switch (prompt_run(u->run->machine)) {
    case PROMPT_LEAVE:
        return KEYS_LEAVE;
    case PROMPT_RESET:
        return KEYS_RESET;
    default:
        return KEYS_TAKEN;
    }
}

static void type(struct user *u, const char *keys, size_t n)
{
    const struct input in = { .kind = INPUT_KEYS, .bytes = keys, .count = n };
    if (n && !timeline_input(&u->time, &in))
        return; /* the guest does not take them */
}

/* Keys of the user go to the guest. */
static enum key_outcome take_keys(struct user *u, int milliseconds)
{
    char keys[256];
    if (u->input_ended)
        return KEYS_TAKEN;
    int got = terminal_read(keys, sizeof keys, milliseconds);
    if (got < 0)
        u->input_ended = true;
    size_t n = got > 0 ? (size_t)got : 0;
    enum terminal_command command = terminal_filter(&u->keys, keys, &n);
    type(u, keys, n);
    switch (command) {
    case TERMINAL_LEAVE:
        tell(u, "opalite: left");
        return KEYS_LEAVE;
    case TERMINAL_PROMPT:
        return at_prompt(u);
    case TERMINAL_HELP:
        tell(u, KEYS_HELP);
        return KEYS_TAKEN;
    case TERMINAL_NOTHING:
        break;
    }
    return KEYS_TAKEN;
}

/* ---- the run ---------------------------------------------------------------
 */

static int failed(const struct machine *m, enum stop stop)
{
    char text[600];
    struct err err;
    story_stop(m, stop, text, sizeof text);
    err_set(&err, stop_exit_code(stop), "%.*s", (int)strcspn(text, "\n"), text);
    return report(&err);
}

/* The guest is off while the script still waits for something. */
static int script_unfinished(const struct typed *script)
{
    struct err err;
    err_set(&err, EXIT_CHECK_FAILED,
            "the machine is off, but the script has not come to its end: %s",
            typed_waits_for(script));
    return report(&err);
}

static int timed_out(const struct booted *b)
{
    struct err err;
    const char *waits = typed_waits_for(&b->script);
    err_set(&err, EXIT_CYCLE_LIMIT,
            "the limit of %" PRIu64 " cycles is reached%s%s",
            b->arguments->timeout, *waits ? "; the script waits for: " : "",
            waits);
    return report(&err);
}

static int interrupted(enum exit_code why)
{
    struct err err;
    err_set(&err, why,
            why == EXIT_WALL_CLOCK ? "the time of --max-seconds is over"
                                   : "interrupted");
    return report(&err);
}

static struct machine *machine(void *context)
{
    return ((struct booted *)context)->machine;
}

/* The files are loaded afresh, and the guest starts again. */
static bool reset(void *context)
{
    struct booted *b = context;
    b->failed = !firmware_load(b->machine, &b->arguments->board.files, &b->err);
    return !b->failed;
}

static bool is_late(const struct booted *b)
{
    uint64_t timeout = b->arguments->timeout;
    return timeout && machine_clock(b->machine) >= timeout;
}

/* Between two slices. */
static enum timeline_state between_slices(struct booted *b)
{
    b->slice_end = 0;
    b->script_done = b->script.count && typed_advance(&b->script, b->machine);
    if (b->script_done || is_late(b))
        return TIMELINE_OVER;
    switch (b->stop) {
    case STOP_BUDGET:
    case STOP_POINT:
    case STOP_EVENT:
        return TIMELINE_ON;
    case STOP_RESET:
        return reset(b) ? TIMELINE_ON : TIMELINE_OVER;
    case STOP_IDLE:
        return b->script.count ? TIMELINE_OVER : TIMELINE_WAITING;
    default:
        return TIMELINE_OVER;
    }
}

/* To the end of the slice, or less far: a script types where it would type if
 * nobody limited the run. */
static enum timeline_state advance(void *context,
                                   const struct run_limits *limits)
{
    struct booted *b = context;
    struct run_limits l = *limits;
    uint64_t done = machine_instructions(b->machine);
    uint64_t timeout = b->arguments->timeout;
    if (b->failed)
        return TIMELINE_OVER;
    if (!b->slice_end)
        b->slice_end = done + SLICE_INSTRUCTIONS;
    if (!l.max_insns || l.max_insns > b->slice_end - done)
        l.max_insns = b->slice_end - done;
    if (timeout && (!l.until_cycle || l.until_cycle > timeout))
        l.until_cycle = timeout;
    l.stop_on_reset = true;
    if (b->history)
        (void)history_run(b->history, &l);
    else
        (void)machine_run(b->machine, &l);
    b->stop = b->machine->stopped;
    bool cut = b->stop == STOP_BUDGET || b->stop == STOP_POINT ||
               b->stop == STOP_EVENT;
    if (cut && machine_instructions(b->machine) < b->slice_end && !is_late(b))
        return TIMELINE_ON;
    return between_slices(b);
}

static bool rewind_run(void *context, uint64_t instructions, struct err *err)
{
    struct booted *b = context;
    return history_rewind(b->history, instructions, err);
}

static void keep(void *context)
{
    history_keep(((struct booted *)context)->history);
}

static void branch(void *context)
{
    const struct booted *b = context;
    if (b->history)
        history_branch(b->history);
}

/* How the program ends, when the run is over by itself. */
static int end_code(const struct booted *b)
{
    if (b->script_done)
        return EXIT_PASSED;
    if (b->failed)
        return report(&b->err);
    if (b->stop < STOP_POWEROFF)
        return timed_out(b);
    if (b->stop != STOP_POWEROFF)
        return failed(b->machine, b->stop);
    return b->script.at < b->script.count ? script_unfinished(&b->script)
                                          : EXIT_PASSED;
}

/* ---- the user
 * ----------------------------------------------------------------
 */

/* True: the run goes on. */
static bool obey_keys(struct user *u, int milliseconds, int *code)
{
    const struct input anew = { .kind = INPUT_RESET };
    *code = EXIT_PASSED;
    switch (take_keys(u, milliseconds)) {
    case KEYS_LEAVE:
        return false;
    case KEYS_RESET:
        if (timeline_input(&u->time, &anew))
            return true;
        *code = end_code(u->run);
        return false;
    case KEYS_TAKEN:
        break;
    }
    return true;
}

/* Waits until the debugger, if there is one, lets the machine run. False: the
 * run is over. */
static bool may_run(struct user *u, int *code)
{
    for (;;) {
        enum gdb_turn turn = gdb_serve(u->gdb);
        enum exit_code why =
            turn == GDB_KILL ? EXIT_INTERRUPTED : terminal_interrupted();
        if (why) {
            *code = interrupted(why);
            return false;
        }
        if (turn == GDB_RUN)
            return true;
        if (u->at_terminal && !u->time.travels && !obey_keys(u, 0, code))
            return false;
    }
}

/* A piece of the run. False: it is over. */
static bool go_on(struct user *u, int *code)
{
    struct run_limits limits = { .max_insns = 0 };
    struct booted *b = u->run;
    if (timeline_is_new(&u->time)) /* perhaps another future */
        (void)machine_console(b->machine, &u->shown);
    gdb_limit(u->gdb, &limits);
    enum timeline_state state = timeline_advance(&u->time, &limits);
    show(u);
    if (gdb_ran(u->gdb, state))
        return true;
    if (state == TIMELINE_OVER ||
        (state == TIMELINE_WAITING && u->input_ended)) {
        *code = end_code(b);
        return false;
    }
    return b->script.count ||
           obey_keys(u, state == TIMELINE_WAITING ? IDLE_MILLISECONDS : 0,
                     code);
}

static int run(struct user *u)
{
    int code = EXIT_PASSED;
    while (may_run(u, &code) && go_on(u, &code))
        continue;
    return code;
}

static int finish(const struct arguments *a, const struct machine *m, int code)
{
    struct err err;
    if (m->config.harts > 1)
        stats_print_harts(m, stdout);
    if (a->stats && !stats_write(m, a->stats, &err))
        code = report(&err);
    return code;
}

/* With a debugger. */
static bool open_debugger(struct user *u, struct err *err)
{
    static const struct history_options keeping = { .bytes = HISTORY_BYTES };
    u->run->history = &u->history;
    history_open_machine(&u->history, &keeping, u->heap, u->run->machine);
    u->gdb = gdb_open(u->run->arguments->gdb_at, &u->time, err);
    return u->gdb != NULL;
}

static bool open_run(struct user *u, const struct arguments *a, struct err *err)
{
    struct timeline_run how = { .machine = machine,
                                .advance = advance,
                                .rewind = rewind_run,
                                .keep = keep,
                                .branch = branch,
                                .reset = reset };
    if (a->gdb && !(u->heap = heap_open(err)))
        return false;
    struct booted *b = how.context = heap_new(u->heap, 1, sizeof *b);
    if (!b)
        err_no_memory();
    u->run = b;
    timeline_open(&u->time, &how, u->heap);
    b->arguments = a;
    b->script = a->board.script;
    b->machine = board_build(&a->board, u->heap, err);
    if (!b->machine)
        return false;
    b->machine->engine = a->engine;
    return !a->gdb || open_debugger(u, err);
}

static void close_run(struct user *u)
{
    if (u->history.heap)
        (void)history_close(&u->history);
    if (u->run) {
        timeline_close(&u->time);
        machine_free(u->run->machine);
        heap_free(u->heap, u->run);
    }
    heap_close(u->heap);
}

static int boot(const struct arguments *a)
{
    struct err err;
    struct user u = { .heap = NULL };
    int code;
    if (open_run(&u, a, &err)) {
        u.at_terminal = terminal_open() && !a->board.script.count;
        tell(&u, KEYS_HELP);
        terminal_alarm(a->max_seconds);
        code = run(&u);
        terminal_close();
        code = finish(a, u.run->machine, code);
        gdb_close(u.gdb, code);
    } else {
        code = report(&err);
    }
    close_run(&u);
    return code;
}

int command_boot(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .timeout = 0 };
    int code = parse(&a, c, argc, argv) ? boot(&a) : (int)a.code;
    machine_options_free(&a.board.machine);
    return code;
}
