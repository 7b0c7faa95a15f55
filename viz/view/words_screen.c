// SPDX-License-Identifier: Apache-2.0
/*
 * Commands about the screen itself: which panes are on it, how large, in which
 * colours; and those that the front end obeys.
 */
#include "viz/view/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool find_pane(struct view *v, const char *name)
{
    for (int i = 0; i < PANE_COUNT; i++)
        if (strncasecmp(panes[i].name, name, strlen(name)) == 0) {
            view_focus(v, (enum pane_id)i);
            return true;
        }
    view_wrong(v, "pane %.40s: no such pane; help lists them", name);
    return false;
}

static void do_pane(struct view *v, int count, char **a)
{
    uint64_t lines = 0;

    if (count == 0)
        view_wrong(v, "pane: which one? Tab lists them");
    else if (count > 1 &&
             (!view_take_number(v, a[1], &lines) || lines == 0 || lines > 1000))
        view_wrong(v, "show %.40s %.40s: expected 1 to 1000 lines", a[0], a[1]);
    else if (find_pane(v, a[0]))
        v->show_lines = (int)lines;
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
    view_wrong(v, "set: 1 to %d", VIEW_SETS);
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

static void do_border(struct view *v, int count, char **a)
{
    bool upright = count > 0 && (a[0][0] == 'l' || a[0][0] == 'r');

    if (count == 0 || !strchr("lrud", a[0][0]))
        view_wrong(v, "border left|right|up|down");
    else
        view_move_border(v, upright,
                         a[0][0] == 'l'   ? -2
                         : a[0][0] == 'r' ? 2
                         : a[0][0] == 'u' ? -1
                                          : 1);
}

static void do_help(struct view *v, int count, char **a)
{
    if (count > 0 && !find_pane(v, a[0]))
        return;
    v->overlay = OVERLAY_HELP;
    v->overlay_scroll = 0;
}

static void do_theme(struct view *v, int count, char **a)
{
    if (v->scale == 0)
        view_wrong(v, "the terminal has its own colours");
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
        view_wrong(v, "the terminal has its own letters");
        return;
    }
    while (i < n - 1 && steps[i] < v->scale)
        i++;
    if (count > 0 && a[0][0] == '+')
        v->scale = steps[i < n - 1 && steps[i] <= v->scale ? i + 1 : i];
    else if (count > 0 && a[0][0] == '-')
        v->scale = steps[i > 0 ? i - 1 : 0];
    else if (count > 0 && view_take_number(v, a[0], &wanted) && wanted >= 75 &&
             wanted <= 300)
        v->scale = (int)wanted;
    else
        view_wrong(v, "scale: 75 to 300 (percent), + or -");
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

const struct view_word view_words_screen[] = {
    { "pane", "NAME", "shows a pane", do_pane },
    { "show", "NAME [LINES]", "the same; without a screen, so many lines of it",
      do_pane },
    { "set", "N", "shows a set of panes", do_set },
    { "zoom", "", "one pane on the whole screen, and back", do_zoom },
    { "next", "[-]", "the next pane of the set; -: the previous one", do_next },
    { "border", "left|right|up|down", "moves the pane's border", do_border },
    { "theme", "[dark|light]", "colours of the window", do_theme },
    { "scale", "+|-|N", "size of everything in the window, percent", do_scale },
    { "screenshot", "[FILE]", "a picture: .png .svg .pdf .txt", do_screenshot },
    { "redraw", "", "draws the screen again", do_redraw },
    { "help", "[PANE]", "about the pane that has the keys, or that one",
      do_help },
    { "quit", "", "ends the program", do_quit },
    { 0 },
};
