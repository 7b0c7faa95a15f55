/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board around the harts: which device answers at which address, whose
 * interrupt line leads where, and when time alone changes a line. Called by
 * machine.c and harts.c only.
 */
#pragma once

#include "sim/machine.h"

/* Puts every device on the bus (addresses: memmap.h). */
MUST_CHECK
bool board_add_devices(struct machine *m, struct err *err);
/* Power-on state of all devices. */
void board_reset(struct machine *m);
/* Brings the harts' interrupt lines up to date with devices and time; wakes
 * those that waited for one. */
void board_set_lines(struct machine *m);
/* Sets every timer_clock and the deadline anew. */
void board_plan(struct machine *m);
/* Only the deadline: of the hart in focus, its turn and the run. */
void board_deadline(struct machine *m);
