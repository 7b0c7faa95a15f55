/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The book of domain switches: part of the ledger. Its window opens at a trap
 * out of U-mode and closes when an instruction retires in U-mode again; if the
 * domain is another one then, that was a switch. Called by ledger.c only.
 */
#pragma once

#include "sim/ledger.h"

void switches_open(struct ledger *l, const struct mmu *m, uint32_t thread);
/* Cycles of a phase inside the window, idle taken out; late ones among them
 * are not direct. */
void switches_add(struct ledger *l, enum phase phase, uint64_t cycles,
                  uint64_t late, uint64_t instructions);
/* True: it was a switch. */
bool switches_close(struct ledger *l, const struct mmu *m, uint32_t thread);
void switches_refill_begins(struct ledger *l, const struct mmu *m, bool late);
void switches_refill_ends(struct ledger *l, const struct mmu *m);

/* Shared by the ledger's files. */
uint64_t ledger_hardware_late(const struct mmu *m);
void ledger_fold_units(struct ledger *l, const struct mmu *m);
/* to += plus - minus; minus may be NULL. */
void unit_stats_add(struct unit_stats *to, const struct unit_stats *plus,
                    const struct unit_stats *minus);
