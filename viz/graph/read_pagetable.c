/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page-table tree of one space, read from RAM as the walker would. Entries
 * in a row with the same rights to the same segment are one line; A and D bits
 * are counted, not compared.
 */
#include <inttypes.h>
#include <string.h>

#include "mmu/translate/walk.h"
#include "viz/graph/graph.h"

enum { ENTRIES = 512 };

struct reader {
    struct graph *g;
    const struct machine *m;
    uint32_t domain;
};

static uint64_t target(uint64_t pte)
{
    return (pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << 12;
}

static bool is_leaf(uint64_t pte)
{
    return (pte & PTE_V) && (pte & (PTE_R | PTE_W | PTE_X));
}

static const char *page_size(unsigned level)
{
    static const char *const sizes[] = { "4 KiB", "2 MiB", "1 GiB", "512 GiB",
                                         "256 TiB" };
    return sizes[level];
}

static const struct registry_segment *segment_of(const struct reader *r,
                                                 uint64_t va)
{
    uint64_t offset;
    return registry_segment_at(&r->m->registry, r->domain, va, &offset);
}

/* How many entries from i on are one run: the same rights, the same segment. */
static unsigned run_length(const struct reader *r, const uint64_t *pte,
                           unsigned i, unsigned level, uint64_t va)
{
    const uint64_t same = PTE_R | PTE_W | PTE_X | PTE_U | PTE_G;
    uint64_t step = UINT64_C(1) << (12 + 9 * level);
    const struct registry_segment *s = segment_of(r, va);
    unsigned n = 1;
    while (i + n < ENTRIES && is_leaf(pte[i + n]) &&
           (pte[i + n] & same) == (pte[i] & same) &&
           segment_of(r, va + n * step) == s)
        n++;
    return n;
}

static bool is_in_a_row(const uint64_t *pte, unsigned n, unsigned level)
{
    uint64_t step = UINT64_C(1) << (12 + 9 * level);
    for (unsigned i = 1; i < n; i++)
        if (target(pte[i]) != target(pte[0]) + i * step)
            return false;
    return true;
}

static unsigned count_bit(const uint64_t *pte, unsigned n, uint64_t bit)
{
    unsigned count = 0;
    for (unsigned i = 0; i < n; i++)
        count += (pte[i] & bit) != 0;
    return count;
}

static void add_run(const struct reader *r, struct graph_node *n,
                    const uint64_t *pte, unsigned count, unsigned level,
                    uint64_t va)
{
    const struct registry_segment *s = segment_of(r, va);
    char where[40];
    if (is_in_a_row(pte, count, level))
        snprintf(where, sizeof where, "to 0x%" PRIx64, target(*pte));
    else
        snprintf(where, sizeof where, "to scattered frames");
    graph_row(n, NULL, "0x%" PRIx64 "  %u x %s  %s  %c%c%c%c%c  A %u D %u%s%s",
              va, count, page_size(level), where, *pte & PTE_R ? 'r' : '-',
              *pte & PTE_W ? 'w' : '-', *pte & PTE_X ? 'x' : '-',
              *pte & PTE_U ? 'u' : '-', *pte & PTE_G ? 'g' : '-',
              count_bit(pte, count, PTE_A), count_bit(pte, count, PTE_D),
              s ? "  " : "", s && s->name[0] ? s->name : "");
}

/* The addresses an entry begins at; the upper half is sign-extended. */
static uint64_t entry_va(uint64_t base, unsigned i, unsigned level,
                         unsigned levels)
{
    unsigned shift = 64 - (12 + 9 * levels);
    uint64_t va = base + ((uint64_t)i << (12 + 9 * level));
    return (uint64_t)((int64_t)(va << shift) >> shift);
}

static void add_table(const struct reader *r, uint64_t pa, unsigned level,
                      unsigned levels, uint64_t base, const char *parent)
{
    uint64_t pte[ENTRIES];
    char id[GRAPH_ID], title[GRAPH_TEXT], port[GRAPH_ID + 12], key[16];
    unsigned valid = 0;
    snprintf(id, sizeof id, "pt_%" PRIx64, pa);
    snprintf(title, sizeof title, "level %u table at 0x%" PRIx64, level, pa);
    if (!machine_peek_phys(r->m, pa, pte, sizeof pte))
        return;
    struct graph_node *n = graph_node(r->g, ROLE_TABLE, id, title);
    if (!n)
        return; /* a table used twice, or too many */
    for (unsigned i = 0; i < ENTRIES; i++)
        valid += (pte[i] & PTE_V) != 0;
    graph_row(n, NULL, "%u of 512 entries valid", valid);
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t va = entry_va(base, i, level, levels);
        if (is_leaf(pte[i])) {
            unsigned count = run_length(r, pte, i, level, va);
            add_run(r, n, &pte[i], count, level, va);
            i += count - 1;
        } else if (pte[i] & PTE_V) {
            snprintf(key, sizeof key, "e%u", i);
            graph_row(n, key, "[%u] 0x%" PRIx64 "  next table", i, va);
        }
    }
    if (parent)
        graph_edge(r->g, LINE_PLAIN, parent, id, NULL, NULL);
    for (unsigned i = 0; i < ENTRIES && level > 0; i++) {
        if (!(pte[i] & PTE_V) || is_leaf(pte[i]))
            continue;
        snprintf(port, sizeof port, "%.39s:e%u", id, i);
        add_table(r, target(pte[i]), level - 1, levels,
                  entry_va(base, i, level, levels), port);
    }
}

bool graph_read_pagetable(struct graph *g, const struct machine *m,
                          const struct graph_question *q, struct err *err)
{
    char name[32], title[GRAPH_TEXT];
    struct mmu_regs regs = machine_regs_as(m, q->domain);
    const struct reader r = { g, m, q->domain };
    unsigned levels = walk_levels(regs.satp);
    const char *who =
        registry_domain_name(&m->registry, q->domain, name, sizeof name);
    if (!levels)
        return err_set(err, EXIT_USAGE,
                       "%s has no page table at cycle %" PRIu64
                       ": translation is off",
                       who, machine_clock(m));
    snprintf(g->legend, sizeof g->legend,
             "each line: first address, pages in a row, where they lie, "
             "rights, how many are used (A) and written (D)");
    snprintf(title, sizeof title, "satp of %s", who);
    struct graph_node *n =
        graph_node(g, q->domain ? ROLE_DOMAIN : ROLE_KERNEL, "satp", title);
    graph_row(n, NULL, "Sv%u, ASID %u", 12 + 9 * levels,
              (unsigned)(regs.satp >> SATP_ASID_SHIFT & SATP_ASID_MASK));
    add_table(&r, (regs.satp & SATP_PPN_MASK) << 12, levels - 1, levels, 0,
              "satp");
    return true;
}
