/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plotter: a plot description (JSON, docs/plots.md) becomes a picture.
 * sim/json_read.c reads JSON strictly, plot_spec.c turns it into these structs,
 * plot_draw.c draws them with cairo. Nothing here knows the machine: whatever
 * a scenario measured is in the description.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/json_read.h"

/* ---- plot_spec.c: what is to be drawn ---------------------------------- */

enum plot_kind { PLOT_LINES, PLOT_STACKED_BARS };
enum plot_scale { SCALE_LINEAR, SCALE_LOG2 };

struct plot_point {
    double x, y;
};

struct plot_series {
    char *name;
    struct plot_point *point;
    size_t count;
};

struct plot_part {
    char *name;
    double value;
};

struct plot_group {
    char *label;
    struct plot_part *part;
    size_t count;
};

struct plot_axis {
    char *label;
    enum plot_scale scale; /* x of lines only */
    double *tick;          /* NULL = chosen */
    size_t tick_count;
};

struct plot_panel {
    char *title;
    enum plot_kind kind;
    struct plot_axis x, y;
    struct plot_series *series; /* PLOT_LINES */
    size_t series_count;
    struct plot_group *group; /* PLOT_STACKED_BARS */
    size_t group_count;
};

struct plot {
    char *title, *subtitle;
    struct plot_panel *panel;
    size_t panel_count;
    char **note;
    size_t note_count;
    int width, height; /* points */
};

/* Reads and checks a description. Free with plot_free, also after failure. */
MUST_CHECK
bool plot_parse(struct plot *p, const char *name, const char *text,
                size_t bytes, struct err *err);
void plot_free(struct plot *p);

/* ---- plot_draw.c -------------------------------------------------------- */

/* Draws to a file; the ending chooses .svg, .png or .pdf; "-" = SVG to stdout.
 * The same description gives the same bytes. */
MUST_CHECK
bool plot_write(const struct plot *p, const char *path, struct err *err);
