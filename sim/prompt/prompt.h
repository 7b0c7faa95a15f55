/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's prompt, which the escape key opens while a guest has the
 * terminal: one command a line, to look at the machine and to end it. The
 * machine stands still meanwhile; looking changes nothing.
 */
#pragma once

#include "sim/machine.h"

enum prompt_answer { PROMPT_STAY, PROMPT_CONTINUE, PROMPT_RESET, PROMPT_LEAVE };

/* Obeys one line; what it says goes to `to`. */
enum prompt_answer prompt_obey(const struct machine *m, const char *line,
                               FILE *to);
/* Reads lines from the terminal, in cooked mode, until one of them is more than
 * looking. The end of input leaves. */
enum prompt_answer prompt_run(const struct machine *m);
