// SPDX-License-Identifier: Apache-2.0
/*
 * Commands about places in time: the timeline's window and lanes, its cursors,
 * and bookmarks. Only `go` and `measure` let time pass.
 */
#include "viz/view/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void do_window(struct view *v, int count, char **a)
{
    struct time_view *t = &v->time;
    uint64_t about = time_centre(t, v->model);

    if (count > 1 && !view_take_number(v, a[1], &about))
        return;
    if (count == 1 && strchr("+-", a[0][0]) &&
        (v->focus == PANE_MAP || v->focus == PANE_GRAPH))
        view_zoom_at(v, v->focus, a[0][0] == '+' ? 1 : -1, -1, -1);
    else if (count == 0)
        t->span = t->last = 0;
    else if (strchr("+-", a[0][0]))
        time_zoom(t, v->model, a[0][0] == '+', about);
    else if (strchr("lr", a[0][0]))
        time_pan(t, v->model, a[0][0] == 'l' ? -1 : 1);
    else
        view_wrong(v, "window [+|-|left|right]");
}

static void do_lanes(struct view *v, int count, char **a)
{
    enum lane_kind *lanes = &v->time.lanes;

    if (count == 0) {
        *lanes = (enum lane_kind)((*lanes + 1) % LANE_KINDS);
        return;
    }
    for (int i = 0; i < LANE_KINDS; i++)
        if (strncmp(lane_names[i], a[0], strlen(a[0])) == 0) {
            *lanes = (enum lane_kind)i;
            return;
        }
    view_wrong(v, "lanes %.20s: domain, thread or hart", a[0]);
}

/* ---- cursors ---------------------------------------------------------------
 */

static void put_cursor(struct view *v, uint64_t cycle)
{
    struct time_cursor *c = &v->time.cursor[v->time.active];

    c->set = true;
    c->cycle = cycle < v->model->cycle ? cycle : v->model->cycle;
    view_focus(v, PANE_TIMELINE);
}

/* By one cell of the pane, as it was last drawn. */
static void move_cursor(struct view *v, int by)
{
    struct time_window w = time_window(&v->time, v->model);
    const struct time_cursor *c = &v->time.cursor[v->time.active];
    uint64_t at = c->set ? c->cycle : time_centre(&v->time, v->model), step;
    int cells = v->place[PANE_TIMELINE].width - 14;

    step = (w.last - w.first) / (uint64_t)(cells > 1 ? cells : 64);
    step = step ? step : 1;
    put_cursor(v, by > 0 ? at + step : at > step ? at - step : 0);
}

/* The other one; where it is not seen, it comes to the middle. */
static void change_cursor(struct view *v)
{
    struct time_view *t = &v->time;
    struct time_window w = time_window(t, v->model);
    struct time_cursor *c;

    if (t->cursor[t->active].set)
        t->active = 1 - t->active;
    c = &t->cursor[t->active];
    put_cursor(v, c->set && c->cycle >= w.first && c->cycle <= w.last
                      ? c->cycle
                      : w.first + (w.last - w.first) / 2);
}

static void do_cursor(struct view *v, int count, char **a)
{
    struct time_view *t = &v->time;
    uint64_t cycle;
    int i = 0;

    if (count > 0 && (strcmp(a[0], "a") == 0 || strcmp(a[0], "b") == 0)) {
        t->active = a[0][0] - 'a';
        i++;
    }
    if (count == 0)
        change_cursor(v);
    else if (i == count || strcmp(a[i], "now") == 0)
        put_cursor(v, v->model->cycle);
    else if (strcmp(a[i], "off") == 0)
        t->cursor[0].set = t->cursor[1].set = false;
    else if (strcmp(a[i], "left") == 0 || strcmp(a[i], "right") == 0)
        move_cursor(v, a[i][0] == 'l' ? -1 : 1);
    else if (view_take_number(v, a[i], &cycle))
        put_cursor(v, cycle);
}

static void do_measure(struct view *v, int count, char **a)
{
    struct wish w = { .kind = WISH_MEASURE };

    (void)count;
    (void)a;
    if (!time_between(&v->time, &w.number, &w.until))
        view_wrong(v, "measure: set both cursors first (v, or a click)");
    else if (v->wish_count < VIEW_WISHES)
        v->wishes[v->wish_count++] = w;
}

/* ---- bookmarks -------------------------------------------------------------
 */

/* The first number that is no bookmark's name yet. */
static void next_name(struct time_view *t, char to[TIME_NAME])
{
    int n = 1;

    do
        snprintf(to, TIME_NAME, "m%d", n++);
    while (time_bookmark(t, to));
}

