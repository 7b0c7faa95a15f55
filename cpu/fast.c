/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See fast.h. The loop in run() goes from block to block (code.h) and in a
 * block from op to op, each op a row of insn.def. What each instruction would
 * have counted and charged is known of the block beforehand; data accesses go
 * through the L0 filter (mmu/l0.h), and past it through the units, which
 * charge for themselves. What is left to do at the end stands in finish().
 */
#include "cpu/fast.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/arith.h"
#include "cpu/code.h"
#include "cpu/fast_ops.h"
#include "cpu/predict.h"

enum { LONGEST_RUN = 1 << 20 /* cycles: what the packed counts can hold */ };

struct fast {
    struct code_store store;
    uint64_t worst; /* cycles: the longest that one instruction can take */
};

/* ---- life -----------------------------------------------------------------
 */

/* With a TLB miss, whose walk makes up to five accesses more. */
static uint64_t worst_case(const struct cpu *c)
{
    enum { WALK_READS = 5 };
    const struct mmu_config *m = &c->mmu.config;
    int64_t data = m->l2_latency + m->dram_latency + m->l1_fill + m->l1d_extra +
                   m->l1_writeback + m->coherence_upgrade +
                   m->coherence_invalidate + m->coherence_writeback;
    int64_t stores = (m->store_depth + 2) * (m->store_cycles + m->store_same +
                                             m->store_next + m->store_ack);
    int64_t walk = m->l2tlb_latency +
                   WALK_READS * (data + stores + m->walk_step + m->walk_dread);
    uint64_t division = c->config.div_cycles + 64 * (c->config.div_per_bit + 3);
    return (uint64_t)(data + stores + walk) + division + c->config.mispredict +
           c->config.load_use;
}

bool fast_open(struct cpu *c, struct err *err)
{
    struct fast *f = calloc(1, sizeof *f);
    if (!f)
        return err_set(err, EXIT_HOST_RESOURCE, "out of memory");
    if (!code_open(&f->store, c, err) || !l0_open(&c->mmu, err)) {
        code_close(&f->store);
        free(f);
        return false;
    }
    f->worst = worst_case(c);
    c->fast = f;
    return true;
}

void fast_close(struct cpu *c)
{
    if (!c->fast)
        return;
    code_close(&c->fast->store);
    l0_close(&c->mmu);
    free(c->fast);
    c->fast = NULL;
}

void fast_set_points(struct cpu *c, const struct point *at, size_t count)
{
    if (l0_set_points(&c->mmu, at, count))
        code_forget(&c->fast->store);
}

/* ---- the end of a run ------------------------------------------------------
 */

/* What run() has added up. */
struct sums {
    uint64_t start, clock; /* before and after */
    uint64_t counts[2];    /* CODE_* */
    uint64_t stalls;       /* beyond the waits in counts */
    uint64_t slow_cycles;  /* charged by the units themselves */
    uint64_t slow;         /* data accesses counted by the units */
    uint64_t pc;
    uint8_t last;
    bool missed; /* the last access, in the DTLB */
};

static void count_hits(struct mmu *m, enum unit unit, uint64_t hits)
{
    m->stats[unit].lookups += hits;
    m->stats[unit].hits += hits;
}

static void count_units(struct cpu *c, uint64_t fetches, uint64_t crossings,
                        uint64_t data)
{
    struct mmu *m = &c->mmu;
    bool user = c->privilege == PRIV_U;
    if (m->levels && c->privilege != PRIV_M)
        count_hits(m, UNIT_ITLB, fetches);
    if (m->levels && c->data_privilege != PRIV_M)
        count_hits(m, UNIT_DTLB, data);
    if (m->protected && user)
        count_hits(m, UNIT_IRPLB, fetches);
    if (m->protected && c->data_privilege == PRIV_U)
        count_hits(m, UNIT_DRPLB, data);
    count_hits(m, UNIT_L1I, fetches + crossings);
    count_hits(m, UNIT_L1D, data);
}

