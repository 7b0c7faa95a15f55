// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-tui: a scenario, live in a terminal. Here are the command line, the
 * terminal and its loop; what is on the screen and what keys do is the view's
 * (view/view.h), what the machine does is the runner's (runner/runner.h).
 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viz/arguments.h"
#include "viz/tui/signal.h"
#include "viz/tui/tui.h"

enum { FRAME_MS = 33, LINE_WIDTH = 100 };

static int command_tui(const struct command *c, int argc, char **argv);

static const struct command command = {
    "tui", "FILE.lua | FILE.jsonl [options]",
    "Runs a scenario and shows the machine while it runs, or shows a recorded\n"
    "trace (docs/trace.md). ? inside is help.",
    command_tui
};

static const struct option_row rows[] = {
    ARGUMENT_ROWS,
    { 0, "ascii", NULL, "no line-drawing characters" },
    { 0, "no-color", NULL, "no colours; so does the variable NO_COLOR" },
    { 0, "mouse", NULL, "the pointer clicks, drags borders and scrolls" },
    { 0, "ui", "screen|line",
      "line: a prompt for screen readers and scripts, commands from standard\n"
      "                             input, answers as plain text" },
    { 0, "script", "KEYS",
      "obey these keys, print the screen, end; no terminal" },
    { 0, "size", "WxH",
      "of that screen, default 80x24; W of --ui=line, default 100" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_ASCII = ROW_OWN,
    ROW_NO_COLOR,
    ROW_MOUSE,
    ROW_UI,
    ROW_SCRIPT,
    ROW_SIZE
};

struct arguments {
    struct session_arguments run;
    struct view_arguments view;
    const char *script;
    int width, height;
    bool ascii, colour, mouse, line;
};

/* ---- the command line
 * --------------------------------------------------------- */

static bool take(void *context, const struct options *o)
{
    struct arguments *a = context;

    switch (o->row) {
    case ROW_ASCII:
        a->ascii = true;
        return true;
    case ROW_NO_COLOR:
        a->colour = false;
        return true;
    case ROW_MOUSE:
        a->mouse = true;
        return true;
    case ROW_UI:
        a->line = strcmp(o->value, "line") == 0;
        if (a->line || strcmp(o->value, "screen") == 0)
            return true;
        usage_error(o->command, "--ui %s: expected screen or line", o->value);
        return false;
    case ROW_SCRIPT:
        a->script = o->value;
        return true;
    case ROW_SIZE:
        return arguments_size(o, 500, 200, &a->width, &a->height);
    default:
        return arguments_take(&a->run, &a->view, o);
    }
}

/* ---- the loop
 * ------------------------------------------------------------------- */

/* What the view wants of others than itself. */
static void serve(struct tui *t)
{
    if (t->view.picture)
        tui_save_picture(&t->view);
    if (t->view.copied[0] && t->terminal)
        curses_copy(t->terminal, t->view.copied);
    t->view.copied[0] = 0;
    view_obeyed_by(&t->view, &t->runner);
}

static void obey_key(struct tui *t, int key)
{
    if (key == KEY_OF_END_OF_INPUT)
        t->view.quit = true;
    else
        view_key(&t->view, key);
    serve(t);
}

/* The pointer of a terminal tells presses and releases, no way between. False:
 * it was a key of the keyboard. */
static bool obey_pointer(struct tui *t, const struct terminal *terminal,
                         int key)
{
    int x = terminal->pointer_x, y = terminal->pointer_y;

    if (key == KEY_OF_PRESS) {
        view_pointer_press(&t->view, x, y, false);
    } else if (key == KEY_OF_MENU) {
        view_pointer_menu(&t->view, x, y);
    } else if (key == KEY_OF_RELEASE) {
        view_pointer_move(&t->view, x, y);
        view_pointer_release(&t->view);
    } else if (key == KEY_OF_WHEEL_UP || key == KEY_OF_WHEEL_DOWN) {
        view_pointer_wheel(&t->view, x, y, key == KEY_OF_WHEEL_UP ? -3 : 3);
    } else {
        return false;
    }
    serve(t);
    return true;
}

static int wait_of(const struct tui *t)
{
    const struct runner *r = &t->runner;

    if (runner_beside_is_busy(r))
        return 0;
    if (r->going == GOING_NOWHERE)
        return 250;
    return r->going == GOING_RUN && runner_speeds[r->model.speed] > 0 ? FRAME_MS
                                                                      : 0;
}

static void live(struct tui *t, struct terminal *terminal)
{
    atomic_int hurry = 0; /* nobody else is there */
    int width, height, key;

    while (!t->view.quit && !tui_signal_seen()) {
        curses_size(terminal, &width, &height);
        view_draw(&t->view, width, height);
        serve(t); /* the scenario may ask for something, too */
        if (t->view.redraw)
            curses_redraw(terminal);
        t->view.redraw = false;
        curses_show(terminal, &t->view.canvas);
        key = curses_key(terminal, t->view.wish_count ? 0 : wait_of(t));
        if (t->view.wish_count > 0)
            serve(t);
        while (key != KEY_OF_NONE && key != KEY_OF_RESIZE && !t->view.quit) {
            if (!obey_pointer(t, terminal, key))
                obey_key(t, key);
            key = curses_key(terminal, 0);
        }
        if (t->runner.going == GOING_NOWHERE)
            t->pace.last = 0;
        if (t->runner.going == GOING_NOWHERE &&
            !runner_beside_is_busy(&t->runner))
            continue;
        pace_frame(&t->pace, &t->runner, FRAME_MS / 1000.0, &hurry);
        runner_look(&t->runner);
    }
}

/* Obeys a script: each key's run goes to its end before the next key. */
static int scripted(struct tui *t, const struct arguments *a)
{
    const char *script = a->script;
    bool bad = false;
    int key;

    for (;;) {
        runner_finish(&t->runner, TUI_SLICE);
        view_draw(&t->view, a->width, a->height);
        if (t->view.wish_count > 0) { /* the scenario's, or of the drawing */
            serve(t);
            continue;
        }
        if (t->view.quit || !view_script_key(&script, &key, &bad))
            break;
        obey_key(t, key);
    }
    if (bad)
        return usage_error(&command, "no such key in --script: %.20s", script);
    canvas_write_text(&t->view.canvas, stdout);
    return fflush(stdout) == 0 ? EXIT_PASSED : EXIT_HOST_RESOURCE;
}

static int in_terminal(struct tui *t, const struct arguments *a)
{
    struct terminal terminal = { 0 };
    char stops[VIEW_PATH];
    struct err err;

    t->terminal = &terminal;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return usage_error(&command,
                           "needs a terminal, --ui=line, or --script KEYS");
    tui_signals_install(&terminal, &t->runner.interrupted);
    if (!curses_open(&terminal, a->colour, a->mouse, &err)) {
        tui_stderr_release();
        return report(&err);
    }
    if (!a->view.forget) {
        view_stops_path(a->run.session.path, stops, sizeof stops);
        view_stops_load(&t->runner, stops);
    }
    live(t, &terminal);
    t->terminal = NULL;
    if (!a->view.forget)
        view_stops_save(&t->runner, stops);
    curses_close(&terminal);
    tui_stderr_release();
    return tui_signal_seen() ? EXIT_INTERRUPTED : EXIT_PASSED;
}

static int run(struct tui *t, struct arguments *a)
{
    const struct wish begin = { .kind = a->run.has_moment ? WISH_MOMENT
                                                          : WISH_BEGIN,
                                .to = &a->run };
    struct err err;
    int code;

    if (!arguments_open(&a->run, &t->runner, &err))
        return report(&err);
    t->runner.replay = &a->run;
    runner_take_stops(&t->runner, &a->view.stops);
    view_init(&t->view, &t->runner.model);
    t->view.ascii = a->ascii;
    runner_obey(&t->runner, &begin);
    code = a->line     ? tui_line(t, a->width)
           : a->script ? scripted(t, a)
                       : in_terminal(t, a);
    if (!runner_record(&t->runner, &a->run, &err) && code == EXIT_PASSED)
        code = report(&err);
    int end = (int)runner_close(&t->runner);
    view_free(&t->view);
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

static bool fit(struct arguments *a, const struct command *c)
{
    if (a->line && a->script) {
        usage_error(c, "--ui=line reads commands, --script keys: one of them");
        return false;
    }
    if (!a->width) {
        a->width = a->line ? LINE_WIDTH : VIEW_LEAST_WIDTH;
        a->height = VIEW_LEAST_HEIGHT;
    }
    return arguments_fit(&a->run, c);
}

static int command_tui(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .colour = true };
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand scenario = { "scenario", "[FILE.lua]",
                                      &a.run.session.path };
    enum exit_code code;

    session_arguments_init(&a.run, argc);
    if (options_read(&o, &scenario, take, &a, &code) &&
        session_arguments_complete(&a.run, c, &code))
        code = fit(&a, c) ? (enum exit_code)show(&a) : EXIT_USAGE;
    session_arguments_free(&a.run);
    stops_free(&a.view.stops);
    return (int)code;
}

int main(int argc, char **argv)
{
    return command.run(&command, argc - 1, argv + 1);
}
