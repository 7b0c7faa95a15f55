/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view model: everything the screen shows, as plain rows that a pane can
 * draw without knowing machine or terminal. model/read.c copies them out of a
 * machine with peeks only, so looking changes nothing; what must survive
 * between two looks (registers before the command, events read so far) is kept
 * here, not in the machine. Panes get a const pointer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/access.h"
#include "mmu/account.h"
#include "mmu/xsas.h"
#include "sim/lab.h"
#include "sim/ledger.h"
#include "viz/model/graph.h"

struct event;
struct machine;
struct session;

enum {
    MODEL_NAME = 32,     /* names and symbols, cut */
    MODEL_LINE = 160,    /* one line of text */
    MODEL_STORY = 2000,  /* one fault story */
    MODEL_STORIES = 16,  /* the last ones */
    MODEL_EVENTS = 512,  /* the last ones */
    MODEL_ENTRIES = 512, /* rows of one lookaside unit */
    MODEL_CODE = 96,     /* lines of code around pc */
    MODEL_SEGMENTS = 128,
    MODEL_DOMAINS = 64,
    MODEL_BARS = 40,
    MODEL_SWITCHES = 32,  /* the last ones */
    MODEL_SAMPLES = 256,  /* of the counters over time */
    MODEL_MOMENTS = 4096, /* of the timeline, the last ones */
    MODEL_LANES = 32,
    MODEL_LINES = 1024, /* of the L1 data cache */
    MODEL_CHECKS = 64,
    MODEL_STOPS = 64, /* breakpoints and watches */
    MODEL_NOTES = LAB_NOTES,
    MODEL_CONSOLE = 400 /* last lines of the console */
};

/* What the front end is doing. */
enum model_state {
    MODEL_PAUSED,
    MODEL_RUNNING,
    MODEL_ENDED, /* the scenario is over, all went well */
    MODEL_FAILED /* it ended with an error or a failed check */
};

/* What may stop a run: the letters of the stop mask. */
enum stop_letter {
    STOP_ON_FAULT,      /* F */
    STOP_ON_TLB,        /* M */
    STOP_ON_PROTECTION, /* R */
    STOP_ON_SWITCH,     /* S */
    STOP_ON_TRAP,       /* T */
    STOP_LETTERS
};
extern const char stop_letters[STOP_LETTERS + 1]; /* "FMRST" */
extern const char *const stop_names[STOP_LETTERS];

/* One row of a TLB. */
struct tlb_row {
    uint8_t unit; /* enum unit: UNIT_ITLB, UNIT_DTLB, UNIT_L2TLB */
    char mark;    /* H used, M filled by the last step, else ' ' */
    uint64_t va, pa, bytes;
    uint8_t rights; /* RIGHT_R, W, X of the leaf */
    bool user, global, accessed, dirty;
    uint16_t asid;
    uint32_t age;           /* 0 = used last */
    uint32_t owner_id;      /* domain whose space it is; 0 = not only one's */
    char owner[MODEL_NAME]; /* its name, or "" */
};

/* One row of the protection unit. */
struct range_row {
    uint8_t unit; /* UNIT_IRPLB, UNIT_DRPLB */
    char mark;
    uint16_t domain;
    char domain_name[MODEL_NAME], segment[MODEL_NAME];
    uint64_t base, limit;
    uint8_t rights;
    uint32_t age;
};

/* Counters of one lookaside unit or cache. */
struct unit_row {
    const char *name;    /* "itlb" ... as in the statistics */
    uint32_t used, size; /* entries; 0 0 for caches */
    uint64_t hits, misses, late, gifts;
    uint64_t by_cause[MISS_CAUSE_COUNT];
    uint64_t reach; /* bytes that its valid entries cover */
};

/* One line of the L1 data cache. */
struct line_row {
    bool valid, dirty;
    char mark;    /* H or M by the last step, else ' ' */
    uint8_t heat; /* uses of the units since its own, over the number of lines:
                     below 1: 3, below 8: 2, below 64: 1, else 0 */
};

