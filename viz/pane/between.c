// SPDX-License-Identifier: Apache-2.0
/*
 * What happened between two cursors of the timeline. Cycles and time are exact;
 * the counters are known where samples were taken, so between two of them the
 * text says "at least to at most". A ruler (runner/beside.c) counts exactly.
 */
#include "viz/pane/timeline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *to;
    size_t room, used;
};

PRINTF_LIKE(2, 3)
static void add(struct text *t, const char *format, ...)
{
    va_list list;

    if (t->used >= t->room)
        return;
    va_start(list, format);
    t->used +=
        (size_t)vsnprintf(t->to + t->used, t->room - t->used, format, list);
    va_end(list);
}

/* "12", or "12 to 19". */
static void add_count(struct text *t, uint64_t least, uint64_t most)
{
    char text[32];

    grouped_number(least, text, sizeof text);
    add(t, "%s", text);
    if (most == least)
        return;
    grouped_number(most, text, sizeof text);
    add(t, " to %s", text);
}

/* False: not all of it is known exactly. */
static bool add_counts(struct text *t, const struct model *m,
                       const struct sample *least, const struct sample *most)
{
    bool exact = least->instructions == most->instructions &&
                 least->switches == most->switches;
    const char *before = " Misses: ";

    add_count(t, least->instructions, most->instructions);
    add(t, " instructions, ");
    add_count(t, least->switches, most->switches);
    add(t, most->switches == 1 ? " switch." : " switches.");
    for (int u = 0; u < UNIT_COUNT; u++) {
        if (m->units[u].hits + m->units[u].misses == 0)
            continue;
        add(t, "%s%s ", before, m->units[u].name);
        add_count(t, least->misses[u], most->misses[u]);
        exact &= least->misses[u] == most->misses[u];
        before = ", ";
    }
    if (strcmp(before, ", ") == 0)
        add(t, ".");
    return exact;
}

static void add_ruler(struct text *t, const struct ruler *r)
{
    if (r->state == RULER_COUNTED)
        add(t, " Counted exactly, by running the scenario again.");
    else if (r->state == RULER_FAILED)
        add(t, " Cannot count: %s", r->why);
    else
        add(t, " Counting exactly: %llu%% of the way ...",
            (unsigned long long)(r->to ? r->at * 100 / r->to : 0));
}

static void add_samples(struct text *t, const struct model *m)
{
    char spacing[32];

    grouped_number(m->sample_spacing, spacing, sizeof spacing);
    add(t,
        " At least to at most: the counters were sampled every %s cycles "
        "or more; i counts exactly.",
        spacing);
}

static void between(struct text *t, const struct model *m, uint64_t from,
                    uint64_t to)
{
    const struct ruler *r = &m->ruler;
    bool ours = r->state != RULER_NONE && r->from == from && r->to == to;
    struct sample least, most;
    char cycles[32], time[32];

    grouped_number(to - from, cycles, sizeof cycles);
    time_text(to - from, m->core_hz, time, sizeof time);
    add(t, "Between the cursors: %s cycles", cycles);
    if (m->core_hz)
        add(t, " = %s at %llu MHz", time,
            (unsigned long long)(m->core_hz / 1000000));
    if (m->sample_count == 0) {
        add(t, ". The counters in between were not recorded.");
        return;
    }
    add(t, ", ");
    model_between(m, from, to, &least, &most);
    if (ours && r->state == RULER_COUNTED)
        least = most = r->counted;
    bool exact = add_counts(t, m, &least, &most);
    if (ours)
        add_ruler(t, r);
    else if (!exact)
        add_samples(t, m);
}

void pane_between_text(const struct model *m, const struct time_view *t,
                       char *to, size_t room)
{
    struct text text = { to, room, 0 };
    uint64_t first, last;
    int set = t->cursor[0].set ? 0 : 1;
    char cycle[32];

    *to = 0;
    if (time_between(t, &first, &last)) {
        between(&text, m, first, last);
    } else if (t->cursor[set].set) {
        grouped_number(t->cursor[set].cycle, cycle, sizeof cycle);
        add(&text, "Cursor %c: cycle %s. { } move it; v sets the other one.",
            'A' + set, cycle);
    }
}
