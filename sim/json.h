/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writer of every JSON file and answer of ours. Streams to a FILE; keys
 * come out in the order of the calls; integers are exact to 64 bits; a real
 * number is the shortest text that reads back as the same number; NaN and
 * infinities become null. Two spaces of indent, small arrays of numbers stay
 * on one line (json_array_inline).
 *
 *     struct json j;
 *     json_begin(&j, file);
 *     json_object(&j);
 *     json_key(&j, "cycles"), json_u64(&j, n);
 *     json_end(&j);
 *     ok = json_finish(&j, path, &err);
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "mmu/err.h"

#define JSON_DEPTH 64

struct json {
    FILE *file;
    int depth;
    struct {
        bool array, one_line, filled;
    } level[JSON_DEPTH];
    bool after_key;
};

void json_begin(struct json *j, FILE *file);
void json_object(struct json *j);
void json_array(struct json *j);
void json_array_inline(struct json *j);
/* Closes the innermost object or array. */
void json_end(struct json *j);
void json_key(struct json *j, const char *key);
/* UTF-8 text; bytes that are not UTF-8 come out as \u00XX. */
void json_string(struct json *j, const char *text);
void json_bytes(struct json *j, const char *text, size_t n);
void json_u64(struct json *j, uint64_t value);
void json_i64(struct json *j, int64_t value);
void json_real(struct json *j, double value);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
/* Final newline and flush. False: the file could not be written. */
MUST_CHECK
bool json_finish(struct json *j, const char *path, struct err *err);

/* "0.1", "3", "1e+30": the shortest text that reads back as value. */
void json_format_real(char *to, size_t room, double value);
/* A text as JSON has it, quotes included; for lines that are written by hand.
 */
void json_quote(FILE *to, const char *text, size_t n);
