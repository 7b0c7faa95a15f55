/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fidelity: programs whose cycles are known from a simulation of the RTL of a
 * real core (Flute), run on the preset that describes it. Used by `make
 * fidelity`, which prints, and by the test, which asserts. The programs and
 * what they do are in tests/fidelity/ (README.md there).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/err.h"

enum { FIDELITY_RECORDS = 200 };

/* One measurement a guest made of itself, and what the RTL said. */
struct fidelity_record {
    char name[17];
    uint64_t instructions, cycles, units;
    uint64_t rtl_instructions, rtl_cycles; /* rtl_cycles 0 = not measured */
};

struct fidelity_program {
    struct fidelity_record record[FIDELITY_RECORDS];
    size_t count;
    char checksum[17], rtl_checksum[17]; /* "" = the program has none */
};

/* Mean of the absolute errors, and the error that is largest in magnitude. */
struct fidelity_summary {
    double mean, worst; /* percent */
    char worst_name[17];
    size_t count;
};

/* Runs elf/NAME.elf on preset flute with `set`, a list of KEY=VALUE pairs with
 * blanks between ("" = none), and looks up what RTL said (expected.csv,
 * micro.csv). False: it did not run to its end. */
MUST_CHECK bool fidelity_run(const char *name, const char *set,
                             struct fidelity_program *p, struct err *err);
/* Name of the i-th program in the order of expected.csv, NULL at the end. */
const char *fidelity_name(size_t i);
/* Signed, percent; positive = we are slower than the RTL. */
double fidelity_error(const struct fidelity_record *r);
/* Adds a record with RTL cycles to a summary that began as zero; call
 * fidelity_finish before reading the mean. */
void fidelity_add(struct fidelity_summary *s, const struct fidelity_record *r);
void fidelity_finish(struct fidelity_summary *s);
