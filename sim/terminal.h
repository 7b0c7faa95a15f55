/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's terminal as the guest's console: raw mode, so that every key goes
 * to the guest, and one escape key (Ctrl-A) for the simulator. Whatever ends
 * the program, the terminal gets its old mode back. One process has one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/err.h"

enum terminal_command {
    TERMINAL_NOTHING,
    TERMINAL_LEAVE,  /* Ctrl-A x */
    TERMINAL_PROMPT, /* Ctrl-A c */
    TERMINAL_HELP    /* Ctrl-A and any other key */
};

struct terminal_keys {
    bool escaped; /* the last key was Ctrl-A */
};

/* Raw mode, if standard input is a terminal (true); restored at exit and on
 * signals that kill. */
bool terminal_open(void);
/* The old mode for a while, to read whole lines; and raw mode again. */
void terminal_cooked(void);
void terminal_raw(void);
void terminal_close(void);
/* From terminal_open on: EXIT_INTERRUPTED after SIGINT, SIGTERM or SIGHUP,
 * EXIT_WALL_CLOCK after an alarm, else EXIT_PASSED. */
enum exit_code terminal_interrupted(void);
/* An alarm in so many seconds; 0 = none. After terminal_open. */
void terminal_alarm(uint64_t seconds);

/* Waits up to `milliseconds` (-1 = for ever) for keys and reads some: how many,
 * 0 = none yet, -1 = there will be no more. */
int terminal_read(char *to, size_t room, int milliseconds);

/*
 * Takes the escape key out of n keys, in place; *n becomes what is for the
 * guest. Ctrl-A twice is one Ctrl-A for the guest. Stops at a command; keys
 * after it are dropped.
 */
enum terminal_command terminal_filter(struct terminal_keys *t, char *keys,
                                      size_t *n);
