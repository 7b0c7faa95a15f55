/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conversation with the guest's console, step by step: wait for a text, type
 * a text. `opalite boot` makes it from --expect and --send in their order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "mmu/err.h"

struct machine;

#define TYPED_STEPS 64
#define TYPED_BYTES 256

enum typed_step { TYPED_EXPECT, TYPED_SEND };

struct typed {
    struct {
        enum typed_step kind;
        size_t bytes;
        char text[TYPED_BYTES];
    } step[TYPED_STEPS];
    size_t count, at; /* steps; the one under way */
    size_t sent;      /* bytes of it that are typed */
    size_t read;      /* bytes of the console that are behind us */
};

/* Adds a step. In text \r \n \t \\ and \xHH stand for one byte. False: too
 * long, empty, a wrong escape, or too many steps. */
MUST_CHECK
bool typed_add(struct typed *t, enum typed_step kind, const char *text);

/* Does all that can be done now. True: every step is done and the last one
 * was an expectation. */
bool typed_advance(struct typed *t, struct machine *m);

/* The text it waits for, "" = none. */
const char *typed_waits_for(const struct typed *t);
