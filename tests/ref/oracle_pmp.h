/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of Priv 3.7.1 once more, byte by byte, from the text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct oracle_pmp {
    uint64_t addr[16]; /* pmpaddr0 to 15 as read */
    uint8_t cfg[16];   /* the bytes of pmpcfg0 and pmpcfg2 */
};

/* The entry that decides about this byte, or -1. */
int oracle_pmp_entry(const struct oracle_pmp *o, uint64_t byte);
/* kind: 'r', 'w', 'x', or 'a' for both of the first two. */
bool oracle_pmp_allows(const struct oracle_pmp *o, bool machine_mode,
                       uint64_t pa, unsigned size, char kind);
