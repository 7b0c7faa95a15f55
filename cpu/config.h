/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's configuration: one field per row of cpu/param.def, plus the two
 * frequencies of the board that tie the clock to mtime. Plain numbers; the
 * ranges of the rows are checked by whoever reads the user's text, the
 * relations between fields by cpu_init.
 */
#pragma once

#include <stdint.h>

struct cpu_config {
#define PARAM(field, key, min, max, unit, what) uint64_t field;
#define CHOICE(field, key, list, what)          uint64_t field;
#include "cpu/param.def"
#undef PARAM
#undef CHOICE
    uint64_t core_hz, timebase_hz; /* from sim/param.def */
};

/* Values of the CHOICE rows: the index in the row's list. */
enum { PREDICTOR_STATIC, PREDICTOR_BTB, PREDICTOR_NEXT };
enum { DIVIDER_QUOTIENT, DIVIDER_SERIAL };
enum { MISALIGNED_TRAP, MISALIGNED_OK };
enum { HW_AD_OFF, HW_AD_ON };
