/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session is one run of one scenario: a sandboxed Lua state, the machines it
 * made, and what is being waited for. It is the only driver of a scenario, so
 * that a scenario behaves the same in every front end (docs/architecture.md,
 * decision 7): the front end calls session_advance until it says FINISHED or
 * FAILED, and looks at the machine in between. Looking (all of `const struct
 * machine *`) changes nothing.
 *
 *     struct session *s = session_open(&options, &err);
 *     while (session_advance(s, &slice) == SESSION_RUNNING)
 *         draw(s->machine);
 *     code = session_close(s);
 */
#pragma once

#include <signal.h>

#include "mmu/err.h"
#include "sim/lab.h"
#include "sim/machine.h"

enum session_state {
    SESSION_RUNNING,  /* the slice is used up; call again */
    SESSION_STOPPED,  /* an event of slice->stop_events: machine->stop_event,
                         unless a hook asked for an earlier one of that step;
                         or one of slice->points: machine->at_point; or
                         stop_at_machine. Call again to go on */
    SESSION_FINISHED, /* the scenario reached its end */
    SESSION_FAILED    /* s->error says why; the machines stay inspectable */
};

struct session_options {
    const char *path;   /* FILE.lua */
    struct heap *heap;  /* all its state goes there; NULL: see mmu/heap.h */
    enum engine engine; /* of every machine; results are the same */
    const char *preset; /* replaces the preset of every machine{}, NULL = no */
    const char *protection; /* likewise that of every m:boot{} */
    const char *const *set; /* "key=value", seen by Lua as args.key */
    size_t set_count;
    uint64_t seed;       /* of random() */
    uint64_t max_cycles; /* of each machine, 0 = no limit */
    uint64_t
        max_lua_steps;    /* Lua instructions without advancing time, 0 = 2e9 */
    size_t max_lua_bytes; /* 0 = 1 GiB */
    const char *guest_dir;   /* NULL = OPALITE_GUEST, or ../guest of program */
    const char *program_dir; /* where opalite-plot is; NULL = beside program */
    const char *out_dir;     /* of output.*; NULL = "out" */
    const char *trace_path;  /* event trace of every machine, NULL = none */
    struct trace_choice trace; /* what goes into it */
    bool quiet;       /* no print, no progress: checks and errors only */
    bool verbose;     /* every boot and every file written is said */
    bool no_progress; /* the front end owns the terminal */
    /* print, note, tables and the guest's console; NULL = stdout. */
    void (*print)(void *context, const char *text, size_t bytes);
    void *print_context;
    /* A flag of the front end with the meaning of session.interrupted, for all
     * its sessions; NULL = none. */
    const volatile sig_atomic_t *interrupted;
    /* So many of the first output files exist already, from a run of the same
     * scenario: they are not written again (history/history.h). */
    uint64_t files_known;
};

/* A moment where session_advance returns, whatever else was asked; zero = none
 * of it. */
struct session_until {
    uint64_t instructions; /* of all machines together */
    size_t machine;        /* its number, and its clock, */
    uint64_t cycle;        /* 0 = not asked */
};

#define SESSION_CHECKS 64 /* verdicts kept; power of two */

/* A verdict of check.*. */
struct session_check {
    int line; /* of the scenario file; 0 = in another file */
    bool held;
};

struct lua_machine;

struct session_machine {
    struct machine *machine;       /* NULL after m:close() */
    char name[32];                 /* machine{name=...} or "m1", "m2" ... */
    uint64_t cycles, instructions; /* when it was closed */
    struct lua_machine *owner;     /* its Lua side; NULL after m:close() */
};

struct scenario; /* the Lua side: sim/lua/state.h */

struct session {
    enum session_state state;
    struct err error;        /* when SESSION_FAILED: "file.lua:LINE: text" */
    struct machine *machine; /* the one running now or last; NULL = none.
                                Read it again after each session_advance. */
    struct session_machine *machines; /* in order of creation */
    size_t machine_count;
    struct lab lab; /* what the scenario asks of the views */
    uint64_t checks_passed, checks_failed;
    /* The last verdicts: number n (passed + failed before it) is at
     * n % SESSION_CHECKS. */
    struct session_check checks[SESSION_CHECKS];
    /* Set by a front end's signal handler to EXIT_INTERRUPTED or
     * EXIT_WALL_CLOCK: the run ends as soon as possible, SESSION_FAILED with
     * that code; results so far are kept. */
    volatile sig_atomic_t interrupted;
    /* Whose clock and events a slice bounds: a machine's name, "" = the
     * first one, NULL = whichever runs. */
    const char *bounded;
    struct session_until until; /* a front end's wish */
    uint64_t files;             /* output files, written or known, so far */
    /* Stops when another machine than the last one is going to run. */
    bool stop_at_machine;
    struct scenario *scenario;
};

/* Loads and compiles the scenario; runs nothing yet. NULL: *err says why. */
MUST_CHECK
struct session *session_open(const struct session_options *options,
                             struct err *err);

/*
 * Runs Lua and machine until the slice is used up or something is to be told.
 * slice->max_insns and until_cycle bound the machine that runs when the call
 * begins to advance it (s->bounded may name one machine for the last);
 * slice->stop_events stops behind those events, slice->points at those;
 * slice->stop_on_mailbox is ignored. slice = NULL: to the end.
 */
enum session_state session_advance(struct session *s,
                                   const struct run_limits *slice);

/* Instructions retired so far in all machines together, also closed ones. */
uint64_t session_instructions(const struct session *s);
/* Number of the machine that runs now or ran last; machine_count = none. */
size_t session_machine_number(const struct session *s);
/* Replaces options.files_known. */
void session_set_files_known(struct session *s, uint64_t files);
/* EXIT_INTERRUPTED or EXIT_WALL_CLOCK when the run is to end, else 0. */
int session_is_interrupted(const struct session *s);

/*
 * Ends the session: writes what is buffered, frees everything. Returns the exit
 * code: the error's, EXIT_CHECK_FAILED when a check failed, else EXIT_PASSED.
 */
enum exit_code session_close(struct session *s);

/*
 * Results so far as one JSON object (scenario, seed, arguments, checks, named
 * outputs, statistics of each machine); the same run gives the same bytes.
 * "-" = stdout.
 */
MUST_CHECK
bool session_write_json(struct session *s, const char *path, struct err *err);
/* The last table or csv of the scenario as CSV. */
MUST_CHECK
bool session_write_csv(struct session *s, const char *path, struct err *err);
