// SPDX-License-Identifier: Apache-2.0
/*
 * What the scenario asks of the view (Lua: lab{}): panes that are not shown,
 * commands that are locked, commands to begin with. A command that writes or
 * ends something is the user's alone.
 */
#include "viz/view/view.h"

#include <string.h>

static bool is_listed(const char list[LAB_WORDS][LAB_WORD], const char *name,
                      size_t n)
{
    for (int i = 0; i < LAB_WORDS && list[i][0]; i++)
        if (strlen(list[i]) == n && memcmp(list[i], name, n) == 0)
            return true;
    return false;
}

bool view_is_hidden(const struct view *v, enum pane_id id)
{
    return is_listed(v->model->lab.hide, panes[id].name,
                     strlen(panes[id].name));
}

bool view_is_locked(const struct view *v, const char *command)
{
    return !v->obeys_lab &&
           is_listed(v->model->lab.lock, command, strcspn(command, " "));
}

static bool is_pane(const char *name)
{
    for (int i = 0; i < PANE_COUNT; i++)
        if (strcmp(panes[i].name, name) == 0)
            return true;
    return false;
}

static bool is_word(const char *name)
{
    for (int i = 0; view_word(i); i++)
        if (strcmp(view_word(i), name) == 0)
            return true;
    return false;
}

/* Says the first name that is none. */
static void check_names(struct view *v)
{
    const struct lab *l = &v->model->lab;

    for (int i = 0; i < LAB_WORDS && l->hide[i][0]; i++)
        if (!is_pane(l->hide[i]))
            view_notice(v, "the scenario hides a pane that is none: %.30s",
                        l->hide[i]);
    for (int i = 0; i < LAB_WORDS && l->lock[i][0]; i++)
        if (!is_word(l->lock[i]))
            view_notice(v, "the scenario locks a command that is none: %.30s",
                        l->lock[i]);
}

static bool is_only_the_users(const char *command)
{
    return strncmp(command, "sc", 2) == 0 || strncmp(command, "q", 1) == 0 ||
           strncmp(command, "cop", 3) == 0; /* screenshot, quit, copy */
}

void view_follow_lab(struct view *v)
{
    const struct lab *l = &v->model->lab;

    if (l->serial <= v->lab_serial)
        return;
    v->lab_serial = l->serial;
    if (l->started - v->lab_started > LAB_WORDS)
        v->lab_started = l->started - LAB_WORDS;
    v->obeys_lab = true;
    for (; v->lab_started < l->started; v->lab_started++) {
        const char *command = l->start[v->lab_started % LAB_WORDS];
        if (!is_only_the_users(command))
            view_command(v, command);
    }
    v->obeys_lab = false;
    check_names(v);
    if (view_is_hidden(v, v->focus) || v->zoomed)
        view_focus_next(v, 1);
}