static void set_bookmark(struct view *v, const char *name, uint64_t cycle)
{
    struct time_view *t = &v->time;
    struct time_bookmark *b = time_bookmark(t, name);
    char text[32];

    if (!b && t->bookmark_count == TIME_BOOKMARKS) {
        view_wrong(v,
                   "bookmark: there are %d already; bookmark NAME off "
                   "forgets one",
                   TIME_BOOKMARKS);
        return;
    }
    if (!b)
        b = &t->bookmark[t->bookmark_count++];
    snprintf(b->name, sizeof b->name, "%s", name);
    b->cycle = cycle;
    grouped_number(cycle, text, sizeof text);
    view_notice(v, "bookmark %s: cycle %s; go %s comes back", name, text, name);
}

static void forget_bookmark(struct view *v, const char *name)
{
    struct time_view *t = &v->time;
    struct time_bookmark *b = time_bookmark(t, name);

    if (!b) {
        view_wrong(v, "bookmark: no %.20s is set", name);
        return;
    }
    *b = t->bookmark[--t->bookmark_count];
}

static void do_bookmark(struct view *v, int count, char **a)
{
    char name[TIME_NAME];
    uint64_t cycle = v->model->cycle;

    next_name(&v->time, name);
    if (count > 0 && (!isalpha((unsigned char)a[0][0]) || strlen(a[0]) < 2 ||
                      strlen(a[0]) >= TIME_NAME)) {
        view_wrong(v,
                   "bookmark %.20s: a name has 2 to %d characters and "
                   "begins with a letter",
                   a[0], TIME_NAME - 1);
        return;
    }
    if (count > 0)
        snprintf(name, sizeof name, "%s", a[0]);
    if (count > 1 && strcmp(a[1], "off") == 0)
        forget_bookmark(v, name);
    else if (count < 2 || view_take_number(v, a[1], &cycle))
        set_bookmark(v, name, cycle);
}

static int by_cycle(const void *a, const void *b)
{
    const struct time_bookmark *x = a, *y = b;

    return x->cycle < y->cycle ? -1 : x->cycle > y->cycle;
}

/* All of them, oldest first, over the panes. */
static void do_bookmarks(struct view *v, int count, char **a)
{
    struct time_view *t = &v->time;
    size_t used = 0;
    char cycle[32];

    (void)count;
    (void)a;
    if (t->bookmark_count == 0) {
        view_notice(v, "no bookmark yet: M, or bookmark NAME, sets one");
        return;
    }
    qsort(t->bookmark, (size_t)t->bookmark_count, sizeof t->bookmark[0],
          by_cycle);
    for (int i = 0; i < t->bookmark_count; i++) {
        grouped_number(t->bookmark[i].cycle, cycle, sizeof cycle);
        used += (size_t)snprintf(v->story + used, sizeof v->story - used,
                                 "%-*s cycle %s\n", TIME_NAME,
                                 t->bookmark[i].name, cycle);
    }
    snprintf(v->story + used, sizeof v->story - used,
             "\ngo NAME takes the machine there, also back.");
    snprintf(v->story_title, sizeof v->story_title, "bookmarks");
    v->overlay = OVERLAY_STORY;
    v->overlay_scroll = 0;
}

static void do_go(struct view *v, int count, char **a)
{
    struct time_view *t = &v->time;
    const struct time_bookmark *b = count > 0 ? time_bookmark(t, a[0]) : NULL;
    int c =
        count > 0 && strlen(a[0]) == 1 ? tolower((unsigned char)a[0][0]) : 0;

    if (count == 0)
        view_wrong(v, "go: to which bookmark, or cursor a or b?");
    else if (b)
        view_wish(v, WISH_CYCLE, b->cycle);
    else if ((c == 'a' || c == 'b') && t->cursor[c - 'a'].set)
        view_wish(v, WISH_CYCLE, t->cursor[c - 'a'].cycle);
    else
        view_wrong(v, "go %.20s: no such bookmark, and no cursor set", a[0]);
}

const struct view_word view_words_mark[] = {
    { "window", "[+|-|left|right] [CYCLE]",
      "timeline: less time, or more, about a cycle; earlier, later; nothing: "
      "all of it",
      do_window },
    { "lanes", "[domain|thread|hart]", "timeline: what a lane is", do_lanes },
    { "cursor", "[a|b] [CYCLE|now|left|right|off]",
      "timeline: puts a cursor there; nothing: takes the other one",
      do_cursor },
    { "measure", "",
      "counts exactly what lies between the cursors: the scenario is run again "
      "beside this run",
      do_measure },
    { "bookmark", "[NAME] [CYCLE|off]",
      "gives this cycle, or another, a name; off: forgets it", do_bookmark },
    { "bookmarks", "", "lists them", do_bookmarks },
    { "go", "NAME|a|b", "to a bookmark or a cursor, also back", do_go },
    { 0 },
};
