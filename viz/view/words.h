/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the command line, for the files that define them: one table per
 * subject (view/words_time.c ...), all of them known to
 * view/command.c.
 */
#pragma once

#include "viz/view/view.h"

struct view_word {
    const char *name, *arguments, *doc;
    void (*obey)(struct view *v, int count, char **argument);
};

/* Each ends with a row whose name is NULL. */
extern const struct view_word view_words_time[];
extern const struct view_word view_words_mark[];
extern const struct view_word view_words_stops[];
extern const struct view_word view_words_look[];
extern const struct view_word view_words_compare[];
extern const struct view_word view_words_screen[];
extern const struct view_word view_words_select[];
extern const struct view_word view_words_graph[];

/* A wish for the runner; lost when there are too many. */
void view_wish(struct view *v, enum wish_kind kind, uint64_t number);
/* The same with a text. */
void view_wish_text(struct view *v, enum wish_kind kind, const char *text);
/* A whole number, decimal or 0x. False: v->notice says what was expected. */
bool view_take_number(struct view *v, const char *text, uint64_t *number);
/* "4000" (hex), "sp", "a0", the name of a segment, or any of them "+16".
 * False: v->notice says what was expected. */
bool view_take_address(struct view *v, const char *text, uint64_t *va);
