/* SPDX-License-Identifier: Apache-2.0 */
/* See harness_random.h. */
#include "tests/sim/harness_random.h"

#include <string.h>

#include "tests/mmu/random.h"

enum {
    HANDLER = 0x80000000,
    CODE = 0x80010000,
    TABLES = 0x80020000, /* and those of another space */
    OTHER_TABLES = 0x80024000,
    TREE = 0x80028000, /* of ranges: roots, then nodes */
    TREE_STEP = 1360,
    DATA = 0x80100000,
    VIRTUAL_CODE = 0x40000000,
    VIRTUAL_DATA = 0x40100000,
    CODE_PAGES = 4,
    DATA_PAGES = 32,
    OPS = 300,
    FUNCTIONS = 6,
    BYTES_MAX = CODE_PAGES * 4096
};

/* Registers with a role; x2-x7 and x16-x22 hold anything. */
enum {
    RA = 1,
    POINTER = 8, /* 8 of them */
    INSN = 23,   /* an instruction, to be written over code */
    ROUNDS = 24,
    BASE = 25,
    MASK = 26,
    CODE_AT = 27,
    SUM = 28,
    MXR = 29,
    MPRV = 30,
    SCRATCH = 31
};

const char *random_kind_name(enum random_kind kind)
{
    static const char *const names[RANDOM_KINDS] = {
        "M-mode",
        "M-mode and PMP",
        "S-mode",
        "U-mode",
        "U-mode and PMP",
        "U-mode and ranges",
        "U-mode and ranges refilled",
        "U-mode and ranges from a tree",
    };
    return names[kind];
}

/* ---- instructions ------------------------------------------------------ */

enum { CALL = UINT16_MAX }; /* struct jump.over: to one of the functions */

struct text {
    uint8_t bytes[BYTES_MAX];
    uint32_t length;
    struct jump {          /* still without its target */
        uint32_t at, over; /* byte; op it leads to */
        bool branch;
    } jump[2 * OPS];
    uint32_t jumps;
    uint32_t start[OPS + 1]; /* of each op */
    uint32_t ops;
};

static void emit(struct text *t, uint32_t word, unsigned bytes)
{
    memcpy(t->bytes + t->length, &word, bytes);
    t->length += bytes;
}

static uint32_t r_type(uint32_t base, unsigned rd, unsigned rs1, unsigned rs2)
{
    return base | rd << 7 | rs1 << 15 | rs2 << 20;
}

static uint32_t i_type(uint32_t base, unsigned rd, unsigned rs1, int imm)
{
    return base | rd << 7 | rs1 << 15 | (uint32_t)imm << 20;
}

static uint32_t s_type(uint32_t base, unsigned rs1, unsigned rs2, int imm)
{
    return base | rs1 << 15 | rs2 << 20 | ((uint32_t)imm >> 5 & 127) << 25 |
           ((uint32_t)imm & 31) << 7;
}

static uint32_t b_imm(uint32_t by)
{
    return (by >> 12 & 1) << 31 | (by >> 5 & 63) << 25 | (by >> 1 & 15) << 8 |
           (by >> 11 & 1) << 7;
}

static uint32_t j_imm(uint32_t by)
{
    return (by >> 20 & 1) << 31 | (by >> 1 & 1023) << 21 |
           (by >> 11 & 1) << 20 | (by >> 12 & 255) << 12;
}

static unsigned any(void)
{
    static const uint8_t some[] = {
        2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22
    };
    return some[random_below(sizeof some)];
}

static unsigned pointer(void)
{
    return POINTER + (unsigned)random_below(8);
}

/* Mostly aligned. */
static int offset_for(unsigned bytes)
{
    int at = (int)random_below(256) - 64;
    return random_below(64) ? at & -(int)bytes : at;
}

static void emit_access(struct text *t)
{
    static const uint32_t loads[] = { 0x3,    0x1003, 0x2003, 0x3003,
                                      0x4003, 0x5003, 0x6003 };
    static const uint32_t stores[] = { 0x23, 0x1023, 0x2023, 0x3023 };
    unsigned n = (unsigned)random_below(7);
    unsigned base = random_below(32) ? pointer() : CODE_AT;
    if (random_below(3))
        emit(t, i_type(loads[n], any(), base, offset_for(1u << n % 4)), 4);
    else
        emit(t,
             s_type(stores[n % 4], pointer(), any(), offset_for(1u << n % 4)),
             4);
}

