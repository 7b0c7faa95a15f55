// SPDX-License-Identifier: Apache-2.0
/*
 * What happened lately, one line each, newest at the bottom, with the letter
 * of the stop mask. The cursor (arrows, when the pane has the keys) selects
 * one; a selected fault shows its whole story.
 */
#include "viz/pane.h"

#include <stdio.h>
#include <string.h>

static bool is_shown(const struct model *m, const struct pane_view *v,
                     const struct event_row *e)
{
    const char *letter = strchr(stop_letters, e->letter);

    if (v->search[0] && !strcasestr(e->text, v->search))
        return false;
    if (!v->filtered)
        return true;
    if (m->stop_domain[0] && strcmp(m->stop_domain, e->domain) != 0)
        return false;
    if (m->stop_kinds >> e->kind & 1)
        return true;
    return letter && *letter && (m->stops >> (letter - stop_letters) & 1);
}

/* Serial of the n-th newest event shown; false = there are fewer. */
static bool nth_newest(const struct model *m, const struct pane_view *v, int n,
                       uint64_t *serial)
{
    for (uint64_t s = m->event_count; s-- > 0;) {
        const struct event_row *e = model_event(m, s);
        if (!e)
            return false;
        if (is_shown(m, v, e) && n-- == 0) {
            *serial = s;
            return true;
        }
    }
    return false;
}

static int count_shown(const struct model *m, const struct pane_view *v)
{
    int count = 0;

    for (uint64_t s = m->event_count; s-- > 0;) {
        const struct event_row *e = model_event(m, s);
        if (!e)
            break;
        count += is_shown(m, v, e);
    }
    return count;
}

static void draw_row(struct canvas *c, int y, const struct event_row *e,
                     bool selected)
{
    char cycle[32];
    enum style style = selected ? STYLE_SELECTED : STYLE_TEXT;

    grouped_number(e->cycle, cycle, sizeof cycle);
    if (selected)
        canvas_fill(c, y, style);
    canvas_right(c, 11, y, selected ? style : STYLE_DIM, cycle);
    canvas_print(c, 12, y, selected ? style : pane_letter_style(e->letter),
                 "%c", e->letter);
    canvas_text(c, 14, y, style, e->text);
}

/* The story of the selected event, in the lower part; returns its lines. */
static int draw_story(struct canvas *c, const struct model *m,
                      const struct event_row *e)
{
    struct box whole = c->box, below = whole;
    const char *story = e ? model_story(m, e) : NULL;
    int lines, room = whole.height * 2 / 3;

    if (!story || room < 2)
        return 0;
    lines = pane_lines(c, story);
    lines = lines < room ? lines : room;
    below.height = lines;
    below.y = whole.y + whole.height - lines;
    canvas_box(c, below);
    canvas_wrap(c, 0, 0, STYLE_FAULT, story);
    canvas_box(c, whole);
    return lines;
}

const struct event_row *pane_events_selected(const struct model *m,
                                             const struct pane_view *v)
{
    uint64_t serial;

    if (v->selected < 0 || !nth_newest(m, v, v->selected, &serial))
        return NULL;
    return model_event(m, serial);
}

struct pane_extent pane_events_draw(struct canvas *c, const struct model *m,
                                    const struct pane_view *v)
{
    int count = count_shown(m, v), height = c->box.height;
    const struct event_row *chosen = pane_events_selected(m, v);
    uint64_t serial;

    height -= draw_story(c, m, chosen);
    /* the selected line stays visible when it lies above the newest ones */
    int newest = v->selected >= height ? v->selected - height + 1 : 0;
    for (int i = 0; i < height; i++) {
        if (!nth_newest(m, v, newest + i, &serial))
            break;
        int y = (count < height ? count : height) - 1 - i;
        draw_row(c, y, model_event(m, serial), newest + i == v->selected);
        char command[24];
        snprintf(command, sizeof command, "select %d", newest + i);
        canvas_zone(c, 0, y, c->box.width, 1, command, "");
    }
    if (count == 0)
        canvas_text(c, 0, 0, STYLE_DIM, "none yet");
    return (struct pane_extent){ count, height };
}

void pane_events_title(const struct model *m, const struct pane_view *v,
                       char *to, size_t room)
{

    char count[32], lost[32];

    grouped_number(m->event_count, count, sizeof count);
    grouped_number(m->events_lost, lost, sizeof lost);
    if (v->search[0])
        snprintf(to, room, "those that say \"%s\"; Esc: all", v->search);
    else if (v->filtered)
        snprintf(to, room, "those of the stop mask; f: all");
    else if (m->events_lost)
        snprintf(to, room, "%s, %s more not kept", count, lost);
    else
        snprintf(to, room, "%s", m->event_count ? count : "");
}
