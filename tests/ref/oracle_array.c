/* SPDX-License-Identifier: Apache-2.0 */
/* See oracle_array.h. */
#include "tests/ref/oracle_array.h"

int oracle_array_find(const struct oracle_array *o, uint64_t address,
                      uint32_t context, int *which)
{
    int n = 0;
    for (int i = 0; i < o->sets * o->ways; i++) {
        const struct oracle_entry *e = &o->e[i];
        if (e->valid && e->first <= address && address <= e->last &&
            (e->global || e->context == context)) {
            n++;
            *which = i;
        }
    }
    return n;
}

bool oracle_array_lookup(struct oracle_array *o, uint64_t address,
                         uint32_t context)
{
    int which;
    if (oracle_array_find(o, address, context, &which) != 1)
        return false;
    o->e[which].used = ++o->time;
    return true;
}

/* The set is the entry's number of lengths from 0, modulo the sets. */
static int set_of(const struct oracle_array *o, const struct oracle_entry *e)
{
    if (o->sets == 1)
        return 0;
    uint64_t length = e->last - e->first + 1;
    return (int)(e->first / length % (uint64_t)o->sets);
}

static void place(struct oracle_array *o, struct oracle_entry e)
{
    int base = set_of(o, &e) * o->ways, at = base;
    for (int i = base; i < base + o->ways; i++) {
        const struct oracle_entry *x = &o->e[i], *y = &o->e[at];
        if (!y->valid)
            break;
        bool older = o->fifo ? x->filled < y->filled : x->used < y->used;
        if (!x->valid || older)
            at = i;
    }
    e.valid = true;
    e.used = e.filled = ++o->time;
    o->e[at] = e;
}

void oracle_array_fill_page(struct oracle_array *o, struct oracle_entry e)
{
    for (int i = 0; i < o->sets * o->ways; i++) {
        struct oracle_entry *x = &o->e[i];
        bool meet = x->first <= e.last && e.first <= x->last;
        if (x->valid && meet &&
            (x->global || e.global || x->context == e.context))
            x->valid = false;
    }
    place(o, e);
}

void oracle_array_fill_range(struct oracle_array *o, struct oracle_entry e)
{
    for (int i = 0; i < o->sets * o->ways; i++)
        if (o->e[i].valid && o->e[i].first == e.first &&
            o->e[i].last == e.last && o->e[i].context == e.context)
            o->e[i].valid = false;
    place(o, e);
}
