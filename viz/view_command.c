// SPDX-License-Identifier: Apache-2.0
/*
 * The command line: everything that keys, clicks and `:` can say, in one table.
 * A command may be shortened as long as it is clear which one is meant; Tab
 * completes it (view_complete.c).
 */
#include "viz/view.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct view_word {
    const char *name, *arguments, *doc;
    void (*obey)(struct view *v, int count, char **argument);
};

void view_notice(struct view *v, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(v->notice, sizeof v->notice, format, list);
    va_end(list);
}

static void wish(struct view *v, enum wish_kind kind, uint64_t number)
{
    if (v->wish_count < VIEW_WISHES)
        v->wishes[v->wish_count++] =
            (struct wish){ .kind = kind, .number = number };
}

/* A whole number, decimal or 0x. */
static bool take_number(struct view *v, const char *text, uint64_t *number)
{
    char *end;

    *number = strtoull(text, &end, 0);
    if (*text && !*end && isdigit((unsigned char)*text))
        return true;
    view_notice(v, "%.60s: expected a number", text);
    return false;
}

/* ---- time ------------------------------------------------------------------
 */

static void do_step(struct view *v, int count, char **a)
{
    uint64_t n = 1;

    if ((count == 0 || take_number(v, a[0], &n)) && n > 0)
        wish(v, WISH_STEP, n);
}

static void do_over(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    wish(v, WISH_OVER, 0);
}

static void do_run(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    wish(v, v->model->state == MODEL_RUNNING ? WISH_PAUSE : WISH_RUN, 0);
}

static void do_event(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    wish(v, WISH_EVENT, 0);
}

static void do_switch(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    wish(v, WISH_SWITCH, 0);
}

static void do_cycle(struct view *v, int count, char **a)
{
    uint64_t n;

    if (count == 0)
        view_notice(v, "cycle: which one?");
    else if (take_number(v, a[0], &n))
        wish(v, WISH_CYCLE, n);
}

static void do_back(struct view *v, int count, char **a)
{
    uint64_t n = 1;

    if (count > 0 && strcmp(a[0], "event") == 0)
        wish(v, WISH_BACK_EVENT, 0);
    else if (count > 0 && strcmp(a[0], "rights") == 0)
        wish(v, WISH_BACK_RIGHTS, 0);
    else if ((count == 0 || take_number(v, a[0], &n)) && n > 0)
        wish(v, WISH_BACK, n);
}

static void do_end(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    wish(v, WISH_END, 0);
}

static void do_speed(struct view *v, int count, char **a)
{
    int now = v->model->speed, last = runner_speed_count - 1;

    if (count == 0) {
        view_notice(v, "speed: + - or one of 1/s ... 1M/s, max");
        return;
    }
    if (strcmp(a[0], "+") == 0)
        now += now < last;
    else if (strcmp(a[0], "-") == 0)
        now -= now > 0;
    else
        for (now = 0; now <= last; now++)
            if (strcasecmp(a[0], runner_speed_text(now)) == 0)
                break;
    if (now > last)
        view_notice(v, "speed %.40s: one of 1/s, 3/s, 10/s ... 1M/s, max",
                    a[0]);
    else
        wish(v, WISH_SPEED, (uint64_t)now);
}

static void do_stop(struct view *v, int count, char **a)
{
    uint32_t stops = v->model->stops;

    if (count == 0) {
        v->overlay = OVERLAY_MASK;
        return;
    }
    for (const char *p = a[0]; *p; p++) {
        const char *at = strchr(stop_letters, toupper((unsigned char)*p));
        if (!at) {
            view_notice(v, "stop %.20s: letters of %s", a[0], stop_letters);
            return;
        }
        stops ^= 1u << (at - stop_letters);
    }
    wish(v, WISH_STOPS, stops);
}

/* ---- looking ---------------------------------------------------------------
 */

static bool find_domain(const struct model *m, const char *name)
{
    for (int i = 0; i < m->domain_count; i++)
        if (strcmp(m->domains[i].name, name) == 0)
            return true;
    return false;
}

