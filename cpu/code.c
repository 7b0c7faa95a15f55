/* SPDX-License-Identifier: Apache-2.0 */
/* See code.h. Lines of code, then blocks: found, asked again, or made. */
#include "cpu/code.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA = 32 << 20, ROOM = 8192 /* more than a block and its lines */ };

bool code_open(struct code_store *s, struct cpu *c, struct err *err)
{
    memset(s, 0, sizeof *s);
    s->cpu = c;
    s->arena = malloc(ARENA);
    s->none = calloc(1, sizeof *s->none);
    if (!s->arena || !s->none)
        return err_set(err, EXIT_HOST_RESOURCE,
                       "out of memory for decoded blocks");
    for (unsigned i = 0; i < CODE_JUMPS; i++)
        s->jump[i] = s->none;
    s->none->pc = 1; /* no pc is odd */
    return true;
}

void code_close(struct code_store *s)
{
    free(s->arena);
    free(s->none);
}

void code_make_room(struct code_store *s)
{
    if (s->used + ROOM <= ARENA)
        return;
    memset(s->block, 0, sizeof s->block);
    memset(s->line, 0, sizeof s->line);
    for (unsigned i = 0; i < CODE_JUMPS; i++)
        s->jump[i] = s->none;
    s->used = 0;
}

static void *take(struct code_store *s, size_t bytes)
{
    void *p = s->arena + s->used;
    s->used += (bytes + 15) & ~(size_t)15;
    return p;
}

/* Each part only grows, so the sum tells any two states apart. */
void code_now(struct code_store *s)
{
    const struct mmu *m = &s->cpu->mmu;
    s->check = (m->l0->fetch_generation + m->bus->code_generation + 1) << 2 |
               s->cpu->privilege;
}

/* ---- lines ----------------------------------------------------------------
 */

static bool renew_line(struct code_store *s, struct code_line *l, uint64_t va)
{
    if (l->check == s->check && va - l->fetch.first < l->fetch.bytes)
        return true;
    l->check = 0;
    if (!l0_fetch(&s->cpu->mmu, s->cpu->privilege, va, &l->fetch))
        return false;
    l->check = s->check;
    return true;
}

/* The line around va, if fetching there hits now; else NULL. */
static struct code_line *line_at(struct code_store *s, uint64_t va)
{
    uint64_t line = va & s->cpu->mmu.l0->line_mask;
    struct code_line **head =
        &s->line[va >> s->cpu->mmu.line_shift & (CODE_HASH - 1)];
    struct code_line *l = *head;
    while (l && l->va != line)
        l = l->chain;
    if (!l) {
        l = take(s, sizeof *l);
        *l = (struct code_line){ .va = line, .chain = *head };
        *head = l;
    }
    return renew_line(s, l, va) ? l : NULL;
}

static const uint8_t *host_of(const struct code_line *l, uint64_t va)
{
    return l->fetch.host + (va - l->fetch.first);
}

/* ---- making a block -------------------------------------------------------
 */

/* Ordinary by its row, whatever its operands are? */
static bool may_run(const struct decoded *d)
{
    switch (d->class) {
    case CLASS_ALU:
        return d->exec != INSN_slti_hint && d->exec != INSN_illegal;
    case CLASS_LOAD:
    case CLASS_DIV:
        return d->rd != 0;
    case CLASS_STORE:
    case CLASS_MUL:
    case CLASS_BRANCH:
    case CLASS_JUMP:
    case CLASS_INDIRECT:
        return true;
    default:
        return false;
    }
}

static bool jumps(uint8_t class)
{
    return class == CLASS_BRANCH || class == CLASS_JUMP ||
           class == CLASS_INDIRECT;
}

static struct op op_of(const struct code_store *s, const struct decoded *d,
                       const struct op *before, uint8_t offset)
{
    const struct timing *t = &s->cpu->timing;
    bool waits = before && before->class == CLASS_LOAD &&
                 (d->rs1 == before->rd || d->rs2 == before->rd);
    bool result = d->class == CLASS_ALU || d->class == CLASS_MUL;
    return (struct op){
        .code = result && !d->rd ? OP_NOP : d->exec,
        .rd = d->rd,
        .rs1 = d->rs1,
        .rs2 = d->rs2,
        .length = d->length,
        .offset = offset,
        .class = d->class,
        .cycles = (uint16_t)(t->cost[d->class] + (waits ? t->load_use : 0)),
        .waits = waits,
        .memory = d->class == CLASS_LOAD || d->class == CLASS_STORE,
        .imm = (int32_t)d->imm,
    };
}

static void add_op(struct code_block *b, struct op op)
{
    b->op[b->count++] = op;
    b->bytes = (uint16_t)(b->bytes + op.length);
    b->cycles += op.cycles;
    b->counts[0] += CODE_INSTRUCTIONS + (op.memory ? CODE_MEMORY : 0);
    b->counts[1] +=
        (op.waits ? CODE_WAITS : 0) + (jumps(op.class) ? CODE_BRANCHES : 0);
    b->loaded = op.class == CLASS_LOAD ? op.rd : 0;
}

/* Bytes that are left from pc to the end of what the line allows. */
static uint64_t bytes_left(const struct code_line *l, uint64_t pc)
{
    return l->fetch.first + l->fetch.bytes - pc;
}

