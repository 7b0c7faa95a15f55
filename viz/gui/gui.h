/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The window: what gui/main.c reads from the command line, and who does it:
 * gui/window.c (SDL, live) or gui/picture.c (no display, one picture).
 */
#pragma once

#include "viz/arguments.h"
#include "viz/canvas/cairo.h"
#include "viz/view/view.h"

struct gui_arguments {
    struct session_arguments run;
    struct view_arguments view;
    const struct command *command;
    int width, height; /* pixels */
    const char *theme; /* NULL = as remembered */
    int scale;         /* percent; 0 = as remembered */
    const char *panel; /* NULL = none */
    const char *keys;  /* obeyed first; NULL = none */
    const char *picture;
    const char *dump; /* the window's text goes there; NULL = nowhere */
    bool quit_at_end;
};

/* Applies theme, scale and panel to a view. False: no such panel. */
MUST_CHECK
bool gui_prepare(const struct gui_arguments *a, struct view *v,
                 struct err *err);
/* Runs to the moment, draws one picture; the program's exit code. */
int gui_picture(const struct gui_arguments *a, struct runner *r);
/* Opens the window and runs until the user has enough. */
int gui_window(const struct gui_arguments *a, struct runner *r);