static uint64_t finish(struct cpu *c, const struct sums *s)
{
    struct accounts *a = &c->mmu.accounts;
    uint64_t field = (UINT64_C(1) << 21) - 1;
    uint64_t instructions = s->counts[0] & UINT32_MAX;
    uint64_t branches = s->counts[1] / CODE_BRANCHES & field;
    uint64_t stalls = s->stalls + (s->counts[1] & field) * c->timing.load_use;
    count_units(c, instructions, s->counts[1] / CODE_CROSSINGS,
                s->counts[0] / CODE_MEMORY - s->slow);
    a->cell[FOR_EXECUTE][IN_CORE] +=
        s->clock - s->start - stalls - s->slow_cycles;
    a->cell[FOR_STALL][IN_CORE] += stalls;
    a->total = s->clock;
    c->timing.last = s->last;
    c->timing.branches += branches;
    c->pc = s->pc;
    c->instret += instructions;
    c->traps_in_a_row = 0;
    c->step.retired = true;
    c->step.privilege = c->privilege;
    c->step.events = s->missed ? STEP_TLB_MISS : 0;
    c->step.fetch.tlb.result = LOOKUP_NONE;
    c->mmu.filter.bytes = 0;
    l0_settle(&c->mmu);
    return instructions;
}

/* ---- the run
 * ------------------------------------------------------------------ */

/* The instruction before the op in its block; NULL = it is the first. */
static const struct op *op_before(const struct code_block *b,
                                  const struct op *op)
{
    while (op-- > b->op)
        if (op->length)
            return op;
    return NULL;
}

/* Clock before the op, what is known of its block having been added already.
 * `waited`: so has the wait of its first instruction. */
static uint64_t clock_before(const struct op *op, uint64_t clock,
                             uint64_t waited)
{
    return clock - op->cycles - (op->offset ? 0 : waited);
}

/* Takes back what is known beforehand of the ops from here to the end. */
static void take_back(struct sums *s, const struct code_block *b,
                      const struct op *op)
{
    uint64_t counts[2] = { 0 };
    s->clock -= op->cycles;
    for (; op < b->op + b->count; op++)
        code_add_counts(counts, op);
    s->counts[0] -= counts[0];
    s->counts[1] -= counts[1];
}

