/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of every command that runs a scenario (run, explain, graph, tui,
 * gui) and of every command that records a trace (run, exec, tui, gui). A
 * command puts SESSION_ROWS first in its table and hands rows below
 * SESSION_ROW_COUNT to session_take; TRACE_ROWS, TRACE_ROW_COUNT and trace_take
 * likewise, wherever they begin.
 */
#pragma once

#include "sim/cmd/cmd.h"
#include "sim/history/history.h"
#include "sim/moment.h"
#include "sim/session/record.h"

/* clang-format off */
#define SESSION_ROWS                                                           \
    { 0, "set", "KEY=VALUE",                                                   \
      "args.KEY in the scenario; machine.KEY: a machine parameter" },          \
    { 0, "preset", "NAME", "of every machine (opalite presets)" },             \
    { 0, "seed", "N", "of random(), default 1" },                              \
    { 0, "max-cycles", "N", "ends the run when a machine reaches N" },         \
    { 0, "engine", "NAME", "fast (default) or readable: the same results" },   \
    { 0, "at", "MOMENT",                                                       \
      "cycle:N, insns:N, an event (fault, switch:3; docs/trace.md) or end" },  \
    { 0, "machine", "NAME", "whose moment it is, default the first machine's" }
#define TRACE_ROWS                                                             \
    { 0, "trace", "FILE", "one JSON object a line for each event" },           \
    { 0, "trace-kinds", "LIST", "only these kinds or groups (docs/trace.md)" },\
    { 0, "trace-window", "A..B",                                               \
      "only from cycle A to cycle B; B may be missing" },                      \
    { 0, "trace-steps", NULL, "a line for each instruction too" }
#define RECORD_ROWS                                                            \
    { 0, "record", "FILE",                                                     \
      "at the end: a small file that repeats this run up to there" },          \
    { 0, "replay", "FILE",                                                     \
      "repeats a recorded run up to its moment, and compares" }
/* clang-format on */
enum { RECORD_ROW_TO, RECORD_ROW_FROM, RECORD_ROW_COUNT };
enum {
    SESSION_ROW_SET,
    SESSION_ROW_PRESET,
    SESSION_ROW_SEED,
    SESSION_ROW_MAX_CYCLES,
    SESSION_ROW_ENGINE,
    SESSION_ROW_AT,
    SESSION_ROW_MACHINE,
    SESSION_ROW_COUNT
};
enum {
    TRACE_ROW_FILE,
    TRACE_ROW_KINDS,
    TRACE_ROW_WINDOW,
    TRACE_ROW_STEPS,
    TRACE_ROW_COUNT
};

/* Zero: nothing is recorded or repeated. */
struct record_arguments {
    const char *to, *from;          /* files; NULL = not asked */
    struct session_record recorded; /* what `from` says */
    uint64_t text;                  /* of the scenario (session/record.h) */
};

struct session_arguments {
    struct session_options session;
    const char **set; /* owned */
    bool has_moment;  /* --at was given; else at is the end */
    struct run_moment at;
    const char *machine;    /* NULL = the first */
    uint64_t history_bytes; /* of snapshots (history/history.h) */
    struct record_arguments record;
    bool partial; /* of a view: the path is a trace, perhaps cut short */
};

/* argc bounds how many --set there can be. */
void session_arguments_init(struct session_arguments *a, int argc);
void session_arguments_free(struct session_arguments *a);

/* Takes the option just found. False: said on stderr. */
MUST_CHECK
bool session_take(struct session_arguments *a, const struct options *o);
/* row: TRACE_ROW_*, the option just found. False: said on stderr. */
MUST_CHECK
bool trace_take(const struct options *o, int row, const char **path,
                struct trace_choice *choice);
/* row: RECORD_ROW_*, the option just found. */
void record_take(struct session_arguments *a, const struct options *o, int row);
/* False, and said: --trace-kinds, -window or -steps without --trace. */
MUST_CHECK
bool trace_options_fit(const struct command *c, const char *trace,
                       const struct trace_choice *choice);

/*
 * For commands with RECORD_ROWS, whose operand is "[FILE.lua]": all options are
 * read. With --replay the scenario and its options are those of the recording,
 * and the moment to run to. False: said on stderr, *code.
 */
MUST_CHECK
bool session_arguments_complete(struct session_arguments *a,
                                const struct command *c, enum exit_code *code);
/* The session stands where it is to end: writes what --record asks for,
 * compares for --replay and says that it agrees, if `say`. False: *err. */
MUST_CHECK
bool session_arguments_record(const struct session_arguments *a,
                              const struct session *s, bool say,
                              struct err *err);
