/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event counters (Zihpm): mhpmcounter3 to 31 and their selectors. A counter is
 * not counted: it is the machine's own statistics plus a base, so that 29 of
 * them cost nothing. While inhibited, the base is the value itself. The events
 * are the rows of hpm.def; csr.def has the registers.
 */
#pragma once

#include <stdint.h>

#define HPM_FIRST 3
#define HPM_LAST  31
#define HPM_ALL   UINT64_C(0xfffffff8) /* their bits in mcountinhibit */

struct cpu;

struct hpm {
    uint8_t event[HPM_LAST + 1];
    uint64_t base[HPM_LAST + 1];
};

enum hpm_event {
#define HPM_EVENT(number, name, source, text) HPM_##name = number,
#include "cpu/hpm.def"
    HPM_EVENT_COUNT
};

/* n is 3 to 31 in all of them. */
uint64_t hpm_read(const struct cpu *c, unsigned n);
void hpm_write(struct cpu *c, unsigned n, uint64_t value);
/* The counter keeps its value and goes on with the new event. */
void hpm_select(struct cpu *c, unsigned n, uint64_t event);
/* mcountinhibit becomes `inhibit`: counters stop and go on as it says. */
void hpm_inhibit(struct cpu *c, uint64_t inhibit);
