/* SPDX-License-Identifier: Apache-2.0 */
/* The PLIC's registers and its choice; see device/plic.h. Chapter numbers are
 * those of the PLIC specification 1.0.0. */
#include "sim/device/plic.h"

#include <stddef.h>

void plic_reset(struct plic *p, unsigned harts)
{
    *p = (struct plic){ .contexts = 2 * harts };
}

static uint32_t bit_of(unsigned source)
{
    return UINT32_C(1) << (source % 32);
}

/* A line that is up passes a request unless one is on its way (chapter 5). */
static void gateways(struct plic *p)
{
    for (unsigned w = 0; w < PLIC_WORDS; w++)
        p->pending[w] |= p->level[w] & ~p->claimed[w];
}

void plic_line(struct plic *p, unsigned source, bool level)
{
    if (source == 0 || source >= PLIC_SOURCES)
        return;
    uint32_t *word = &p->level[source / 32];
    *word = level ? *word | bit_of(source) : *word & ~bit_of(source);
    gateways(p);
}

/* The pending and enabled source of highest priority above the threshold; of
 * equals the lowest number (chapter 4). 0 = none. */
static unsigned best(const struct plic *p, unsigned context)
{
    unsigned found = 0, above = p->threshold[context];
    for (unsigned w = 0; w < PLIC_WORDS; w++) {
        uint32_t left = p->pending[w] & p->enable[context][w];
        for (; left; left &= left - 1) {
            unsigned source = 32 * w + (unsigned)__builtin_ctz(left);
            if (p->priority[source] > above) {
                found = source;
                above = p->priority[source];
            }
        }
    }
    return found;
}

bool plic_interrupt(const struct plic *p, unsigned context)
{
    return best(p, context) != 0;
}

static unsigned claim(struct plic *p, unsigned context)
{
    unsigned source = best(p, context);
    p->pending[source / 32] &= ~bit_of(source);
    if (source)
        p->claimed[source / 32] |= bit_of(source);
    return source;
}

/* A completion of a source the context has not enabled is ignored (8). */
static void complete(struct plic *p, unsigned context, uint32_t source)
{
    if (source == 0 || source >= PLIC_SOURCES ||
        !(p->enable[context][source / 32] & bit_of(source)))
        return;
    p->claimed[source / 32] &= ~bit_of(source);
    gateways(p);
}

/* The enable word at this offset, or NULL. */
static uint32_t *enable_word(struct plic *p, uint64_t offset)
{
    if (offset < PLIC_ENABLE_AT || offset >= PLIC_CONTEXT_AT)
        return NULL;
    uint64_t context = (offset - PLIC_ENABLE_AT) / PLIC_ENABLE_STEP;
    uint64_t word = (offset - PLIC_ENABLE_AT) % PLIC_ENABLE_STEP / 4;
    if (context >= p->contexts || word >= PLIC_WORDS)
        return NULL;
    return &p->enable[context][word];
}

/* The context whose threshold (which 0) or claim (which 4) is here. */
static bool context_register(const struct plic *p, uint64_t offset,
                             unsigned *context, unsigned *which)
{
    if (offset < PLIC_CONTEXT_AT)
        return false;
    uint64_t n = (offset - PLIC_CONTEXT_AT) / PLIC_CONTEXT_STEP;
    *which = (unsigned)((offset - PLIC_CONTEXT_AT) % PLIC_CONTEXT_STEP);
    *context = (unsigned)n;
    return n < p->contexts && *which <= 4;
}

static bool fits(uint64_t offset, unsigned size)
{
    return size == 4 && offset % 4 == 0 && offset < PLIC_SIZE;
}

bool plic_read(struct plic *p, uint64_t offset, unsigned size, uint64_t *value)
{
    unsigned context, which;
    const uint32_t *enable;
    *value = 0;
    if (!fits(offset, size))
        return false;
    if (offset < UINT64_C(4) * PLIC_SOURCES)
        *value = p->priority[offset / 4];
    else if (offset >= PLIC_PENDING_AT &&
             offset < PLIC_PENDING_AT + 4 * PLIC_WORDS)
        *value = p->pending[(offset - PLIC_PENDING_AT) / 4];
    else if ((enable = enable_word(p, offset)) != NULL)
        *value = *enable;
    else if (context_register(p, offset, &context, &which))
        *value = which ? claim(p, context) : p->threshold[context];
    return true;
}

bool plic_write(struct plic *p, uint64_t offset, unsigned size, uint64_t value)
{
    unsigned context, which;
    uint32_t *enable;
    if (!fits(offset, size))
        return false;
    if (offset >= 4 && offset < UINT64_C(4) * PLIC_SOURCES)
        p->priority[offset / 4] = value & PLIC_PRIORITY;
    else if ((enable = enable_word(p, offset)) != NULL)
        *enable = (uint32_t)value & (offset % PLIC_ENABLE_STEP ? ~0U : ~1U);
    else if (context_register(p, offset, &context, &which)) {
        if (which)
            complete(p, context, (uint32_t)value);
        else
            p->threshold[context] = value & PLIC_PRIORITY;
    }
    return true;
}
