/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See mmu.h. The way of one access: protection, translation, then the lines it
 * touches, then the bytes. Here the units are strung together and look-ups are
 * counted. Building them is in build.c, invalidation in flush.c, looking
 * without effects in peek.c.
 */
#include "mmu/mmu.h"

#include "mmu/hierarchy.h"
#include "mmu/protect/protect.h"
#include "mmu/translate/translate.h"

enum { PAGE = 4096, CAUSE_STORE_MISALIGNED = 6 };

/* Where an access lies in physical memory: two parts if it crosses pages. */
struct span {
    uint64_t pa[2];
    uint8_t *ram[2]; /* NULL = a device */
    unsigned bytes[2];
    unsigned parts;
};

/* Forgets old verdicts; the request stays. (The wide fields in one go: a
 * compiler makes a few vector stores of that.) */
static inline void begin(struct access *a)
{
    a->refused = REFUSED_NOT;
    a->cause = 0;
    a->page_shift = 0;
    a->rights = 0;
    a->walk_reads = 0;
    memset(&a->fault_va, 0, sizeof *a - offsetof(struct access, fault_va));
}

/* Once per access: its look-ups, its cycles. Caches count by themselves. */
static bool end(struct mmu *m, struct access *a, uint64_t start, bool done)
{
    bool fetch = a->kind == ACCESS_FETCH;
    unit_count(&m->stats[fetch ? UNIT_ITLB : UNIT_DTLB], &a->tlb);
    unit_count(&m->stats[UNIT_L2TLB], &a->l2tlb);
    unit_count(&m->stats[fetch ? UNIT_IRPLB : UNIT_DRPLB], &a->protection);
    a->cycles = (uint32_t)(m->accounts.total - start);
    return done;
}

/* ---- protection and translation ---------------------------------------- */

/* `size` bytes within one page. *covered (may be NULL) as protect_check. */
static bool resolve_part(struct mmu *m, struct access *a, uint64_t va,
                         unsigned size, uint64_t *pa,
                         struct assoc_entry *covered)
{
    bool user = false;
    if (m->protected && a->privilege == PRIV_U &&
        !protect_check(m, a, va, size, covered))
        return false;
    if (!m->levels || a->privilege == PRIV_M) {
        *pa = va;
        return true;
    }
    if (!translate(m, a, va, pa, &user))
        return false;
    return !user || !m->protected || a->privilege != PRIV_S ||
           protect_check(m, a, va, size, NULL);
}

/* May this mode do it there? */
static inline bool check_pmp(struct mmu *m, struct access *a, uint64_t va,
                             uint64_t pa, unsigned bytes)
{
    enum pmp_mode mode = pmp_mode(a->privilege);
    return !m->pmp.guards[mode] ||
           pmp_check(&m->pmp, mode, pa, bytes, protect_needs(a->kind)) ||
           translate_refuse(a, REFUSED_PMP, va);
}

/* RAM or a device that can take this? Device registers must be aligned. */
static bool find_span(struct mmu *m, struct access *a, uint64_t va,
                      struct span *p, unsigned part)
{
    uint64_t pa = p->pa[part];
    unsigned bytes = p->bytes[part];
    if (!check_pmp(m, a, va, pa, bytes))
        return false;
    p->ram[part] = bus_ram(m->bus, pa, bytes);
    if (p->ram[part])
        return true;
    bool fits = p->parts == 1 && pa % bytes == 0 && a->kind != ACCESS_AMO;
    if (fits && bus_find_device(m->bus, pa, bytes))
        return true;
    return translate_refuse(a, REFUSED_BUS, va);
}

static bool resolve_two(struct mmu *m, struct access *a, struct span *p)
{
    unsigned left = (unsigned)(PAGE - a->va % PAGE);
    uint64_t second = a->va + left;
    p->parts = 2;
    p->bytes[0] = left;
    p->bytes[1] = a->size - left;
    if (!resolve_part(m, a, a->va, left, &p->pa[0], NULL) ||
        !resolve_part(m, a, second, p->bytes[1], &p->pa[1], NULL))
        return false;
    a->pa = p->pa[0];
    return find_span(m, a, a->va, p, 0) && find_span(m, a, second, p, 1);
}

