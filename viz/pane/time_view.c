// SPDX-License-Identifier: Apache-2.0
/* See pane/time_view.h. */
#include "viz/pane/time_view.h"

#include <string.h>

enum { LEAST_SPAN = 32 };

const char *const lane_names[LANE_KINDS] = { "domain", "thread", "hart" };

/* All that is kept: from the oldest moment to now. */
static struct time_window all_of(const struct model *m)
{
    uint64_t oldest =
        m->moment_count > MODEL_MOMENTS ? m->moment_count - MODEL_MOMENTS : 0;
    const struct moment *begin = model_moment(m, oldest);
    uint64_t first = begin ? begin->cycle : 0;

    return (struct time_window){ first,
                                 m->cycle > first ? m->cycle : first + 1 };
}

struct time_window time_window(const struct time_view *t, const struct model *m)
{
    struct time_window all = all_of(m), w = all;

    if (t->span == 0 || t->span >= all.last - all.first)
        return all;
    if (t->last && t->last < all.last)
        w.last = t->last;
    if (w.last < all.first + t->span)
        w.last = all.first + t->span;
    w.first = w.last - t->span;
    return w;
}

/* Shows `span` cycles from `first` on, as far as there are any. */
static void show(struct time_view *t, const struct model *m, uint64_t first,
                 uint64_t span)
{
    struct time_window all = all_of(m);

    t->span = span >= all.last - all.first ? 0 : span;
    t->last = first + span >= all.last ? 0 : first + span;
}

void time_zoom(struct time_view *t, const struct model *m, bool in,
               uint64_t about)
{
    struct time_window w = time_window(t, m);
    uint64_t span = w.last - w.first;
    uint64_t part = about > w.first ? about - w.first : 0;

    if (in && span / 2 < LEAST_SPAN)
        return;
    part = part < span ? part : span;
    if (in)
        show(t, m, w.first + part - part / 2, span / 2);
    else
        show(t, m, w.first > part ? w.first - part : 0, span * 2);
}

void time_pan(struct time_view *t, const struct model *m, int eighths)
{
    struct time_window w = time_window(t, m);
    uint64_t span = w.last - w.first, by = span / 8;

    if (t->span == 0)
        return;
    by *= (uint64_t)(eighths < 0 ? -eighths : eighths);
    if (eighths > 0)
        show(t, m, w.first + by, span);
    else
        show(t, m, w.first > by ? w.first - by : 0, span);
}

uint64_t time_centre(const struct time_view *t, const struct model *m)
{
    struct time_window w = time_window(t, m);
    const struct time_cursor *c = &t->cursor[t->active];

    if (c->set && c->cycle >= w.first && c->cycle <= w.last)
        return c->cycle;
    return w.last >= m->cycle ? w.last : w.first + (w.last - w.first) / 2;
}

struct time_bookmark *time_bookmark(struct time_view *t, const char *name)
{
    for (int i = 0; i < t->bookmark_count; i++)
        if (strcmp(t->bookmark[i].name, name) == 0)
            return &t->bookmark[i];
    return NULL;
}

bool time_between(const struct time_view *t, uint64_t *from, uint64_t *to)
{
    uint64_t a = t->cursor[0].cycle, b = t->cursor[1].cycle;

    *from = a < b ? a : b;
    *to = a < b ? b : a;
    return t->cursor[0].set && t->cursor[1].set;
}
