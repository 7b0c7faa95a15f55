/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts of all cycles. mmu/ and cpu/ charge each cycle to a cell
 * (purpose, place); the ledger splits the cells by the domain the hardware
 * knows and by the kernel phase the pc is in, and keeps the book of domain
 * switches. It folds lazily: only when domain or phase changes are the cells'
 * differences added to the (domain, phase) that just ended. Read next: stats.c.
 */
#pragma once

#include "mmu/mmu.h"
#include "os/abi/abi.h"
#include "sim/index.h"
#include "sim/registry.h"

enum phase {
    PHASE_USER,   /* user code */
    PHASE_SCRIPT, /* fetching a scripted operation, kernel part included */
    PHASE_KERNEL, /* supervisor and machine code outside the phases below */
    PHASE_TRAP,   /* __phase_trap_start .. _end, and trap entry from U */
    PHASE_SAVE,
    PHASE_SCHEDULE,
    PHASE_SWITCH,
    PHASE_FLUSH,
    PHASE_RESTORE,
    PHASE_REFILL, /* software refill of the protection unit */
    PHASE_COUNT
};

/* The names people read: each cycle is in exactly one. */
enum account {
    ACCOUNT_EXECUTE,
    ACCOUNT_STALL,
    ACCOUNT_L1I,
    ACCOUNT_L1D,
    ACCOUNT_L2,
    ACCOUNT_DRAM,
    ACCOUNT_TLB_REFILL,
    ACCOUNT_PROTECTION_REFILL,
    ACCOUNT_COHERENCE,
    ACCOUNT_TRAP,
    ACCOUNT_SCRIPT,
    ACCOUNT_IDLE,
    ACCOUNT_COUNT
};

/* Cycles lost to other domains, by what had to be fetched again. */
enum late_group { LATE_TLB, LATE_PROTECTION, LATE_CACHE, LATE_COUNT };

typedef uint64_t ledger_cells[PURPOSE_COUNT][PLACE_COUNT];

/* One protection domain's part of all cycles. */
struct ledger_domain {
    uint64_t serial;       /* never reused; 0 = free slot */
    uint64_t key;          /* hardware's: see mmu_domain_key */
    uint64_t ended;        /* clock, when it is not live */
    uint32_t id;           /* the kernel's; 0 = kernel, or never announced */
    bool live;             /* false: its key may belong to another now */
    char name[NAME_BYTES]; /* empty: never announced */
    ledger_cells phase[PHASE_COUNT];
    uint64_t instructions[PHASE_COUNT];
    struct unit_stats unit[UNIT_COUNT];
};

/*
 * All switches so far. A switch lasts from trap entry in U-mode of one domain
 * to the first instruction retired in U-mode of another (that one excluded),
 * without idle and script cycles. direct = its cycles without the late ones;
 * late cycles count wherever they happen.
 */
struct switch_stats {
    uint64_t count;
    uint64_t direct;             /* cycles: sum of phase[] */
    uint64_t phase[PHASE_COUNT]; /* direct, by phase */
    uint64_t instructions;       /* retired in the direct path */
    uint64_t min, max;           /* direct; since ledger_restart_extremes */
    uint64_t late[LATE_COUNT];   /* cycles, software refills included */
    uint64_t gift[LATE_COUNT];   /* hits owed to other domains (a count) */
};

/* One switch, for screens. */
struct switch_record {
    uint64_t number;                           /* 1, 2 ... */
    uint64_t cycle;                            /* clock at its end */
    uint32_t from, to, from_thread, to_thread; /* registry ids */
    uint64_t direct, instructions;
    uint64_t phase[PHASE_COUNT];
};
#define LEDGER_SWITCHES 64

/* A copy of all totals; the difference of two is a measured window. */
struct ledger_snapshot {
    uint64_t cycles, instructions;
    uint64_t account[ACCOUNT_COUNT];
    uint64_t place[PLACE_COUNT];
    uint64_t phase[PHASE_COUNT], phase_instructions[PHASE_COUNT];
    struct unit_stats unit[UNIT_COUNT];
    struct switch_stats switches;
};

struct pc_range {
    uint64_t first, end; /* [first, end) */
};

/* The switch that may be under way: from a trap out of U-mode to the first
 * instruction retired in U-mode. */
struct ledger_window {
    bool open;
    bool landed; /* back in U-mode, nothing retired yet */
    uint64_t from_serial;
    uint32_t from, from_thread; /* registry ids */
    uint64_t phase[PHASE_COUNT];
    uint64_t instructions;
};

/* A software refill under way. If its miss was late, all its cycles are. */
struct ledger_refill {
    bool open, late;
    uint64_t start;              /* clock before the trap entry */
    uint64_t start_late;         /* late cycles of the hardware until then */
    uint64_t phase[PHASE_COUNT]; /* the window's, to go back to */
    uint64_t instructions;
};