static bool resolve(struct mmu *m, struct access *a, struct span *p)
{
    if (a->va % PAGE + a->size > PAGE)
        return resolve_two(m, a, p);
    p->parts = 1;
    p->bytes[0] = a->size;
    if (!resolve_part(m, a, a->va, a->size, &p->pa[0], NULL))
        return false;
    a->pa = p->pa[0];
    return find_span(m, a, a->va, p, 0);
}

/* ---- caches and devices -------------------------------------------------- */

static void keep_first_miss(struct lookup *kept, struct lookup l)
{
    bool news = l.result == LOOKUP_MISS ? kept->result != LOOKUP_MISS
                                        : kept->result == LOOKUP_NONE;
    if (news)
        *kept = l;
}

/* One more line of the same access. */
static void touch_again(struct mmu *m, struct access *a, enum unit l1,
                        uint64_t pa, bool write, enum purpose purpose)
{
    struct lookup first = { 0 }, second = { 0 };
    hierarchy_access(m, l1, pa, write, purpose, &first, &second);
    keep_first_miss(&a->l1, first);
    keep_first_miss(&a->l2, second);
}

/* Every line that [pa, pa + bytes) touches: two at most. Verdicts of the first
 * one stay, unless a later one missed. */
static void touch_lines(struct mmu *m, struct access *a, enum unit l1,
                        uint64_t pa, unsigned bytes, bool write,
                        enum purpose purpose)
{
    uint64_t last = pa + bytes - 1;
    if (a->l1.result == LOOKUP_NONE && a->l2.result == LOOKUP_NONE)
        hierarchy_access(m, l1, pa, write, purpose, &a->l1, &a->l2);
    else
        touch_again(m, a, l1, pa, write, purpose);
    if ((pa ^ last) >> m->line_shift)
        touch_again(m, a, l1, last, write, purpose);
}

static void touch(struct mmu *m, struct access *a, const struct span *p,
                  bool write)
{
    for (unsigned i = 0; i < p->parts; i++)
        touch_lines(m, a, UNIT_L1D, p->pa[i], p->bytes[i], write, FOR_DATA);
}

static bool device_access(struct mmu *m, struct access *a, uint64_t pa,
                          unsigned size, bool write, uint64_t *value)
{
    const struct bus_device *d = bus_find_device(m->bus, pa, size);
    enum purpose purpose = a->kind == ACCESS_FETCH ? FOR_FETCH : FOR_DATA;
    account_charge(&m->accounts, purpose, IN_CORE,
                   (uint64_t)m->config.device_latency);
    bus_callback *call = write ? d->write : d->read;
    if (call && call(d->device, pa - d->base, size, value))
        return true;
    return translate_refuse(a, REFUSED_BUS, a->va);
}

/* ---- data ------------------------------------------------------------------
 */

static uint64_t load_two(const struct span *p)
{
    uint64_t low = 0, high = 0;
    memcpy(&low, p->ram[0], p->bytes[0]);
    memcpy(&high, p->ram[1], p->bytes[1]);
    return low | high << (8 * p->bytes[0]);
}

static bool load(struct mmu *m, struct access *a, bool write, uint64_t *value)
{
    uint64_t start = m->accounts.total;
    struct span p;
    begin(a);
    if (!resolve(m, a, &p))
        return end(m, a, start, false);
    if (!p.ram[0]) {
        *value = 0;
        bool done = device_access(m, a, p.pa[0], a->size, false, value);
        return end(m, a, start, done);
    }
    __builtin_prefetch(p.ram[0]);
    touch(m, a, &p, write && !m->through);
    if (write && m->through)
        stores_post(m, p.pa[0], FOR_DATA);
    *value = p.parts == 1 ? bus_ram_load(p.ram[0], a->size) : load_two(&p);
    return end(m, a, start, true);
}

bool mmu_load(struct mmu *m, struct access *a, uint64_t *value)
{
    return load(m, a, false, value);
}