static void emit_arithmetic(struct text *t)
{
    static const uint32_t rows[] = {
        0x33,      0x40000033, 0x4033,     0x6033,    0x7033,    0x3b,
        0x2000033, 0x2001033,  0x2004033,  0x2005033, 0x2006033, 0x2007033,
        0x200403b, 0x1033,     0x40005033, 0x2033,
    };
    emit(t, r_type(rows[random_below(16)], any(), any(), any()), 4);
}

/* A pointer to a new place, or a little away. */
static void emit_pointer(struct text *t)
{
    unsigned p = pointer();
    if (random_below(2)) {
        emit(t, i_type(0x13, p, p, 8 * (int)random_below(16) - 56), 4);
        return;
    }
    emit(t, r_type(0x7033, p, any(), MASK), 4);
    emit(t, r_type(0x33, p, p, BASE), 4);
}

static void emit_jump(struct text *t)
{
    static const uint32_t branches[] = { 0x63,   0x1063, 0x4063,
                                         0x5063, 0x6063, 0x7063 };
    bool branch = random_below(4) != 0;
    t->jump[t->jumps++] =
        (struct jump){ t->length, t->ops + 1 + (uint32_t)random_below(12),
                       branch };
    if (branch)
        emit(t, r_type(branches[random_below(6)], 0, any(), any()), 4);
    else
        emit(t, 0x6f | (random_below(2) ? 0 : 5u << 7), 4);
}

/* Over one instruction, through a register that is read and written. */
static void emit_indirect(struct text *t)
{
    unsigned r = any();
    emit(t, 0x17 | r << 7, 4);
    emit(t, i_type(0x67, r, r, 12), 4);
    emit(t, i_type(0x13, any(), any(), 5), 4);
}

static void emit_compressed(struct text *t)
{
    unsigned r = any();
    emit(t,
         random_below(2) ? 0x1 | r << 7 | 3 << 2 : 0x8002 | r << 7 | any() << 2,
         2);
}

static void emit_call(struct text *t)
{
    t->jump[t->jumps++] = (struct jump){ t->length, CALL, false };
    emit(t, 0x6f | RA << 7, 4);
}

/* What the fast engine leaves to the readable one. */
static void emit_rare(struct text *t, enum random_kind kind)
{
    bool machine = kind <= RANDOM_MACHINE_PMP, user = kind >= RANDOM_USER;
    switch (random_below(user ? 5 : 9)) {
    case 0: /* over code */
        emit(t, s_type(0x2023, CODE_AT, INSN, 4 * (int)random_below(256)), 4);
        break;
    case 1: /* fence.i, fence */
        emit(t, random_below(2) ? 0x100f : 0x0ff0000f, 4);
        break;
    case 2: /* amoadd.d */
        emit(t, r_type(0x302f, any(), pointer(), any()), 4);
        break;
    case 3: /* cycle */
        emit(t, i_type(0x2073, any(), 0, 0xc00 - 4096), 4);
        break;
    case 4: /* illegal, ecall */
        emit(t, random_below(2) ? 0xffffffff : 0x73, 4);
        break;
    case 5: /* sfence.vma */
        emit(t, r_type(0x12000073, 0, random_below(2) ? pointer() : 0, 0), 4);
        break;
    case 6: /* SUM, MXR on or off */
        emit(t,
             i_type(random_below(2) ? 0x2073 : 0x3073, 0,
                    random_below(2) ? SUM : MXR, 0x100),
             4);
        break;
    case 7: /* MPRV */
        if (machine)
            emit(t, i_type(random_below(2) ? 0x2073 : 0x3073, 0, MPRV, 0x300),
                 4);
        break;
    default: /* scratch */
        emit(t, i_type(0x1073, any(), any(), 0x140), 4);
        break;
    }
}