/* "0x4000", "sp", "a0", "secret" or any of them "+16". */
static bool take_address(struct view *v, const char *text, uint64_t *va)
{
    const struct model *m = v->model;
    size_t name = strcspn(text, "+");
    uint64_t plus = 0;

    if (text[name] == '+' && !take_number(v, text + name + 1, &plus))
        return false;
    for (int i = 0; i < m->segment_count; i++)
        if (strlen(m->segments[i].name) == name &&
            strncmp(m->segments[i].name, text, name) == 0) {
            *va = m->segments[i].base + plus;
            return true;
        }
    int x = pane_register_named(text, name);
    if (x >= 0 || (name == 2 && strncmp(text, "pc", 2) == 0)) {
        *va = (x >= 0 ? m->x[x] : m->pc) + plus;
        return true;
    }
    char *end;
    *va = strtoull(text, &end, 16) + plus;
    if (end == text + name && name > 0)
        return true;
    view_notice(v, "%.40s: expected an address in hex, a register or a segment",
                text);
    return false;
}

static void do_explain(struct view *v, int count, char **a)
{
    struct wish w = { .kind = WISH_EXPLAIN, .access = 'r' };

    if (count == 0) {
        view_notice(v, "explain ADDRESS [DOMAIN] [r|w|x]");
        return;
    }
    if (!take_address(v, a[0], &w.number))
        return;
    for (int i = 1; i < count; i++) {
        if (strlen(a[i]) == 1 && strchr("rwx", a[i][0])) {
            w.access = a[i][0];
        } else if (find_domain(v->model, a[i])) {
            snprintf(w.domain, sizeof w.domain, "%s", a[i]);
        } else {
            view_notice(v, "explain: no domain %.40s", a[i]);
            return;
        }
    }
    if (v->wish_count < VIEW_WISHES)
        v->wishes[v->wish_count++] = w;
    view_focus(v, PANE_SCOPE);
}

/* The event whose story x tells: the selected one, else the last fault. */
static const struct event_row *fault_to_explain(const struct view *v)
{
    const struct model *m = v->model;
    const struct event_row *e =
        v->focus == PANE_EVENTS ? pane_events_selected(m, &v->pane[PANE_EVENTS])
                                : NULL;

    if (e && model_story(m, e))
        return e;
    for (uint64_t s = m->event_count; s-- > 0;) {
        e = model_event(m, s);
        if (!e)
            break;
        if (e->story && model_story(m, e))
            return e;
    }
    return NULL;
}

static void do_fault(struct view *v, int count, char **a)
{
    const struct event_row *e = fault_to_explain(v);

    (void)count;
    (void)a;
    if (!e) {
        view_notice(v, "no fault has happened yet");
        return;
    }
    snprintf(v->story, sizeof v->story, "%s", model_story(v->model, e));
    v->overlay = OVERLAY_STORY;
    v->overlay_scroll = 0;
}

static void do_pane(struct view *v, int count, char **a)
{
    for (int i = 0; count > 0 && i < PANE_COUNT; i++)
        if (strncasecmp(panes[i].name, a[0], strlen(a[0])) == 0) {
            view_focus(v, (enum pane_id)i);
            return;
        }
    view_notice(v, "pane: which one? Tab lists them");
}

static void do_set(struct view *v, int count, char **a)
{
    for (int i = 0; count > 0 && i < VIEW_SETS; i++) {
        if (atoi(a[0]) != i + 1 && strcmp(a[0], view_set_names[i]) != 0)
            continue;
        v->set = i;
        v->zoomed = false;
        if (!view_set_has(v, i, v->focus))
            view_focus_next(v, 1);
        return;
    }
    view_notice(v, "set: 1 to %d", VIEW_SETS);
}

static void do_zoom(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->zoomed = !v->zoomed;
}

static void do_next(struct view *v, int count, char **a)
{
    view_focus_next(v, count > 0 && a[0][0] == '-' ? -1 : 1);
}

