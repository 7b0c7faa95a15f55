/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the model's readers remember between two looks at a machine, and how
 * they share the work: model/read.c (state), model/code.c (code and source),
 * model/events.c (events, stories). Panes never see this.
 */
#pragma once

#include "sim/session/session.h"
#include "viz/model/model.h"

struct model_graphs;

enum { SOURCE_FILES = 8, SOURCE_PATH = 512, HEAT_SLOTS = 4096 };

/* How often a look found pc at an address. */
struct heat {
    uint64_t pc;
    uint32_t count; /* 0 = free */
};

/* A source file, split in lines; text NULL = could not be read. */
struct source_file {
    char path[SOURCE_PATH];
    char *text;
    char **line;
    int count;
};

struct model_memory {
    struct heap *heap; /* where it lies, and its sources */
    size_t seen; /* whose state the rest is: number of a machine, from 1 */
    struct event_cursor cursor;
    struct ledger_snapshot before; /* when the command began */
    char root[SOURCE_PATH];        /* of relative source paths, or "" */
    struct source_file source[SOURCE_FILES];
    int next_source; /* the one to forget next */
    uint64_t mark;   /* clock when the command began */
    /* The accounts at the last look, and at the last one before that at which
     * the clock was another. */
    struct accounts now, before_now;
    uint64_t checks;              /* read so far */
    struct heat heat[HEAT_SLOTS]; /* by hash of pc; a taken slot goes to the
                                     next address that needs it */
    uint64_t heat_clock;          /* when pc was counted last */
    struct model_graphs *graphs;  /* model/graph.c's; NULL = nothing yet */
};

/* F M R S T of the stop mask, '.' for the rest. */
char model_letter(const struct event *e);
uint8_t model_lane(struct model *m, const struct machine *machine, uint32_t id);
void model_read_moment(struct model *m, const struct machine *machine,
                       const struct event *e, bool gap);
void model_read_samples(struct model *m, const struct machine *machine);
struct sample model_sample(const struct machine *machine);
uint64_t model_program_instructions(const struct machine *machine);
void model_read_switches(struct model *m, const struct machine *machine);
void model_read_lines(struct model *m, const struct machine *machine);
void model_read_scope(struct model *m, const struct machine *machine);
void model_read_checks(struct model *m, const struct session *s);
void model_read_lab(struct model *m, const struct session *s);

/* Domains, segments and rights on record. */
void model_read_rights(struct model *m, const struct machine *machine);
void model_read_code(struct model *m, const struct machine *machine);
void model_read_events(struct model *m, const struct machine *machine);
void model_read_graph(struct model *m, const struct machine *machine);
void model_graph_free(struct model *m);
void model_free_sources(struct model_memory *memory);
