/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a user asks of a machine in mid-run: "a0 == 3 and domain == 'bob'". A
 * Lua expression in a state of its own that can only look: names are registers
 * (as compilers call them), pc, CSRs, who runs, symbols and segments (docs/
 * stops.md lists them). It has little memory and few steps, so it always ends.
 */
#pragma once

#include "sim/machine.h"

struct expression;

enum expression_value {
    EXPRESSION_NO,    /* false, nil, or it needs memory that is not there now */
    EXPRESSION_YES,   /* anything else */
    EXPRESSION_FAILED /* *err: one line */
};

/* NULL: *err says in one line what is wrong with the text. */
MUST_CHECK
struct expression *expression_new(const char *text, struct err *err);
void expression_free(struct expression *e);
/* Of the hart in focus, behind its last step. */
enum expression_value expression_ask(struct expression *e,
                                     const struct machine *m, struct err *err);
