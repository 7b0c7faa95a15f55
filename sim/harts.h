/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several harts on one host thread: whose turn is it, and until when? The rules
 * (docs/harts.md) are part of the machine: both engines end turns at the same
 * instructions.
 *
 * - The hart with the smallest clock runs; of equals the lowest number.
 * - Its turn ends at the first instruction boundary at which its clock has
 *   advanced by harts.quantum, or after an instruction that accessed a device,
 *   after an AMO, LR or SC that retired, and when it begins to wait (wfi).
 * - A hart that waits has no turn. It goes on at the clock of its next timer,
 * or at the clock of the hart whose access raised its line; the time until then
 *   is charged to it as idle.
 *
 * With one hart a turn lasts until it waits. Called by machine.c only.
 */
#pragma once

#include "sim/machine.h"

/* Makes config.harts harts on the bus. */
MUST_CHECK
bool harts_build(struct machine *m, struct err *err);
void harts_free(struct machine *m);
/* Power-on: every hart at pc, hart 0 in focus. Those behind the hart in focus
 * come to its clock. */
void harts_reset(struct machine *m, uint64_t pc, uint64_t a1);
/* [first, end) of the kernel is this phase, in every ledger. */
void harts_set_phase(struct machine *m, enum phase phase, uint64_t first,
                     uint64_t end);

/* Accesses of all harts to these physical bytes are made one by one (l0.h). */
void harts_set_apart(struct machine *m, uint64_t pa, uint64_t bytes);

/* The fast engine of all harts knows these; NULL = none. */
void harts_set_points(struct machine *m, const struct points *p);

/* Puts the hart whose turn it is into focus, with its deadline. False: all
 * wait, and no timer is set. */
MUST_CHECK
bool harts_turn(struct machine *m);
/* Does this instruction end the turn of its hart? (Waiting does too.) */
bool harts_ends_turn(const struct step *s);
/* Waits, and no line is up that ends it. */
bool harts_sleeps(const struct hart *h);
/* A line of the waiting hart went up just now, at the clock of the hart in
 * focus. */
void harts_wake(const struct machine *m, struct hart *h);
/* Harts that wait come to the clock before which no hart can act, as far as the
 * run went: before lines change, and after a run. */
void harts_settle(struct machine *m);
/* When this hart can go on may have changed: its lines or its timer. */
void harts_note(struct machine *m, struct hart *h);
