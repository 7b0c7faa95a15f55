/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board around the hart: which device answers at which address, whose
 * interrupt line leads where, and when time alone changes a line. Called by
 * machine.c only.
 */
#pragma once

#include "sim/machine.h"

/* Puts every device on the bus (addresses: memmap.h). */
MUST_CHECK
bool board_add_devices(struct machine *m, struct err *err);
/* Power-on state of all devices. */
void board_reset(struct machine *m);
/* Brings the hart's interrupt lines up to date with devices and time. */
void board_set_lines(struct machine *m);
/* Sets timer_clock and deadline anew. */
void board_plan(struct machine *m);
