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

#include "sim/cmd_board.h"
#include "sim/gdb.h"
#include "sim/prompt.h"
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

/* The user's end of the console. */
struct user {
    struct machine *machine;
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
    const char *text = machine_console(u->machine, &length);
    fwrite(text + u->shown, 1, length - u->shown, stdout);
    fflush(stdout);
    u->shown = length;
}

/* A line for the user, on the terminal only. */
static void tell(const struct user *u, const char *text)
{
    if (u->at_terminal)
        fprintf(stderr, "\r\n%s (cycle %" PRIu64 ")\r\n", text,
                machine_clock(u->machine));
}

static enum key_outcome at_prompt(const struct user *u)
{
    if (!u->at_terminal)
        return KEYS_TAKEN;
    switch (prompt_run(u->machine)) {
    case PROMPT_LEAVE:
        return KEYS_LEAVE;
    case PROMPT_RESET:
        return KEYS_RESET;
    default:
        return KEYS_TAKEN;
    }
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
    machine_console_input(u->machine, keys, n);
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

static int timed_out(const struct arguments *a)
{
    struct err err;
    const char *waits = typed_waits_for(&a->board.script);
    err_set(&err, EXIT_CYCLE_LIMIT,
            "the limit of %" PRIu64 " cycles is reached%s%s", a->timeout,
            *waits ? "; the script waits for: " : "", waits);
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

/* The files are loaded afresh, and the guest starts again. */
static bool restart(const struct arguments *a, struct machine *m, int *code)
{
    struct err err;
    if (firmware_load(m, &a->board.files, &err))
        return true;
    *code = report(&err);
    return false;
}

/* True: the run goes on. */
static bool obey_keys(const struct arguments *a, struct user *u,
                      int milliseconds, int *code)
{
    *code = EXIT_PASSED;
    switch (take_keys(u, milliseconds)) {
    case KEYS_LEAVE:
        return false;
    case KEYS_RESET:
        return restart(a, u->machine, code);
    case KEYS_TAKEN:
        break;
    }
    return true;
}

/* After a slice that stopped by itself. True: the run goes on. */
static bool go_on(const struct arguments *a, struct user *u, enum stop stop,
                  int *code)
{
    switch (stop) {
    case STOP_BUDGET:
        return true;
    case STOP_RESET:
        return restart(a, u->machine, code);
    case STOP_IDLE:
        if (a->board.script.count || u->input_ended)
            break;
        return obey_keys(a, u, IDLE_MILLISECONDS, code);
    case STOP_POWEROFF:
        *code = a->board.script.at < a->board.script.count
                    ? script_unfinished(&a->board.script)
                    : EXIT_PASSED;
        return false;
    default:
        break;
    }
    *code = failed(u->machine, stop);
    return false;
}

/* Waits until the debugger, if there is one, lets the machine run. False: the
 * run is over. */
static bool may_run(const struct arguments *a, struct user *u, struct gdb *g,
                    int *code)
{
    for (;;) {
        enum gdb_turn turn = gdb_serve(g, u->machine);
        enum exit_code why =
            turn == GDB_KILL ? EXIT_INTERRUPTED : terminal_interrupted();
        if (why) {
            *code = interrupted(why);
            return false;
        }
        if (turn == GDB_RUN)
            return true;
        if (u->at_terminal && !obey_keys(a, u, 0, code))
            return false;
    }
}

/* One slice, in parts when the debugger stops the machine in between: keys of a
 * script come where they come without it. False: the run is over. */
static bool run_slice(const struct arguments *a, struct user *u, struct gdb *g,
                      enum stop *stop, int *code)
{
    struct machine *m = u->machine;
    uint64_t end = machine_instructions(m) + SLICE_INSTRUCTIONS;
    do {
        struct run_limits limits = { .until_cycle = a->timeout,
                                     .stop_on_reset = true };
        if (!may_run(a, u, g, code))
            return false;
        limits.max_insns = end - machine_instructions(m);
        gdb_limit(g, &limits);
        *stop = machine_run(m, &limits);
        show(u);
    } while (gdb_ran(g, m, *stop) &&
             (m->ended || machine_instructions(m) < end));
    if (*stop == STOP_POINT)
        *stop = STOP_BUDGET; /* it was the slice's last instruction */
    return true;
}

static int run(struct arguments *a, struct user *u, struct gdb *g)
{
    struct machine *m = u->machine;
    int code = EXIT_PASSED;
    for (;;) {
        enum stop stop;
        if (a->timeout && machine_clock(m) >= a->timeout)
            return timed_out(a);
        if (!run_slice(a, u, g, &stop, &code))
            return code;
        if (a->board.script.count) {
            if (typed_advance(&a->board.script, m))
                return EXIT_PASSED;
        } else if (stop == STOP_BUDGET) {
            if (!obey_keys(a, u, 0, &code))
                return code;
            continue;
        }
        if (!go_on(a, u, stop, &code))
            return code;
    }
}

static int boot(struct arguments *a)
{
    struct err err;
    struct user u = { .machine = board_build(&a->board, &err) };
    if (!u.machine)
        return report(&err);
    u.machine->engine = a->engine;
    struct gdb *g = NULL;
    if (a->gdb && !(g = gdb_open(a->gdb_at, &err))) {
        machine_free(u.machine);
        return report(&err);
    }
    u.at_terminal = terminal_open() && !a->board.script.count;
    tell(&u, KEYS_HELP);
    terminal_alarm(a->max_seconds);
    int code = run(a, &u, g);
    terminal_close();
    if (u.machine->config.harts > 1)
        stats_print_harts(u.machine, stdout);
    if (a->stats && !stats_write(u.machine, a->stats, &err))
        code = report(&err);
    gdb_close(g, code);
    machine_free(u.machine);
    return code;
}

int command_boot(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .timeout = 0 };
    int code = parse(&a, c, argc, argv) ? boot(&a) : (int)a.code;
    machine_options_free(&a.board.machine);
    return code;
}