static void emit_op(struct text *t, enum random_kind kind)
{
    uint64_t n = random_below(100);
    t->start[t->ops] = t->length;
    if (n < 40)
        emit_access(t);
    else if (n < 60)
        emit_arithmetic(t);
    else if (n < 70)
        emit_compressed(t);
    else if (n < 76)
        emit_pointer(t);
    else if (n < 90)
        emit_jump(t);
    else if (n < 93)
        emit_indirect(t);
    else if (n < 97)
        emit_call(t);
    else
        emit_rare(t, kind);
    t->ops++;
}

static void patch(struct text *t, uint32_t at, uint32_t target, bool branch)
{
    uint32_t word;
    memcpy(&word, t->bytes + at, 4);
    word |= branch ? b_imm(target - at) : j_imm(target - at);
    memcpy(t->bytes + at, &word, 4);
}

/* Ops, back to the first of them while ROUNDS is left, then for ever; behind
 * that the functions that are called. */
static void make_text(struct text *t, enum random_kind kind)
{
    uint32_t function[FUNCTIONS];
    memset(t, 0, sizeof *t);
    emit(t, i_type(0x13, ROUNDS, ROUNDS, -1), 4);
    while (t->ops < OPS)
        emit_op(t, kind);
    t->start[OPS] = t->length;
    emit(t, r_type(0x63, 0, ROUNDS, 0), 4);
    patch(t, t->length - 4, t->length + 4, true);
    emit(t, 0x6f, 4);
    patch(t, t->length - 4, 0, false);
    emit(t, 0x6f, 4);
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        function[i] = t->length;
        emit_compressed(t);
        emit_access(t);
        emit(t, i_type(0x67, 0, RA, 0), 4);
    }
    for (uint32_t i = 0; i < t->jumps; i++) {
        const struct jump *j = &t->jump[i];
        uint32_t target = j->over == CALL
                              ? function[random_below(FUNCTIONS)]
                              : t->start[j->over < OPS ? j->over : OPS];
        patch(t, j->at, target, j->branch);
    }
}

/* Goes on 4 bytes behind what trapped, in the other space and the other domain
 * if the word `turn` is no jump. After an interrupt: goes on. */
enum { HANDLER_TURN = 6 };
static const uint32_t handler[] = {
    0x340f9ff3, /* csrrw t6,mscratch,t6 */
    0x34202ff3, /* csrr t6,mcause */
    0x020fc663, /* bltz t6,back */
    0x34102ff3, /* csrr t6,mepc */
    0x004f8f93, /* addi t6,t6,4 */
    0x341f9073, /* csrw mepc,t6 */
    0x01c0006f, /* turn: j back */
    0x18002ff3, /* csrr t6,satp */
    0x004fcf93, /* xori t6,t6,4 */
    0x180f9073, /* csrw satp,t6 */
    0x5c002ff3, /* csrr t6,sdomain */
    0x001fcf93, /* xori t6,t6,1 */
    0x5c0f9073, /* csrw sdomain,t6 */
    0x340f9ff3, /* back: csrrw t6,mscratch,t6 */
    0x30200073, /* mret */
};

/* Besides, gives domain 0 the range of 232 bytes where the trap was. */
static const uint32_t refilling_handler[] = {
    0x340f9ff3, /* csrrw t6,mscratch,t6 */
    0x34302ff3, /* csrr t6,mtval */
    0xf00fff93, /* andi t6,t6,-256 */
    0x5c3f9073, /* csrw srbase,t6 */
    0x0e8f8f93, /* addi t6,t6,232 */
    0x5c4f9073, /* csrw srlimit,t6 */
    0x20300f93, /* li t6,0x203: r and w, in the D unit */
    0x000f800b, /* rplb.fill t6 */
    0x34102ff3, /* csrr t6,mepc */
    0x004f8f93, /* addi t6,t6,4 */
    0x341f9073, /* csrw mepc,t6 */
    0x340f9ff3, /* csrrw t6,mscratch,t6 */
    0x30200073, /* mret */
};

/* ---- the machine's state ----------------------------------------------- */

static void put(struct machine *m, uint64_t pa, const void *from, size_t n)
{
    if (!machine_poke_phys(m, pa, from, n))
        bug("the random program does not fit in RAM");
}

