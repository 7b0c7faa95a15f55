/* SPDX-License-Identifier: Apache-2.0 */
/* See hpm.h. */
#include "cpu/hpm.h"

#include "cpu/cpu.h"

static uint64_t late_misses(const struct cpu *c)
{
    uint64_t sum = 0;
    for (unsigned u = 0; u < UNIT_COUNT; u++)
        sum += c->mmu.stats[u].late;
    return sum;
}

/* How often the event of counter n happened; 0 while it is inhibited. */
static uint64_t source(const struct cpu *c, unsigned n)
{
    if (c->csr.mcountinhibit >> n & 1)
        return 0;
    switch ((enum hpm_event)c->csr.hpm.event[n]) {
#define HPM_EVENT(number, name, source, text)                                  \
    case HPM_##name:                                                           \
        return source;
#include "cpu/hpm.def"
    case HPM_EVENT_COUNT:
        break;
    }
    return 0;
}

uint64_t hpm_read(const struct cpu *c, unsigned n)
{
    return c->csr.hpm.base[n] + source(c, n);
}

void hpm_write(struct cpu *c, unsigned n, uint64_t value)
{
    c->csr.hpm.base[n] = value - source(c, n);
}

void hpm_select(struct cpu *c, unsigned n, uint64_t event)
{
    uint64_t value = hpm_read(c, n);
    c->csr.hpm.event[n] = event < HPM_EVENT_COUNT ? (uint8_t)event : HPM_none;
    hpm_write(c, n, value);
}

void hpm_inhibit(struct cpu *c, uint64_t inhibit)
{
    struct csr_file *r = &c->csr;
    uint64_t value[HPM_LAST + 1];
    for (unsigned n = HPM_FIRST; n <= HPM_LAST; n++)
        value[n] = hpm_read(c, n);
    r->mcountinhibit = (r->mcountinhibit & ~HPM_ALL) | (inhibit & HPM_ALL);
    for (unsigned n = HPM_FIRST; n <= HPM_LAST; n++)
        hpm_write(c, n, value[n]);
}
