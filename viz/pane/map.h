/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two drawings of the map: segments in order (pane/map.c) and a part of the
 * space to scale (pane/map_scale.c), under one strip of the whole.
 */
#pragma once

#include "viz/pane/pane.h"

enum { MAP_LABEL = 12 }; /* cells of a lane's name */

/* A lane's name, on its line; click: that domain. */
void map_lane_name(struct canvas *c, const struct model *m,
                   const struct pane_view *v, int d, int y);
/* The segment domain row d sees at exactly this address, -1 = none. */
int map_segment_at(const struct model *m, int d, uint64_t address);
/* A zone that selects a segment. */
void map_segment_zone(struct canvas *c, const struct segment_row *s, int x,
                      int y, int width, int height);
/* Lines 0.. of the box below; the extent of the whole pane. */
struct pane_extent map_draw_scaled(struct canvas *c, const struct model *m,
                                   const struct pane_view *v, int y);
