/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a packet's text from left to right. Each takes what it says from the
 * beginning of what is left, or is false, and then the packet is wrong.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of a packet's text; it ends with a 0. */
struct gdb_words {
    const char *at;
    size_t left;
};

bool gdb_take_char(struct gdb_words *w, char c);
bool gdb_take_word(struct gdb_words *w, const char *word);
/* 1 to 16 hex digits. */
bool gdb_take_hex(struct gdb_words *w, uint64_t *value);
/* Exactly n bytes, two digits each. */
bool gdb_take_bytes(struct gdb_words *w, uint8_t *to, size_t n);
/* A value as registers travel: 8 bytes, the lowest first, as on this host. */
bool gdb_take_value(struct gdb_words *w, uint64_t *value);
/* "address,bytes" */
bool gdb_take_range(struct gdb_words *w, uint64_t *va, uint64_t *bytes);
