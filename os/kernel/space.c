/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spaces: what an address means. In a single address space all domains share
 * the kernel's own space; in a MAS each domain gets one, with an ASID when the
 * hart has them. Leaves are made on demand (fault.c); a page table with no
 * entry left is freed. (Priv 4.2.1, 4.3, 4.4)
 */
#include "os/kernel/boot.h"

#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK  0xfffful
/* More changed leaves than this: one flush of the space is cheaper. */
#define FLUSH_PAGES 16

static struct space kernel_space;
static struct pool space_pool = POOL(struct space);
static unsigned top;                       /* level of the root: 2, 3 or 4 */
static unsigned kernel_first, kernel_last; /* root entries of the kernel */
static uint32_t space_count;               /* ids given */

/* ---- ASIDs: in order; when they are used up, all start afresh ------------ */
static uint64_t asid_next;

static bool asids_in_use(void)
{
    return kernel.asids > 1;
}

static void asid_give(struct space *s)
{
    s->satp = (s->satp & ~(SATP_ASID_MASK << SATP_ASID_SHIFT)) |
              asid_next++ << SATP_ASID_SHIFT;
    s->asid_generation = kernel.asid_generation;
}

static void asid_renew(struct space *s)
{
    struct space *now = kernel.space_now;
    if (asid_next == kernel.asids) {
        kernel.asid_generation++;
        asid_next = 1;
        sfence_all();
        if (now != &kernel_space) {
            asid_give(now);
            csr_write(CSR_SATP, now->satp);
        }
    }
    if (s->asid_generation != kernel.asid_generation)
        asid_give(s);
}

/* How many ASIDs satp can hold: write ones, read them back. One bit is none:
 * asid_renew needs one for the space in use and one for the next. */
