/* SPDX-License-Identifier: Apache-2.0 */
/* The ring of step records; see trace/trace.h. Readers cost the machine a copy
 * per step, and only while there are any. */
#include "sim/trace/trace.h"

void trace_attach(struct trace *t, struct trace_reader *r)
{
    if (!t->ring) {
        t->ring = heap_new(t->heap, TRACE_RING, sizeof t->ring[0]);
        if (!t->ring)
            err_no_memory();
    }
    t->readers++;
    r->next = t->written;
    r->lost = 0;
}

void trace_detach(struct trace *t, struct trace_reader *r)
{
    (void)r;
    t->readers--;
}

const struct step *trace_next(const struct trace *t, struct trace_reader *r)
{
    uint64_t first = t->written > TRACE_RING ? t->written - TRACE_RING : 0;
    if (r->next < first) {
        r->lost += first - r->next;
        r->next = first;
    }
    if (r->next >= t->written)
        return NULL;
    return &t->ring[r->next++ & (TRACE_RING - 1)];
}

void trace_add(struct trace *t, const struct step *s)
{
    t->ring[t->written++ & (TRACE_RING - 1)] = *s;
}

void trace_free(struct trace *t)
{
    heap_free(t->heap, t->ring);
    t->ring = NULL;
}
