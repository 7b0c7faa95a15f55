/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine: its harts, bus, RAM, devices, and what watches them: a ledger per
 * hart, event list, step ring, registry. machine_run advances time until
 * something that the caller asked for happens; nothing in here calls upward.
 * All of it may be looked at through `const struct machine *`. With several
 * harts one is in focus, m->now: the one whose turn it is (harts.h).
 */
#pragma once

#include "cpu/cpu.h"
#include "sim/config.h"
#include "sim/device/device.h"
#include "sim/elf/elf.h"
#include "sim/event.h"
#include "sim/ledger.h"
#include "sim/point.h"
#include "sim/registry.h"
#include "sim/trace/trace.h"

enum stop {
    STOP_BUDGET,      /* instructions or cycles asked for are done */
    STOP_EVENT,       /* an asked-for event: machine.stop_event */
    STOP_MAILBOX,     /* the pending mailbox request is done */
    STOP_SCRIPT,      /* a scripted thread asks for its next operation */
    STOP_TEXT,        /* the console shows limits.until_text */
    STOP_RESET,       /* finisher: reset, and the caller wants to do it */
    STOP_POINT,       /* one of limits.points: machine.point */
    STOP_POWEROFF,    /* finisher: off; or tohost says passed */
    STOP_FAIL,        /* finisher or tohost: failure, machine.exit_value */
    STOP_HUNG,        /* guest drove hardware wrongly; machine.why */
    STOP_PANIC,       /* the kernel said HINT_PANIC */
    STOP_IDLE,        /* wfi with nothing that could ever wake it */
    STOP_NO_PROGRESS, /* e.g. a trap whose handler cannot be fetched */
    STOP_COUNT
};

/* A text to look for in the console's, from byte `from` on. */
struct console_text {
    const char *bytes; /* not terminated */
    size_t count;      /* 0 = look for nothing */
    size_t from;
};

struct run_limits {
    uint64_t max_insns;   /* of all harts, more than now; 0 = no limit */
    uint64_t until_cycle; /* of the hart in focus; 0 = no limit */
    uint32_t stop_events; /* EVENT_BIT of each kind that stops */
    bool stop_on_mailbox;
    bool stop_on_reset; /* else a reset by the finisher is done at once */
    /* Stops after the instruction that printed the last byte of it; at once
     * when it is there already. */
    struct console_text until_text;
    /* Stops also on events that match one of these. */
    const struct event_filter *filters;
    size_t filter_count;
    /* Stops at these. The fast engine leaves instructions that may meet one to
     * the readable one, and all of them when it is to stop behind each. */
    const struct points *points; /* NULL = none */
};

#define MACHINE_TRAPS_IN_A_ROW 100 /* then the run stops: no progress */

/* Which virtio device is where. */
enum { MACHINE_SLOT_DISK, MACHINE_SLOT_ENTROPY, MACHINE_SLOT_CONSOLE };

/* The board's consoles. Their output is one text. */
enum machine_console { CONSOLE_UART, CONSOLE_VIRTIO };
/* "uart" or "virtio". False: err says what was expected. */
MUST_CHECK
bool machine_console_named(const char *name, enum machine_console *console,
                           struct err *err);

/* Who executes. The machine does the same either way. */
enum engine { ENGINE_FAST, ENGINE_READABLE };

#define MACHINE_HARTS_MAX 8 /* sim/param.def, CLINT_HARTS and PLIC_CONTEXTS */

/* One hart, and what the machine keeps of it. */
struct hart {
    struct cpu cpu; /* cpu.mmu.accounts.total is its clock */
    struct ledger ledger;
    uint64_t timer_clock;      /* its clock at which mtimecmp or the RTC's alarm
                                  fires; UINT64_MAX = neither */
    struct event last_refusal; /* EVENT_TRAP of the last refused access
                                  from U-mode */
    struct event first_trap;   /* EVENT_TRAP since which nothing retired */
};

