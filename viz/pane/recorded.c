// SPDX-License-Identifier: Apache-2.0
/*
 * Panes of a recorded trace: most are those of a live machine; what a trace
 * does not say is told in words, with how to see it all the same.
 */
#include "viz/pane/pane.h"

#include <stdio.h>

/* What is missing, by pane; NULL = the pane can show a trace. */
static const char *const missing[PANE_COUNT] = {
    [PANE_SCOPE] = "the stages of an access",
    [PANE_TLB] = "what the TLBs hold",
    [PANE_PROTECTION] = "what the protection unit holds",
    [PANE_CACHES] = "what the caches hold, and their hits",
    [PANE_LEDGER] = "where each cycle was charged",
    [PANE_RATIOS] = "how many look-ups hit",
    [PANE_COMPARE] = "a second run beside this one",
    [PANE_CONSOLE] = "what was printed",
    [PANE_GRAPH] = "the machine's state as a graph",
};

/* A sentence; false: the pane can be drawn. */
static bool tells_missing(const struct model *m, enum pane_id id, char *to,
                          size_t room)
{
    if (!m->recorded)
        return false;
    if (missing[id])
        snprintf(to, room,
                 "Not in the trace: %s. Open the scenario that was recorded, "
                 "at this moment: opalite tui FILE.lua --at cycle:%llu",
                 missing[id], (unsigned long long)m->cycle);
    else if ((id == PANE_CODE || id == PANE_REGISTERS) && !m->recorded_steps)
        snprintf(to, room,
                 "Not in the trace: instructions. Record it with --trace-steps "
                 "to see them here.");
    else
        return false;
    return true;
}

/* A switch in a line: a trace knows what it cost, not by phase. */
static void draw_switch(struct canvas *c, int y, const struct switch_row *s,
                        uint64_t most)
{
    char cycle[32];

    grouped_number(s->cycle, cycle, sizeof cycle);
    canvas_right(c, 12, y, STYLE_DIM, cycle);
    canvas_print(c, 13, y, STYLE_TEXT, "%.7s→%.7s", s->from, s->to);
    canvas_print(c, 29, y, STYLE_STRONG, "%7llu %6llu",
                 (unsigned long long)s->direct, (unsigned long long)s->late);
    if (c->box.width > 50)
        canvas_bar(c, 45, y, STYLE_KERNEL, c->box.width - 45,
                   s->direct + s->late, most);
}

static struct pane_extent draw_switches(struct canvas *c, const struct model *m,
                                        const struct pane_view *v)
{
    int shown = c->box.height - 1;
    uint64_t most = 1;

    for (int i = 0; i < m->switch_count; i++)
        if (m->switches[i].direct + m->switches[i].late > most)
            most = m->switches[i].direct + m->switches[i].late;
    canvas_text(c, 0, 0, STYLE_DIM,
                "       cycle from→to           direct   late");
    for (int i = 0; i < shown && i + v->scroll < m->switch_count; i++)
        draw_switch(c, i + 1, &m->switches[i + v->scroll], most);
    return (struct pane_extent){ m->switch_count, shown > 0 ? shown : 0 };
}

struct pane_extent pane_draw(struct canvas *c, const struct model *m,
                             const struct pane_view *v, enum pane_id id)
{
    char text[300];

    if (tells_missing(m, id, text, sizeof text)) {
        int lines = canvas_wrap(c, 0, v->scroll, STYLE_DIM, text);
        return (struct pane_extent){ lines, c->box.height };
    }
    if (m->recorded && id == PANE_SWITCHES)
        return draw_switches(c, m, v);
    return panes[id].draw(c, m, v);
}

void pane_title(const struct model *m, const struct pane_view *v,
                enum pane_id id, char *to, size_t room)
{
    char text[300];

    *to = 0;
    if (tells_missing(m, id, text, sizeof text))
        snprintf(to, room, "not in the trace");
    else if (m->recorded && id == PANE_SWITCHES)
        snprintf(to, room, "%llu so far",
                 (unsigned long long)m->switch_total.count);
    else
        panes[id].title(m, v, to, room);
}
