// SPDX-License-Identifier: Apache-2.0
/*
 * Keys of the terminal view. Letters always work; F-keys are translated by the
 * terminal back end. The list for the user is in tui_help.c.
 */
#include "viz/tui.h"

#include <stdio.h>
#include <string.h>

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* ---- scrolling --------------------------------------------------------------
 */

/* Lines that a key moves; 0 = it is no such key. */
static int lines_of(int key, int page)
{
    switch (key) {
    case KEY_OF_UP:
        return -1;
    case KEY_OF_DOWN:
        return 1;
    case KEY_OF_PAGE_UP:
        return -(page > 1 ? page - 1 : 1);
    case KEY_OF_PAGE_DOWN:
        return page > 1 ? page - 1 : 1;
    case KEY_OF_HOME:
        return -100000;
    case KEY_OF_END:
        return 100000;
    default:
        return 0;
    }
}

static void scroll(struct tui *t, int lines)
{
    struct pane_view *v = &t->view[t->focus];
    const struct pane_extent *e = &t->extent[t->focus];
    int most = e->lines > e->shown ? e->lines - e->shown : 0;

    if (t->focus == PANE_EVENTS) /* moves the cursor, newest = 0 */
        v->selected = clamp(v->selected - lines, -1, e->lines - 1);
    else if (t->focus == PANE_CONSOLE) /* scrolls back from the end */
        v->scroll = clamp(v->scroll - lines, 0, most);
    else
        v->scroll = clamp(v->scroll + lines, 0, most);
}

static void overlay_scroll(struct tui *t, int lines)
{
    int most = t->overlay_lines - t->overlay_shown;

    t->overlay_scroll =
        clamp(t->overlay_scroll + lines, 0, most > 0 ? most : 0);
}

/* ---- commands
 * ---------------------------------------------------------------- */

/* The event whose story x tells: the selected one, else the last fault. */
static const struct event_row *fault_to_explain(const struct tui *t)
{
    const struct model *m = &t->model;
    const struct pane_view *v = &t->view[PANE_EVENTS];

    if (t->focus == PANE_EVENTS && v->selected >= 0 && !v->filtered &&
        (uint64_t)v->selected < m->event_count) {
        const struct event_row *e =
            model_event(m, m->event_count - 1 - (uint64_t)v->selected);
        if (e && model_story(m, e))
            return e;
    }
    for (uint64_t s = m->event_count; s-- > 0;) {
        const struct event_row *e = model_event(m, s);
        if (!e)
            break;
        if (e->story && model_story(m, e))
            return e;
    }
    return NULL;
}

static void explain(struct tui *t)
{
    const struct event_row *e = fault_to_explain(t);

    if (!e) {
        snprintf(t->model.notice, sizeof t->model.notice,
                 "no fault has happened yet");
        return;
    }
    snprintf(t->story, sizeof t->story, "%s", model_story(&t->model, e));
    t->overlay = OVERLAY_STORY;
    t->overlay_scroll = 0;
}

static void change_focus(struct tui *t, int by)
{
    t->focus = (enum pane_id)(((int)t->focus + by + PANE_COUNT) % PANE_COUNT);
}

static void change_speed(struct tui *t, int by)
{
    t->model.speed = clamp(t->model.speed + by, 0, tui_speed_count - 1);
}

static void mask_key(struct tui *t, int key)
{
    for (int i = 0; i < STOP_LETTERS; i++) {
        if (key == stop_letters[i] || key == stop_letters[i] + 'a' - 'A') {
            t->model.stops ^= 1u << i;
            if (t->going == GOING_RUN)
                t->until = tui_stop_events(t);
            return;
        }
    }
    if (key == '\n' || key == 27 || key == 'm' || key == 'q')
        t->overlay = OVERLAY_NONE;
    if (key == 'm' && t->overlay == OVERLAY_MASK)
        t->overlay = OVERLAY_NONE;
}

static void overlay_key(struct tui *t, int key)
{
    int lines = lines_of(key, t->overlay_shown);

    if (lines)
        overlay_scroll(t, lines);
    else if (key == ' ')
        overlay_scroll(t, lines_of(KEY_OF_PAGE_DOWN, t->overlay_shown));
    else
        t->overlay = OVERLAY_NONE;
}

