// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-tui: a scenario, live in a terminal. Here are the command line, the
 * terminal and the clock; everything else is in tui_*.c, which know neither.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/cmd.h"
#include "viz/tui.h"
#include "viz/tui_signal.h"

enum { FRAME_MS = 33, SLICE = 20000, SCRIPT_SLICE = 1000000 };

static int command_tui(const struct command *c, int argc, char **argv);

static const struct command command = {
    "tui", "FILE.lua [options]",
    "Runs a scenario and shows the machine while it runs. ? inside is help.",
    command_tui
};

static const struct option_row rows[] = {
    { 0, "set", "KEY=VALUE", "as for opalite run" },
    { 0, "preset", "NAME", "of every machine (opalite presets)" },
    { 0, "seed", "N", "of random(), default 1" },
    { 0, "max-cycles", "N", "ends the run when a machine reaches N" },
    { 0, "engine", "NAME", "fast (default) or readable: the same results" },
    { 0, "trace", "FILE", "one JSON object a line for each event" },
    { 0, "from-reset", NULL, "begin at reset, not when the kernel is up" },
    { 0, "ascii", NULL, "no line-drawing characters" },
    { 0, "no-color", NULL, "no colours; so does the variable NO_COLOR" },
    { 0, "script", "KEYS",
      "obey these keys, print the screen, end; no terminal" },
    { 0, "size", "WxH", "of that screen, default 80x24" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_SET,
    ROW_PRESET,
    ROW_SEED,
    ROW_MAX_CYCLES,
    ROW_ENGINE,
    ROW_TRACE,
    ROW_FROM_RESET,
    ROW_ASCII,
    ROW_NO_COLOR,
    ROW_SCRIPT,
    ROW_SIZE
};

struct arguments {
    struct session_options session;
    const char **set;
    const char *script;
    int width, height;
    bool ascii, colour, from_reset;
};

/* ---- the command line
 * --------------------------------------------------------- */

static bool take_size(struct arguments *a, const char *text)
{
    char rest;

    if (sscanf(text, "%dx%d%c", &a->width, &a->height, &rest) == 2 &&
        a->width > 0 && a->width <= 500 && a->height > 0 && a->height <= 200)
        return true;
    usage_error(&command, "--size %s: expected WxH, 500x200 at most", text);
    return false;
}

static bool take_trace(struct arguments *a, const char *path)
{
    a->session.trace_path = path;
    if (strcmp(path, "-") != 0)
        return true;
    usage_error(&command, "--trace: standard output is the screen");
    return false;
}

static bool take(void *context, const struct options *o)
{
    struct arguments *a = context;
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
        return take_trace(a, o->value);
    case ROW_FROM_RESET:
        a->from_reset = true;
        return true;
    case ROW_ASCII:
        a->ascii = true;
        return true;
    case ROW_NO_COLOR:
        a->colour = false;
        return true;
    case ROW_SCRIPT:
        a->script = o->value;
        return true;
    case ROW_SIZE:
        return take_size(a, o->value);
    default:
        return false;
    }
}

/* ---- the loop
 * ------------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Advances for one frame: by the speed's share of instructions, or, at full
 * speed, for as long as a frame lasts. *owed carries fractions over. */
static void run_frame(struct tui *t, double elapsed, double *owed)
{
    uint64_t speed = tui_speeds[t->model.speed];

    if (t->going == GOING_RUN && speed > 0) {
        *owed += (double)speed * (elapsed < 0.25 ? elapsed : 0.25);
        uint64_t n = (uint64_t)*owed;
        if (n == 0)
            return;
        *owed -= (double)n;
        model_mark_registers(&t->model, t->session);
        tui_advance(t, n);
        return;
    }
    double end = now() + FRAME_MS / 1000.0;
    while (t->going != GOING_NOWHERE && !tui_signal_seen() && now() < end)
        tui_advance(t, SLICE);
}

static void live(struct tui *t, struct terminal *terminal)
{
    double last = now(), owed = 0;
    int width, height, key;

    while (!t->quit && !tui_signal_seen()) {
        terminal_size(terminal, &width, &height);
        tui_draw(t, width, height);
        if (t->redraw)
            terminal_redraw(terminal);
        t->redraw = false;
        terminal_show(terminal, &t->canvas);
        bool slow = t->going == GOING_RUN && tui_speeds[t->model.speed] > 0;
        key = terminal_key(terminal, t->going == GOING_NOWHERE ? 250
                                     : slow                    ? FRAME_MS
                                                               : 0);
        while (key != KEY_OF_NONE && key != KEY_OF_RESIZE && !t->quit) {
            if (key == KEY_OF_END_OF_INPUT)
                t->quit = true;
            else
                tui_key(t, key);
            key = terminal_key(terminal, 0);
        }
        double time = now();
        if (t->going != GOING_NOWHERE)
            run_frame(t, time - last, &owed);
        last = time;
    }
}

