// SPDX-License-Identifier: Apache-2.0
/*
 * The story of the last fault, or of an earlier one (arrows): who, where, what,
 * which rule refused it, and what was known of the right. The sentences are
 * sim/story.c's.
 */
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

/* The n-th newest event that has a story, 0 = the last; NULL = none. */
static const struct event_row *nth_story(const struct model *m, int n)
{
    for (uint64_t s = m->event_count; s-- > 0;) {
        const struct event_row *e = model_event(m, s);
        if (!e)
            break;
        if (e->story && model_story(m, e) && n-- == 0)
            return e;
    }
    return NULL;
}

static int count_stories(const struct model *m)
{
    int n = 0;

    while (nth_story(m, n))
        n++;
    return n;
}

struct pane_extent pane_story_draw(struct canvas *c, const struct model *m,
                                   const struct pane_view *v)
{
    int count = count_stories(m), y;
    const struct event_row *e = nth_story(m, v->scroll);
    struct box whole = c->box;
    char cycle[32];

    if (!e) {
        canvas_wrap(c, 0, 0, STYLE_DIM,
                    "No fault yet. When an access is refused and the kernel "
                    "gives up on it, its story is told here.");
        return (struct pane_extent){ 1, c->box.height };
    }
    grouped_number(e->cycle, cycle, sizeof cycle);
    canvas_print(c, 0, 0, STYLE_FAULT, "F %s", e->domain);
    canvas_print(c, c->box.width - text_cells(cycle) - 6, 0, STYLE_DIM,
                 "cycle %s", cycle);
    c->box.y++;
    c->box.height--;
    y = canvas_wrap(c, 0, 0, STYLE_TEXT, model_story(m, e));
    c->box = whole;
    if (count > 1)
        canvas_print(c, 0, y + 2, STYLE_DIM, "%d of %d; arrows: %s",
                     count - v->scroll, count, "earlier, later");
    return (struct pane_extent){ count + whole.height - 1, whole.height };
}

void pane_story_title(const struct model *m, const struct pane_view *v,
                      char *to, size_t room)
{
    int count = count_stories(m);

    (void)v;
    *to = 0;
    if (count)
        snprintf(to, room, "%d %s", count, count == 1 ? "story" : "stories");
}
