/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking into a machine without effects: memory as the kernel, or any domain,
 * would see it. Part of machine.h; rests on mmu_peek_as.
 */
#include <string.h>

#include "sim/machine.h"

uint32_t machine_domain(const struct machine *m)
{
    return m->now->ledger.domains[m->now->ledger.domain].id;
}

bool machine_peek_phys(const struct machine *m, uint64_t pa, void *to, size_t n)
{
    return bus_read(&m->bus, pa, to, n);
}

struct mmu_regs machine_regs_as(const struct machine *m, uint32_t who)
{
    struct mmu_regs regs = m->now->cpu.mmu.regs;
    const struct registry_domain *d =
        who ? registry_domain(&m->registry, who) : NULL;
    if (d) {
        regs.satp = d->satp;
        regs.domain = (uint16_t)d->id;
    }
    return regs;
}

/*
 * As the supervisor with every door open. Whether a domain may look there is
 * the registry's knowledge, not what a lookaside buffer happens to hold.
 */
static bool place(const struct hart *h, struct mmu_regs regs, bool bare,
                  uint64_t va, uint64_t *pa)
{
    regs.sprot = 0;
    regs.sum = regs.mxr = true;
    struct access a = {
        .va = va,
        .size = 1,
        .kind = ACCESS_LOAD,
        .privilege = bare ? PRIV_M : PRIV_S,
    };
    if (!mmu_peek_as(&h->cpu.mmu, &regs, &a))
        return false;
    *pa = a.pa;
    return true;
}

bool machine_place(const struct machine *m, uint32_t who, uint64_t va,
                   uint64_t *pa)
{
    bool bare = m->now->cpu.privilege == PRIV_M && !who;
    return place(m->now, machine_regs_as(m, who), bare, va, pa);
}

bool machine_place_of_hart(const struct hart *h, uint64_t va, uint64_t *pa)
{
    return place(h, h->cpu.mmu.regs, h->cpu.privilege == PRIV_M, va, pa);
}

static bool may_read(const struct machine *m, uint32_t who, uint64_t va)
{
    uint64_t offset;
    const struct registry_segment *s =
        registry_segment_at(&m->registry, who, va, &offset);
    const struct registry_right *r =
        s ? registry_right(&m->registry, who, s->base) : NULL;
    return r && (r->rights & (RIGHT_R | RIGHT_X));
}

bool machine_peek_va(const struct machine *m, uint32_t who, uint64_t va,
                     void *to, size_t n)
{
    char *out = to;
    while (n) {
        size_t part = 4096 - (size_t)(va & 4095);
        uint64_t pa;
        if (part > n)
            part = n;
        if (who && !may_read(m, who, va))
            return false;
        if (!machine_place(m, who, va, &pa) ||
            !bus_read(&m->bus, pa, out, part))
            return false;
        va += part;
        out += part;
        n -= part;
    }
    return true;
}

bool machine_peek_access(const struct machine *m, uint32_t who,
                         struct access *a)
{
    struct mmu_regs regs = machine_regs_as(m, who);
    a->privilege = who                               ? PRIV_U
                   : m->now->cpu.privilege == PRIV_M ? PRIV_M
                                                     : PRIV_S;
    return mmu_peek_as(&m->now->cpu.mmu, &regs, a);
}

const char *machine_console(const struct machine *m, size_t *length)
{
    *length = m->uart.length;
    return m->uart.text ? m->uart.text : "";
}

bool machine_console_find(const struct machine *m, const struct console_text *t,
                          size_t *end)
{
    size_t length;
    const char *text = machine_console(m, &length);
    const char *found =
        t->from < length
            ? memmem(text + t->from, length - t->from, t->bytes, t->count)
            : NULL;
    if (found)
        *end = (size_t)(found - text) + t->count;
    return found != NULL;
}