/* Obeys a script: each key's run goes to its end before the next key. */
static int scripted(struct tui *t, const struct arguments *a)
{
    const char *script = a->script;
    bool bad = false;
    int key;

    for (;;) {
        while (t->going != GOING_NOWHERE)
            tui_advance(t, SCRIPT_SLICE);
        tui_draw(t, a->width, a->height);
        if (t->quit || !tui_script_key(&script, &key, &bad))
            break;
        tui_key(t, key);
    }
    if (bad)
        return usage_error(&command, "no such key in --script: %.20s", script);
    canvas_write_text(&t->canvas, stdout);
    return fflush(stdout) == 0 ? EXIT_PASSED : EXIT_HOST_RESOURCE;
}

static int in_terminal(struct tui *t, const struct arguments *a)
{
    struct terminal terminal = { 0 };
    struct err err;
    int number;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return usage_error(&command, "needs a terminal, or --script KEYS");
    tui_signals_install(&terminal, t->session);
    if (!terminal_open(&terminal, a->colour, &err)) {
        tui_stderr_release();
        return report(&err);
    }
    live(t, &terminal);
    terminal_close(&terminal);
    tui_stderr_release();
    number = tui_signal_seen();
    return number ? EXIT_INTERRUPTED : EXIT_PASSED;
}

static void to_console(void *context, const char *text, size_t bytes)
{
    struct tui *t = context;

    model_print(&t->model, text, bytes);
}

/* "build/release/opalite-tui" -> "." : where the source paths of the guest
 * begin, when the program lies in its build folder. */
static void source_root(char *to, size_t room)
{
    ssize_t n = readlink("/proc/self/exe", to, room - 1);

    to[n > 0 ? n : 0] = 0;
    for (int i = 0; i < 3; i++) {
        char *slash = strrchr(to, '/');
        if (slash)
            *slash = 0;
    }
}

static int run(struct tui *t, struct arguments *a)
{
    struct err err;
    char root[4096];
    const char *name = strrchr(a->session.path, '/');
    int code;

    a->session.set = a->set;
    a->session.no_progress = true;
    a->session.print = to_console;
    a->session.print_context = t;
    t->session = session_open(&a->session, &err);
    if (!t->session) {
        return report(&err);
    }
    source_root(root, sizeof root);
    model_init(&t->model, root);
    snprintf(t->model.scenario, sizeof t->model.scenario, "%.60s",
             name ? name + 1 : a->session.path);
    t->model.speed = 3;
    t->model.stops = 1u << STOP_ON_FAULT;
    for (int i = 0; i < PANE_COUNT; i++)
        t->view[i].selected = -1;
    t->ascii = a->ascii;
    tui_begin(t, a->from_reset);
    code = a->script ? scripted(t, a) : in_terminal(t, a);
    int end = (int)session_close(t->session);
    model_free(&t->model);
    canvas_free(&t->canvas);
    return code != EXIT_PASSED ? code : end;
}

static int show(struct arguments *a)
{
    const char *no_color = getenv("NO_COLOR");
    struct tui *t = calloc(1, sizeof *t);

    if (!t)
        err_no_memory();
    setlocale(LC_CTYPE, "");
    if (no_color && *no_color)
        a->colour = false;
    if (!a->script && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        a->ascii = true;
    int code = run(t, a);
    free(t);
    return code;
}

static int command_tui(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .width = TUI_LEAST_WIDTH,
                           .height = TUI_LEAST_HEIGHT,
                           .colour = true };
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand scenario = { "scenario", "FILE.lua", &a.session.path };

    a.session.seed = 1;
    a.set = calloc((size_t)argc + 1, sizeof *a.set);
    if (!a.set)
        err_no_memory();
    enum exit_code code;
    if (options_read(&o, &scenario, take, &a, &code))
        code = (enum exit_code)show(&a);
    free(a.set);
    return (int)code;
}

int main(int argc, char **argv)
{
    return command.run(&command, argc - 1, argv + 1);
}
