/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of the user and the host: one line of text and the exit code the
 * program ends with. Guest faults are data and never come here; our own bugs
 * go through bug(). The lowest floor holds this file so that all may use it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Exit codes of every program; README and --help print this list. */
enum exit_code {
    EXIT_PASSED = 0,
    EXIT_CHECK_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_CANNOT_LOAD = 3,
    EXIT_GUEST_FAULT = 4,
    EXIT_GUEST_FAILURE = 5,
    EXIT_CYCLE_LIMIT = 6,
    EXIT_NO_PROGRESS = 7,
    EXIT_WALL_CLOCK = 8,
    EXIT_OUR_BUG = 9,
    EXIT_HOST_RESOURCE = 10,
    EXIT_INTERRUPTED = 130
};

struct err {
    enum exit_code code;
    char text[512];
};

/* Fills *err (which may be NULL) and returns false, for `return err_set(..)`.
 */
bool err_set(struct err *err, enum exit_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The host has no memory left for something small: says so and exits with
 * EXIT_HOST_RESOURCE. What is large, as a machine's RAM, is an err. */
_Noreturn void err_no_memory(void);

/* Our own bug: prints file, line and text, and exits with EXIT_OUR_BUG. */
_Noreturn void bug_at(const char *file, int line, const char *format, ...)
    PRINTF_LIKE(3, 4);
#define bug(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
