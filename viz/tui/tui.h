/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the terminal program is made of: tui/main.c (command line, screen) and
 * tui/line.c (the same commands as lines of text, without a screen).
 */
#pragma once

#include "viz/view/view.h"

/* Everything alive while the program runs. */
struct tui {
    struct runner runner;
    struct view view;
    struct pace pace;
    struct terminal *terminal; /* NULL = none: a script, lines */
};

/* Instructions between two looks where nobody watches. */
enum { TUI_SLICE = 20000 };

/* Saves the view's canvas as text, as v->picture_path says; says so. */
void tui_save_picture(struct view *v);
/*
 * Reads commands from standard input to its end or `quit`, answers on standard
 * output in plain lines of text at most `width` columns wide. What is wrong,
 * and how far a long run is, goes to standard error. The runner has its first
 * wish already. EXIT_USAGE when a line of a script was no command (a terminal's
 * user may mistype), else EXIT_PASSED or EXIT_INTERRUPTED.
 */
int tui_line(struct tui *t, int width);
