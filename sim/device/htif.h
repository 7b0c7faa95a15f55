/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTIF as test suites use it: not a device on the bus but two words of RAM, at
 * the symbols tohost and fromhost. machine.c looks after every store to it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct bus;

struct htif {
    bool on;
    uint64_t tohost, fromhost; /* physical; fromhost 0 = none */
};

enum htif_action { HTIF_NOTHING, HTIF_PRINT, HTIF_EXIT };

/*
 * What the word at tohost asks for. value: the byte to print, or what was
 * written >> 1 (0 = passed). A word whose halves are written one after the
 * other is seen with its low half first, which already decides.
 */
enum htif_action htif_decode(uint64_t word, uint64_t *value);
