// SPDX-License-Identifier: Apache-2.0
/*
 * Commands about another run beside this one. Only the runner opens it, so what
 * is wrong with the words is said in the last line of the screen.
 */
#include "viz/view/words.h"

#include <stdio.h>
#include <string.h>

/* The personality to compare with when none is named: the other world. */
static const char *other_world(const struct model *m)
{
    return m->one_space ? "mas-asid" : "rplb";
}

static void wish(struct view *v, int count, char **a)
{
    struct wish w = { .kind = WISH_COMPARE };
    size_t used = 0;

    if (count == 0)
        snprintf(w.text, sizeof w.text, "%s", other_world(v->model));
    for (int i = 0; i < count && used < sizeof w.text; i++)
        used += (size_t)snprintf(w.text + used, sizeof w.text - used, "%s%s",
                                 used ? " " : "", a[i]);
    if (v->wish_count < VIEW_WISHES)
        v->wishes[v->wish_count++] = w;
}

static void beside(struct view *v, int count, char **a, enum pane_id pane)
{
    enum other_state now = v->model->other.state;

    if (count > 0 || now == OTHER_NONE || now == OTHER_FAILED)
        wish(v, count, a);
    if (count == 0 || strcmp(a[0], "off") != 0)
        view_focus(v, pane);
}

static void do_compare(struct view *v, int count, char **a)
{
    beside(v, count, a, PANE_COMPARE);
}

static void do_ghost(struct view *v, int count, char **a)
{
    beside(v, count, a, PANE_SWITCHES);
}

const struct view_word view_words_compare[] = {
    { "compare", "[PERSONALITY|KEY=VALUE|MACHINE ...|off]",
      "runs the scenario once more beside this run, with that changed, always "
      "to the same point of the program; nothing: the other kind of protection",
      do_compare },
    { "ghost", "[the same]",
      "compare, shown as outlines behind the bars of the switches", do_ghost },
    { 0 },
};
