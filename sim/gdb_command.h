/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What packets mean, between gdb.c, which brings them, and gdb_target.c, which
 * looks them up. An unknown packet gets the empty answer, a wrong one E01.
 */
#pragma once

#include "sim/gdb.h"

/* Obeys reader.text: fills answer, may change state. */
void gdb_obey(struct gdb *g);

/* Adds it, if it is not there. False = there is no more room. */
bool gdb_add_point(struct gdb_points *list, const struct point *p);

/* Begins an answer anew; adds to it. What does not fit is left out. */
void gdb_say(struct gdb *g, const char *format, ...) PRINTF_LIKE(2, 3);
void gdb_add(struct gdb *g, const char *format, ...) PRINTF_LIKE(2, 3);
void gdb_add_hex(struct gdb *g, const void *bytes, size_t n);
/* The answer says why the machine stands still. */
void gdb_say_stop(struct gdb *g);
/* Sends the answer; the line may break: then the debugger has left. */
void gdb_send(struct gdb *g);
