/* SPDX-License-Identifier: Apache-2.0 */
/* On a screen, no letter stands on another, and none leaves it. */
#pragma once

#include "viz/canvas/canvas.h"

/* Fails the test otherwise; `what` is said then. */
void check_overlap(const struct canvas *c, const char *what);