struct ledger {
    struct ledger_domain *domains; /* [0]: all that ended long ago */
    size_t domain_count, domain_room;
    uint64_t serials;
    struct index by_key, by_id;      /* of the live ones; by_id: named ones */
    struct place_queue ended, spare; /* ended, still known; free slots */

    /* The sums of all domains. */
    ledger_cells total[PHASE_COUNT];
    uint64_t total_instructions[PHASE_COUNT];

    /* What the next cycles belong to. */
    size_t domain; /* index */
    enum phase phase;
    uint64_t pc_first, pc_span; /* phase holds while pc - pc_first < pc_span */
    bool user;                  /* in U-mode */
    bool script_call;           /* the kernel serves a script_next */
    uint64_t instructions;      /* retired; machine_run counts here */

    /* What has been folded so far. */
    struct accounts folded;
    uint64_t folded_instructions;
    uint64_t folded_late;
    struct unit_stats folded_units[UNIT_COUNT];

    struct pc_range ranges[PHASE_COUNT]; /* of the kernel's phases */
    struct heap *heap;                   /* where domains lies */
    struct ledger_window window;
    struct ledger_refill refill;
    struct switch_stats switches;
    uint64_t refill_late; /* cycles of late software refills */
    struct switch_record book[LEDGER_SWITCHES];
};

/* Totals so far, the cycles since the last fold included. Looking only. */
void ledger_snapshot(const struct ledger *l, const struct mmu *m,
                     struct ledger_snapshot *to);
/* to = later - earlier; min and max are the later's. */
void ledger_difference(const struct ledger_snapshot *later,
                       const struct ledger_snapshot *earlier,
                       struct ledger_snapshot *to);
/* min and max of switches count from here; nothing else changes. */
void ledger_restart_extremes(struct ledger *l);

/* Sums of one domain (all phases), the current one's tail included. */
void ledger_domain_totals(const struct ledger *l, const struct mmu *m,
                          size_t index, uint64_t account[ACCOUNT_COUNT],
                          uint64_t *cycles, uint64_t *instructions);
/* Cells of one phase to accounts (added). */
void ledger_accounts(const ledger_cells cells, enum phase phase,
                     uint64_t account[ACCOUNT_COUNT]);
/* i-th last switch, 0 = the newest; NULL = none. */
const struct switch_record *ledger_switch(const struct ledger *l, size_t i);

/*
 * The invariants: accounts and places sum to the clock, lookups = hits +
 * misses, misses = sum of their causes, direct = sum of its phases. False
 * names the first that does not hold (EXIT_OUR_BUG).
 */
MUST_CHECK
bool ledger_check(const struct ledger *l, const struct mmu *m, struct err *err);
/* The same, and the domains sum to the whole: for the end, since it looks at
 * every domain. */
MUST_CHECK
bool ledger_check_all(const struct ledger *l, const struct mmu *m,
                      struct err *err);

const char *phase_name(enum phase phase);       /* "user", "trap" ... */
const char *account_name(enum account account); /* "execute" ... */
const char *account_doc(enum account account);
const char *place_short_name(enum place place); /* "core", "l1" ... */
const char *purpose_name(enum purpose purpose);
const char *late_name(enum late_group group); /* "tlb" ... */

/* ---- for the machine only (observe.c) ---------------------------------- */
void ledger_init(struct ledger *l, struct heap *heap);
void ledger_free(struct ledger *l);
/* [first, end) of the kernel is this phase. */
void ledger_set_phase(struct ledger *l, enum phase phase, uint64_t first,
                      uint64_t end);
/* Adds what was charged since the last fold to the current domain and phase. */
void ledger_fold(struct ledger *l, const struct mmu *m);
/* What the ledger must know of a trap that was taken. */
struct ledger_entry {
    uint64_t cause;
    bool interrupt;
    bool late;        /* a protection miss that another domain caused */
    bool system_call; /* from U-mode */
    bool script_next; /* it fetches a scripted operation */
    uint32_t thread;  /* running then */
};
void ledger_trap(struct ledger *l, const struct mmu *m,
                 const struct ledger_entry *e);
/* mret or sret; to_user: the hart is in U-mode now. */
void ledger_return(struct ledger *l, const struct mmu *m, bool to_user);
/* The pc left the phase: finds the new one. by_user: the last step retired an
 * instruction of U-mode.
 * True: a switch was completed; it is ledger_switch(l, 0). */
bool ledger_move(struct ledger *l, const struct mmu *m, uint64_t pc,
                 bool by_user, const struct registry *registry);
/* satp, sdomain or sprot changed. */
void ledger_context(struct ledger *l, const struct mmu *m);
/* The kernel announced, or ended, the domain behind a key. */
void ledger_name_domain(struct ledger *l, const struct mmu *m, uint64_t key,
                        uint32_t id, const char *name);
void ledger_end_domain(struct ledger *l, uint32_t id, uint64_t clock);
