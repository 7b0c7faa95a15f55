/* SPDX-License-Identifier: Apache-2.0 */
/* See oracle_pmp.h. Slow on purpose: 128-bit arithmetic and no cases. */
#include "tests/ref/oracle_pmp.h"

__extension__ typedef unsigned __int128 wide;

static bool holds(const struct oracle_pmp *o, int i, uint64_t byte)
{
    int a = o->cfg[i] >> 3 & 3;
    wide here = (wide)o->addr[i] * 4;
    wide before = i ? (wide)o->addr[i - 1] * 4 : 0;
    if (a == 1)
        return byte >= before && byte < here;
    if (a == 2)
        return byte >= here && byte < here + 4;
    if (a == 3) {
        int ones = 0;
        while (o->addr[i] >> ones & 1)
            ones++;
        wide size = (wide)8 << ones;
        return byte / size == here / size;
    }
    return false;
}

int oracle_pmp_entry(const struct oracle_pmp *o, uint64_t byte)
{
    for (int i = 0; i < 16; i++)
        if (holds(o, i, byte))
            return i;
    return -1;
}

/* The lowest-numbered entry that matches any byte must match all of them. */
bool oracle_pmp_allows(const struct oracle_pmp *o, bool machine_mode,
                       uint64_t pa, unsigned size, char kind)
{
    for (int i = 0; i < 16; i++) {
        unsigned matched = 0;
        for (unsigned b = 0; b < size; b++)
            matched += holds(o, i, pa + b);
        if (!matched)
            continue;
        if (matched < size)
            return false;
        if (machine_mode && !(o->cfg[i] & 0x80))
            return true;
        bool r = o->cfg[i] & 1, w = o->cfg[i] & 2, x = o->cfg[i] & 4;
        return kind == 'r' ? r : kind == 'w' ? w : kind == 'x' ? x : r && w;
    }
    return machine_mode;
}
