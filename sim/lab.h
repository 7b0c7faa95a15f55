/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario asks of the views (Lua: lab{}): the text beside the run, the
 * panes that are not shown, the commands that are locked, and commands to begin
 * with. The words are the views' own; nobody in sim/ knows them. It changes
 * nothing of the run.
 */
#pragma once

#include <stdint.h>

enum {
    LAB_NOTES = 4000,  /* bytes, with the NUL */
    LAB_WORDS = 24,    /* of each list */
    LAB_WORD = 32,     /* bytes of a pane's name, a command's */
    LAB_COMMAND = 120, /* bytes of a command with arguments */
};

struct lab {
    uint64_t serial;       /* how often lab{} was called */
    char notes[LAB_NOTES]; /* Markdown; "" = the comment that opens the file */
    /* Lists end with an empty one, or are full. */
    char hide[LAB_WORDS][LAB_WORD];
    char lock[LAB_WORDS][LAB_WORD];
    /* Commands, in all calls so far: number n is at n % LAB_WORDS. */
    uint64_t started;
    char start[LAB_WORDS][LAB_COMMAND];
};
