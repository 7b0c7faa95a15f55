/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of `opalite`, one file each, and what they share: options as a
 * table that parses, complains with the nearest known name, and prints its own
 * help.
 */
#pragma once

#include <stdint.h>

#include "mmu/err.h"
#include "sim/machine.h"

struct command {
    const char *name, *arguments, *doc;
    int (*run)(const struct command *c, int argc, char **argv);
};

/* The list, NULL name after the last: sim/main.c. */
extern const struct command commands[];

int command_run(const struct command *c, int argc, char **argv);
int command_exec(const struct command *c, int argc, char **argv);
int command_boot(const struct command *c, int argc, char **argv);
int command_trace(const struct command *c, int argc, char **argv);
int command_explain(const struct command *c, int argc, char **argv);
int command_lockstep(const struct command *c, int argc, char **argv);
int command_presets(const struct command *c, int argc, char **argv);
int command_claims(const struct command *c, int argc, char **argv);
int command_doctor(const struct command *c, int argc, char **argv);
/* Becomes the program opalite-NAME beside this one. */
int command_sibling(const struct command *c, int argc, char **argv);

/* ---- options ------------------------------------------------------------ */

struct option_row {
    char letter;          /* 0 = none */
    const char *name;     /* "max-cycles"; NULL after the last row */
    const char *argument; /* what the help calls it; NULL = a flag; "[=..]": it
                             may be missing, then the value is NULL */
    const char *doc;
};

struct options {
    const struct command *command;
    const struct option_row *rows;
    int argc, at;
    char **argv;
    int row;            /* the option just found */
    const char *value;  /* argument of the option just found */
    bool only_operands; /* after -- */
};

/* The one word that is no option: "scenario", "FILE.lua", where it goes. path
 * NULL: there is none, and whoever gives one is asked: did you mean `name`? */
struct operand {
    const char *what, *name, **path;
};

/*
 * Reads all options: take(context, o) for each row (o->row, o->value), which
 * returns false after a usage_error. The operand must be there, if one can be,
 * unless its name is in brackets: "[FILE.elf]". False: there is nothing to do,
 * *code says how the program ends.
 */
MUST_CHECK
bool options_read(struct options *o, const struct operand *operand,
                  bool (*take)(void *context, const struct options *o),
                  void *context, enum exit_code *code);

/* Next option: its row; OPTION_OPERAND (value = the word); OPTION_END; or
 * OPTION_BAD, already said on stderr; OPTION_HELP, already printed. */
enum {
    OPTION_END = -1,
    OPTION_OPERAND = -2,
    OPTION_BAD = -3,
    OPTION_HELP = -4
};
int option_next(struct options *o);

/* Whole decimal or 0x number. False: said on stderr. */
MUST_CHECK
bool option_number(const struct options *o, uint64_t *value);

/* --engine. False: said on stderr. */
MUST_CHECK
bool option_engine(const struct options *o, enum engine *engine);
/* ok; when it is not, err is said as a usage error of this option. */
bool option_checked(const struct options *o, bool ok, const struct err *err);

/* The machine that --preset, --set and options like --misaligned describe. */
struct machine_options {
    const char *preset; /* NULL = PRESET_DEFAULT */
    struct machine_set {
        const char *key;   /* "dtlb.entries"; NULL = it is in value too */
        const char *value; /* "16"; "dtlb.entries=16" */
    } * set;               /* in the order given; owned */
    size_t set_count;
};

/* Adds one; key as in struct machine_set. */
void machine_options_set(struct machine_options *o, const char *key,
                         const char *value);
/* Preset, then all that was set, checked as a whole. "machine." may stand
 * before a key, as in `run`. False: err. */
MUST_CHECK
bool machine_options_read(const struct machine_options *o, struct config *c,
                          struct err *err);
void machine_options_free(struct machine_options *o);

/* "opalite COMMAND: text" and the hint at --help on stderr; EXIT_USAGE. */
int usage_error(const struct command *c, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* "opalite: text" on stderr; the error's code. */
int report(const struct err *err);
void exit_codes_print(void);

/* Directory of this program; directory of the guest's files (kernel.elf,
 * programs/): guest beside that one, or what OPALITE_GUEST says. */
void program_directory(char *to, size_t room);
void guest_directory(char *to, size_t room);
