/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What packets mean, between gdb/gdb.c, which brings them, and gdb/target.c,
 * which looks them up. An unknown packet gets the empty answer, a wrong one
 * E01.
 */
#pragma once

#include <stdio.h>

#include "sim/gdb/gdb.h"
#include "sim/gdb/words.h"

/* Obeys reader.text: fills answer, may change state. */
void gdb_obey(struct gdb *g);

/* Writes the document anew; done with that. */
FILE *gdb_document_open(struct gdb_document *d);
void gdb_document_close(FILE *to);

/* Adds it, if it is not there. False = there is no more room. */
bool gdb_add_point(struct gdb_points *list, const struct point *p);

/* Begins an answer anew; adds to it. What does not fit is left out. */
void gdb_say(struct gdb *g, const char *format, ...) PRINTF_LIKE(2, 3);
void gdb_add(struct gdb *g, const char *format, ...) PRINTF_LIKE(2, 3);
void gdb_add_hex(struct gdb *g, const void *bytes, size_t n);
/* The answer says why the machine stands still. */
void gdb_say_stop(struct gdb *g);
/* A line that the debugger prints; only while it waits for a stop. */
void gdb_tell(struct gdb *g, const char *text);
/* Sends the answer; the line may break: then the debugger has left. */
void gdb_send(struct gdb *g);

/* ---- for the packets' functions -------------------------------------------
 */

/* The hart whose registers and memory are meant. */
struct hart *gdb_hart(const struct gdb *g);
/* The answer is OK; true. */
bool gdb_fine(struct gdb *g);
/* A thread: *hart; all or any (-1 or 0): *every. */
bool gdb_take_thread(const struct gdb *g, struct gdb_words *w, uint64_t *hart,
                     bool *every);

/* ---- packets: false = it is wrong, or asks for what there is not -----------
 */

/* gdb/move.c */
bool gdb_set_point(struct gdb *g, struct gdb_words *w);
bool gdb_remove_point(struct gdb *g, struct gdb_words *w);
bool gdb_go_on(struct gdb *g, struct gdb_words *w);
bool gdb_step(struct gdb *g, struct gdb_words *w);
bool gdb_step_back(struct gdb *g, struct gdb_words *w);
bool gdb_run_back(struct gdb *g, struct gdb_words *w);
bool gdb_ask_actions(struct gdb *g, struct gdb_words *w);
bool gdb_act(struct gdb *g, struct gdb_words *w);

/* gdb/monitor.c: obeys a line. */
void gdb_obey_monitor(struct gdb *g, const char *line, FILE *to);
/* The machine is where the wish was to lead: says what is there. */
void gdb_tell_wish(struct gdb *g);
