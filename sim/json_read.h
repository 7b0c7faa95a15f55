/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict reader of JSON (RFC 8259) into a tree whose every value remembers
 * its line and column, so that who reads it can point at what he does not like:
 * plot descriptions, recordings. json.h writes it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/err.h"

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_value {
    enum json_kind kind;
    int line, column; /* where it begins, from 1 */
    double number;
    char *text;              /* JSON_STRING: UTF-8 */
    char *key;               /* when it is a member of an object */
    size_t count, room;      /* JSON_ARRAY, JSON_OBJECT */
    struct json_value *item; /* members in the order of the file */
};

/* Reads all of text (RFC 8259: no comments, no trailing commas, no key twice).
 * False: err says NAME:LINE:COLUMN and what was expected. */
MUST_CHECK
bool json_parse(struct json_value *v, const char *name, const char *text,
                size_t bytes, struct err *err);
void json_value_free(struct json_value *v);
/* Member of an object, or NULL. */
const struct json_value *json_member(const struct json_value *v,
                                     const char *key);
