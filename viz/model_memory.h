/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the model's readers remember between two looks at a machine, and how
 * they share the work: model_read.c (state), model_code.c (code and source),
 * model_events.c (events, stories). Panes never see this.
 */
#pragma once

#include "sim/session.h"
#include "viz/model.h"

enum { SOURCE_FILES = 8, SOURCE_PATH = 512 };

/* A source file, split in lines; text NULL = could not be read. */
struct source_file {
    char path[SOURCE_PATH];
    char *text;
    char **line;
    int count;
};

struct model_memory {
    size_t seen; /* whose state the rest is: number of a machine, from 1 */
    struct event_cursor cursor;
    struct ledger_snapshot before; /* when the command began */
    char root[SOURCE_PATH];        /* of relative source paths, or "" */
    struct source_file source[SOURCE_FILES];
    int next_source; /* the one to forget next */
};

void model_read_code(struct model *m, const struct machine *machine);
void model_read_events(struct model *m, const struct machine *machine);
void model_free_sources(struct model_memory *memory);
