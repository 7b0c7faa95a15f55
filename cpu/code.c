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

void code_forget(struct code_store *s)
{
    memset(s->block, 0, sizeof s->block);
    memset(s->line, 0, sizeof s->line);
    for (unsigned i = 0; i < CODE_JUMPS; i++)
        s->jump[i] = s->none;
    s->used = 0;
}

void code_make_room(struct code_store *s)
{
    if (s->used + ROOM > ARENA)
        code_forget(s);
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

void code_add_counts(uint64_t counts[2], const struct op *op)
{
    if (!op->length)
        return;
    counts[0] += CODE_INSTRUCTIONS + (op->memory ? CODE_MEMORY : 0);
    counts[1] += (op->waits ? CODE_WAITS : 0) +
                 (jumps(op->class) ? CODE_BRANCHES : 0) +
                 (op->crosses ? CODE_CROSSINGS : 0);
}

static void add_op(struct code_block *b, struct op op)
{
    b->op[b->count++] = op;
    b->bytes = (uint16_t)(b->bytes + op.length);
    b->cycles += op.cycles;
    code_add_counts(b->counts, &op);
    b->loaded = op.class == CLASS_LOAD ? op.rd : 0;
}

/* Bytes that are left from pc to the end of what the line allows. */
static uint64_t bytes_left(const struct code_line *l, uint64_t pc)
{
    return l->fetch.first + l->fetch.bytes - pc;
}

static uint64_t line_end(const struct code_store *s, const struct code_line *l)
{
    return l->va + ~s->cpu->mmu.l0->line_mask + 1;
}

static void add_part(struct code_block *b, struct code_line *line)
{
    uint64_t pc = b->pc + b->bytes;
    b->part[b->parts++] = (struct code_part){
        .line = line,
        .pa = line->fetch.pa + (pc - line->fetch.first),
        .offset = b->bytes,
    };
}

/* Does somebody wait for the hart to come to this pc? */
static bool is_point(const struct code_store *s, uint64_t pc)
{
    const struct l0 *l = s->cpu->mmu.l0;
    return points_hold_pc(l->point, l->points, pc);
}

/* The instruction before the one to come; NULL = none in this block. */
static const struct op *instruction_before(const struct code_block *b)
{
    for (unsigned i = b->count; i-- > 0;)
        if (b->op[i].length)
            return &b->op[i];
    return NULL;
}

/* An ordinary instruction joins the block. True: the block goes on. */
static bool add_instruction(struct code_store *s, struct code_block *b,
                            const struct decoded *d, bool crosses)
{
    const struct op *before = instruction_before(b);
    struct op op = op_of(s, d, before, (uint8_t)b->bytes);
    bool exits =
        d->class == CLASS_BRANCH && d->imm > 0 && b->exits < CODE_EXITS;
    if (!before)
        b->reads =
            (UINT64_C(1) << d->rs1 | UINT64_C(1) << d->rs2) & ~UINT64_C(1);
    op.crosses = crosses;
    if (exits) {
        op.code = (uint16_t)(OP_EXIT + d->exec);
        op.rd = b->exits++;
    }
    add_op(b, op);
    return exits || !jumps(d->class);
}

/* Instructions that lie in the line of the last part; true: it ended before
 * anything else ended the block. */
static bool decode_line(struct code_store *s, struct code_block *b)
{
    struct code_part *part = &b->part[b->parts - 1];
    for (;;) {
        uint64_t pc = b->pc + b->bytes, left = bytes_left(part->line, pc);
        if (b->bytes + 4 > CODE_BYTES || is_point(s, pc))
            return false;
        if (left < 2)
            return left == 0;
        const uint8_t *host = host_of(part->line, pc);
        uint32_t word = (uint32_t)bus_ram_load(host, 2);
        if (!insn_is_compressed(word)) {
            if (left < 4)
                return true;
            word = (uint32_t)bus_ram_load(host, 4);
        }
        const struct decoded *d = decode(s->cpu->decoder, word);
        if (!may_run(d))
            return false;
        bool on = add_instruction(s, b, d, false);
        part->bytes = (uint16_t)(part->bytes + d->length);
        if (!on)
            return false;
    }
}

/* From the end of one line into the next; true: the block goes on there. */
static bool next_line(struct code_store *s, struct code_block *b)
{
    struct code_part *part = &b->part[b->parts - 1];
    uint64_t pc = b->pc + b->bytes, left = bytes_left(part->line, pc);
    uint64_t end = line_end(s, part->line);
    if (b->parts == CODE_PARTS || pc + left != end)
        return false;
    struct code_line *line = line_at(s, end);
    b->cut = !line || line->fetch.first != end || line->fetch.bytes < 2;
    if (b->cut)
        return false;
    uint8_t index = b->parts;
    const struct op change = { .code = OP_LINE,
                               .rd = index,
                               .offset = (uint8_t)b->bytes };
    if (left == 0) {
        add_part(b, line);
        add_op(b, change);
        return true;
    }
    uint32_t word = (uint32_t)bus_ram_load(host_of(part->line, pc), 2) |
                    (uint32_t)bus_ram_load(line->fetch.host, 2) << 16;
    const struct decoded *d = decode(s->cpu->decoder, word);
    if (!may_run(d))
        return false;
    add_op(b, change);
    bool on = add_instruction(s, b, d, true);
    part->bytes = (uint16_t)(part->bytes + 2);
    add_part(b, line);
    b->part[index].pa = line->fetch.pa;
    b->part[index].offset = (uint16_t)(b->bytes - 2);
    b->part[index].bytes = 2;
    return on;
}

/* A change of line with nothing behind it. */
static void drop_empty_part(struct code_block *b)
{
    if (b->count && b->op[b->count - 1].code == OP_LINE) {
        b->count--;
        b->parts--;
        const struct op *last = instruction_before(b);
        b->loaded = last && last->class == CLASS_LOAD ? last->rd : 0;
    }
}

/* What lies behind each exit, and behind each op. */
static void sum_up(struct code_block *b)
{
    uint64_t counts[2] = { 0 };
    uint32_t cycles = 0;
    for (unsigned i = b->count; i-- > 0;) {
        struct op *op = &b->op[i];
        if (op->code >= OP_EXIT) {
            struct code_exit *e = &b->exit[op->rd];
            e->cycles = cycles;
            e->counts[0] = counts[0];
            e->counts[1] = counts[1];
        }
        cycles += op->cycles;
        op->cycles = (uint16_t)cycles;
        code_add_counts(counts, op);
    }
}

/* The bytes as decoded, behind the ops. */
static uint8_t *copy_of(struct code_block *b)
{
    return (uint8_t *)&b->op[b->count + 1];
}

/* Bytes of a part; of an instruction that is not ordinary, its first half. */
static unsigned part_bytes(const struct code_block *b, unsigned i)
{
    return b->count ? b->part[i].bytes : 2;
}

static bool hold_code(struct code_store *s, const struct code_block *b)
{
    for (unsigned i = 0; i < b->parts; i++)
        if (!l0_hold_code(&s->cpu->mmu, b->part[i].pa, part_bytes(b, i)))
            return false;
    return true;
}

static const uint8_t *part_host(const struct code_block *b, unsigned i)
{
    const struct code_part *part = &b->part[i];
    return host_of(part->line, b->pc + part->offset);
}

static struct code_block *make(struct code_store *s, struct code_line *line,
                               uint64_t pc)
{
    struct code_block *b = (struct code_block *)(void *)(s->arena + s->used);
    if (bytes_left(line, pc) < 2)
        return NULL;
    memset(b, 0, sizeof *b);
    b->pc = pc;
    b->next[0] = b->next[1] = s->none;
    for (unsigned i = 0; i < CODE_EXITS; i++)
        b->exit[i].next = s->none;
    /* the next line may be taken while this is decoded: it comes behind it */
    size_t start = s->used, whole = sizeof *b;
    s->used += (whole + (CODE_BYTES / 2 + CODE_PARTS + 2) * sizeof b->op[0] +
                CODE_BYTES + 15) &
               ~(size_t)15;
    size_t reserved = s->used;
    add_part(b, line);
    b->pa = b->part[0].pa;
    while (decode_line(s, b) && next_line(s, b))
        ;
    drop_empty_part(b);
    sum_up(b);
    b->op[b->count] =
        (struct op){ .code = OP_NEXT, .offset = (uint8_t)b->bytes };
    for (unsigned i = 0; i < b->parts; i++)
        memcpy(copy_of(b) + b->part[i].offset, part_host(b, i),
               part_bytes(b, i));
    if (s->used == reserved) /* nothing lies behind it */
        s->used =
            start +
            ((whole + (b->count + 1U) * sizeof b->op[0] + b->bytes + 2U + 15) &
             ~(size_t)15);
    return b;
}

/* ---- finding one ----------------------------------------------------------
 */

static bool same_bytes(struct code_block *b)
{
    for (unsigned i = 0; i < b->parts; i++)
        if (memcmp(copy_of(b) + b->part[i].offset, part_host(b, i),
                   part_bytes(b, i)) != 0)
            return false;
    return true;
}

/* Do fetches from the part's line hit, as far as the block needs? *moved: it
 * lies elsewhere in RAM than before. */
static bool renew_part(struct code_store *s, struct code_block *b, unsigned i,
                       bool *moved)
{
    struct code_part *part = &b->part[i];
    uint64_t va = b->pc + part->offset;
    const struct code_line *line = line_at(s, va);
    if (!line || line != part->line || (i && line->fetch.first != line->va) ||
        bytes_left(line, va) < part_bytes(b, i))
        return false;
    uint64_t pa = part->line->fetch.pa + (va - part->line->fetch.first);
    *moved |= pa != part->pa;
    part->pa = pa;
    return true;
}

/* May it run under the present check? */
static bool renew(struct code_store *s, struct code_block *b)
{
    bool moved = false;
    for (unsigned i = 0; i < b->parts; i++)
        if (!renew_part(s, b, i, &moved))
            return false;
    uint64_t generation = s->cpu->mmu.bus->code_generation;
    if (moved || b->code_generation != generation) {
        if (!same_bytes(b) || !hold_code(s, b))
            return false;
        b->code_generation = generation;
    }
    b->check = s->check;
    return true;
}

/* Could it go on now into the line where it ended for want of it? */
static bool may_grow(struct code_store *s, const struct code_block *b)
{
    if (!b->cut)
        return false;
    uint64_t end = line_end(s, b->part[b->parts - 1].line);
    const struct code_line *line = line_at(s, end);
    return line && line->fetch.first == end && line->fetch.bytes >= 2;
}

struct code_block *code_at(struct code_store *s, uint64_t pc)
{
    if (s->used + ROOM > ARENA || is_point(s, pc))
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
    if (b && b->part[0].line == line && !may_grow(s, b) && renew(s, b))
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