/* Keys that look; false = not one of them. */
static bool look_key(struct tui *t, int key)
{
    struct pane_view *v = &t->view[t->focus];

    switch (key) {
    case '\t':
        change_focus(t, 1);
        return true;
    case KEY_OF_BACKTAB:
        change_focus(t, -1);
        return true;
    case 'z':
        t->zoomed = !t->zoomed;
        return true;
    case 27:
        t->zoomed = false;
        v->selected = -1;
        v->scroll = 0;
        return true;
    case KEY_OF_LEFT:
    case KEY_OF_RIGHT:
        v->column =
            clamp(v->column + (key == KEY_OF_RIGHT ? 1 : -1), 0,
                  t->model.domain_count > 0 ? t->model.domain_count - 1 : 0);
        return true;
    case 'f':
        t->view[PANE_EVENTS].filtered ^= true;
        t->view[PANE_EVENTS].selected = -1;
        return true;
    case 'w':
        t->model.whole_run ^= true;
        return true;
    case 'x':
        explain(t);
        return true;
    case '?':
    case 'h':
        t->overlay = OVERLAY_HELP;
        t->overlay_scroll = 0;
        return true;
    case 'r':
    case 12: /* control-L */
        t->redraw = true;
        return true;
    default:
        break;
    }
    if (key >= '1' && key < '1' + PANE_COUNT) {
        t->focus = (enum pane_id)(key - '1');
        return true;
    }
    int lines = lines_of(key, t->extent[t->focus].shown);
    if (lines)
        scroll(t, lines);
    return lines != 0;
}

void tui_key(struct tui *t, int key)
{
    if (t->overlay == OVERLAY_MASK) {
        mask_key(t, key);
        return;
    }
    if (t->overlay != OVERLAY_NONE) {
        overlay_key(t, key);
        return;
    }
    if (look_key(t, key))
        return;
    switch (key) {
    case 'q':
        t->quit = true;
        break;
    case 's':
        tui_step(t, 1);
        break;
    case 'S':
        tui_step(t, 100);
        break;
    case 'n':
        tui_step_over(t);
        break;
    case ' ':
    case 'c':
        if (t->going == GOING_NOWHERE)
            tui_run(t);
        else
            tui_pause(t);
        break;
    case 'e':
        tui_run_until(t, tui_stop_events(t), "to the next event");
        break;
    case ']':
        tui_run_until(t, EVENT_BIT(EVENT_SWITCH), "to the next switch");
        break;
    case '+':
    case '=':
        change_speed(t, 1);
        break;
    case '-':
        change_speed(t, -1);
        break;
    case 'm':
        t->overlay = OVERLAY_MASK;
        break;
    default:
        break;
    }
}

/* ---- scripts
 * ------------------------------------------------------------------ */

bool tui_script_key(const char **script, int *key, bool *bad)
{
    static const struct {
        const char *name;
        int key;
    } names[] = { { "<space>", ' ' },
                  { "<tab>", '\t' },
                  { "<backtab>", KEY_OF_BACKTAB },
                  { "<enter>", '\n' },
                  { "<esc>", 27 },
                  { "<up>", KEY_OF_UP },
                  { "<down>", KEY_OF_DOWN },
                  { "<left>", KEY_OF_LEFT },
                  { "<right>", KEY_OF_RIGHT },
                  { "<pgup>", KEY_OF_PAGE_UP },
                  { "<pgdn>", KEY_OF_PAGE_DOWN },
                  { "<home>", KEY_OF_HOME },
                  { "<end>", KEY_OF_END },
                  { "<lt>", '<' } };

    *bad = false;
    if (!**script)
        return false;
    if (**script != '<') {
        *key = (unsigned char)*(*script)++;
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n = strlen(names[i].name);
        if (strncmp(*script, names[i].name, n) == 0) {
            *script += n;
            *key = names[i].key;
            return true;
        }
    }
    *bad = true;
    return false;
}
