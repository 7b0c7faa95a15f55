// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-gui: a scenario, live in a window, or as a picture without one. Here
 * is the command line only.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/gui/gui.h"

static int command_gui(const struct command *c, int argc, char **argv);

static const struct command command = {
    "gui", "FILE.lua | FILE.jsonl [options]",
    "Runs a scenario in a window, or shows a recorded trace; ? inside is help. "
    "With --screenshot: one\n"
    "picture, no display needed. Panels: code access registers TLB protection\n"
    "caches map rights fault timeline events cycles switches ratios compare\n"
    "notes console, or a set of them: run memory space cost time text a/b.",
    command_gui
};

static const struct option_row rows[] = {
    ARGUMENT_ROWS,
    { 0, "screenshot", "FILE",
      "a picture (.png .svg .pdf .txt), then the end" },
    { 0, "panel", "NAME", "a panel on the whole screen, or a set" },
    { 0, "keys", "KEYS", "obey these first, as for opalite tui --script" },
    { 0, "size", "WxH", "pixels, default 1280x720" },
    { 0, "theme", "dark|light", "colours" },
    { 0, "scale", "PERCENT", "75 to 300: size of everything" },
    { 0, "quit-at-end", NULL, "full speed to the end; says how many frames" },
    { 0, "dump", "FILE", "keep the window's text in a file, for scripts" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_SCREENSHOT = ROW_OWN,
    ROW_PANEL,
    ROW_KEYS,
    ROW_SIZE,
    ROW_THEME,
    ROW_SCALE,
    ROW_QUIT_AT_END,
    ROW_DUMP
};

static bool take_theme(struct gui_arguments *a, const struct options *o)
{
    a->theme = o->value;
    if (strcmp(o->value, "dark") == 0 || strcmp(o->value, "light") == 0)
        return true;
    usage_error(o->command, "--theme %s: dark or light", o->value);
    return false;
}

static bool take_scale(struct gui_arguments *a, const struct options *o)
{
    uint64_t n;

    if (!option_number(o, &n))
        return false;
    a->scale = (int)n;
    if (n >= 75 && n <= 300)
        return true;
    usage_error(o->command, "--scale %s: 75 to 300", o->value);
    return false;
}

static bool take(void *context, const struct options *o)
{
    struct gui_arguments *a = context;

    switch (o->row) {
    case ROW_SCREENSHOT:
        a->picture = o->value;
        return true;
    case ROW_PANEL:
        a->panel = o->value;
        return true;
    case ROW_KEYS:
        a->keys = o->value;
        return true;
    case ROW_SIZE:
        return arguments_size(o, 7680, 4320, &a->width, &a->height);
    case ROW_THEME:
        return take_theme(a, o);
    case ROW_SCALE:
        return take_scale(a, o);
    case ROW_QUIT_AT_END:
        a->quit_at_end = true;
        return true;
    case ROW_DUMP:
        a->dump = o->value;
        return true;
    default:
        return arguments_take(&a->run, &a->view, o);
    }
}

static int show(struct gui_arguments *a)
{
    struct runner *r = malloc(sizeof *r);
    struct err err;
    int code, end;

    if (!r)
        err_no_memory();
    if (!arguments_open(&a->run, r, &err)) {
        free(r);
        return report(&err);
    }
    r->replay = &a->run;
    runner_take_stops(r, &a->view.stops);
    code = a->picture ? gui_picture(a, r) : gui_window(a, r);
    if (!runner_record(r, &a->run, &err) && code == EXIT_PASSED)
        code = report(&err);
    end = (int)runner_close(r);
    free(r);
    /* a picture of a moment on the way is no verdict on the scenario */
    return code != EXIT_PASSED || a->picture ? code : end;
}

static int command_gui(const struct command *c, int argc, char **argv)
{
    struct gui_arguments a = { .command = c, .width = 1280, .height = 720 };
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand scenario = { "scenario", "[FILE.lua]",
                                      &a.run.session.path };
    enum exit_code code;

    setlocale(LC_CTYPE, "");
    session_arguments_init(&a.run, argc);
    if (options_read(&o, &scenario, take, &a, &code) &&
        session_arguments_complete(&a.run, c, &code))
        code = arguments_fit(&a.run, c) ? (enum exit_code)show(&a) : EXIT_USAGE;
    session_arguments_free(&a.run);
    stops_free(&a.view.stops);
    return (int)code;
}

/* fontconfig keeps its caches until the process ends; that is no leak. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

int main(int argc, char **argv)
{
    return command.run(&command, argc - 1, argv + 1);
}
