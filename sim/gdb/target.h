/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a debugger sees of the machine: its registers by number, memory as a
 * hart sees it now, and the description that tells it of both. Numbers: 0 to
 * 31 x0 to x31, 32 pc, from 65 on the CSRs, behind them the privilege mode.
 */
#pragma once

#include <stdio.h>

#include "sim/machine.h"

enum {
    GDB_PC = 32,
    GDB_REGISTERS = 33,  /* those that the packet g holds, 8 bytes each */
    GDB_FIRST_CSR = 65,  /* number of CSR 0 */
    GDB_PRIVILEGE = 4161 /* 0 U, 1 S, 3 M */
};

/* The description in XML, with a row for each CSR of csr.def. */
void gdb_target_print(FILE *to);

/* The programs that the guest's kernel has loaded, in XML, each with its file
 * and where its first segment is: gdb reads their symbols by itself. */
void gdb_target_print_programs(const struct registry *r, FILE *to);

/* False = there is no such register. */
bool gdb_target_register(const struct hart *h, uint64_t number,
                         uint64_t *value);
/* Without effects; how many of the n bytes could be read: RAM and boot ROM. */
size_t gdb_target_read(const struct machine *m, const struct hart *h,
                       uint64_t va, void *to, size_t n);

/* Is there RAM, and does it hold these bytes? */
bool gdb_target_holds(const struct machine *m, const struct hart *h,
                      uint64_t va, const void *bytes, size_t n);

/* The debugger's hand in the machine: x1 to x31 and pc; RAM, all or nothing.
 * False = not possible. */
bool gdb_target_set_register(struct hart *h, uint64_t number, uint64_t value);
bool gdb_target_write(struct machine *m, const struct hart *h, uint64_t va,
                      const void *from, size_t n);