/* The counters at one moment. */
struct sample {
    uint64_t cycle, instructions, switches;
    uint64_t hits[UNIT_COUNT], misses[UNIT_COUNT];
};

/* The counters between two cycles, counted by a second run of the scenario. */
struct ruler {
    enum { RULER_NONE, RULER_UNDER_WAY, RULER_COUNTED, RULER_FAILED } state;
    uint64_t from, to;
    uint64_t at; /* cycle it has got to */
    struct sample counted;
    char why[MODEL_LINE]; /* it failed */
};

/* Something on the timeline. */
struct moment {
    uint64_t cycle;
    uint32_t cost;       /* S: cycles the switch took, before `cycle` */
    uint8_t lane, other; /* of domains; S: where it came from; C: where the
                            portal leads; c: the caller */
    uint8_t thread, other_thread; /* the same in lanes of threads */
    uint8_t hart;
    char letter; /* F M R S T of the stop mask, C portal call, c its return,
                  * a program's mark, ' ' none: only says who runs */
    bool gap; /* what happened before it since the last moment was not kept */
};

struct lane {
    uint32_t id; /* of the domain or thread; 0 = kernel */
    bool kernel; /* the kernel's own thread: its domain is what it found */
    char name[MODEL_NAME];
};

struct switch_row {
    uint64_t number, cycle, direct, instructions;
    uint64_t late; /* of a recorded trace only: refills until the next one */
    uint32_t from_id, to_id;
    char from[MODEL_NAME], to[MODEL_NAME];
    uint64_t phase[PHASE_COUNT]; /* direct cycles */
};

/* Stages of an access in the order of asking. */
enum scope_stage {
    SCOPE_PROTECTION,
    SCOPE_TLB,
    SCOPE_L2TLB,
    SCOPE_WALK,
    SCOPE_PMP,
    SCOPE_L1,
    SCOPE_L2,
    SCOPE_DRAM,
    SCOPE_STAGES
};

struct stage_row {
    char letter; /* H hit, M miss, W walked, ok '+', R refused, '.' not asked,
                    '-' not there */
    bool known;  /* cycles are those of this access */
    uint32_t cycles;
    char text[96];
};

/* One access under the microscope. */
struct scope {
    bool valid;
    enum { SCOPE_OF_STEP, SCOPE_OF_REFUSAL, SCOPE_ASKED } origin;
    char what[MODEL_LINE]; /* "store of 8 bytes at ... = page + 0x0" */
    char who[MODEL_LINE];  /* "bob, in user mode" */
    uint64_t va, pa;
    uint8_t levels;     /* of the page table, 0 = bare */
    uint8_t page_shift; /* of the page found, 0 = none */
    bool refused, cycles_known;
    uint32_t cycles; /* beyond the pipelined hit */
    struct stage_row stage[SCOPE_STAGES];
    char verdict[256]; /* in words */
};

/* What the user asked the microscope for. */
struct model_ask {
    bool set;
    char access; /* 'r' 'w' 'x' */
    uint64_t va;
    char domain[MODEL_NAME]; /* "" = the one that runs */
};

/* A breakpoint or a watch. */
struct stop_row {
    unsigned number;
    bool watch, off;
    uint64_t hits;
    char line[MODEL_LINE];  /* "break fault_kill in bob" */
    char place[MODEL_LINE]; /* where that is; "" = not there yet */
    unsigned places;
    uint64_t va; /* of the first */
};

/* Where the code panel looks instead of at pc. */
struct model_look {
    bool set;
    uint64_t va;
};

/* A line of the scenario that checks something. */
struct check_row {
    int line;
    uint32_t passed, failed;
    char text[MODEL_LINE];
};

