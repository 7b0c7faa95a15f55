// SPDX-License-Identifier: Apache-2.0
/*
 * What the scenario and the guest have printed, newest at the bottom.
 */
#include "viz/pane.h"

#include <stdio.h>

struct pane_extent pane_console_draw(struct canvas *c, const struct model *m,
                                     const struct pane_view *v)
{
    uint64_t kept =
        m->console_lines < MODEL_CONSOLE ? m->console_lines : MODEL_CONSOLE;
    uint64_t first = m->console_lines - kept;
    int height = c->box.height, count = (int)kept;
    int top = count > height ? count - height - v->scroll : 0;

    top = top < 0 ? 0 : top;
    for (int y = 0; y < height && top + y < count; y++)
        canvas_text(c, 0, y, STYLE_TEXT,
                    model_console_line(m, first + (uint64_t)(top + y)));
    if (count == 0)
        canvas_text(c, 0, 0, STYLE_DIM, "nothing printed yet");
    return (struct pane_extent){ count, height };
}

void pane_console_title(const struct model *m, char *to, size_t room)
{
    if (m->checks_passed + m->checks_failed == 0)
        snprintf(to, room, "%s", "");
    else if (m->checks_failed)
        snprintf(to, room, "%u ok, %u FAILED", m->checks_passed,
                 m->checks_failed);
    else
        snprintf(to, room, "%u checks ok", m->checks_passed);
}
