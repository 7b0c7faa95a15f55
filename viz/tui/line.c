// SPDX-License-Identifier: Apache-2.0
/*
 * A prompt instead of a screen, for screen readers and scripts: each line is a
 * command of the command line (view/command.c); what it shows is drawn by the
 * same panes, one at a time, as plain text without escape codes. Time passes at
 * full speed; Ctrl-C stops it and not the program.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viz/tui/signal.h"
#include "viz/tui/tui.h"

enum { PANE_LINES = 24, PANE_LINES_MOST = 60 };
#define PROGRESS_SECONDS 2.0

struct prompt {
    struct tui *tui;
    int width;
    bool typed;       /* by somebody: there is a prompt */
    uint64_t number;  /* of the line, from 1 */
    uint64_t console; /* serial of the console line to print next */
    uint64_t wrong;   /* lines that were no command */
    bool answered;    /* this command has printed something */
};

/* ---- answers ---------------------------------------------------------------
 */

PRINTF_LIKE(2, 3)
static void say(struct prompt *p, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    putchar('\n');
    p->answered = true;
}

/* Whole lines that the scenario has printed since the last time. */
static void say_console(struct prompt *p)
{
    const struct model *m = &p->tui->runner.model;
    uint64_t whole = m->console_lines - (m->console_open ? 1 : 0);
    uint64_t oldest =
        m->console_lines > MODEL_CONSOLE ? m->console_lines - MODEL_CONSOLE : 0;

    if (p->console > whole) /* back in time */
        p->console = whole;
    if (p->console < oldest) {
        say(p, "(%" PRIu64 " lines of the console were lost)",
            oldest - p->console);
        p->console = oldest;
    }
    while (p->console < whole)
        say(p, "%s", model_console_line(m, p->console++));
}

/* Where the machine stands, in a sentence. */
static void say_place(struct prompt *p)
{
    const struct model *m = &p->tui->runner.model;
    char cycle[32], insns[32];
    const char *mode = m->privilege == 'U'   ? ", user mode"
                       : m->privilege == 'S' ? ", kernel mode"
                       : m->privilege == 'M' ? ", machine mode"
                                             : "";

    if (m->notice[0])
        say(p, "%s", m->notice);
    if (!m->has_machine)
        return;
    grouped_number(m->cycle, cycle, sizeof cycle);
    grouped_number(m->instructions, insns, sizeof insns);
    say(p, "cycle %s, instruction %s: %s%s%s%s, hart %u of %s%s%s", cycle,
        insns, m->domain, m->thread[0] ? "/" : "", m->thread, mode, m->hart,
        m->machine, m->pc_symbol[0] ? ", at " : "", m->pc_symbol);
    if (view_is_hidden(&p->tui->view, PANE_CODE))
        return;
    if (m->source[0])
        say(p, "source: %s", m->source);
    if (m->code_pc >= 0)
        say(p, "next: %" PRIx64 " %s", m->code[m->code_pc].pc,
            m->code[m->code_pc].text);
}

/* Text without the blank lines at its end. */
static void say_text(struct prompt *p, char *text)
{
    size_t n = strlen(text);

    while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
        text[--n] = 0;
    if (n)
        say(p, "%s", text);
}

/* Draws the pane on a canvas of so many lines; how many it would fill. */
static int draw_pane(const struct prompt *p, enum pane_id id, struct canvas *c,
                     int lines)
{
    const struct view *v = &p->tui->view;

    canvas_begin(c, p->width, lines, true);
    struct pane_extent e = pane_draw(c, v->model, &v->pane[id], id);
    return lines + e.lines - e.shown;
}

/* lines 0: as many as it needs, to a limit. */
static void say_pane(struct prompt *p, enum pane_id id, int lines)
{
    const struct view *v = &p->tui->view;
    struct canvas c = { 0 };
    char title[160], *text = NULL;
    size_t bytes;
    int all = draw_pane(p, id, &c, lines ? lines : PANE_LINES);

    if (!lines && all > PANE_LINES)
        draw_pane(p, id, &c, all < PANE_LINES_MOST ? all : PANE_LINES_MOST);
    FILE *f = open_memstream(&text, &bytes);
    if (!f)
        err_no_memory();
    canvas_write_text(&c, f);
    if (fclose(f) != 0)
        err_no_memory();
    pane_title(v->model, &v->pane[id], id, title, sizeof title);
    say(p, "%s%s%s", panes[id].name, title[0] ? ": " : "", title);
    say_text(p, text);
    free(text);
    canvas_free(&c);
}

static void say_stops(struct prompt *p)
{
    const struct model *m = &p->tui->runner.model;

    for (int i = 0; i < STOP_LETTERS; i++)
        say(p, "%c %s: %s", stop_letters[i], stop_names[i],
            m->stops >> i & 1 ? "stops a run" : "passed by");
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        if (m->stop_kinds >> i & 1)
            say(p, "%s: stops a run", event_kind_name((enum event_kind)i));
    if (m->stop_domain[0])
        say(p, "only of domain %s", m->stop_domain);
}

static void say_breaks(struct prompt *p)
{
    const struct model *m = &p->tui->runner.model;

    if (m->stop_point_count == 0)
        say(p, "no breakpoints, no watches");
    for (int i = 0; i < m->stop_point_count; i++) {
        const struct stop_row *s = &m->stop_points[i];
        say(p, "%u %s%s: %s, %" PRIu64 " hit%s", s->number, s->line,
            s->off ? " (off)" : "", s->places ? s->place : "not there yet",
            s->hits, s->hits == 1 ? "" : "s");
    }
}

