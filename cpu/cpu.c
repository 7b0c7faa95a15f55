/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See cpu.h. One step: look at interrupts if it is time to, fetch, decode,
 * execute, commit, charge.
 */
#include "cpu/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/exec.h"
#include "cpu/fast.h"
#include "cpu/trap.h"

/* ---- life --------------------------------------------------------------- */

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool config_ok(const struct cpu_config *config, struct err *err)
{
    uint64_t btb = config->btb_entries;
    if (btb == 0 || btb > BTB_MAX || btb & (btb - 1))
        return err_set(err, EXIT_USAGE,
                       "branch.btb = %llu: must be a power of two up to %d",
                       (unsigned long long)btb, BTB_MAX);
    if (config->ras_entries > RAS_MAX)
        return err_set(err, EXIT_USAGE, "branch.ras = %llu: at most %d",
                       (unsigned long long)config->ras_entries, RAS_MAX);
    if (config->core_hz == 0 || config->timebase_hz == 0)
        return err_set(err, EXIT_USAGE,
                       "core.hz and timebase.hz must not be 0");
    return true;
}

bool cpu_init(struct cpu *c, const struct cpu_config *config,
              const struct mmu_config *mmu, struct bus *bus, struct err *err)
{
    memset(c, 0, sizeof *c);
    if (!config_ok(config, err))
        return false;
    c->config = *config;
    uint64_t common =
        greatest_common_divisor(config->timebase_hz, config->core_hz);
    c->time_ratio[0] = config->timebase_hz / common;
    c->time_ratio[1] = config->core_hz / common;
    timing_init(&c->timing, config);
    if (!mmu_init(&c->mmu, mmu, bus, err))
        return false;
    if (cpu_caches_open(c, false, err))
        return true;
    mmu_free(&c->mmu);
    return false;
}

bool cpu_caches_open(struct cpu *c, bool fast, struct err *err)
{
    c->mmu.l0 = NULL;
    c->fast = NULL;
    c->decoder = malloc(sizeof *c->decoder);
    if (!c->decoder)
        return err_set(err, EXIT_HOST_RESOURCE, "out of memory");
    decoder_init(c->decoder);
    return !fast || fast_open(c, err);
}

void cpu_caches_close(struct cpu *c)
{
    fast_close(c);
    free(c->decoder);
    c->decoder = NULL;
}

void cpu_free(struct cpu *c)
{
    cpu_caches_close(c);
    mmu_free(&c->mmu);
}

void cpu_reset(struct cpu *c, uint64_t reset_pc, uint64_t hartid, uint64_t a1)
{
    if (c->mmu.accounts.total) { /* units of a new mmu are empty already */
        mmu_sfence(&c->mmu, false, 0, false, 0);
        mmu_rplb_invalidate(&c->mmu, false, 0, false, 0, 0);
    }
    memset(c->x, 0, sizeof c->x);
    c->x[10] = hartid;
    c->x[11] = a1;
    c->pc = reset_pc;
    c->privilege = PRIV_M;
    c->waiting = false;
    c->reserved = false;
    c->traps_in_a_row = 0;
    csr_reset(c, hartid);
    timing_reset(&c->timing);
    c->step = (struct step){ .hart = (uint8_t)hartid };
}

/* ---- time --------------------------------------------------------------- */

static uint64_t ticks_of(const struct cpu *c, uint64_t clock)
{
    return (uint64_t)((unsigned __int128)clock * c->time_ratio[0] /
                      c->time_ratio[1]);
}

uint64_t cpu_time(const struct cpu *c)
{
    return ticks_of(c, c->mmu.accounts.total) + c->time_offset;
}

uint64_t cpu_cycle_of_time(const struct cpu *c, uint64_t time)
{
    uint64_t clock = c->mmu.accounts.total, now = cpu_time(c);
    if (time <= now)
        return clock;
    /* Smallest clock with floor(clock x r0 / r1) >= ticks. */
    unsigned __int128 ticks = ticks_of(c, clock);
    ticks += time - now;
    uint64_t r0 = c->time_ratio[0], r1 = c->time_ratio[1];
    if (ticks > ~(unsigned __int128)0 / r1 - r0)
        return UINT64_MAX;
    unsigned __int128 wanted = (ticks * r1 + r0 - 1) / r0;
    return wanted > UINT64_MAX ? UINT64_MAX : (uint64_t)wanted;
}

