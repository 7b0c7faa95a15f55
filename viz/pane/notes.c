// SPDX-License-Identifier: Apache-2.0
/*
 * What the scenario says about itself, and the lines of it that check
 * something, ticked as they are reached.
 */
#include "viz/canvas/markdown.h"
#include "viz/pane/pane.h"

#include <stdio.h>
#include <string.h>

static int draw_check(struct canvas *c, int y, const struct check_row *r)
{
    const char *sign = r->failed ? "F" : r->passed ? "✓" : "○";
    enum style style = r->failed   ? STYLE_FAULT
                       : r->passed ? STYLE_HIT
                                   : STYLE_DIM;
    char times[24] = "";
    int room = c->box.width - 4;

    if (r->passed + r->failed > 1)
        snprintf(times, sizeof times, "%ux", r->passed + r->failed);
    room -= text_cells(times) ? text_cells(times) + 1 : 0;
    canvas_text(c, 1, y, style, sign);
    canvas_print(c, 3, y, r->passed || r->failed ? STYLE_TEXT : STYLE_DIM,
                 "%.*s", room > 0 ? room : 0, r->text);
    canvas_right(c, c->box.width, y, STYLE_DIM, times);
    return y + 1;
}

struct pane_extent pane_notes_draw(struct canvas *c, const struct model *m,
                                   const struct pane_view *v)
{
    int lines = markdown_draw(c, 0, v->scroll, m->notes), y;
    int all = lines + (m->check_count ? m->check_count + 2 : 0);

    y = lines - v->scroll + 1;
    if (m->check_count)
        canvas_text(c, 0, y++, STYLE_STRONG, "It checks that:");
    for (int i = 0; i < m->check_count; i++)
        y = draw_check(c, y, &m->checks[i]);
    if (!m->notes[0] && !m->check_count)
        canvas_text(c, 0, 0, STYLE_DIM, "the scenario says nothing of itself");
    return (struct pane_extent){ all, c->box.height };
}

void pane_notes_title(const struct model *m, const struct pane_view *v,
                      char *to, size_t room)
{
    int reached = 0, failed = 0;

    (void)v;
    for (int i = 0; i < m->check_count; i++) {
        reached += m->checks[i].passed > 0;
        failed += m->checks[i].failed > 0;
    }
    *to = 0;
    if (failed)
        snprintf(to, room, "%d of %d checks reached, %d FAILED",
                 reached + failed, m->check_count, failed);
    else if (m->check_count)
        snprintf(to, room, "%d of %d checks reached", reached, m->check_count);
}