bool mmu_amo(struct mmu *m, struct access *a, uint64_t *value)
{
    if (a->va % a->size) {
        begin(a);
        a->refused = REFUSED_MISALIGNED;
        a->cause = CAUSE_STORE_MISALIGNED;
        a->fault_va = a->va;
        return false;
    }
    bool done = load(m, a, true, value);
    a->before = done ? *value : 0;
    return done;
}

void mmu_amo_write(struct mmu *m, const struct access *a, uint64_t value)
{
    bus_ram_store(bus_ram(m->bus, a->pa, a->size), a->size, value);
    bus_wrote(m->bus, a->pa, a->size);
}

void mmu_reserve(struct mmu *m, const struct access *a)
{
    m->reservation = a->pa >> m->line_shift << m->line_shift;
}

bool mmu_store(struct mmu *m, struct access *a, uint64_t value)
{
    uint64_t start = m->accounts.total;
    struct span p;
    begin(a);
    if (!resolve(m, a, &p))
        return end(m, a, start, false);
    if (!p.ram[0]) {
        bool done = device_access(m, a, p.pa[0], a->size, true, &value);
        return end(m, a, start, done);
    }
    touch(m, a, &p, true);
    if (p.parts == 1) {
        a->before = bus_ram_load(p.ram[0], a->size);
        bus_ram_store(p.ram[0], a->size, value);
    } else {
        memcpy(&a->before, p.ram[0], p.bytes[0]);
        memcpy((char *)&a->before + p.bytes[0], p.ram[1], p.bytes[1]);
        memcpy(p.ram[0], &value, p.bytes[0]);
        value >>= 8 * p.bytes[0];
        memcpy(p.ram[1], &value, p.bytes[1]);
        bus_wrote(m->bus, p.pa[1], p.bytes[1]);
    }
    bus_wrote(m->bus, p.pa[0], p.bytes[0]);
    return end(m, a, start, true);
}

/* ---- fetch
 * ------------------------------------------------------------------- */
/*
 * An instruction may be 2 or 4 bytes long, which only its first half tells: the
 * second half is checked, and brought in, only if there is one. Most fetches
 * come from the line of the one before: see struct fetch_filter.
 */

enum { HALF = 2 };

static bool is_long(uint32_t word)
{
    return (word & 3) == 3;
}

/* The same verdict again, all hits. */
static struct lookup hit_again(struct lookup l)
{
    if (l.result == LOOKUP_NONE)
        return l;
    return (struct lookup){ .result = LOOKUP_HIT, .set = l.set, .way = l.way };
}

/* Only bytes that PMP treats as the one at pa. */
static void clamp_to_pmp(const struct mmu *m, const struct access *a,
                         uint64_t pa, uint64_t *first, uint64_t *last)
{
    enum pmp_mode mode = pmp_mode(a->privilege);
    if (!m->pmp.guards[mode])
        return;
    struct pmp_piece piece = pmp_find(&m->pmp, mode, pa);
    if (pa - piece.first < a->va - *first)
        *first = a->va - (pa - piece.first);
    if (piece.last - pa < *last - a->va)
        *last = a->va + (piece.last - pa);
}

static void filter_set(struct mmu *m, const struct access *a, uint64_t pa,
                       const struct assoc_entry *covered)
{
    struct fetch_filter *f = &m->filter;
    uint64_t mask = (1ULL << m->line_shift) - 1;
    uint64_t first = a->va & ~mask, last = a->va | mask;
    if (!lookaside_present(&m->unit[UNIT_L1I]) ||
        m->unit[UNIT_IRPLB].array.overlapping)
        return;
    if (first < covered->first)
        first = covered->first;
    if (last > covered->last)
        last = covered->last;
    clamp_to_pmp(m, a, pa, &first, &last);
    f->first = first;
    f->bytes = last - first + 1;
    f->privilege = a->privilege;
    f->ram = bus_ram(m->bus, pa, HALF) - (a->va - first);
    f->verdict = *a;
    f->verdict.pa = pa - (a->va - first);
    f->verdict.tlb = hit_again(a->tlb);
    f->verdict.protection = hit_again(a->protection);
    f->verdict.l1 = hit_again(a->l1);
    f->verdict.l2tlb = f->verdict.l2 = (struct lookup){ 0 };
    f->verdict.walk_reads = 0;
    f->verdict.cycles = 0;
}

