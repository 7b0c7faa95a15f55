/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a run as one number, to say whether two runs stand at the same
 * moment: registers, CSRs, clocks, accounts, what the lookaside units hold, all
 * figures of the statistics, events, console, RAM; of a session also the
 * verdicts of its checks. Not the order of use within the units, and not a
 * disk's bytes (compare/compare.h looks at all of it). The same for both
 * engines, on every host.
 */
#pragma once

#include "sim/session/session.h"

/* FNV-1a, 64 bits, over bytes. */
#define DIGEST_START UINT64_C(14695981039346656037)
uint64_t digest_bytes(uint64_t digest, const void *from, size_t bytes);

uint64_t machine_digest(const struct machine *m);
uint64_t session_digest(const struct session *s);
