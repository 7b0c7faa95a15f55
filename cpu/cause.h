/* SPDX-License-Identifier: Apache-2.0 */
/* Trap causes by name (TRAP_ILLEGAL ...), from cause.def, and mip and mie. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "mmu/xsas.h"

enum trap_cause {
#define CAUSE(number, name, text) TRAP_##name = number,
#include "cpu/cause.def"
};
enum interrupt {
#define INTERRUPT(number, name, text) INTERRUPT_##name = number,
#include "cpu/cause.def"
};

#define CAUSE_IS_INTERRUPT (UINT64_C(1) << 63)

#define MIP_SSIP           (1u << INTERRUPT_SSI)
#define MIP_MSIP           (1u << INTERRUPT_MSI)
#define MIP_STIP           (1u << INTERRUPT_STI)
#define MIP_MTIP           (1u << INTERRUPT_MTI)
#define MIP_SEIP           (1u << INTERRUPT_SEI)
#define MIP_MEIP           (1u << INTERRUPT_MEI)

/* "load page fault", "supervisor timer interrupt"; NULL = no such cause. */
const char *cause_text(uint64_t cause, bool interrupt);