static inline bool filter_fetch(struct mmu *m, struct access *a, uint32_t *word)
{
    const struct fetch_filter *f = &m->filter;
    uint64_t offset = a->va - f->first;
    if (offset >= f->bytes || f->privilege != a->privilege)
        return false;
    uint64_t left = f->bytes - offset, va = a->va;
    if (left < 4 && (left < HALF || is_long(f->ram[offset])))
        return false;
    *word = (uint32_t)bus_ram_load(f->ram + offset, left < 4 ? HALF : 4);
    *a = f->verdict;
    a->va = va;
    a->pa += offset;
    a->size = 4;
    if (!is_long(*word)) {
        *word &= 0xFFFF;
        a->size = HALF;
    }
    unit_count(&m->stats[UNIT_ITLB], &a->tlb);
    unit_count(&m->stats[UNIT_IRPLB], &a->protection);
    m->stats[UNIT_L1I].lookups++;
    m->stats[UNIT_L1I].hits++;
    return true;
}

/* Two bytes at va; `again` = their line was touched by this fetch already. */
static bool fetch_half(struct mmu *m, struct access *a, uint64_t va,
                       uint64_t pa, bool again, uint32_t *half)
{
    const uint8_t *ram = bus_ram(m->bus, pa, HALF);
    uint64_t value = 0;
    if (!check_pmp(m, a, va, pa, HALF))
        return false;
    if (ram) {
        if (!again)
            touch_lines(m, a, UNIT_L1I, pa, HALF, false, FOR_FETCH);
        value = bus_ram_load(ram, HALF);
    } else if (!bus_find_device(m->bus, pa, HALF)) {
        return translate_refuse(a, REFUSED_BUS, va);
    } else if (!device_access(m, a, pa, HALF, false, &value)) {
        a->fault_va = va;
        return false;
    }
    *half = (uint32_t)value;
    return true;
}

/* The second half: in the same page it needs no translation of its own, in the
 * same range no check. */
static bool resolve_second(struct mmu *m, struct access *a, uint64_t *pa,
                           struct assoc_entry *covered)
{
    uint64_t va = a->va + HALF;
    if (va % PAGE == 0)
        return resolve_part(m, a, va, HALF, pa, covered);
    *pa = a->pa + HALF;
    if (!m->protected || a->privilege != PRIV_U || covered->last - a->va > HALF)
        return true;
    return protect_check(m, a, va, HALF, covered);
}

static bool fetch_slow(struct mmu *m, struct access *a, uint32_t *word)
{
    struct assoc_entry covered = { .first = 0, .last = UINT64_MAX };
    uint64_t pa = 0;
    uint32_t high = 0;
    if (!resolve_part(m, a, a->va, HALF, &pa, &covered))
        return false;
    a->pa = pa;
    a->size = HALF;
    if (!fetch_half(m, a, a->va, pa, false, word))
        return false;
    uint64_t line = pa >> m->line_shift;
    if (is_long(*word)) {
        if (!resolve_second(m, a, &pa, &covered))
            return false;
        bool again = pa >> m->line_shift == line;
        if (!fetch_half(m, a, a->va + HALF, pa, again, &high))
            return false;
        a->size = 4;
        *word |= high << 16;
    }
    if (pa >> m->line_shift == line && covered.first <= a->va &&
        bus_ram(m->bus, a->pa, HALF))
        filter_set(m, a, a->pa, &covered);
    return true;
}

bool mmu_fetch(struct mmu *m, struct access *a, uint32_t *word)
{
    if (filter_fetch(m, a, word))
        return true;
    uint64_t start = m->accounts.total;
    m->filter.bytes = 0;
    begin(a);
    a->kind = ACCESS_FETCH;
    a->size = HALF;
    bool done = fetch_slow(m, a, word);
    return end(m, a, start, done);
}