/* Whose turn it is: m->now runs until its clock reaches `until`. */
struct turn {
    uint64_t until; /* UINT64_MAX: there is no other hart */
    bool over;      /* the next one is to be chosen */
    /* The clock at which each hart can go on, UINT64_MAX = not by itself; of
     * m->now only when its turn is over. */
    uint64_t ready[MACHINE_HARTS_MAX];
};

struct machine {
    struct config config;
    enum engine engine; /* may be changed between runs */
    struct hart *hart;  /* [config.harts], owned */
    struct hart *now;   /* in focus: runs, or ran last */
    struct turn turn;
    struct bus bus;
    struct uart uart;
    struct clint clint;
    struct plic plic;
    struct rtc rtc;
    struct rom rom;
    struct virtio virtio[VIRTIO_SLOTS]; /* by MACHINE_SLOT_* */
    struct block block;
    struct entropy entropy;
    struct console console;
    enum machine_console keys_to; /* which one machine_console_input feeds */
    struct finisher finisher;
    struct mailbox mailbox;
    struct htif htif;

    uint64_t reset_pc, reset_a1;
    uint64_t deadline;  /* the run looks up from stepping at this clock */
    uint64_t fast_from; /* the fast engine is not asked before it; no state */

    size_t text_seen;        /* console bytes already searched for until_text */
    bool stopping;           /* the run ends after this step */
    bool ended;              /* for good, until machine_reset */
    enum stop stopped;       /* how the last run ended */
    uint64_t exit_value;     /* of STOP_POWEROFF, STOP_FAIL */
    char why[320];           /* of STOP_HUNG, STOP_NO_PROGRESS, STOP_IDLE */
    struct event stop_event; /* of STOP_EVENT, STOP_PANIC */
    bool at_point;           /* the last run met a point, whatever stopped it */
    struct point point;      /* which, when at_point */
    const struct run_limits *limits; /* during machine_run, else NULL */

    struct registry registry;
    struct event_list events;
    uint64_t event_count[EVENT_KIND_COUNT];
    uint64_t faults_protection; /* EVENT_FAULTs that a right refused */
    struct trace trace;
    struct trace_file *trace_file; /* owned; NULL = none */
    bool trace_steps;              /* it wants steps too */
    struct hint_record panic;      /* what HINT_PANIC pointed to */
};

/* NULL: err says what is wrong with the description. */
MUST_CHECK
struct machine *machine_new(const struct config *c, struct err *err);
/* The same in a heap (NULL: see mmu/heap.h), with all that it ever comes to
 * hold but what the next functions are about. */
MUST_CHECK
struct machine *machine_new_in(struct heap *heap, const struct config *c,
                               struct err *err);
void machine_free(struct machine *m);

/*
 * For whoever takes snapshots of the heap (history/snapshot.h). What is no
 * state lies outside of it: it is closed before the machine is put back (what
 * the pointers say afterwards is void), and opened for each machine that is
 * there then.
 */
void machine_caches_close(struct machine *m);
void machine_caches_open(struct machine *m);
/* After a snapshot: the first store to each page of RAM is noted again. */
void machine_forget_stores(struct machine *m);

/* "fast", "readable". */
const char *engine_name(enum engine engine);
/* False = no such engine. */
bool engine_of_name(const char *name, enum engine *engine);

/* Bare-metal or kernel ELF into RAM by physical address; its entry becomes
 * the reset address. With htif, its symbol tohost is watched (error: none). */
MUST_CHECK
bool machine_load_elf(struct machine *m, const char *path, bool htif,
                      struct err *err);
/* Power-on state of all harts and devices, each hart at pc with its number in
 * a0; RAM, ledgers and events stay. */
void machine_reset(struct machine *m, uint64_t pc, uint64_t a1);

/* Advances time. May be called again after every stop; after those from
 * STOP_POWEROFF on it stops again at once for the same reason, if nothing
 * changed. */
enum stop machine_run(struct machine *m, const struct run_limits *limits);
/* Our own bug: prints the text, the last steps and events, and exits with
 * EXIT_OUR_BUG. machine_run calls it when an invariant does not hold. */