static uint64_t asid_count(void)
{
    uint64_t satp = csr_read(CSR_SATP), ones;
    csr_write(CSR_SATP, satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
    ones = csr_read(CSR_SATP) >> SATP_ASID_SHIFT & SATP_ASID_MASK;
    csr_write(CSR_SATP, satp);
    sfence_all();
    return ones > 1 ? ones + 1 : 1;
}

/* ---- life of a space ---------------------------------------------- */
void space_init(void)
{
    uint64_t mode = csr_read(CSR_SATP) >> 60;
    bool many = kernel.boot.spaces == SPACES_PER_DOMAIN;

    top = (unsigned)mode - 6;
    kernel_first = mode == 8 ? 256 : 511;
    kernel_last = 511;
    while (!boot_table[mode - 8][kernel_last])
        kernel_last--;
    kernel_space.satp = csr_read(CSR_SATP);
    kernel_space.root = boot_table[mode - 8];
    kernel_space.object.id = ++space_count;
    kernel.space_now = &kernel_space;
    kernel.asids = 1;
    if (many && !(kernel.boot.flags & BOOT_NO_ASID))
        kernel.asids = asid_count();
    kernel.asid_generation = asids_in_use();
    asid_next = 1;
    kernel_space.asid_generation = UINT64_MAX; /* ASID 0 for ever */
    /* User space: half of the lower half: 37, 46 or 55 bits. */
    kernel.user_limit = 1ul << (37 + 9 * (mode - 8));
    address_init(&kernel.addresses, 37 + 9 * ((unsigned)mode - 8));
}

const char *space_personality(void)
{
    if (kernel.boot.spaces == SPACES_ONE)
        return kernel.boot.flags & BOOT_HW_REFILL ? "rplb (hardware refill)"
                                                  : "rplb";
    return asids_in_use() ? "mas-asid" : "mas";
}

struct space *space_for_domain(void)
{
    struct space *s;
    uint64_t pa;

    if (kernel.boot.spaces == SPACES_ONE) {
        kernel_space.domains++;
        return &kernel_space;
    }
    pa = frame_alloc_zero();
    if (!pa)
        return NULL;
    s = pool_alloc(&space_pool);
    if (!s) {
        frame_free(pa);
        return NULL;
    }
    kernel.table_count++;
    *frame_counter(pa) = 0;
    s->object.id = ++space_count;
    s->root = from_physical(pa);
    s->domains = 1;
    for (unsigned i = kernel_first; i <= kernel_last; i++)
        s->root[i] = kernel_space.root[i];
    s->satp = (uint64_t)(top + 6) << 60 | pa >> PAGE_SHIFT;
    if (asids_in_use())
        asid_renew(s);
    return s;
}

static void table_free(uint64_t *table)
{
    frame_free(to_physical(table));
    kernel.table_count--;
}

static uint64_t *table_of(uint64_t pte)
{
    return from_physical(pte >> PTE_PPN_SHIFT << PAGE_SHIFT);
}

/* Frees the tables below `table`; not the frames of leaves, which are the
 * segments'. The count of entries tells when all have been seen. */
static void tables_free(uint64_t *table, unsigned level)
{
    unsigned left = level > 0 ? *frame_counter(to_physical(table)) : 0;
    for (; left > 0; table++) {
        if (*table & PTE_V) {
            tables_free(table_of(*table), level - 1);
            table_free(table_of(*table));
            left--;
        }
    }
}

void space_leave(struct space *s)
{
    if (--s->domains > 0 || s == &kernel_space)
        return;
    if (kernel.space_now == s)
        space_switch(&kernel_space);
    /* Entries of its ASID may stay in the TLB: the ASID is not used again
     * before a full flush. */
    tables_free(s->root, top);
    table_free(s->root);
    pool_free(&space_pool, s);
}

/* ---- the switch --------------------------------------------------- */
/* Everything but the kernel's global entries: ASID 0, in a register that is
 * not x0 (Priv 4.2.1). */
PHASE(flush) __attribute__((noinline)) static void flush_on_switch(void)
{
#ifndef OMIT_FLUSH
    sfence_asid(0);
#endif
}

/* Its ASID is of an older generation. */
__attribute__((noinline)) static void switch_with_new_asid(struct space *s)
{
    asid_renew(s);
    csr_write(CSR_SATP, s->satp);
    kernel.space_now = s;
}

PHASE(switch) void space_switch(struct space *s)
{
    if (s->asid_generation < kernel.asid_generation) {
        switch_with_new_asid(s);
        return;
    }
    csr_write(CSR_SATP, s->satp);
    kernel.space_now = s;
    if (!asids_in_use())
        flush_on_switch();
}

/* ---- leaves ------------------------------------------------------- */
static uint64_t *entry_of(uint64_t *table, unsigned level, uint64_t va)
{
    return &table[va >> (PAGE_SHIFT + 9 * level) & 511];
}

/* Counts the entries of a table; in a root, those of user space. */
static void table_count(uint64_t *table, int change)
{
    uint16_t *count = frame_counter(to_physical(table));
    *count = (uint16_t)(*count + change);
}

static bool table_is_empty(uint64_t *table)
{
    return *frame_counter(to_physical(table)) == 0;
}

static bool table_add(uint64_t *table, uint64_t *entry)
{
    uint64_t pa = frame_alloc_zero();
    if (!pa)
        return false;
    *frame_counter(pa) = 0;
    *entry = pa >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V;
    table_count(table, 1);
    kernel.table_count++;
    return true;
}

static void table_remove_empty(uint64_t *table, uint64_t *entry)
{
    uint64_t *child = table_of(*entry);
    if (!table_is_empty(child))
        return;
    *entry = 0;
    table_count(table, -1);
    table_free(child);
}

/* There may be an old translation in the TLB: of this space's ASID, or, with
 * no ASIDs, only of the space in use. */
static bool may_be_cached(const struct space *s)
{
#ifdef OMIT_INVALIDATE
    return false;
#endif
    if (asids_in_use())
        return s->asid_generation >= kernel.asid_generation;
    return s == kernel.space_now;
}

static uint64_t asid_of(const struct space *s)
{
    return s->satp >> SATP_ASID_SHIFT & SATP_ASID_MASK;
}

static bool map(struct space *s, uint64_t *table, unsigned level, uint64_t va,
                uint64_t pte)
{
    uint64_t *entry = entry_of(table, level, va);
    bool done;

    if (level == 0) {
        if (!(*entry & PTE_V))
            table_count(table, 1);
        else if (may_be_cached(s))
            sfence_page(va, asid_of(s));
        *entry = pte;
        return true;
    }
    if (!(*entry & PTE_V) && !table_add(table, entry))
        return false;
    done = map(s, table_of(*entry), level - 1, va, pte);
    if (!done)
        table_remove_empty(table, entry);
    return done;
}

bool space_map(struct space *s, uint64_t va, uint64_t pa, unsigned rights)
{
    uint64_t pte = pa >> PAGE_SHIFT << PTE_PPN_SHIFT |
                   (rights & (RIGHT_R | RIGHT_W | RIGHT_X)) << 1 | PTE_V |
                   PTE_U | PTE_A | PTE_D;
    return map(s, s->root, top, va, pte);
}

/* One change of all leaves in a range. */
struct change {
    struct space *space;
    uint64_t rights; /* PTE bits, 0 = remove */
    uint64_t leaves; /* changed so far */
    bool tables;     /* a table was freed: page-walk caches must forget it */
};

static void change_leaf(struct change *c, uint64_t *table, uint64_t *entry,
                        uint64_t va)
{
    if (c->rights) {
        *entry = (*entry & ~(uint64_t)(PTE_R | PTE_W | PTE_X)) | c->rights;
    } else {
        *entry = 0;
        table_count(table, -1);
    }
    if (++c->leaves <= FLUSH_PAGES && may_be_cached(c->space))
        sfence_page(va, asid_of(c->space));
}

static void change(struct change *c, uint64_t *table, unsigned level,
                   uint64_t va, uint64_t end)
{
    uint64_t step = 1ul << (PAGE_SHIFT + 9 * level), next;

    for (; va < end; va = next) {
        uint64_t *entry = entry_of(table, level, va);
        next = (va & ~(step - 1)) + step;
        if (!(*entry & PTE_V))
            continue;
        if (level == 0) {
            change_leaf(c, table, entry, va);
            continue;
        }
        change(c, table_of(*entry), level - 1, va, next < end ? next : end);
        if (table_is_empty(table_of(*entry))) {
            table_remove_empty(table, entry);
            c->tables = true;
        }
    }
}

void space_protect(struct space *s, uint64_t va, uint64_t bytes,
                   unsigned rights)
{
    struct change c = {
        .space = s,
        .rights = (rights & (RIGHT_R | RIGHT_W | RIGHT_X)) << 1,
    };
    change(&c, s->root, top, va, va + bytes);
    if ((c.leaves > FLUSH_PAGES || c.tables) && may_be_cached(s))
        sfence_asid(asid_of(s));
}

void space_unmap(struct space *s, uint64_t va, uint64_t bytes)
{
    space_protect(s, va, bytes, 0);
}

void space_forget_segment(const struct segment *s)
{
    if (kernel.boot.spaces == SPACES_ONE)
        space_unmap(&kernel_space, s->range.base,
                    s->range.limit - s->range.base);
}
