/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One hart: registers, CSRs, its memory system, and the step record of the
 * instruction just executed. This is the readable engine and the definition of
 * the machine: cpu_step = fetch, decode, execute, commit, charge. Read insn.def
 * for what instructions mean, trap.c for what happens when one is refused.
 */
#pragma once

#include "cpu/cause.h"
#include "cpu/config.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/insn.h"
#include "cpu/timing.h"
#include "mmu/err.h"
#include "mmu/mmu.h"

/* What was rare about a step: a bit each in step.events. */
enum {
    STEP_TRAP = 1 << 0,     /* a trap was taken (cause, tval valid) */
    STEP_RETURN = 1 << 1,   /* mret or sret */
    STEP_CONTEXT = 1 << 2,  /* satp, sdomain or sprot was written */
    STEP_TLB_MISS = 1 << 3, /* an L1 TLB missed */
    STEP_PROTECTION_MISS = 1 << 4,
    STEP_HINT = 1 << 5,   /* slti x0, rs1, imm: hint number, value */
    STEP_WFI = 1 << 6,    /* waits for an interrupt */
    STEP_DEVICE = 1 << 7, /* touched a device: its effects may be due */
    STEP_HANG = 1 << 8,   /* the guest misused hardware; see hang_why */
    STEP_FLUSH = 1 << 9   /* sfence.vma or rplb.inv was executed */
};

struct step {
    uint64_t pc, next_pc;
    uint64_t cycle;               /* clock before the step */
    uint32_t word;                /* as fetched; 16 bits when compressed */
    uint16_t insn;                /* row of insn.def */
    uint8_t length;               /* 2 or 4, 0 when nothing was fetched */
    uint8_t privilege;            /* before the step */
    uint8_t hart;                 /* its number */
    uint8_t rd;                   /* register written, 0 = none */
    bool retired;                 /* false when it trapped, or the hart waits */
    uint64_t rd_before, rd_value; /* valid when rd is not 0 */
    uint32_t events;              /* STEP_*; 0 = an ordinary instruction */
    uint32_t cycles;              /* charged in this step */
    struct access fetch, data;    /* data.size = 0 when there was none; fetch
                                     is void when an interrupt was taken */
    bool interrupt;               /* trap: cause is an interrupt */
    uint8_t cause;   /* valid with STEP_TRAP, as are the next two */
    uint8_t trap_to; /* privilege that took the trap */
    uint64_t tval;
    uint16_t hint; /* valid with STEP_HINT, as is the value */
    uint64_t hint_value;
};

struct cpu {
    uint64_t x[32];
    uint64_t pc;
    uint8_t privilege;      /* enum privilege */
    uint8_t data_privilege; /* of loads and stores: MPRV applied */
    bool waiting;           /* in wfi, until (mip & mie) is not 0 */
    bool reserved;          /* LR's reservation: address and size match SC's;
                               stores of other harts end mmu.reservation */
    uint8_t reserved_size;
    uint64_t reserved_va;
    uint64_t attention;      /* clock from which step looks at interrupts */
    uint64_t timer_clock;    /* clock from which stimecmp is due; see trap.c */
    uint64_t instret;        /* instructions retired since cpu_init */
    uint64_t traps_in_a_row; /* traps taken since the last one retired */
    uint64_t time_ratio[2];  /* timebase_hz : core_hz, reduced */
    uint64_t time_offset;    /* added by writes to mtime */
    struct csr_file csr;
    struct timing timing;
    struct mmu mmu;   /* mmu.accounts.total is the clock */
    struct step step; /* the last step, complete */
    struct cpu_config config;
    struct decoder *decoder; /* owned; a memo, not state */
    struct fast *fast;       /* likewise; NULL = readable engine only */
};

/*
 * Makes a hart with its memory system on `bus` (kept, not owned). Fails on a
 * configuration whose fields contradict each other. Then call cpu_reset.
 */
MUST_CHECK bool cpu_init(struct cpu *c, const struct cpu_config *config,
                         const struct mmu_config *mmu, struct bus *bus,
                         struct err *err);
void cpu_free(struct cpu *c);
/* What the hart keeps outside of the heap and what is no state: decoded words,
 * the fast engine if it has one. Closed, it cannot run. */
MUST_CHECK bool cpu_caches_open(struct cpu *c, bool fast, struct err *err);
void cpu_caches_close(struct cpu *c);

/* Power-on state: pc = reset_pc, M-mode, a0 = hartid, a1 as given. */
void cpu_reset(struct cpu *c, uint64_t reset_pc, uint64_t hartid, uint64_t a1);

/*
 * One instruction, or one interrupt taken. Fills c->step. While the hart waits
 * in wfi and nothing is pending, a step does nothing, takes no time and has
 * the event STEP_WFI: the caller advances the clock (FOR_IDLE).
 */
void cpu_step(struct cpu *c);

/* Level-triggered lines from devices: MIP_MSIP, MIP_MTIP, MIP_SEIP, ... */
void cpu_interrupt_lines(struct cpu *c, uint64_t mask, uint64_t levels);
/* Clock at which a timer (stimecmp) fires next; UINT64_MAX = never. */
uint64_t cpu_next_deadline(const struct cpu *c);
/* (mip & mie) is not 0: a wfi would go on, whether or not a trap follows. */
bool cpu_interrupt_pending(const struct cpu *c);

/*
 * The value of an implemented CSR, without effects and without the privilege
 * and enable rules (for views and debuggers); false = not implemented.
 */
bool cpu_peek_csr(const struct cpu *c, uint16_t number, uint64_t *value);

/* mtime, the `time` CSR: floor(clock x timebase_hz / core_hz) + offset. */
uint64_t cpu_time(const struct cpu *c);
/* First clock, from now on, at which cpu_time is at least `time`; the present
 * clock when it is already; UINT64_MAX = not in 2^64 cycles. */
uint64_t cpu_cycle_of_time(const struct cpu *c, uint64_t time);
/* A write to mtime: cpu_time is `time` now and runs on from there. */
void cpu_set_time(struct cpu *c, uint64_t time);
/* mtime has the origin that it has for `other`, after cpu_set_time there. */
void cpu_join_time(struct cpu *c, const struct cpu *other);