void cpu_set_time(struct cpu *c, uint64_t time)
{
    c->time_offset = time - ticks_of(c, c->mmu.accounts.total);
    timer_changed(c);
}

void cpu_join_time(struct cpu *c, const struct cpu *other)
{
    c->time_offset = other->time_offset;
    timer_changed(c);
}

uint64_t cpu_next_deadline(const struct cpu *c)
{
    return c->mmu.accounts.total < c->timer_clock ? c->timer_clock : UINT64_MAX;
}

/* ---- interrupts --------------------------------------------------------- */

void cpu_interrupt_lines(struct cpu *c, uint64_t mask, uint64_t levels)
{
    c->csr.mip_lines = (c->csr.mip_lines & ~mask) | (levels & mask);
    interrupts_changed(c);
}

bool cpu_interrupt_pending(const struct cpu *c)
{
    return (interrupts_pending(c) & c->csr.mie) != 0;
}

/* ---- the step ----------------------------------------------------------- */

static void nothing_fetched(struct step *s)
{
    s->word = 0;
    s->insn = INSN_illegal;
    s->length = 0;
}

/* True when the step is spent: waiting, or an interrupt was taken. */
static bool attend(struct cpu *c)
{
    if (c->waiting) {
        if (!cpu_interrupt_pending(c)) {
            nothing_fetched(&c->step);
            c->step.events = STEP_WFI;
            return true;
        }
        c->waiting = false;
    }
    int interrupt = interrupt_choose(c);
    if (interrupt < 0) {
        interrupts_changed(c);
        return false;
    }
    nothing_fetched(&c->step);
    trap_take(c, true, (uint64_t)interrupt, 0);
    return true;
}

static bool fetch(struct cpu *c, uint32_t *word)
{
    struct access *a = &c->step.fetch;
    a->va = c->pc;
    a->privilege = c->privilege;
    bool allowed = mmu_fetch(&c->mmu, a, word);
    if (a->tlb.result == LOOKUP_MISS)
        c->step.events |= STEP_TLB_MISS;
    if (a->protection.result == LOOKUP_MISS)
        c->step.events |= STEP_PROTECTION_MISS;
    if (!allowed) {
        nothing_fetched(&c->step);
        trap_take(c, false, a->cause, a->fault_va);
    }
    return allowed;
}

/* Only here an instruction reaches rd and pc. */
static void commit(struct cpu *c, const struct decoded *d)
{
    struct step *s = &c->step;
    s->rd = d->rd;
    s->rd_before = c->x[d->rd];
    c->x[d->rd] = s->rd_value;
    c->x[0] = 0;
    timing_retire(&c->timing, &c->mmu.accounts, d, s->pc, s->next_pc);
    c->pc = s->next_pc;
    c->instret++;
    c->traps_in_a_row = 0;
    s->retired = true;
}

static void fetch_and_execute(struct cpu *c)
{
    struct step *s = &c->step;
    uint32_t word;
    if (!fetch(c, &word))
        return;
    const struct decoded *d = decode(c->decoder, word);
    s->word = d->word;
    s->insn = d->insn;
    /* The fetch knows the length; taking it from there, not from d, keeps the
     * look-up out of the host's chain from one pc to the next. */
    s->length = s->fetch.size;
    s->next_pc = s->pc + s->fetch.size;
    if (execute(c, d))
        commit(c, d);
    else
        trap_take(c, false, s->cause, s->tval);
}

void cpu_step(struct cpu *c)
{
    struct step *s = &c->step;
    s->pc = c->pc;
    s->cycle = c->mmu.accounts.total;
    s->privilege = c->privilege;
    s->events = 0;
    s->rd = 0;
    s->retired = false;
    s->data.size = 0;
    if (s->cycle < c->attention || !attend(c))
        fetch_and_execute(c);
    s->next_pc = c->pc;
    s->cycles = (uint32_t)(c->mmu.accounts.total - s->cycle);
}
