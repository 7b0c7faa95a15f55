/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step means beyond its effect: called by machine_run for the rare ones.
 * Moves the ledger, listens to hints, makes events, decides stops. Changes
 * nothing the guest can see.
 */
#pragma once

#include "sim/machine.h"

/* step.events is not 0. */
void observe_step(struct machine *m);
/* The pc left the ledger's phase. */
void observe_pc(struct machine *m);
/* Ends the run after this step; the first reason of a step counts, except that
 * a reason that ends the machine wins. */
void machine_stop(struct machine *m, enum stop why);
/* Fills in what the registry knows now of the right of e->domain at e->va:
 * later the kernel will have taken everything from a domain it kills. */
void observe_right(struct event *e, const struct registry *r);
