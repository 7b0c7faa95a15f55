/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stories: what happened, in plain words. A fault story says who did what to
 * which address, which rule refused it, and since when the right is as it is. A
 * panic story says where the kernel gave up and how it got there. Built only
 * from the event, the registry and peeks.
 */
#pragma once

#include "sim/machine.h"

/* Each writes one text of a few lines, always terminated; returns its length
 * (what did not fit is cut off). */
size_t story_fault(const struct machine *m, const struct event *e, char *to,
                   size_t room);
size_t story_panic(const struct machine *m, char *to, size_t room);
/* One line about any event, for lists. */
size_t story_event(const struct machine *m, const struct event *e, char *to,
                   size_t room);
/* One line about a step: cycle, mode, pc, instruction, place. */
size_t story_step(const struct machine *m, const struct step *s, char *to,
                  size_t room);
/* Why machine_run stopped; the last line of a run that went wrong. */
size_t story_stop(const struct machine *m, enum stop stop, char *to,
                  size_t room);
/* What a peeked access would meet, e.g. "the page-table entry gives r-, not w"
 */
size_t story_refusal(const struct machine *m, const struct access *a, char *to,
                     size_t room);
/* What `domain`'s right at va is, since when, and who gave or took it. */
size_t story_right(const struct machine *m, uint32_t domain, uint64_t va,
                   char *to, size_t room);