static uint64_t touch_line(const struct code_line *line, uint64_t now)
{
    now++;
    for (unsigned i = 0; i < line->fetch.uses; i++)
        *line->fetch.used[i] = now;
    return now;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t below(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/* Clock that a block must not pass. */
static uint64_t limit_of(const struct cpu *c, const struct fast_limits *limits)
{
    uint64_t start = c->mmu.accounts.total;
    uint64_t limit = below(limits->until, c->timing.load_use);
    limit = least(limit, below(limits->stop, c->fast->worst));
    limit = least(limit, start + LONGEST_RUN);
    if (limits->instructions < LONGEST_RUN)
        limit = least(limit, start + below(limits->instructions, 1));
    return limit;
}

static uint64_t run(struct cpu *c, const struct fast_limits *limits,
                    struct code_block *b)
{
    static const void *const label[OP_END] = {
        &&never,
#define INSN(name, mnemonic, format, match, mask, class, ...)                  \
    LABEL_##class(name),
#define CINSN(name, mnemonic, format, match, mask, need, base) &&never,
#include "cpu/insn.def"
        &&do_nop, &&do_next, &&do_line, &&never, /* as exits: branches only */
#define INSN(name, mnemonic, format, match, mask, class, ...)                  \
    EXIT_##class(name),
#define CINSN(name, mnemonic, format, match, mask, need, base) &&never,
#include "cpu/insn.def"
    };
    struct fast *f = c->fast;
    struct mmu *m = &c->mmu;
    struct timing *timing = &c->timing;
    const struct l0_line *lines = m->l0->line[l0_view(m, c->data_privilege)];
    const uint64_t block_mask = m->l0->tag_mask;
    const uint64_t limit = limit_of(c, limits), first = limits->pc_first,
                   span = limits->pc_span;
    uint64_t *const x = c->x;
    struct sums s = { .start = m->accounts.total };
    uint64_t clock = s.start, now = m->uses, pc = b->pc, check = f->store.check;
    uint64_t at, data, before, waited;
    const struct code_line *line = NULL;
    const struct op *op;
    struct code_block **link;
    unsigned size;
    enum l0_answer answer;
    uint8_t last = timing->last;

start:
    if (unlikely(clock + b->cycles > limit || b->pc - first > span - b->bytes))
        goto leave;
    if (b->part[0].line != line) {
        line = b->part[0].line;
        now = touch_line(line, now);
    }
    clock += b->cycles;
    waited = b->reads >> last & 1 ? timing->load_use : 0;
    clock += waited;
    s.stalls += waited;
    s.counts[0] += b->counts[0];
    s.counts[1] += b->counts[1];
    op = b->op;
    DISPATCH;

#define INSN(name, mnemonic, format, match, mask, class, ...)                  \
    RUN_##class(name, __VA_ARGS__)
#include "cpu/insn.def"

do_nop:
    NEXT_OP;

do_line:
    line = b->part[op->rd].line;
    now = touch_line(line, now);
    NEXT_OP;

do_next:
    pc = b->pc + b->bytes;
    last = b->loaded;
    link = &b->next[0];
    if (unlikely(b->cut && (*link)->check != check))
        b->check = 0; /* made anew when it is met again */
    goto follow_behind;

take_exit : {
    struct code_exit *e = &b->exit[op->rd];
    clock -= e->cycles;
    s.counts[0] -= e->counts[0];
    s.counts[1] -= e->counts[1];
    link = &e->next;
}

follow:
    last = 0;
follow_behind:
    if (unlikely((*link)->check != check)) {
        b = code_at(&f->store, pc);
        if (!b)
            goto leave;
        *link = b;
    }
    b = *link;
    goto start;

follow_indirect:
    last = 0;
    if (unlikely((*link)->pc != pc || (*link)->check != check)) {
        b = code_at(&f->store, pc);
        if (!b)
            goto leave;
        *link = b;
    }
    b = *link;
    goto start;

divided : {
    uint32_t more = division_cycles(timing);
    clock += (uint64_t)(int32_t)more;
    op++;
    if (unlikely(clock > limit))
        goto leave_inside;
    DISPATCH;
}

slow_load:
    m->uses = now;
    m->accounts.total = before = clock_before(op, clock, waited);
    answer = l0_load(m, c->data_privilege, at, size, &data, &c->step.data);
    if (answer == L0_LEFT)
        goto leave_inside;
    switch (op->code) {
    case INSN_lb:
        RD((int8_t)data);
        break;
    case INSN_lh:
        RD((int16_t)data);
        break;
    case INSN_lw:
        RD((int32_t)data);
        break;
    default:
        RD(data);
        break;
    }
    goto accessed;

slow_store:
    m->uses = now;
    m->accounts.total = before = clock_before(op, clock, waited);
    answer = l0_store(m, c->data_privilege, at, size, data, &c->step.data);
    if (answer == L0_LEFT)
        goto leave_inside;

accessed:
    now = m->uses;
    s.slow++;
    s.slow_cycles += m->accounts.total - before;
    clock += m->accounts.total - before;
    if (answer == L0_MISSED) {
        s.missed = true;
        c->step.pc = b->pc + op->offset;
        op++;
        goto leave_inside;
    }
    op++;
    code_now(&f->store);
    if (unlikely(clock > limit || f->store.check != check))
        goto leave_inside;
    DISPATCH;

leave_inside: /* before this op */
    s.clock = clock;
    take_back(&s, b, op);
    const struct op *done = op_before(b, op);
    if (done) {
        last = done->class == CLASS_LOAD ? done->rd : 0;
    } else {
        s.clock -= waited;
        s.stalls -= waited;
    }
    clock = s.clock;
    pc = b->pc + op->offset;

leave:
    m->uses = now;
    s.clock = clock;
    s.pc = pc;
    s.last = last;
    if (!(s.counts[0] & UINT32_MAX)) {
        m->accounts.total = s.start;
        return 0;
    }
    return finish(c, &s);

never:
    bug("a decoded block holds an op that is not ordinary");
}

uint64_t fast_run(struct cpu *c, const struct fast_limits *limits)
{
    if (limits->pc_span < CODE_BYTES)
        return 0;
    code_make_room(&c->fast->store);
    code_now(&c->fast->store);
    struct code_block *b = code_at(&c->fast->store, c->pc);
    return b ? run(c, limits, b) : 0;
}
