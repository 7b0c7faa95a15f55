/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the address space that the map shows: pane_view.first to last,
 * both included; 0, 0 = no part: segments in order. From a page to all 2^64
 * bytes. Arithmetic only; pane_map*.c draw.
 */
#pragma once

#include "viz/pane/pane.h"

enum { SPACE_LEAST = 4096 }; /* bytes */

bool space_is_scaled(const struct pane_view *v);
/* All segments, with some air; without any, the user half. */
void space_fit(const struct model *m, struct pane_view *v);
/* All of it. */
void space_all(struct pane_view *v);
/* A range and what is around it. */
void space_show(const struct model *m, struct pane_view *v, uint64_t va,
                uint64_t bytes);
/* by > 0: half of it, else twice; what is at `at` (0 to 1) stays there. */
void space_zoom(const struct model *m, struct pane_view *v, int by, double at);
/* By a share of its width; > 0: to higher addresses. */
void space_pan(const struct model *m, struct pane_view *v, double by);
/* Where an address is across `cells`, may be outside. */
double space_x(const struct pane_view *v, uint64_t va, double cells);

/* Where an address is on a strip of all 2^64, 0 to 1: both halves by the number
 * of bits it takes, between them the hole that no address has. bits: of an
 * address of the user half. */
double space_strip(uint64_t va, unsigned bits);
