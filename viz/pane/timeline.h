/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the timeline share: pane/timeline.c (lanes),
 * pane/timeline_axis.c (axis, cursors, bookmarks), pane/between.c (the text
 * about what lies between the cursors).
 */
#pragma once

#include "viz/pane/pane.h"

enum { TIMELINE_CELLS = 1024 }; /* of a pane's width, at most */

/* The part of time that is drawn, and its place on the pane. */
struct timeline {
    const struct model *m;
    const struct time_view *time;
    struct time_window window;
    const struct time_track *track; /* of this run, or of the other one */
    int64_t shift; /* its cycles are so many ahead of the window's */
    int x, width;  /* cells */
    int lane[MODEL_LANES], count, skip, pitch;
};

/* Where a cycle stands; beyond an end of the window: at that end. */
double timeline_x(const struct timeline *f, uint64_t cycle);
/* Is any of it in the window? */
bool timeline_touches(const struct timeline *f, uint64_t from, uint64_t until);
bool timeline_sees(const struct timeline *f, uint64_t cycle);
/* Cell of a cycle that is seen. */
int timeline_cell(const struct timeline *f, uint64_t cycle);

/* Upright lines at the cursors, over the box; only in this run's lanes. */
void timeline_draw_cursors(struct canvas *c, const struct timeline *f);
/* A and B, then the names of the bookmarks, below their cycles. */
void timeline_draw_flags(struct canvas *c, const struct timeline *f, int y);
void timeline_draw_axis(struct canvas *c, const struct timeline *f, int y);
/* A click on a column puts the active cursor there. */
void timeline_make_zones(struct canvas *c, const struct timeline *f,
                         int height);

/* What lies between the two cursors, or where the one is; "" = none is set. */
void pane_between_text(const struct model *m, const struct time_view *t,
                       char *to, size_t room);
