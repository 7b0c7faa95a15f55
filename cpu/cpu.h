/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One hart: registers, CSRs, its memory system, and the step record of the
 * instruction just executed. This is the readable engine and the definition of
 * the machine: cpu_step = fetch, decode, execute, commit.
 */
#pragma once

#include "cpu/config.h"
#include "cpu/insn.h"
#include "cpu/timing.h"
#include "mmu/mmu.h"

/* What was rare about a step: a bit each in step.events. */
enum {
    STEP_TRAP = 1 << 0,        /* a trap was taken (cause, tval valid) */
    STEP_RETURN = 1 << 1,      /* mret or sret */
    STEP_CONTEXT = 1 << 2,     /* satp, sdomain or sprot was written */
    STEP_TLB_MISS = 1 << 3,    /* an L1 TLB missed */
    STEP_PROTECTION_MISS = 1 << 4,
    STEP_HINT = 1 << 5,        /* slti x0, rs1, imm: hint number, value */
    STEP_WFI = 1 << 6,         /* waits for an interrupt */
    STEP_DEVICE = 1 << 7,      /* touched a device: its effects may be due */
    STEP_HANG = 1 << 8,        /* the guest misused hardware; see hang_why */
    STEP_FLUSH = 1 << 9        /* sfence.vma or rplb.inv was executed */
};

struct step {
    uint64_t pc, next_pc;
    uint64_t cycle;            /* clock before the step */
    uint32_t word;             /* as fetched; 16 bits when compressed */
    uint16_t insn;             /* row of insn.def */
    uint8_t length;            /* 2 or 4, 0 when the fetch was refused */
    uint8_t privilege;         /* before the step */
    uint8_t rd;                /* register written, 0 = none */
    bool retired;              /* false when it trapped */
    uint64_t rd_before, rd_value;
    uint32_t events;           /* STEP_* */
    uint32_t cycles;           /* charged in this step */
    struct access fetch, data; /* data.size = 0 when there was none */
    bool interrupt;            /* trap: cause is an interrupt */
    uint8_t cause;
    uint8_t trap_to;           /* privilege that took the trap */
    uint64_t tval;
    uint16_t hint;
    uint64_t hint_value;
};

struct cpu {
    uint64_t x[32];
    uint64_t pc;
    uint8_t privilege;
    /* struct csr csr; struct timing timing; reservation; ... (owner's) */
    uint64_t instret;
    struct mmu mmu;            /* mmu.accounts.total is the clock */
    struct step step;          /* the last step, complete */
};

/* Power-on state: pc = reset_pc, M-mode, a0 = hartid, a1 as given. */
void cpu_reset(struct cpu *c, uint64_t reset_pc, uint64_t hartid, uint64_t a1);
/* One instruction, or one interrupt taken. Fills c->step. */
void cpu_step(struct cpu *c);
/* Level-triggered lines from devices: MIP_MSIP, MIP_MTIP, MIP_SEIP, ... */
void cpu_interrupt_lines(struct cpu *c, uint64_t mask, uint64_t levels);
/* Clock at which a timer (stimecmp) fires next; UINT64_MAX = never. */
uint64_t cpu_next_deadline(const struct cpu *c);
bool cpu_interrupt_pending(const struct cpu *c);
/* A CSR as software of `privilege` would read it, without effects. */
bool cpu_peek_csr(const struct cpu *c, uint16_t number, uint64_t *value);
