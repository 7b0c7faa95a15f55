/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every figure of a machine under a dotted name: cycles, accounts.execute,
 * itlb.misses.cold, switch.direct.save, domain.alice.cycles ... One list serves
 * Lua, JSON, --stats and screens. All values are exact integers; the order is
 * fixed. With several harts all names begin with hart.0., hart.1. ..., but for
 * cycles, instructions and the counts of events, which are the machine's.
 */
#pragma once

#include <stdio.h>

#include "sim/machine.h"

typedef void stats_visit(void *context, const char *name, uint64_t value,
                         const char *unit, const char *doc);

/* Calls visit for each figure. */
void stats_each(const struct machine *m, stats_visit *visit, void *context);
/* The same names (without domains) for a measured window. */
void stats_each_window(const struct ledger_snapshot *window, stats_visit *visit,
                       void *context);
/* One figure; false = no such name. */
bool stats_find(const struct machine *m, const char *name, uint64_t *value);
bool stats_find_window(const struct ledger_snapshot *window, const char *name,
                       uint64_t *value);
/* Several harts: the quantum, and a line for each. */
void stats_print_harts(const struct machine *m, FILE *to);
/* "name value # unit, description", one a line. */
void stats_print(const struct machine *m, FILE *to);
/* To a file: as JSON when its name ends in .json, else as stats_print does; "-"
 * = standard output. False: it could not be written. */
MUST_CHECK
bool stats_write(const struct machine *m, const char *path, struct err *err);