static void put_entry(struct machine *m, uint64_t table, uint64_t index,
                      uint64_t pa, uint64_t bits)
{
    uint64_t entry = pa >> 12 << 10 | bits;
    put(m, table + 8 * index, &entry, sizeof entry);
}

static void set_csr(struct machine *m, uint16_t number, uint64_t value)
{
    if (!csr_write(&m->now->cpu, number, value))
        bug("a CSR of the random program cannot be written");
}

/* Code, then data in any order of pages, most of them with all rights. */
static void map(struct machine *m, uint64_t tables, bool user)
{
    enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128 };
    uint64_t leaf = tables + 0x2000, owner = user ? U : 0;
    put_entry(m, tables, VIRTUAL_CODE >> 30, tables + 0x1000, V);
    put_entry(m, tables + 0x1000, 0, leaf, V);
    for (unsigned i = 0; i < CODE_PAGES; i++)
        put_entry(m, leaf, i, CODE + 4096 * i,
                  V | R | X | A | owner | (random_below(2) ? W | D : 0));
    for (unsigned i = 0; i < DATA_PAGES; i++) {
        static const uint8_t bits[] = {
            V | R | W | A | D, V | R | A, V | R | W | A, V | X | A, 0, V | R | W
        };
        uint64_t which = random_below(4) ? 0 : random_below(6);
        uint64_t owned = random_below(10) ? owner : owner ^ U;
        put_entry(m, leaf, 0x100 + i, DATA + 4096 * random_below(DATA_PAGES),
                  bits[which] | owned);
    }
}

/* Small pieces in the data with any rights, locked when M-mode shall obey;
 * everything else is open. */
static void set_pmp(struct machine *m, bool small, bool locked)
{
    enum { NA4 = 0x10, NAPOT = 0x18, LOCK = 0x80 };
    uint64_t config = 0;
    for (unsigned i = 0; i < 6 && small; i++) {
        uint64_t at = DATA + 4 * random_below(0x1000), bits = random_below(8);
        bits = (bits & 3) == 2 ? 1 : bits; /* w without r is reserved */
        uint64_t ones = random_below(4);   /* NAPOT of 8, 16, 32 bytes */
        config |= (bits | (ones ? NAPOT : NA4) | (locked ? LOCK : 0)) << 8 * i;
        uint64_t address = at >> 2;
        if (ones)
            address = (address & ~((UINT64_C(1) << ones) - 1)) |
                      ((UINT64_C(1) << (ones - 1)) - 1);
        set_csr(m, (uint16_t)(CSR_pmpaddr0 + i), address);
    }
    set_csr(m, CSR_pmpaddr7, ~UINT64_C(0));
    set_csr(m, CSR_pmpcfg0, config | (uint64_t)(NAPOT | 7) << 56);
}

/* All of the code; of the data what `data` says. */
static void set_ranges(struct machine *m, uint64_t domain, bool data)
{
    enum { BOTH = RPLB_FILL_I | RPLB_FILL_D };
    uint64_t at = VIRTUAL_DATA, end = VIRTUAL_DATA + 4096 * DATA_PAGES;
    uint64_t meta = domain << RPLB_DOMAIN_SHIFT;
    mmu_rplb_fill(
        &m->now->cpu.mmu, VIRTUAL_CODE, VIRTUAL_CODE + 4096 * CODE_PAGES,
        meta | BOTH | RIGHT_R | RIGHT_X | (random_below(2) ? RIGHT_W : 0));
    while (at < end && data) {
        uint64_t bytes = 4 + random_below(random_below(2) ? 200 : 40000);
        uint64_t rights = random_below(4) ? RIGHT_R | RIGHT_W : random_below(4);
        mmu_rplb_fill(&m->now->cpu.mmu, at, at + bytes,
                      meta | RPLB_FILL_D | rights);
        at += bytes + (random_below(2) ? 0 : random_below(100));
    }
}

