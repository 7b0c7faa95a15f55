// SPDX-License-Identifier: Apache-2.0
/*
 * Commands about what stops a run: breakpoints and watches, an expression, the
 * stop mask; and where the code panel looks. They become wishes for the runner.
 */
#include "viz/view/words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/event.h"

/* ---- breakpoints and watches ------------------------------------------------
 */

/* The line is the runner's to obey; that it can be understood shows here. */
static void say(struct view *v, const char *word)
{
    char line[VIEW_COMMAND + 12];

    snprintf(line, sizeof line, "%s %s", word, v->rest);
    if (strlen(line) < RUNNER_TEXT)
        view_wish_text(v, WISH_POINT, line);
    else
        view_wrong(v, "%s: that is too long", word);
}

static void say_new(struct view *v, const char *word)
{
    char line[VIEW_COMMAND + 12];
    struct stop_point p;
    struct err err;

    snprintf(line, sizeof line, "%s %s", word, v->rest);
    if (stops_parse(line, &p, &err))
        say(v, word);
    else
        view_wrong(v, "%.150s", err.text);
    expression_free(p.expression);
}

/* The line chosen in the code panel, or pc. */
static uint64_t chosen_pc(const struct view *v)
{
    int row = pane_code_chosen(v->model, &v->pane[PANE_CODE]);

    return row >= 0 ? v->model->code[row].pc : v->model->pc;
}

static void do_toggle(struct view *v, int count, char **a)
{
    char where[24];

    (void)a;
    snprintf(where, sizeof where, "0x%llx", (unsigned long long)chosen_pc(v));
    if (count == 0)
        v->rest = where;
    say(v, "toggle");
}

static void do_break(struct view *v, int count, char **a)
{
    if (count == 0)
        do_toggle(v, count, a);
    else
        say_new(v, "break");
}

static void do_watch(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    say_new(v, "watch");
}

static void do_delete(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    say(v, "delete");
}

static void do_enable(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    say(v, "enable");
}

static void do_disable(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    say(v, "disable");
}

static void do_breaks(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->overlay = OVERLAY_STOPS;
    v->overlay_row = 0;
}

static void do_until(struct view *v, int count, char **a)
{
    struct err err;
    struct expression *e = expression_new(v->rest, &err);

    (void)count;
    (void)a;
    if (e)
        view_wish_text(v, WISH_UNTIL, v->rest);
    else
        view_wrong(v, "until %.60s: %.80s", v->rest, err.text);
    expression_free(e);
}

static void do_out(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    view_wish(v, WISH_OUT, 0);
}

static void do_code(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->pane[PANE_CODE].cursor_at = 0;
    view_wish_text(v, WISH_LOOK, v->rest);
    if (!view_set_has(v, v->set, PANE_CODE))
        view_focus(v, PANE_CODE);
    else
        v->focus = PANE_CODE;
}

/* ---- the stop mask
 * -----------------------------------------------------------
 */

struct mask {
    uint32_t letters, kinds;
    char domain[MODEL_NAME];
};

/* The letter that stands for a kind of event, -1 = none. */
static int letter_of(enum event_kind kind)
{
    static const enum event_kind kinds[STOP_LETTERS] = {
        [STOP_ON_FAULT] = EVENT_FAULT,
        [STOP_ON_TLB] = EVENT_TLB_MISS,
        [STOP_ON_PROTECTION] = EVENT_PROTECTION_MISS,
        [STOP_ON_SWITCH] = EVENT_SWITCH,
        [STOP_ON_TRAP] = EVENT_TRAP,
    };

    for (int i = 0; i < STOP_LETTERS; i++)
        if (kinds[i] == kind)
            return i;
    return -1;
}

static bool turn_letters(struct mask *m, const char *word)
{
    uint32_t turned = 0;

    for (const char *p = word; *p; p++) {
        const char *at = strchr(stop_letters, toupper((unsigned char)*p));
        if (!at)
            return false;
        turned ^= 1u << (at - stop_letters);
    }
    m->letters ^= turned;
    return true;
}

static bool turn_kind(struct mask *m, const char *word)
{
    enum event_kind kind;

    if (!event_kind_find(word, &kind))
        return false;
    if (letter_of(kind) >= 0)
        m->letters ^= 1u << letter_of(kind);
    else
        m->kinds ^= EVENT_BIT(kind);
    return true;
}

static bool take_word(struct mask *m, const char *word)
{
    if (strcmp(word, "none") == 0) {
        m->letters = m->kinds = 0;
        return true;
    }
    return turn_kind(m, word) || turn_letters(m, word);
}

static void do_stop(struct view *v, int count, char **a)
{
    const struct model *now = v->model;
    struct mask m = { .letters = now->stops, .kinds = now->stop_kinds };

    memcpy(m.domain, now->stop_domain, sizeof m.domain);
    if (count == 0) {
        v->overlay = OVERLAY_MASK;
        v->overlay_row = 0;
        return;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(a[i], "in") == 0) {
            const char *domain = i + 1 < count ? a[++i] : "any";
            snprintf(m.domain, sizeof m.domain, "%s",
                     strcmp(domain, "any") == 0 ? "" : domain);
        } else if (!take_word(&m, a[i])) {
            view_wrong(v,
                       "stop %.20s: letters of %s, kinds of events (syscall, "
                       "mark ...), none, in DOMAIN",
                       a[i], stop_letters);
            return;
        }
    }
    view_wish(v, WISH_STOPS, runner_stops_number(m.letters, m.kinds));
    if (v->wish_count > 0)
        memcpy(v->wishes[v->wish_count - 1].domain, m.domain, sizeof m.domain);
}

static void do_reload(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    view_wish(v, WISH_RELOAD, 0);
}

const struct view_word view_words_stops[] = {
    { "out", "", "until the function at pc has returned", do_out },
    { "until", "EXPRESSION", "run until it holds, such as a0 == 3", do_until },
    { "break", "WHERE [in DOMAIN] [if EXPRESSION]",
      "a breakpoint at a FUNCTION, PROGRAM:FUNCTION, FILE.c:LINE or address; "
      "without WHERE: see toggle",
      do_break },
    { "watch", "WHAT [r|w|rw|x] [by DOMAIN] [if EXPRESSION]",
      "stops behind accesses to a SEGMENT[+OFFSET][,BYTES], a VARIABLE or "
      "ADDRESS,BYTES",
      do_watch },
    { "toggle", "[WHERE]",
      "a breakpoint there, or none any more; without WHERE: at the line chosen "
      "in the code, or at pc",
      do_toggle },
    { "breaks", "", "the list of breakpoints and watches", do_breaks },
    { "delete", "N|all", "takes a breakpoint or watch away", do_delete },
    { "enable", "N|all", "switches it on", do_enable },
    { "disable", "N|all", "switches it off", do_disable },
    { "stop", "[LETTERS] [KINDS] [in DOMAIN|any] [none]",
      "turns kinds of events of the stop mask on or off; alone: an editor",
      do_stop },
    { "reload", "",
      "the scenario from its beginning, as its file is now; breakpoints, "
      "watches, stop mask and panels stay",
      do_reload },
    { "code", "[WHERE]", "the code panel looks there; without WHERE: at pc",
      do_code },
    { 0 },
};
