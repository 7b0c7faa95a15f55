/* SPDX-License-Identifier: Apache-2.0 */
/* See digest.h. */
#include "sim/digest.h"

#include <string.h>

#include "sim/host_pages.h"
#include "sim/stats.h"

uint64_t digest_bytes(uint64_t digest, const void *from, size_t bytes)
{
    const uint8_t *p = from;
    for (size_t i = 0; i < bytes; i++)
        digest = (digest ^ p[i]) * UINT64_C(0x100000001b3);
    return digest;
}

/* One step for a whole word: the same idea, with a wider multiplication. */
static void add(uint64_t *digest, uint64_t word)
{
    *digest = (*digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    *digest ^= *digest >> 29;
}

static void add_figure(void *context, const char *name, uint64_t value,
                       const char *unit, const char *doc)
{
    uint64_t *digest = context;
    (void)unit, (void)doc;
    *digest = digest_bytes(*digest, name, strlen(name));
    add(digest, value);
}

static void add_array(uint64_t *digest, const struct assoc *a)
{
    for (uint32_t i = 0; a->entry && i < assoc_entries(a); i++) {
        const struct assoc_entry *e = &a->entry[i];
        if (!e->valid)
            continue;
        add(digest, i);
        add(digest, e->first);
        add(digest, e->last);
        add(digest, (uint64_t)e->context << 24 | (uint64_t)e->global << 16 |
                        (uint64_t)e->dirty << 8 | e->rights);
    }
}

static void add_hart(uint64_t *digest, const struct hart *h)
{
    const struct cpu *c = &h->cpu;
    struct csr_info csr;
    for (unsigned i = 0; i < 32; i++)
        add(digest, c->x[i]);
    add(digest, c->pc);
    add(digest, c->privilege);
    add(digest, c->waiting);
    for (unsigned i = 0; csr_each(i, &csr); i++) {
        uint64_t value = 0;
        if (cpu_peek_csr(c, csr.number, &value))
            add(digest, value);
    }
    *digest = digest_bytes(*digest, &c->mmu.accounts, sizeof c->mmu.accounts);
    for (unsigned u = 0; u < UNIT_COUNT; u++)
        add_array(digest, &c->mmu.unit[u].array);
}

enum { WORDS = HEAP_PAGE / 8, AT_ONCE = 512 /* pages */ };

/* Pages of zeros do not count, so it is the same whether they exist. */
static void add_page(uint64_t *digest, uint64_t number, const uint8_t *page)
{
    uint64_t word[WORDS], any = 0;
    memcpy(word, page, sizeof word);
    for (unsigned i = 0; i < WORDS; i++)
        any |= word[i];
    if (!any)
        return;
    add(digest, number);
    for (unsigned i = 0; i < WORDS; i++)
        add(digest, word[i]);
}

static void add_ram(uint64_t *digest, const struct bus *b)
{
    uint64_t pages = b->ram_bytes / HEAP_PAGE;
    for (uint64_t p = 0; p < pages; p += AT_ONCE) {
        bool own[AT_ONCE] = { false };
        size_t n = pages - p < AT_ONCE ? (size_t)(pages - p) : AT_ONCE;
        host_own_pages(b->ram + p * HEAP_PAGE, n, own);
        for (size_t i = 0; i < n; i++)
            if (own[i])
                add_page(digest, p + i, b->ram + (p + i) * HEAP_PAGE);
    }
}

static void add_machine(uint64_t *digest, const struct machine *m)
{
    size_t bytes;
    for (uint64_t i = 0; i < m->config.harts; i++)
        add_hart(digest, &m->hart[i]);
    stats_each(m, add_figure, digest);
    add(digest, m->events.next);
    const char *text = machine_console(m, &bytes);
    *digest = digest_bytes(*digest, text, bytes);
    add_ram(digest, &m->bus);
}

uint64_t machine_digest(const struct machine *m)
{
    uint64_t digest = DIGEST_START;
    add_machine(&digest, m);
    return digest;
}

uint64_t session_digest(const struct session *s)
{
    uint64_t digest = DIGEST_START;
    for (size_t i = 0; i < s->machine_count; i++) {
        const struct session_machine *m = &s->machines[i];
        if (m->machine) {
            add_machine(&digest, m->machine);
            continue;
        }
        add(&digest, m->cycles);
        add(&digest, m->instructions);
    }
    add(&digest, s->checks_passed);
    add(&digest, s->checks_failed);
    add(&digest, s->files);
    return digest;
}