struct code_row {
    uint64_t pc;
    bool is_source; /* text is a line of the program's source */
    bool is_label;  /* text is a symbol */
    bool is_pc;
    char stop; /* '*' breakpoint, 'o' one that is off, else ' ' */
    uint32_t
        heat; /* looks, with time passing between them, that found pc here */
    char text[MODEL_LINE];
};

struct event_row {
    uint64_t serial, cycle;
    uint8_t kind;                      /* enum event_kind */
    char letter;                       /* F M R S T or '.' for the rest */
    uint64_t story;                    /* serial of its story + 1, 0 = none */
    uint64_t va;                       /* address, when there is one */
    uint32_t domain_id, other, thread; /* other: of a switch, the old one */
    char domain[MODEL_NAME];
    char text[MODEL_LINE];
};

/* A bar of the ledger. The accounts add up to all cycles; rows with is_switch
 * are a second view of some of them: what the switches cost. */
struct bar_row {
    char name[MODEL_NAME];
    uint64_t window, total; /* cycles since the last command began; of all */
    bool is_switch;
    bool is_count; /* a number of things, not cycles */
};

struct domain_row {
    uint32_t id;
    bool current, ended;
    char name[MODEL_NAME];
};

struct segment_row {
    uint64_t base, bytes;
    char name[MODEL_NAME];
    uint8_t rights[MODEL_DOMAINS];    /* RIGHT_*, per row of domains */
    uint8_t elsewhere[MODEL_DOMAINS]; /* 1 = at another address there (MAS) */
    uint64_t address[MODEL_DOMAINS];  /* where that domain sees it */
};

/* What the timeline draws of one run. */
struct time_track {
    bool other;                   /* not the run that is looked at */
    const struct moment *moments; /* ring, as in struct model */
    uint64_t moment_count, cycle;
    const struct lane *lanes, *threads;
    int lane_count, thread_count, hart_count;
};

/* What two runs are compared by. */
struct run_summary {
    char machine[MODEL_NAME], personality[MODEL_NAME];
    char domain[MODEL_NAME], thread[MODEL_NAME];
    char privilege;
    uint64_t pc, x[32];
    char pc_symbol[MODEL_NAME * 2];
    uint64_t cycle, instructions, program, faults;
    struct sample newest, began;
    struct unit_row units[8];
    struct bar_row bars[MODEL_BARS];
    int bar_count;
    struct switch_stats switch_window, switch_total;
    struct switch_row switches[MODEL_SWITCHES]; /* newest first */
    int switch_count;
};

enum other_state {
    OTHER_NONE,   /* there is no other run */
    OTHER_BEHIND, /* on its way to the point where this run stands */
    OTHER_THERE,
    OTHER_WAITS, /* where it was, until this run does not run fast any more */
    OTHER_ENDED, /* the scenario, or its machine, came to an end before */
    OTHER_FAILED /* why says it */
};

/* Another run of the scenario, beside this one (runner/companion.h). */
struct other_run {
    enum other_state state;
    int percent;            /* of the way */
    bool beyond;            /* it is there, but not exactly */
    bool in_kernel;         /* this run has gone on from there, in the kernel */
    char label[MODEL_NAME]; /* what is different there */
    char point[MODEL_NAME * 2]; /* "switch 60": where both stand */
    char why[MODEL_LINE];
    struct run_summary run;

    /* its timeline, when it is there */
    struct moment moments[MODEL_MOMENTS]; /* ring */
    uint64_t moment_count;
    struct lane lanes[MODEL_LANES], threads[MODEL_LANES];
    int lane_count, thread_count, hart_count;
};

