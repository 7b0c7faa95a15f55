/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PLIC (RISC-V PLIC specification 1.0.0): collects the interrupt lines of
 * the devices and offers the most important one to the M-mode and S-mode
 * contexts of each hart. All lines are levels: the gateway of a line passes one
 * request, which stays pending until a context claims it; the next can pass
 * when the claim is completed. Next: board.c puts the outcome on the hart's
 * external interrupt lines. Registers take aligned 4-byte accesses only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PLIC_SIZE     0x4000000
#define PLIC_SOURCES  96 /* 0 is "none": lines 1 to 95 */
#define PLIC_WORDS    (PLIC_SOURCES / 32)
#define PLIC_PRIORITY 7 /* highest; 0 = never */

/* Two contexts for each hart. */
#define PLIC_CONTEXTS        16
#define PLIC_CONTEXT_M(hart) (2 * (unsigned)(hart))
#define PLIC_CONTEXT_S(hart) (2 * (unsigned)(hart) + 1)

#define PLIC_PENDING_AT      0x1000
#define PLIC_ENABLE_AT       0x2000 /* + 0x80 for each context */
#define PLIC_ENABLE_STEP     0x80
#define PLIC_CONTEXT_AT      0x200000 /* + 0x1000: threshold, then claim */
#define PLIC_CONTEXT_STEP    0x1000

struct plic {
    uint8_t priority[PLIC_SOURCES];
    uint32_t level[PLIC_WORDS];   /* the lines now */
    uint32_t pending[PLIC_WORDS]; /* requests that wait for a claim */
    uint32_t claimed[PLIC_WORDS]; /* requests being served */
    uint32_t enable[PLIC_CONTEXTS][PLIC_WORDS];
    uint8_t threshold[PLIC_CONTEXTS];
    unsigned contexts; /* that exist */
};

/* Power-on state for 1 to PLIC_CONTEXTS / 2 harts. */
void plic_reset(struct plic *p, unsigned harts);
/* The level of line `source` (1 to 95). */
void plic_line(struct plic *p, unsigned source, bool level);
/* Is there an interrupt for this context? */
bool plic_interrupt(const struct plic *p, unsigned context);
/* False: not a 4-byte access. Contexts that do not exist read 0 and ignore
 * writes. Reading a claim register claims. */
bool plic_read(struct plic *p, uint64_t offset, unsigned size, uint64_t *value);
bool plic_write(struct plic *p, uint64_t offset, unsigned size, uint64_t value);