static void do_filter(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->pane[PANE_EVENTS].filtered ^= true;
    v->pane[PANE_EVENTS].selected = -1;
}

static void do_search(struct view *v, int count, char **a)
{
    struct pane_view *p = &v->pane[PANE_EVENTS];

    snprintf(p->search, sizeof p->search, "%s", count > 0 ? a[0] : "");
    for (int i = 1; i < count; i++)
        snprintf(p->search + strlen(p->search),
                 sizeof p->search - strlen(p->search), " %s", a[i]);
    p->selected = -1;
    view_focus(v, PANE_EVENTS);
}

static void do_select(struct view *v, int count, char **a)
{
    uint64_t n;

    if (count > 0 && take_number(v, a[0], &n) && n < MODEL_EVENTS)
        v->pane[PANE_EVENTS].selected = (int)n;
    view_focus(v, PANE_EVENTS);
}

static void do_whole(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->pane[PANE_LEDGER].whole ^= true;
    v->pane[PANE_SWITCHES].whole = v->pane[PANE_LEDGER].whole;
}

static void do_window(struct view *v, int count, char **a)
{
    int *zoom = &v->pane[PANE_TIMELINE].zoom;

    if (count > 0 && a[0][0] == '+')
        *zoom += *zoom < 40;
    else if (count > 0 && a[0][0] == '-')
        *zoom -= *zoom > 0;
    else
        *zoom = 0;
}

static void do_mark(struct view *v, int count, char **a)
{
    const struct model *m = v->model;

    (void)count;
    (void)a;
    v->bookmark = (struct view_bookmark){
        .set = true,
        .cycle = m->cycle,
        .instructions = m->instructions,
        .switches = m->total_switches,
        .tlb_misses = m->units[UNIT_ITLB].misses + m->units[UNIT_DTLB].misses,
        .protection_misses =
            m->units[UNIT_IRPLB].misses + m->units[UNIT_DRPLB].misses
    };
    view_notice(v, "time is measured from here");
}

static void do_border(struct view *v, int count, char **a)
{
    bool upright = count > 0 && (a[0][0] == 'l' || a[0][0] == 'r');

    if (count == 0 || !strchr("lrud", a[0][0]))
        view_notice(v, "border left|right|up|down");
    else
        view_move_border(v, upright,
                         a[0][0] == 'l'   ? -2
                         : a[0][0] == 'r' ? 2
                         : a[0][0] == 'u' ? -1
                                          : 1);
}

static void do_help(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->overlay = OVERLAY_HELP;
    v->overlay_scroll = 0;
}

/* ---- the front end's ------------------------------------------------------
 */

static void do_theme(struct view *v, int count, char **a)
{
    if (v->scale == 0)
        view_notice(v, "the terminal has its own colours");
    else if (count == 0)
        v->light = !v->light;
    else
        v->light = a[0][0] == 'l';
}

static void do_scale(struct view *v, int count, char **a)
{
    static const int steps[] = {
        75, 90, 100, 110, 125, 150, 175, 200, 250, 300
    };
    int n = sizeof steps / sizeof steps[0], i = 0;
    uint64_t wanted;

    if (v->scale == 0) {
        view_notice(v, "the terminal has its own letters");
        return;
    }
    while (i < n - 1 && steps[i] < v->scale)
        i++;
    if (count > 0 && a[0][0] == '+')
        v->scale = steps[i < n - 1 && steps[i] <= v->scale ? i + 1 : i];
    else if (count > 0 && a[0][0] == '-')
        v->scale = steps[i > 0 ? i - 1 : 0];
    else if (count > 0 && take_number(v, a[0], &wanted) && wanted >= 75 &&
             wanted <= 300)
        v->scale = (int)wanted;
    else
        view_notice(v, "scale: 75 to 300 (percent), + or -");
}

static void do_screenshot(struct view *v, int count, char **a)
{
    v->picture = true;
    snprintf(v->picture_path, sizeof v->picture_path, "%s",
             count > 0 ? a[0] : "");
}

