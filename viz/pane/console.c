// SPDX-License-Identifier: Apache-2.0
/*
 * What the scenario and the guest have printed, newest at the bottom.
 */
#include "viz/pane/pane.h"

#include <stdio.h>

/* Lines of the pane that a line of the console takes. */
static int height_of(struct canvas *c, const char *line)
{
    int lines = pane_lines(c, line);

    return lines > 0 ? lines : 1;
}

struct pane_extent pane_console_draw(struct canvas *c, const struct model *m,
                                     const struct pane_view *v)
{
    uint64_t kept =
        m->console_lines < MODEL_CONSOLE ? m->console_lines : MODEL_CONSOLE;
    uint64_t first = m->console_lines - kept;
    int height = c->box.height, lines = 0, y;

    for (uint64_t i = 0; i < kept; i++)
        lines += height_of(c, model_console_line(m, first + i));
    y = lines > height ? height - lines + v->scroll : 0;
    y = y > 0 ? 0 : y;
    for (uint64_t i = 0; i < kept && y < height; i++) {
        const char *line = model_console_line(m, first + i);
        int n = height_of(c, line);
        if (y + n > 0)
            canvas_wrap(c, y, 0, STYLE_TEXT, line);
        y += n;
    }
    if (kept == 0)
        canvas_text(c, 0, 0, STYLE_DIM, "nothing printed yet");
    return (struct pane_extent){ lines, height };
}

void pane_console_title(const struct model *m, const struct pane_view *v,
                        char *to, size_t room)
{
    (void)v;
    if (m->checks_passed + m->checks_failed == 0)
        snprintf(to, room, "%s", "");
    else if (m->checks_failed)
        snprintf(to, room, "checks: %u ok, %u FAILED", m->checks_passed,
                 m->checks_failed);
    else
        snprintf(to, room, "checks: %u ok", m->checks_passed);
}
