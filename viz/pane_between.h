/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timeline's text about its cursors: pane_timeline.c draws the rest.
 */
#pragma once

#include "viz/pane.h"

/* What lies between the two cursors, or where the one is; "" = none is set. */
void pane_between_text(const struct model *m, const struct time_view *t,
                       char *to, size_t room);