struct model {
    /* how far the user's command is, written by runner/runner.c */
    enum model_state state;
    char scenario[MODEL_NAME * 2]; /* file name without folders */
    int speed;                     /* index in runner_speeds */
    uint32_t stops;                /* mask of 1 << enum stop_letter */
    char notice[MODEL_LINE];       /* one line: what just happened */
    uint32_t checks_passed, checks_failed;
    struct model_ask ask;
    struct model_look look;
    uint32_t stop_kinds;          /* EVENT_BITs that have no letter */
    char stop_domain[MODEL_NAME]; /* events of this domain only; "" = any */
    struct stop_row stop_points[MODEL_STOPS];
    int stop_point_count;
    struct model_graph_ask graph_ask;
    struct graph_mark *graph_mark; /* of model/graph.c; not of this time */
    struct lab lab;                /* what the scenario asks of the view */
    char notes[MODEL_NOTES]; /* Markdown: of lab{}, or the comment that opens
                                the scenario */
    struct check_row checks[MODEL_CHECKS];
    int check_count;

    /* the machine, written by model_refresh */
    bool has_machine;
    bool recorded;       /* a trace is shown, not a machine (model/tape.h) */
    bool recorded_steps; /* with a line for each instruction */
    uint32_t x_unknown;  /* mask: the trace does not say what is in x[i] */
    char machine[MODEL_NAME];
    bool one_space;     /* one address space for all domains */
    uint8_t protection; /* SPROT_*: which unit decides */
    bool hardware_refill;
    char personality[MODEL_NAME]; /* "rplb-hw", "mas-asid" ... */
    uint32_t hart;
    char domain[MODEL_NAME], thread[MODEL_NAME];
    uint16_t domain_id;
    char privilege; /* U S M */
    uint64_t cycle, instructions;
    uint64_t program; /* instructions in user mode */
    uint64_t faults;
    struct unit_row units[8]; /* in the order of enum unit */

    uint64_t x[32], x_before[32], pc;
    char symbol[32][MODEL_NAME]; /* what the register points at, or "" */
    char pc_symbol[MODEL_NAME * 2];
    uint64_t satp, sdomain, scause, stval, sepc, sstatus;

    struct code_row code[MODEL_CODE];
    int code_count, code_pc; /* rows; which one holds pc, -1 = none */
    uint32_t code_hottest;   /* heat of the hottest row */
    char source[MODEL_LINE]; /* file:line and text of pc's source line */
    char look_symbol[MODEL_NAME * 2]; /* where the code panel looks */

    struct tlb_row tlb[3 * MODEL_ENTRIES];
    int tlb_count, tlb_more; /* more = valid entries not listed */
    struct range_row ranges[2 * MODEL_ENTRIES];
    int range_count, ranges_more;

    struct domain_row domains[MODEL_DOMAINS];
    int domain_count, domains_more;
    struct segment_row segments[MODEL_SEGMENTS];
    int segment_count, segments_more; /* more = not listed, too many */

    struct event_row events[MODEL_EVENTS]; /* ring: serial % MODEL_EVENTS */
    uint64_t event_count;                  /* ever read */
    uint64_t events_lost;                  /* the machine's list was faster */
    char stories[MODEL_STORIES][MODEL_STORY];
    uint64_t story_count;

    struct bar_row bars[MODEL_BARS];
    int bar_count;
    uint64_t window_cycles, total_cycles;
    uint64_t window_switches, total_switches;
    struct switch_stats switch_window, switch_total;
    struct switch_row switches[MODEL_SWITCHES]; /* newest first */
    int switch_count;

    struct line_row lines[MODEL_LINES]; /* L1D, set by set */
    uint32_t line_sets, line_ways;      /* 0 0 = none, or too large to show */

    struct sample samples[MODEL_SAMPLES]; /* oldest first */
    int sample_count;
    uint64_t sample_spacing; /* cycles between two of them, at least */
    struct sample newest;    /* the counters now */
    struct sample began;     /* when the last command began */
    struct ruler ruler;
    struct other_run other;

    struct moment moments[MODEL_MOMENTS]; /* ring */
    uint64_t moment_count;                /* ever */
    struct lane lanes[MODEL_LANES];       /* in order of appearance */
    int lane_count;
    struct lane threads[MODEL_LANES]; /* likewise */
    int thread_count;
    int hart_count;
    uint64_t core_hz; /* cycles of the clock per second */