static void do_redraw(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->redraw = true;
}

static void do_quit(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    v->quit = true;
}

/* ---- the table -------------------------------------------------------------
 */

static const struct view_word words[] = {
    { "step", "[N]", "N instructions, 1 if not said", do_step },
    { "over", "", "one instruction, or the whole call it makes", do_over },
    { "run", "", "at the chosen speed; again: pause", do_run },
    { "event", "", "run to the next event of the stop mask", do_event },
    { "switch", "", "run to the next domain switch", do_switch },
    { "cycle", "N", "run until the clock says N, or go back to there",
      do_cycle },
    { "back", "[N|event|rights]",
      "N instructions back, 1 if not said; or to the last event of the stop "
      "mask before now, or to the last change of a right on the segment of "
      "the last fault",
      do_back },
    { "end", "", "run to the end of the scenario", do_end },
    { "speed", "+|-|100/s|max", "instructions a second", do_speed },
    { "stop", "[LETTERS]", "turns letters of the stop mask on or off",
      do_stop },
    { "explain", "ADDRESS [DOMAIN] [r|w|x]",
      "what the machine would say to that access", do_explain },
    { "fault", "", "the story of the selected or the last fault", do_fault },
    { "pane", "NAME", "shows a pane", do_pane },
    { "set", "N", "shows a set of panes", do_set },
    { "zoom", "", "one pane on the whole screen, and back", do_zoom },
    { "next", "[-]", "the next pane of the set; -: the previous one", do_next },
    { "filter", "", "events: only those of the stop mask, or all", do_filter },
    { "search", "TEXT", "events that say TEXT; nothing: all", do_search },
    { "select", "N", "the N-th newest event shown", do_select },
    { "whole", "", "cycles of the last command, or of the whole run",
      do_whole },
    { "window", "+|-", "timeline: less time, or more", do_window },
    { "mark", "", "measures time from here", do_mark },
    { "border", "left|right|up|down", "moves the pane's border", do_border },
    { "theme", "[dark|light]", "colours of the window", do_theme },
    { "scale", "+|-|N", "size of everything in the window, percent", do_scale },
    { "screenshot", "[FILE]", "a picture: .png .svg .pdf .txt", do_screenshot },
    { "redraw", "", "draws the screen again", do_redraw },
    { "help", "", "about the pane that has the keys", do_help },
    { "quit", "", "ends the program", do_quit },
};
enum { WORDS = sizeof words / sizeof words[0] };

/* The only word that begins with `text`; -1 none, -2 several. */
static int find_word(const char *text)
{
    int found = -1;

    for (int i = 0; i < WORDS; i++) {
        if (strcmp(words[i].name, text) == 0)
            return i;
        if (strncmp(words[i].name, text, strlen(text)) == 0)
            found = found == -1 ? i : -2;
    }
    return found;
}

void view_command(struct view *v, const char *line)
{
    char text[VIEW_COMMAND], *argument[8], *rest, *name;
    int count = 0;

    snprintf(text, sizeof text, "%s", line);
    name = strtok_r(text, " ", &rest);
    if (!name)
        return;
    while (count < 8 && (argument[count] = strtok_r(NULL, " ", &rest)))
        count++;
    int i = find_word(name);
    v->notice[0] = 0;
    if (i < 0)
        view_notice(v, "%.40s: %s; ? lists the commands", name,
                    i == -2 ? "could be several commands" : "no such command");
    else
        words[i].obey(v, count, argument);
}

void view_command_help(char *to, size_t room)
{
    size_t used = 0;

    *to = 0;
    for (int i = 0; i < WORDS && used < room; i++)
        used += (size_t)snprintf(
            to + used, room - used, "%s%s%s: %s\n", words[i].name,
            words[i].arguments[0] ? " " : "", words[i].arguments, words[i].doc);
}

const char *view_word(int i)
{
    return i < WORDS ? words[i].name : NULL;
}
