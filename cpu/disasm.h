/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disassembly in the style of `objdump -M no-aliases`, with ABI register
 * names, absolute branch targets, and one space after the mnemonic.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define DISASM_BYTES 64 /* enough for any instruction */

/* ABI names of x0..x31: "zero", "ra", ... */
extern const char *const register_names[32];

/*
 * Writes the text of word at pc, always terminated. A word that no row
 * matches becomes ".4byte 0x..." or ".2byte 0x...".
 */
void disasm(uint32_t word, uint64_t pc, char *out, size_t n);