/* As many instructions as lie in the line. */
static void decode_line(struct code_store *s, struct code_block *b)
{
    uint64_t left = bytes_left(b->line, b->pc);
    const uint8_t *host = host_of(b->line, b->pc);
    while (left - b->bytes >= 2) {
        uint32_t word = (uint32_t)bus_ram_load(host + b->bytes, 2);
        unsigned length = insn_is_compressed(word) ? 2 : 4;
        if (left - b->bytes < length)
            break;
        if (length == 4)
            word = (uint32_t)bus_ram_load(host + b->bytes, 4);
        const struct decoded *d = decode(s->cpu->decoder, word);
        if (!may_run(d))
            break;
        if (!b->count)
            b->reads =
                (UINT64_C(1) << d->rs1 | UINT64_C(1) << d->rs2) & ~UINT64_C(1);
        add_op(b, op_of(s, d, b->count ? &b->op[b->count - 1] : NULL,
                        (uint8_t)b->bytes));
        if (jumps(d->class))
            break;
    }
}

static uint64_t line_end(const struct code_store *s, const struct code_block *b)
{
    return b->line->va + ~s->cpu->mmu.l0->line_mask + 1;
}

static bool crosses(const struct code_store *s, const struct code_block *b)
{
    uint32_t word = (uint32_t)bus_ram_load(host_of(b->line, b->pc), 2);
    return !insn_is_compressed(word) && bytes_left(b->line, b->pc) < 4 &&
           b->pc + 2 == line_end(s, b);
}

/* One instruction across the end of the line. */
static bool decode_crossing(struct code_store *s, struct code_block *b)
{
    uint32_t word = (uint32_t)bus_ram_load(host_of(b->line, b->pc), 2);
    uint64_t end = line_end(s, b);
    b->second = line_at(s, end);
    if (!b->second || bytes_left(b->second, end) < 2 ||
        b->second->fetch.first != end)
        return false;
    word |= (uint32_t)bus_ram_load(host_of(b->second, end), 2) << 16;
    const struct decoded *d = decode(s->cpu->decoder, word);
    if (!may_run(d))
        return false;
    b->reads = (UINT64_C(1) << d->rs1 | UINT64_C(1) << d->rs2) & ~UINT64_C(1);
    add_op(b, op_of(s, d, NULL, 0));
    b->counts[1] += CODE_CROSSINGS;
    return true;
}

static uint8_t *copy_of(struct code_block *b)
{
    return (uint8_t *)&b->op[b->count + 1];
}

/* Bytes in the first line; of an instruction that is not ordinary, its first
 * half. */
static unsigned first_bytes(const struct code_block *b)
{
    return b->second || !b->count ? 2 : b->bytes;
}

static bool hold_code(struct code_store *s, const struct code_block *b)
{
    struct mmu *m = &s->cpu->mmu;
    return l0_hold_code(m, b->pa, first_bytes(b)) &&
           (!b->second || l0_hold_code(m, b->second->fetch.pa, 2));
}

static struct code_block *make(struct code_store *s, struct code_line *line,
                               uint64_t pc)
{
    struct code_block *b = (struct code_block *)(void *)(s->arena + s->used);
    memset(b, 0, sizeof *b);
    b->pc = pc;
    b->pa = line->fetch.pa + (pc - line->fetch.first);
    b->line = line;
    b->next[0] = b->next[1] = s->none;
    /* lines may be taken while it is decoded: they come behind it */
    size_t start = s->used;
    s->used += sizeof *b + (CODE_BYTES / 2 + 2) * sizeof b->op[0] + CODE_BYTES;
    if (bytes_left(line, pc) < 2)
        return NULL;
    decode_line(s, b);
    if (!b->count && crosses(s, b) && !decode_crossing(s, b))
        return NULL;
    b->op[b->count].code = OP_NEXT;
    memcpy(copy_of(b), host_of(line, pc), first_bytes(b));
    if (b->second)
        memcpy(copy_of(b) + 2, b->second->fetch.host, 2);
    else
        s->used =
            start +
            ((sizeof *b + (b->count + 1U) * sizeof b->op[0] + b->bytes + 15) &
             ~(size_t)15);
    return b;
}

/* ---- finding one ----------------------------------------------------------
 */

static bool same_bytes(struct code_block *b)
{
    return !memcmp(copy_of(b), host_of(b->line, b->pc), first_bytes(b)) &&
           (!b->second || !memcmp(copy_of(b) + 2, b->second->fetch.host, 2));
}

/* Its line is asked already. May it run under the present check? */
static bool renew(struct code_store *s, struct code_block *b)
{
    uint64_t end = b->pc + 2;
    if (b->second &&
        (line_at(s, end) != b->second || b->second->fetch.first != end))
        return false;
    if (!b->second && bytes_left(b->line, b->pc) < b->bytes)
        return false;
    uint64_t generation = s->cpu->mmu.bus->code_generation;
    if (b->second || b->code_generation != generation) {
        if (!same_bytes(b) || !hold_code(s, b))
            return false;
        b->code_generation = generation;
    }
    b->check = s->check;
    return true;
}

struct code_block *code_at(struct code_store *s, uint64_t pc)
{
    if (s->used + ROOM > ARENA)
        return NULL;
    struct code_line *line = line_at(s, pc);
    if (!line)
        return NULL;
    uint64_t pa = line->fetch.pa + (pc - line->fetch.first);
    struct code_block **link =
        &s->block[(pc >> 1 ^ pa >> 12) & (CODE_HASH - 1)];
    struct code_block **head = link;
    while (*link && ((*link)->pc != pc || (*link)->pa != pa))
        link = &(*link)->chain;
    struct code_block *b = *link;
    if (b && b->line == line && renew(s, b))
        return b->count ? b : NULL;
    if (b) { /* its bytes are others now; links to it will find it stale */
        *link = b->chain;
        b->check = 0;
    }
    b = make(s, line, pc);
    if (!b || !hold_code(s, b))
        return NULL;
    b->code_generation = s->cpu->mmu.bus->code_generation;
    b->check = s->check;
    b->chain = *head;
    *head = b;
    return b->count ? b : NULL;
}