/* Nodes first to last of a balanced tree; its root. */
static uint64_t put_tree(struct machine *m, unsigned first, unsigned last)
{
    if (first >= last)
        return 0;
    unsigned middle = (first + last) / 2;
    uint64_t at = TREE + 0x1000 + RANGE_NODE_SIZE * middle;
    uint64_t base = VIRTUAL_DATA + (uint64_t)TREE_STEP * middle;
    uint64_t rights = random_below(6) ? RIGHT_R | RIGHT_W : RIGHT_R;
    const uint64_t node[] = { base, base + TREE_STEP - random_below(60),
                              put_tree(m, first, middle) | rights,
                              put_tree(m, middle + 1, last) };
    put(m, at, node, sizeof node);
    return at;
}

/* Both domains have the same ranges, which the hardware brings in. */
static void set_tree(struct machine *m)
{
    uint64_t root =
        put_tree(m, 0, 4096 * DATA_PAGES / TREE_STEP); /* 128 at most */
    const uint64_t roots[] = { root, root };
    put(m, TREE, roots, sizeof roots);
    set_csr(m, CSR_srtable, TREE | 1);
    set_csr(m, CSR_sprot, SPROT_RPLB | SPROT_HWREFILL);
}

static void set_registers(struct machine *m, bool paged)
{
    struct cpu *c = &m->now->cpu;
    for (unsigned r = 1; r < 32; r++)
        c->x[r] = random_next();
    uint64_t data = paged ? VIRTUAL_DATA : DATA;
    uint64_t code = paged ? VIRTUAL_CODE : CODE;
    for (unsigned i = 0; i < 8; i++)
        c->x[POINTER + i] = data + 8 * random_below(512 * 16);
    c->x[INSN] = 0x00180813; /* addi a6,a6,1 */
    c->x[ROUNDS] = 1000;
    c->x[BASE] = data;
    c->x[MASK] = random_below(2) ? 0x1fff8 : 0x3ff8;
    c->x[CODE_AT] = code + 4 * random_below(300);
    c->x[SUM] = STATUS_SUM;
    c->x[MXR] = STATUS_MXR;
    c->x[MPRV] = STATUS_MPRV;
    c->pc = code;
}

void random_program(struct machine *m, enum random_kind kind, uint64_t seed)
{
    static struct text t;
    static const uint32_t nothing = 0x13; /* nop */
    random_start(seed * RANDOM_KINDS + kind + 1);
    bool paged = kind >= RANDOM_SUPERVISOR, user = kind >= RANDOM_USER;
    bool machine = kind <= RANDOM_MACHINE_PMP;
    bool small = kind == RANDOM_MACHINE_PMP || kind == RANDOM_USER_PMP;
    make_text(&t, kind);
    machine_reset(m, CODE, 0);
    put(m, HANDLER, handler, sizeof handler);
    put(m, CODE, t.bytes, t.length);
    if (kind == RANDOM_REFILL)
        put(m, HANDLER, refilling_handler, sizeof refilling_handler);
    else if (random_below(2))
        put(m, HANDLER + 4 * HANDLER_TURN, &nothing, 4);
    map(m, TABLES, user);
    map(m, OTHER_TABLES, user);
    set_pmp(m, small, machine);
    set_csr(m, CSR_mtvec, HANDLER);
    set_csr(m, CSR_mcounteren, 7);
    set_csr(m, CSR_scounteren, 7);
    set_csr(m, CSR_mxsas, MXSAS_ENABLE);
    if (kind >= RANDOM_RANGES) {
        set_csr(m, CSR_sprot, SPROT_RPLB);
        set_ranges(m, 0, kind == RANDOM_RANGES);
        set_ranges(m, 1, kind == RANDOM_RANGES);
    }
    if (kind == RANDOM_TREE)
        set_tree(m);
    set_registers(m, paged);
    if (paged || random_below(2))
        set_csr(m, CSR_satp, UINT64_C(8) << 60 | TABLES >> 12);
    /* entered as from the handler */
    struct cpu *c = &m->now->cpu;
    uint64_t mpp = machine ? PRIV_M : user ? PRIV_U : PRIV_S;
    set_csr(m, CSR_mepc, c->pc);
    set_csr(m, CSR_mstatus, mpp << STATUS_MPP_SHIFT);
    c->pc = HANDLER + sizeof handler - 4; /* both end there */
}
