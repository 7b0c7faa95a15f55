/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine: one hart (several later), bus, RAM, devices, and what watches it:
 * ledger, event list, step ring. machine_run advances time until something that
 * the caller asked for happens; nothing in here calls upward.
 */
#pragma once

#include "cpu/cpu.h"
#include "sim/config.h"
#include "sim/device.h"
#include "sim/elf.h"
#include "sim/event.h"
#include "sim/ledger.h"
#include "sim/registry.h"
#include "sim/trace.h"

enum stop {
    STOP_BUDGET,      /* instructions or cycles asked for are done */
    STOP_EVENT,       /* an event of the stop mask (machine.stop_event) */
    STOP_MAILBOX,     /* the pending mailbox request is done */
    STOP_SCRIPT,      /* a scripted thread asks for its next operation */
    STOP_POWEROFF,    /* finisher: off; exit code 0 */
    STOP_FAIL,        /* finisher or tohost: failure, machine.exit_value */
    STOP_HUNG,        /* guest drove hardware wrongly; machine.hang_why */
    STOP_PANIC,       /* the kernel said HINT_PANIC */
    STOP_IDLE,        /* wfi with nothing that could ever wake it */
    STOP_NO_PROGRESS  /* e.g. a trap whose handler cannot be fetched */
};

struct run_limits {
    uint64_t max_insns;   /* 0 = none */
    uint64_t until_cycle; /* 0 = none */
    uint32_t stop_events; /* mask of 1 << enum event_kind */
    bool stop_on_mailbox;
};

struct machine;

struct machine *machine_new(const struct config *c, struct err *err);
void machine_free(struct machine *m);
/* Bare-metal or kernel ELF into RAM by physical address; sets entry. */
bool machine_load_elf(struct machine *m, const char *path, struct err *err);
void machine_reset(struct machine *m, uint64_t pc, uint64_t a1);
enum stop machine_run(struct machine *m, const struct run_limits *limits);

/* Looking without effects. peek_va reads as domain/space `who` (a registry
 * domain id) would see it; false = not mapped. */
bool machine_peek_phys(const struct machine *m, uint64_t pa, void *to, size_t n);
bool machine_peek_va(const struct machine *m, uint64_t who, uint64_t va,
                     void *to, size_t n);

/* Mailbox: post a system call; run with stop_on_mailbox; read the result. */
bool machine_mailbox_post(struct machine *m, uint64_t op, const uint64_t arg[6],
                          const void *window, size_t window_bytes);
int64_t machine_mailbox_result(const struct machine *m);
/* Scripted threads: who asks and with what; answer, then run on. */