/* What a screen would lay over its panes. */
static void say_overlay(struct prompt *p)
{
    struct view *v = &p->tui->view;

    if (v->overlay == OVERLAY_STORY) {
        say_text(p, v->story);
    } else if (v->overlay == OVERLAY_MENU) {
        for (int i = 0; i < v->menu.count; i++)
            say(p, "%s: %s", v->menu.item[i].command, v->menu.item[i].label);
    } else if (v->overlay == OVERLAY_MASK) {
        say_stops(p);
    } else if (v->overlay == OVERLAY_STOPS) {
        say_breaks(p);
    } else if (v->overlay == OVERLAY_HELP && v->show) {
        say(p, "%s: %s", panes[v->focus].name, panes[v->focus].help);
        v->show = false;
    } else if (v->overlay == OVERLAY_HELP) {
        char text[8192];
        view_command_help(text, sizeof text);
        say(p, "One command a line; the first letters of its name are enough.");
        say_text(p, text);
        printf("panes:");
        for (int i = 0; i < PANE_COUNT; i++)
            printf(" %s", panes[i].name);
        say(p, "\nhelp PANE explains one; show PANE prints it. Ctrl-C stops a "
               "run.");
    }
    v->overlay = OVERLAY_NONE;
}

/* ---- time ------------------------------------------------------------------
 */

/* Tells how far a long run is, now and then. */
static void progress(const struct model *m, double *told)
{
    char cycle[32];

    if (pace_now() - *told < PROGRESS_SECONDS)
        return;
    *told = pace_now();
    grouped_number(m->cycle, cycle, sizeof cycle);
    fprintf(stderr, "opalite: running, cycle %s; Ctrl-C stops here\n", cycle);
}

/* Hands the view's wishes to the runner. False: there were none. */
static bool hand_over(struct prompt *p)
{
    struct view *v = &p->tui->view;
    int count = v->wish_count;

    for (int i = 0; i < count; i++)
        runner_obey(&p->tui->runner, &v->wishes[i]);
    v->wish_count = 0;
    return count > 0;
}

/* Until the machine stands, runs beside it are there, too, and what the
 * scenario asked for (lab{}) is done. */
static void let_pass(struct prompt *p)
{
    struct runner *r = &p->tui->runner;
    const struct wish pause = { .kind = WISH_PAUSE };
    double told = pace_now();

    do {
        while (r->going != GOING_NOWHERE) {
            if (tui_stop_asked())
                runner_obey(r, &pause);
            else
                runner_advance(r, TUI_SLICE);
            runner_look(r);
            say_console(p);
            progress(&r->model, &told);
        }
        runner_look(r);
        while (runner_beside_is_busy(r) && !tui_stop_asked()) {
            runner_beside_advance(r, TUI_SLICE);
            runner_look(r);
        }
        say_console(p);
        view_follow_lab(&p->tui->view);
    } while (hand_over(p));
}

/* ---- commands --------------------------------------------------------------
 */

static void obey(struct prompt *p, const char *line)
{
    struct view *v = &p->tui->view;
    struct runner *r = &p->tui->runner;

    v->show = p->answered = false;
    view_command(v, line);
    if (v->wrong) {
        fflush(stdout);
        fprintf(stderr, "opalite: line %" PRIu64 ": %s\n", p->number,
                v->notice);
        p->wrong++;
        return;
    }
    const uint64_t cycle = r->model.cycle, insns = r->model.instructions;
    bool tells = hand_over(p), moves = r->going != GOING_NOWHERE;
    let_pass(p);
    moves |= r->model.cycle != cycle || r->model.instructions != insns;
    say_overlay(p);
    if (v->picture) {
        view_draw(v, VIEW_LEAST_WIDTH, VIEW_LEAST_HEIGHT);
        tui_save_picture(v);
    }
    if (v->notice[0])
        say(p, "%s", v->notice);
    if (v->show)
        say_pane(p, v->focus, v->show_lines);
    else if (moves)
        say_place(p);
    else if (tells && r->model.notice[0])
        say(p, "%s", r->model.notice);
    if (!p->answered && !v->quit)
        say(p, "done");
    r->model.notice[0] = 0;
}

/* The next line without its end; NULL at the end of input. */
static char *next_line(struct prompt *p, char **line, size_t *room)
{
    for (;;) {
        if (p->typed) {
            fputs("opalite> ", stdout);
        }
        fflush(stdout);
        ssize_t n = getline(line, room, stdin);
        if (n >= 0) {
            (*line)[strcspn(*line, "\r\n")] = 0;
            p->number++;
            return *line;
        }
        if (!ferror(stdin) || errno != EINTR || tui_signal_seen())
            return NULL;
        clearerr(stdin); /* Ctrl-C at the prompt: a new one */
        (void)tui_stop_asked();
        putchar('\n');
    }
}

int tui_line(struct tui *t, int width)
{
    struct prompt p = { .tui = t,
                        .width = width,
                        .typed = isatty(STDIN_FILENO) };
    char *line = NULL, *text;
    size_t room = 0;

    tui_line_signals(&t->runner.interrupted);
    t->view.ascii = true;
    let_pass(&p);
    say_place(&p);
    t->runner.model.notice[0] = 0;
    while (!t->view.quit && !tui_signal_seen() &&
           (text = next_line(&p, &line, &room))) {
        text += strspn(text, " \t");
        if (*text && *text != '#')
            obey(&p, text);
    }
    free(line);
    if (p.typed && !t->view.quit)
        putchar('\n');
    if (fflush(stdout) != 0 || ferror(stdout))
        return EXIT_HOST_RESOURCE;
    if (tui_signal_seen())
        return EXIT_INTERRUPTED;
    return p.wrong && !p.typed ? EXIT_USAGE : EXIT_PASSED;
}
