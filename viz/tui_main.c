// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-tui: a scenario, live in a terminal. Here are the command line, the
 * terminal and the clock; everything else is in tui_*.c, which know neither.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "viz/tui.h"
#include "viz/tui_signal.h"

enum { FRAME_MS = 33, SLICE = 20000, SCRIPT_SLICE = 1000000, SETS = 64 };

static const char usage[] =
    "usage: opalite-tui FILE.lua [options]\n"
    "\n"
    "Runs a scenario and shows the machine while it runs. ? inside is help.\n"
    "\n"
    "  --set KEY=VALUE   as for opalite run; may be repeated\n"
    "  --preset NAME     replaces the preset of every machine\n"
    "  --seed N          of the scenario's random numbers\n"
    "  --max-cycles N    limit of each machine\n"
    "  --trace FILE      event trace\n"
    "  --from-reset      begin at the first instruction, not at the first one\n"
    "                    after the kernel is up\n"
    "  --ascii           no line-drawing characters\n"
    "  --no-color        no colours (also: environment variable NO_COLOR)\n"
    "  --script KEYS     obey these keys, then print the screen as text and\n"
    "                    end; no terminal is needed. Names: <space> <tab> "
    "<esc>\n"
    "                    <enter> <up> <down> <left> <right> <pgup> <pgdn> "
    "<lt>\n"
    "  --size WxH        of that screen, 80x24 when absent\n";

struct options {
    struct session_options session;
    const char *set[SETS];
    const char *script;
    int width, height;
    bool ascii, colour, from_reset;
};

/* ---- the command line
 * --------------------------------------------------------- */

PRINTF_LIKE(1, 2)
static int usage_error(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    fputs("opalite-tui: ", stderr);
    vfprintf(stderr, format, list);
    va_end(list);
    fputs("\ntry opalite-tui --help\n", stderr);
    return EXIT_USAGE;
}

static bool parse_number(const char *text, uint64_t *to)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *to = strtoull(text, &end, 0);
    return !errno && !*end;
}

/* The value of an option: "--name=value", or the next argument. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
    size_t n = strlen(name);

    if (strncmp(argv[*i], name, n) != 0)
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    if (argv[*i][n] == 0 && *i + 1 < argc)
        return argv[++*i];
    return NULL;
}

/* One option with a value. False: it is none of them, or bad. */
static bool parse_valued(struct options *o, int argc, char **argv, int *i)
{
    const char *v;

    if ((v = value_of("--set", argc, argv, i))) {
        if (o->session.set_count == SETS || !strchr(v, '='))
            return false;
        o->set[o->session.set_count++] = v;
        return true;
    }
    if ((v = value_of("--preset", argc, argv, i)))
        return (o->session.preset = v) != NULL;
    if ((v = value_of("--seed", argc, argv, i)))
        return parse_number(v, &o->session.seed);
    if ((v = value_of("--max-cycles", argc, argv, i)))
        return parse_number(v, &o->session.max_cycles);
    if ((v = value_of("--trace", argc, argv, i)))
        return (o->session.trace_path = v) && strcmp(v, "-") != 0;
    if ((v = value_of("--script", argc, argv, i)))
        return (o->script = v) != NULL;
    if ((v = value_of("--size", argc, argv, i))) {
        char rest;
        return sscanf(v, "%dx%d%c", &o->width, &o->height, &rest) == 2 &&
               o->width > 0 && o->width <= 500 && o->height > 0 &&
               o->height <= 200;
    }
    return false;
}

/* EXIT_PASSED, or the code to end with (a message is printed). */
static int parse(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (!strcmp(a, "--ascii"))
            o->ascii = true;
        else if (!strcmp(a, "--no-color"))
            o->colour = false;
        else if (!strcmp(a, "--from-reset"))
            o->from_reset = true;
        else if (a[0] == '-' && a[1]) {
            int at = i;
            if (!parse_valued(o, argc, argv, &i))
                return usage_error("option %s is unknown, or its value is "
                                   "missing or bad",
                                   argv[at]);
        } else if (o->session.path)
            return usage_error("one scenario at a time, please");
        else
            o->session.path = a;
    }
    if (!o->session.path)
        return usage_error("no scenario given");
    return EXIT_PASSED;
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
static int scripted(struct tui *t, const struct options *o)
{
    const char *script = o->script;
    bool bad = false;
    int key;

    for (;;) {
        while (t->going != GOING_NOWHERE)
            tui_advance(t, SCRIPT_SLICE);
        tui_draw(t, o->width, o->height);
        if (t->quit || !tui_script_key(&script, &key, &bad))
            break;
        tui_key(t, key);
    }
    if (bad)
        return usage_error("no such key in --script: %.20s", script);
    canvas_write_text(&t->canvas, stdout);
    return fflush(stdout) == 0 ? EXIT_PASSED : EXIT_HOST_RESOURCE;
}

static int in_terminal(struct tui *t, const struct options *o)
{
    struct terminal terminal = { 0 };
    struct err err;
    int number;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return usage_error("needs a terminal (or --script)");
    tui_signals_install(&terminal, t->session);
    if (!terminal_open(&terminal, o->colour, &err)) {
        tui_stderr_release();
        fprintf(stderr, "opalite-tui: %s\n", err.text);
        return (int)err.code;
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

static int run(struct tui *t, struct options *o)
{
    struct err err;
    char root[4096];
    const char *name = strrchr(o->session.path, '/');
    int code;

    o->session.set = o->set;
    o->session.no_progress = true;
    o->session.print = to_console;
    o->session.print_context = t;
    t->session = session_open(&o->session, &err);
    if (!t->session) {
        fprintf(stderr, "opalite-tui: %s\n", err.text);
        return (int)err.code;
    }
    source_root(root, sizeof root);
    model_init(&t->model, root);
    snprintf(t->model.scenario, sizeof t->model.scenario, "%.60s",
             name ? name + 1 : o->session.path);
    t->model.speed = 3;
    t->model.stops = 1u << STOP_ON_FAULT;
    for (int i = 0; i < PANE_COUNT; i++)
        t->view[i].selected = -1;
    t->ascii = o->ascii;
    tui_begin(t, o->from_reset);
    code = o->script ? scripted(t, o) : in_terminal(t, o);
    int end = (int)session_close(t->session);
    model_free(&t->model);
    canvas_free(&t->canvas);
    return code != EXIT_PASSED ? code : end;
}

int main(int argc, char **argv)
{
    struct options o = { .width = TUI_LEAST_WIDTH,
                         .height = TUI_LEAST_HEIGHT,
                         .colour = true };
    const char *no_color = getenv("NO_COLOR");
    struct tui *t;
    int code;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            return EXIT_PASSED;
        }
    }
    code = parse(&o, argc, argv);
    if (code != EXIT_PASSED || !o.session.path)
        return code;
    setlocale(LC_CTYPE, "");
    if (no_color && *no_color)
        o.colour = false;
    if (!o.script && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        o.ascii = true;
    t = calloc(1, sizeof *t);
    if (!t)
        bug("out of memory");
    code = run(t, &o);
    free(t);
    return code;
}
