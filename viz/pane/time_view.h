/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which part of time the timeline shows, and what the user has put into it: two
 * cursors and named bookmarks. Cycles are those of the machine that is looked
 * at. view/words_mark.c changes it, pane/timeline.c and pane/between.c draw it.
 */
#pragma once

#include "viz/model/model.h"

enum lane_kind { LANES_DOMAIN, LANES_THREAD, LANES_HART, LANE_KINDS };
extern const char *const lane_names[LANE_KINDS]; /* "domain" ... */

enum { TIME_BOOKMARKS = 16, TIME_NAME = 16, TIME_CURSORS = 2 };

struct time_bookmark {
    char name[TIME_NAME];
    uint64_t cycle;
};

struct time_cursor {
    bool set;
    uint64_t cycle;
};

struct time_view {
    uint64_t span; /* cycles shown; 0 = all that are kept */
    uint64_t last; /* the newest one shown; 0 = now, whenever that is */
    enum lane_kind lanes;
    struct time_cursor cursor[TIME_CURSORS]; /* A and B */
    int active;                              /* the cursor that moves */
    struct time_bookmark bookmark[TIME_BOOKMARKS];
    int bookmark_count;
};

/* Cycles that are shown, first < last. */
struct time_window {
    uint64_t first, last;
};

struct time_window time_window(const struct time_view *t,
                               const struct model *m);
/* Half as many cycles (in), or twice as many, the cycle `about` staying where
 * it is. */
void time_zoom(struct time_view *t, const struct model *m, bool in,
               uint64_t about);
/* Moves the window by so many eighths of it; < 0: into the past. */
void time_pan(struct time_view *t, const struct model *m, int eighths);
/* What keys zoom about: the active cursor where it is seen, else the end when
 * that is now, else the middle. */
uint64_t time_centre(const struct time_view *t, const struct model *m);
/* The bookmark with this name, or NULL. */
struct time_bookmark *time_bookmark(struct time_view *t, const char *name);
/* Both cursors, the earlier one first. False: they are not both set. */
bool time_between(const struct time_view *t, uint64_t *from, uint64_t *to);
