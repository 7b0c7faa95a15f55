/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded trace (docs/trace.md) as something to look at: read once from
 * beginning to end, checked, and kept as an index: each event in a few words
 * with its line and story already written, and where every TAPE_PAGE-th step
 * stands in the file, with the registers as they were there. So any moment of
 * it can be shown at once, forward or back.
 *
 * A place is a number of ticks: instructions, if the trace has steps, else
 * events. At place t the first t of them have happened.
 */
#pragma once

#include "sim/machine.h"
#include "sim/trace/event.h"
#include "viz/model/model.h"

enum { TAPE_PAGE = 512, TAPE_CACHE = 2 };

struct tape_event {
    uint64_t cycle, instructions, tick;
    uint64_t va;           /* address, when there is one */
    uint64_t segment;      /* rights: whose; fault: that it hit, 0 = unknown */
    uint64_t moments;      /* of the timeline, up to and with this event */
    uint32_t text, domain; /* offsets in tape.text: its line, who */
    uint32_t running;      /* id of the domain that has the hart now */
    uint32_t domain_id;    /* who */
    uint32_t thread, cost, from, story; /* story: number + 1, 0 = none */
    uint32_t changes;                   /* of the registry so far */
    uint8_t kind, hart, lanes, thread_lanes;
    bool late;
};

/* An instruction, or an interrupt taken. */
struct tape_step {
    uint64_t cycle, pc, value;
    uint32_t cycles;
    uint8_t hart, mode, rd;
    bool trapped;
    char text[64];
};

/* What steps tell of a hart. */
struct tape_hart {
    uint64_t x[32];
    uint32_t known;   /* mask of registers written since the trace began */
    uint64_t retired; /* since then */
};

struct tape_page {
    uint64_t offset, line, clock; /* where its first step's line begins */
    uint64_t cycle;               /* of that step */
    struct tape_hart hart[MACHINE_HARTS_MAX]; /* before it */
};

struct tape {
    struct trace_reader_file reader;
    char *path;
    bool partial;
    struct machine *who; /* of which only registry and event_count are used */
    uint64_t applied;    /* changes that it knows */

    struct tape_event *events;
    size_t event_count, event_room;
    struct trace_change *changes; /* of the registry, in order */
    size_t change_count, change_room;
    struct tape_page *pages;
    size_t page_count, page_room;
    uint64_t step_count;
    struct moment *moments;
    size_t moment_count, moment_room;
    struct lane lanes[MODEL_LANES], threads[MODEL_LANES];
    char *text; /* pool of texts, each once */
    size_t text_used, text_room;
    uint32_t *words; /* hash of the pool: offset + 1 */
    size_t word_count, word_room;
    char **stories;
    size_t story_count, story_room;
    uint64_t behind[MACHINE_HARTS_MAX]; /* instructions retired before the
                                           trace began; UINT64_MAX = unknown */
    uint64_t clock;                     /* of the last line */

    struct {
        uint64_t page; /* number + 1, 0 = empty */
        uint32_t count;
        struct tape_step step[TAPE_PAGE];
    } cache[TAPE_CACHE];
    unsigned next_cache;
};

/* Does the file begin as a trace does? False also when it cannot be read. */
bool tape_is_one(const char *path);
/* partial: take what is there of a recording that was cut short. NULL: *err
 * says FILE:LINE: what (EXIT_CANNOT_LOAD). */
MUST_CHECK
struct tape *tape_open(const char *path, bool partial, struct err *err);
void tape_close(struct tape *t);

/* Places: 0 to tape_length. */
uint64_t tape_length(const struct tape *t);
/* Events that have happened at a place. */
size_t tape_events_at(const struct tape *t, uint64_t place);
/* The first place at or behind which the clock says so, or the end. False: the
 * file cannot be read any more. */
MUST_CHECK
bool tape_place_of_cycle(struct tape *t, uint64_t cycle, uint64_t *place,
                         struct err *err);
/* Step number n, from 0. NULL: *err. Valid until TAPE_CACHE other pages were
 * looked at. */
const struct tape_step *tape_step(struct tape *t, uint64_t n, struct err *err);
/* What is known of the hart before step n. False: *err. */
MUST_CHECK
bool tape_hart_at(struct tape *t, uint64_t n, uint8_t hart,
                  struct tape_hart *to, struct err *err);
/* Makes the registry of t->who that of the first n changes. */
void tape_know(struct tape *t, uint64_t changes);

/* Fills the model with the place; false: *err, the model is as it was. */
MUST_CHECK
bool model_read_tape(struct model *m, struct tape *t, uint64_t place,
                     struct err *err);
/* What the trace is, as notes in Markdown. */
void model_tape_notes(struct model *m, const struct tape *t);
