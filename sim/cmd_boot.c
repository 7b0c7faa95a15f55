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

#include "sim/cmd.h"
#include "sim/firmware.h"
#include "sim/prompt.h"
#include "sim/stats.h"
#include "sim/story.h"
#include "sim/terminal.h"
#include "sim/typed.h"

static const struct option_row rows[] = {
    { 0, "firmware", "FILE", "runs first, in M-mode at 0x80000000" },
    { 0, "kernel", "FILE", "after firmware S-mode at 0x80200000; else M-mode" },
    { 0, "initrd", "FILE", "initial RAM disk, named in the device tree" },
    { 0, "disk", "FILE", "disk (virtio); the file itself stays unchanged" },
    { 0, "append", "TEXT", "arguments of the kernel (bootargs)" },
    { 0, "dtb", "FILE", "device tree, instead of the machine's own" },
    { 'm', "memory", "SIZE", "RAM, as 256M; also --set ram.bytes=SIZE" },
    { 0, "console", "uart|virtio", "which console gets the keys" },
    { 0, "harts", "N", "hardware threads, 1 to 8; also --set harts=N" },
    { 0, "expect", "TEXT", "script: wait for this text from the guest" },
    { 0, "send", "TEXT", "script: type this; \\r \\n \\t \\\\ \\xHH are keys" },
    { 0, "timeout-cycles", "N", "stop at cycle N (exit code 6)" },
    { 0, "max-seconds", "N",
      "stop after N seconds of your time (exit code 8)" },
    { 0, "misaligned", "trap|ok", "misaligned loads and stores" },
    { 0, "stats", "FILE", "figures at the end; as JSON if it ends in .json" },
    { 0, "preset", "NAME", "machine (opalite presets)" },
    { 0, "set", "KEY=VALUE", "a parameter of the machine" },
    { 0, "engine", "NAME", "fast (default) or readable: the same results" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_FIRMWARE,
    ROW_KERNEL,
    ROW_INITRD,
    ROW_DISK,
    ROW_APPEND,
    ROW_DTB,
    ROW_MEMORY,
    ROW_CONSOLE,
    ROW_HARTS,
    ROW_EXPECT,
    ROW_SEND,
    ROW_TIMEOUT,
    ROW_MAX_SECONDS,
    ROW_MISALIGNED,
    ROW_STATS,
    ROW_PRESET,
    ROW_SET,
    ROW_ENGINE
};

#define SLICE_INSTRUCTIONS 200000
#define IDLE_MILLISECONDS  200

struct arguments {
    struct firmware_files files;
    const char *disk, *stats;
    struct machine_options machine;
    enum machine_console console;
    enum engine engine;
    struct typed script;
    uint64_t timeout, max_seconds; /* 0 = no limit */
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

static bool take_script(struct arguments *a, const struct options *o,
                        enum typed_step step)
{
    if (typed_add(&a->script, step, o->value))
        return true;
    usage_error(o->command, "--%s %s: not a text, or more than %d steps",
                o->rows[o->row].name, o->value, TYPED_STEPS);
    return false;
}

static bool take_console(struct arguments *a, const struct options *o)
{
    struct err err;
    if (machine_console_named(o->value, &a->console, &err))
        return true;
    usage_error(o->command, "--console: %s", err.text);
    return false;
}

static bool take(void *context, const struct options *o)
{
    struct arguments *a = context;
    switch (o->row) {
    case ROW_FIRMWARE:
        a->files.firmware = o->value;
        return true;
    case ROW_KERNEL:
        a->files.kernel = o->value;
        return true;
    case ROW_INITRD:
        a->files.initrd = o->value;
        return true;
    case ROW_DISK:
        a->disk = o->value;
        return true;
    case ROW_APPEND:
        a->files.arguments = o->value;
        return true;
    case ROW_DTB:
        a->files.tree = o->value;
        return true;
    case ROW_MEMORY:
        machine_options_set(&a->machine, "ram.bytes", o->value);
        return true;
    case ROW_CONSOLE:
        return take_console(a, o);
    case ROW_HARTS:
        machine_options_set(&a->machine, "harts", o->value);
        return true;
    case ROW_EXPECT:
        return take_script(a, o, TYPED_EXPECT);
    case ROW_SEND:
        return take_script(a, o, TYPED_SEND);
    case ROW_TIMEOUT:
        return option_number(o, &a->timeout);
    case ROW_MAX_SECONDS:
        return option_number(o, &a->max_seconds);
    case ROW_MISALIGNED:
        machine_options_set(&a->machine, "misaligned", o->value);
        return true;
    case ROW_STATS:
        a->stats = o->value;
        return true;
    case ROW_PRESET:
        a->machine.preset = o->value;
        return true;
    case ROW_SET:
        machine_options_set(&a->machine, NULL, o->value);
        return true;
    case ROW_ENGINE:
        return option_engine(o, &a->engine);
    default:
        return false;
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
    if (!a->files.firmware && !a->files.kernel) {
        usage_error(c, "boot what? --firmware or --kernel is missing");
        return false;
    }
    return true;
}

static struct machine *build(const struct arguments *a, struct err *err)
{
    struct config config;
    if (!machine_options_read(&a->machine, &config, err))
        return NULL;
    struct machine *m = machine_new(&config, err);
    if (!m)
        return NULL;
    m->keys_to = a->console;
    m->engine = a->engine;
    if ((a->disk && !machine_attach_disk(m, a->disk, err)) ||
        !firmware_load(m, &a->files, err)) {
        machine_free(m);
        return NULL;
    }
    return m;
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
    const char *waits = typed_waits_for(&a->script);
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
    if (firmware_load(m, &a->files, &err))
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
        if (a->script.count || u->input_ended)
            break;
        return obey_keys(a, u, IDLE_MILLISECONDS, code);
    case STOP_POWEROFF:
        *code = a->script.at < a->script.count ? script_unfinished(&a->script)
                                               : EXIT_PASSED;
        return false;
    default:
        break;
    }
    *code = failed(u->machine, stop);
    return false;
}

static int run(struct arguments *a, struct user *u)
{
    struct machine *m = u->machine;
    int code = EXIT_PASSED;
    for (;;) {
        const struct run_limits limits = { .max_insns = SLICE_INSTRUCTIONS,
                                           .until_cycle = a->timeout,
                                           .stop_on_reset = true };
        if (terminal_interrupted())
            return interrupted(terminal_interrupted());
        if (a->timeout && machine_clock(m) >= a->timeout)
            return timed_out(a);
        enum stop stop = machine_run(m, &limits);
        show(u);
        if (a->script.count) {
            if (typed_advance(&a->script, m))
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
    struct user u = { .machine = build(a, &err) };
    if (!u.machine)
        return report(&err);
    u.at_terminal = terminal_open() && !a->script.count;
    tell(&u, KEYS_HELP);
    terminal_alarm(a->max_seconds);
    int code = run(a, &u);
    terminal_close();
    if (u.machine->config.harts > 1)
        stats_print_harts(u.machine, stdout);
    if (a->stats && !stats_write(u.machine, a->stats, &err))
        code = report(&err);
    machine_free(u.machine);
    return code;
}

int command_boot(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .console = CONSOLE_UART };
    int code = parse(&a, c, argc, argv) ? boot(&a) : (int)a.code;
    machine_options_free(&a.machine);
    return code;
}