_Noreturn void machine_bug(const struct machine *m, const char *text);
const char *stop_name(enum stop stop);
/* What the program should exit with after this stop. */
enum exit_code stop_exit_code(enum stop stop);

/* The machine gets a disk: a file of the host, which stays as it is
 * (device/block.h). Once, before it runs. */
MUST_CHECK
bool machine_attach_disk(struct machine *m, const char *path, struct err *err);

/* From now on the chosen events and steps (NULL = every event) go to this file;
 * ends with the machine. */
MUST_CHECK
bool machine_trace_to(struct machine *m, const char *path,
                      const struct trace_choice *choice, struct err *err);
/* Writes the rest of the trace file. */
MUST_CHECK
bool machine_trace_close(struct machine *m, struct err *err);

/* ---- looking: no effect on the run ----------------------------------- */
/* Clock of the hart in focus; those of the others are at most about a quantum
 * away. */
static inline uint64_t machine_clock(const struct machine *m)
{
    return m->now->cpu.mmu.accounts.total;
}
/* Instructions retired so far by all harts. */
uint64_t machine_instructions(const struct machine *m);
/* The invariants of every hart's ledger; see ledger_check, and for `all`
 * ledger_check_all. */
MUST_CHECK
bool machine_check(const struct machine *m, bool all, struct err *err);
/* Registry id of the domain the hardware is in. */
uint32_t machine_domain(const struct machine *m);
/* Registers with which the hart would run as domain `who`, 0 = as it is. */
struct mmu_regs machine_regs_as(const struct machine *m, uint32_t who);
/* RAM only; false = not all of it is RAM. */
bool machine_peek_phys(const struct machine *m, uint64_t pa, void *to,
                       size_t n);
/* Where va leads for this hart as it runs now (M-mode: nowhere else), whoever
 * may go there. False = not mapped. */
bool machine_place_of_hart(const struct hart *h, uint64_t va, uint64_t *pa);
/* Memory as domain `who` (registry id) would see it from U-mode, 0 = the kernel
 * now; caches included. False = not mapped, or not allowed. */
bool machine_peek_va(const struct machine *m, uint32_t who, uint64_t va,
                     void *to, size_t n);
/* Only where va leads in the space of domain `who`, whoever may go there. False
 * = not mapped. */
bool machine_place(const struct machine *m, uint32_t who, uint64_t va,
                   uint64_t *pa);
/* The same question with all verdicts: translation, protection, refusal. a: va,
 * size, kind; privilege is set. */
bool machine_peek_access(const struct machine *m, uint32_t who,
                         struct access *a);
/* Console output so far; never NULL. */
const char *machine_console(const struct machine *m, size_t *length);
/* Is the text there? *end: behind its first appearance; else as it was. */
bool machine_console_find(const struct machine *m, const struct console_text *t,
                          size_t *end);

/* ---- the host acts, between runs -------------------------------------- */
/* Input of the console keys_to; returns how many bytes fitted. */
size_t machine_console_input(struct machine *m, const char *bytes, size_t n);
/* Writes RAM from outside, as coherent DMA. False = not RAM. */
MUST_CHECK
bool machine_poke_phys(struct machine *m, uint64_t pa, const void *from,
                       size_t n);

/*
 * Mailbox: post a system call (arguments that are pointers: see
 * MAILBOX_WINDOW), run with stop_on_mailbox, read the result. False: a request
 * is still pending, or the window is too small.
 */
MUST_CHECK
bool machine_mailbox_post(struct machine *m, uint64_t op, const uint64_t arg[6],
                          const void *window, size_t window_bytes);
int64_t machine_mailbox_result(const struct machine *m);

/*
 * Scripted threads: after STOP_SCRIPT, mailbox.script_thread asks for its next
 * operation and script_result is what the last one gave; answer, then run on.
 */
void machine_script_answer(struct machine *m, enum script_op op,
                           const uint64_t arg[4]);
