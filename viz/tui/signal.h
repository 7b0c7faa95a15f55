/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal is always given back: at the end, after a failure of ours, and
 * when a signal ends the program. While the view owns the screen, standard
 * error is kept aside and printed afterwards, so that no message is lost and
 * none spoils the picture.
 */
#pragma once

#include <stdbool.h>

#include <signal.h>

#include "mmu/err.h"
#include "viz/canvas/canvas.h"

/* Once, before curses_open; both must live until the program ends. The flag
 * is set to EXIT_INTERRUPTED. */
void tui_signals_install(struct terminal *t,
                         volatile sig_atomic_t *interruption);
/* After curses_close: standard error is the user's again. */
void tui_stderr_release(void);
/* Instead, for the prompt: Ctrl-C asks only to stop what runs, and a third one
 * before that was heard ends the program; so do the others. */
void tui_line_signals(volatile sig_atomic_t *interruption);
/* Has Ctrl-C asked? Asks anew from here on. */
bool tui_stop_asked(void);
/* Number of the signal that asks the program to end, 0 = none. */
int tui_signal_seen(void);