    struct scope scope;
    struct model_graph graph;

    char console[MODEL_CONSOLE][MODEL_LINE]; /* ring of lines */
    uint64_t console_lines;                  /* ever begun */
    int console_bytes;                       /* in the last line */
    bool console_open;                       /* the last line goes on */

    struct model_memory *memory; /* of model/read.c; not for panes */
};

struct heap;
/* Empty model, paused; what it remembers lies in the heap (or NULL).
 * source_root: where relative source paths begin, or NULL. */
void model_init(struct model *m, struct heap *heap, const char *source_root);
void model_free(struct model *m);
/* A command begins: registers and accounts are remembered as "before". */
void model_mark(struct model *m, const struct session *s);
/* Only the registers: for a slow run, whose every slice is a step. */
void model_mark_registers(struct model *m, const struct session *s);
/* Copies everything out of the session's current machine. */
void model_refresh(struct model *m, const struct session *s);
/* Does it change without being asked: a run is under way, here or beside? */
bool model_is_moving(const struct model *m);
/* The part of a model that is compared. */
void model_summary(const struct model *m, struct run_summary *to);
/* Remembers all graphs as they are now; later ones are compared with them. */
void model_graph_mark(struct model *m, const struct session *s);
/* Forgets them: they lie outside of the heap. model_free does so, too. */
void model_graph_forget(struct model *m);
/* What graphs need to know of the time that has passed: call it after each
 * slice, or events may be lost (and counted: model_graph.lost). */
void model_graph_listen(struct model *m, const struct session *s);
/* The opening comment of the scenario file, and the lines that check. */
void model_read_notes(struct model *m, const char *path);
/* Adds text of the scenario or the guest to the console. */
void model_print(struct model *m, const char *text, size_t bytes);

/* An event in one line, without line breaks and without its cycle. */
void model_event_line(const struct machine *machine, const struct event *e,
                      char to[MODEL_LINE]);

/* The event row with this serial, or NULL when it has been overwritten. */
const struct event_row *model_event(const struct model *m, uint64_t serial);
/* The story of an event, or NULL. */
const char *model_story(const struct model *m, const struct event_row *e);
/* What the timeline draws of this run, and of the other one. */
struct time_track time_track(const struct model *m);
struct time_track time_track_other(const struct model *m);
/* Moment `serial` of the timeline, or NULL when it has been overwritten. */
const struct moment *model_moment(const struct model *m, uint64_t serial);
const struct moment *time_moment(const struct time_track *t, uint64_t serial);
/* to - from; nothing, when to is not later. */
struct sample sample_difference(const struct sample *to,
                                const struct sample *from);
/* The counters between two cycles, as far as the samples tell: at least and at
 * most. from <= to. */
void model_between(const struct model *m, uint64_t from, uint64_t to,
                   struct sample *least, struct sample *most);
/* Line `serial` of the console. */
const char *model_console_line(const struct model *m, uint64_t serial);

/* "rwxm", a '-' for each right that is missing. */
void rights_text(uint8_t rights, char to[5]);
/* 18204 -> "18,204". */
void grouped_number(uint64_t n, char *to, size_t room);
/* Bytes as 4K, 2M, 1G; with all digits when they are none of these. */
void size_text(uint64_t bytes, char *to, size_t room);
/* About so many bytes: "32K", "1.5G". */
void reach_text(uint64_t bytes, char *to, size_t room);
/* Hex digits of an address, right-aligned in `width` columns; when it has more,
 * ".." and its last digits. */
void address_text(uint64_t address, int width, char *to, size_t room);
/* Cycles of a clock as time: "812 ns", "12.4 us", "3.10 ms". */
void time_text(uint64_t cycles, uint64_t hz, char *to, size_t room);
/* part of whole as "97.1%"; "-" when whole is 0. */
void percent_text(uint64_t part, uint64_t whole, char *to, size_t room);
