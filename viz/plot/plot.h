/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plotter: a plot description (JSON, docs/plots.md) becomes a picture.
 * sim/json_read.c reads JSON strictly, plot/spec.c turns it into these structs,
 * plot/draw.c draws them with cairo. Nothing here knows the machine: whatever
 * a scenario measured is in the description.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/json_read.h"

/* ---- plot/spec.c: what is to be drawn ---------------------------------- */

enum plot_kind { PLOT_LINES, PLOT_STACKED_BARS };
enum plot_scale { SCALE_LINEAR, SCALE_LOG2, SCALE_LOG10 };
/* "linear", "log2", "log10". False: no such scale. */
MUST_CHECK
bool plot_scale_named(const char *name, enum plot_scale *scale);

enum { PLOT_NAMES = 64 }; /* lines, bars or kinds of parts in a panel */

struct plot_point {
    double x, y;
};

struct plot_series {
    char *name;
    struct plot_point *point;
    size_t count;
    size_t mark, dash; /* what tells it from the others (plot/mark.c) */
};

struct plot_part {
    char *name;
    double value;
};

struct plot_group {
    char *label;
    size_t plain; /* bytes of the label that do not name the run (overlay) */
    struct plot_part *part;
    size_t count;
};

struct plot_axis {
    char *label;
    enum plot_scale scale; /* of lines only */
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
    char *font;        /* family; NULL = DejaVu Sans */
};

/* Reads and checks a description. Free with plot_free, also after failure. */
MUST_CHECK
bool plot_parse(struct plot *p, const char *name, const char *text,
                size_t bytes, struct err *err);
/* Changes an axis of every panel of lines: 'x' or 'y'. False: its numbers do
 * not fit that scale, *err says which, of the file `name`. */
MUST_CHECK
bool plot_rescale(struct plot *p, char axis, enum plot_scale scale,
                  const char *name, struct err *err);
void plot_free(struct plot *p);

/* ---- plot/overlay.c: several runs of one experiment ---------------------- */

/*
 * Makes one plot of `count` (1 or more) plots of the same experiment (panels
 * with the same titles and kinds): lines and bars of each with the run's label.
 * They move into the first plot; the others are emptied. False: *err says what
 * differs; all must still be freed.
 */
MUST_CHECK
bool plot_overlay(struct plot *runs, const char *const *labels, size_t count,
                  struct err *err);

/* ---- plot/draw.c -------------------------------------------------------- */

/* Draws to a file; the ending chooses .svg, .png or .pdf; "-" = SVG to stdout.
 * The same description gives the same bytes. */
MUST_CHECK
bool plot_write(const struct plot *p, const char *path, struct err *err);
