/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The description of a machine: every parameter of mmu/, cpu/ and the board,
 * named as in the three param.def files, with presets. From here the numbers
 * go to mmu_init, cpu_init and machine_new, and stay constant for a machine.
 */
#pragma once

#include <stdio.h>

#include "cpu/config.h"
#include "mmu/config.h"
#include "mmu/err.h"

struct config {
    struct mmu_config mmu;
    struct cpu_config cpu;
    char preset[16]; /* name of the preset it began as */
/* The board: sim/param.def. */
#define PARAM(field, key, min, max, unit, doc) uint64_t field;
#define CHOICE(field, key, choices, doc)       uint64_t field;
#include "sim/param.def"
#undef PARAM
#undef CHOICE
};

#define PRESET_DEFAULT "u54"

/* One parameter as data: what Lua, --set, docs and screens list. */
struct parameter {
    const char *key;     /* "l1d.bytes" */
    const char *choices; /* "lru|plru|..."; NULL for a number */
    uint64_t min, max;   /* of a number */
    const char *unit, *doc;
    size_t offset, size; /* of the field in struct config */
};

size_t config_parameter_count(void);
/* i < config_parameter_count(); order of the .def files: mmu, cpu, board. */
const struct parameter *config_parameter(size_t i);
const struct parameter *config_find(const char *key); /* NULL = unknown */

/* Fills *c with a preset. False: unknown name, err names the nearest. */
MUST_CHECK
bool config_preset(struct config *c, const char *name, struct err *err);

/*
 * Sets one parameter by its dotted key. text: a decimal or 0x number, K, M or G
 * after it multiply by 1024 (of Hz: by 1000); or a choice by name. False:
 * unknown key or choice (err names the nearest known one), not a number, out of
 * range.
 */
MUST_CHECK
bool config_set(struct config *c, const char *key, const char *text,
                struct err *err);
/* "key=value", as on the command line. */
MUST_CHECK
bool config_set_pair(struct config *c, const char *pair, struct err *err);

uint64_t config_get(const struct config *c, const struct parameter *p);
/* Value as text: the choice's name or the number. */
void config_format(const struct config *c, const struct parameter *p, char *to,
                   size_t room);

/* Rules that tie several parameters of the board; those of mmu/ and cpu/ are
 * checked by their init functions. */
MUST_CHECK
bool config_check(const struct config *c, struct err *err);

/* Presets by index, NULL after the last; and one line about each. */
const char *preset_name(size_t i);
const char *preset_doc(const char *name);
/* Where a preset's value comes from: a citation, or "assumed". */
const char *preset_source(const char *name, const char *key);
/* `opalite presets`: every parameter, value and source of each preset. */
void presets_print(FILE *to);

/* The known word nearest to `word` by edit distance, or one that begins with
 * it; NULL when none is near: more than two letters and more than half of them
 * differ. next(i, context) yields the words, NULL after the last. */
const char *nearest_word(const char *word,
                         const char *(*next)(size_t i, const void *context),
                         const void *context);
