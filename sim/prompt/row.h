/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command of the prompt (prompt/prompt.h): a row of one of its tables. The
 * words are those of the views' command line.
 */
#pragma once

#include <stdio.h>

#include "sim/prompt/prompt.h"

#define PROMPT_LINE  200
#define PROMPT_WORDS 3

/* A line cut into words. */
struct prompt_words {
    char text[PROMPT_LINE];
    const char *word[PROMPT_WORDS + 1]; /* one more, to notice too many */
    size_t count;
};

struct prompt_row {
    const char *name, *arguments, *doc; /* name NULL: behind the last */
    size_t least, most;                 /* arguments */
    enum prompt_answer (*obey)(const struct machine *m,
                               const struct prompt_words *w, FILE *to);
};

/* Commands about the guest's system and what happened in it: prompt/look.c. */
extern const struct prompt_row prompt_look[];

void prompt_cut(struct prompt_words *w, const char *line);
/* False: said on `to`. */
bool prompt_number(const char *text, uint64_t *value, FILE *to);
