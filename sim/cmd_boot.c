/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite boot: firmware and kernels of others on the board, with the terminal
 * as their console, or with a script of --expect and --send in its place
 * (docs/boot.md). The machine runs in slices of a fixed number of instructions;
 * between them keys go in and text comes out, so a script repeats exactly.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd.h"
#include "sim/firmware.h"
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
    { 0, "expect", "TEXT", "script: wait for this text from the guest" },
    { 0, "send", "TEXT", "script: type this; \\r \\n \\t \\\\ \\xHH are keys" },
    { 0, "timeout-cycles", "N", "stop at cycle N (exit code 6)" },
    { 0, "stats", "FILE", "figures at the end; as JSON if it ends in .json" },
    { 0, "preset", "NAME", "machine (opalite presets)" },
    { 0, "set", "KEY=VALUE", "a parameter of the machine" },
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
    ROW_EXPECT,
    ROW_SEND,
    ROW_TIMEOUT,
    ROW_STATS,
    ROW_PRESET,
    ROW_SET
};

#define SLICE_INSTRUCTIONS 200000
#define IDLE_MILLISECONDS  200

struct arguments {
    struct firmware_files files;
    const char *preset, *disk, *stats;
    const char **set; /* KEY=VALUE, in order */
    size_t set_count;
    char memory[64]; /* "ram.bytes=SIZE" */
    struct typed script;
    uint64_t timeout;
    enum exit_code code;
};

struct console {
    struct machine *machine;
    struct terminal_keys keys;
    size_t shown; /* bytes of the guest's text already on the terminal */
    bool input_ended;
};

/* ---- arguments ------------------------------------------------------------
 */

static bool take_script(struct arguments *a, const struct options *o,
                        enum typed_step step)
{
    if (typed_add(&a->script, step, o->value))
        return true;
    usage_error(o->command, "--%s %s: not a text, or more than %d steps",
                step == TYPED_SEND ? "send" : "expect", o->value, TYPED_STEPS);
    return false;
}

static bool take(struct arguments *a, struct options *o, int row)
{
    switch (row) {
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
        snprintf(a->memory, sizeof a->memory, "ram.bytes=%s", o->value);
        a->set[a->set_count++] = a->memory;
        return true;
    case ROW_EXPECT:
        return take_script(a, o, TYPED_EXPECT);
    case ROW_SEND:
        return take_script(a, o, TYPED_SEND);
    case ROW_TIMEOUT:
        return option_number(o, &a->timeout);
    case ROW_STATS:
        a->stats = o->value;
        return true;
    case ROW_PRESET:
        a->preset = o->value;
        return true;
    case ROW_SET:
        a->set[a->set_count++] = o->value;
        return true;
    case OPTION_OPERAND:
        usage_error(o->command, "takes no %s (--kernel %s?)", o->value,
                    o->value);
        return false;
    default:
        if (row == OPTION_HELP)
            a->code = EXIT_PASSED;
        return false;
    }
}

static bool parse(struct arguments *a, const struct command *c, int argc,
                  char **argv)
{
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    a->code = EXIT_USAGE;
    for (int row; (row = option_next(&o)) != OPTION_END;)
        if (!take(a, &o, row))
            return false;
    if (!a->files.firmware && !a->files.kernel) {
        usage_error(c, "boot what? --firmware or --kernel is missing");
        return false;
    }
    return true;
}

static struct machine *build(const struct arguments *a, struct err *err)
{
    struct config config;
    if (!config_preset(&config, a->preset ? a->preset : PRESET_DEFAULT, err))
        return NULL;
    for (size_t i = 0; i < a->set_count; i++) {
        const char *pair = a->set[i];
        if (strncmp(pair, "machine.", 8) == 0)
            pair += 8;
        if (!config_set_pair(&config, pair, err))
            return NULL;
    }
    struct machine *m = machine_new(&config, err);
    if (m && ((a->disk && !machine_attach_disk(m, a->disk, err)) ||
              !firmware_load(m, &a->files, err))) {
        machine_free(m);
        return NULL;
    }
    return m;
}

/* ---- the console -----------------------------------------------------------
 */

static void show(struct console *c)
{
    size_t length;
    const char *text = machine_console(c->machine, &length);
    fwrite(text + c->shown, 1, length - c->shown, stdout);
    fflush(stdout);
    c->shown = length;
}

/* Keys of the user go to the guest. False: the user leaves. */
static bool take_keys(struct console *c, int milliseconds)
{
    char keys[256];
    if (c->input_ended)
        return true;
    int got = terminal_read(keys, sizeof keys, milliseconds);
    if (got < 0)
        c->input_ended = true;
    size_t n = got > 0 ? (size_t)got : 0;
    switch (terminal_filter(&c->keys, keys, &n)) {
    case TERMINAL_LEAVE:
        return false;
    case TERMINAL_HELP:
        printf("\r\nCtrl-A x leaves, Ctrl-A Ctrl-A is Ctrl-A, cycle %" PRIu64
               "\r\n",
               machine_clock(c->machine));
        break;
    case TERMINAL_NOTHING:
        break;
    }
    machine_console_input(c->machine, keys, n);
    return true;
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

static int interrupted(void)
{
    struct err err;
    err_set(&err, EXIT_INTERRUPTED, "interrupted");
    return report(&err);
}

/* After a slice that stopped by itself. True: the run goes on. */
static bool go_on(struct arguments *a, struct console *c, enum stop stop,
                  int *code)
{
    struct err err;
    switch (stop) {
    case STOP_BUDGET:
        return true;
    case STOP_RESET:
        if (firmware_load(c->machine, &a->files, &err))
            return true;
        *code = report(&err);
        return false;
    case STOP_IDLE:
        if (a->script.count || c->input_ended)
            break;
        *code = EXIT_PASSED;
        return take_keys(c, IDLE_MILLISECONDS);
    case STOP_POWEROFF:
        *code = a->script.at < a->script.count ? script_unfinished(&a->script)
                                               : EXIT_PASSED;
        return false;
    default:
        break;
    }
    *code = failed(c->machine, stop);
    return false;
}

static int run(struct arguments *a, struct machine *m)
{
    struct console c = { .machine = m };
    int code = EXIT_PASSED;
    for (;;) {
        const struct run_limits limits = { .max_insns = SLICE_INSTRUCTIONS,
                                           .until_cycle = a->timeout,
                                           .stop_on_reset = true };
        if (terminal_interrupted())
            return interrupted();
        if (a->timeout && machine_clock(m) >= a->timeout)
            return timed_out(a);
        enum stop stop = machine_run(m, &limits);
        show(&c);
        if (a->script.count) {
            if (typed_advance(&a->script, m))
                return EXIT_PASSED;
        } else if (!take_keys(&c, 0)) {
            return EXIT_PASSED;
        }
        if (!go_on(a, &c, stop, &code))
            return code;
    }
}

int command_boot(const struct command *c, int argc, char **argv)
{
    struct arguments a = { 0 };
    struct err err;
    a.set = calloc((size_t)argc + 1, sizeof a.set[0]);
    if (!a.set)
        bug("no memory for the arguments");
    int code;
    if (parse(&a, c, argc, argv)) {
        struct machine *m = build(&a, &err);
        if (m) {
            terminal_open();
            code = run(&a, m);
            terminal_close();
            if (a.stats && !stats_write(m, a.stats, &err))
                code = report(&err);
            machine_free(m);
        } else {
            code = report(&err);
        }
    } else {
        code = (int)a.code;
    }
    free(a.set);
    return code;
}
