/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hints with a record point to. Observers read it while the hint runs;
 * nothing in the kernel does.
 */
#include "os/kernel/kernel.h"

struct hint_record *hint_fill(uint64_t domain, uint64_t object, uint64_t a,
                              uint64_t b, uint64_t c, const char *name)
{
    static struct hint_record record;
    record.domain = domain;
    record.object = object;
    record.a = a;
    record.b = b;
    record.c = c;
    record.name[0] = 0;
    if (name)
        name_copy(record.name, name);
    return &record;
}
