/* SPDX-License-Identifier: Apache-2.0 */
/* Making harts, and choosing the one that runs next; see harts.h. */
#include "sim/harts.h"

#include "cpu/fast.h"
#include "mmu/l0.h"
#include "sim/board.h"

/* ---- making ---------------------------------------------------------------
 */

/* Hart 0 owns the L2 cache; the others are built without one and join. */
static bool build_hart(struct machine *m, uint64_t i, struct err *err)
{
    const struct config *c = &m->config;
    struct mmu_config mmu = c->mmu;
    if (i > 0)
        mmu.l2_bytes = 0;
    if (!cpu_init(&m->hart[i].cpu, &c->cpu, &mmu, &m->bus, err))
        return false;
    if (!fast_open(&m->hart[i].cpu, err))
        return false;
    if (i > 0)
        mmu_join(&m->hart[i].cpu.mmu, &m->hart[0].cpu.mmu);
    ledger_init(&m->hart[i].ledger, m->bus.heap);
    return true;
}

bool harts_build(struct machine *m, struct err *err)
{
    m->hart = heap_new(m->bus.heap, m->config.harts, sizeof m->hart[0]);
    if (!m->hart)
        return err_set(err, EXIT_HOST_RESOURCE, "no memory for the harts");
    m->now = m->hart;
    for (uint64_t i = 0; i < m->config.harts; i++)
        if (!build_hart(m, i, err)) {
            harts_free(m);
            return false;
        }
    return true;
}

void harts_free(struct machine *m)
{
    for (uint64_t i = 0; i < m->config.harts; i++) {
        ledger_free(&m->hart[i].ledger);
        cpu_free(&m->hart[i].cpu);
    }
    heap_free(m->bus.heap, m->hart);
}

void harts_set_phase(struct machine *m, enum phase phase, uint64_t first,
                     uint64_t end)
{
    for (uint64_t i = 0; i < m->config.harts; i++)
        ledger_set_phase(&m->hart[i].ledger, phase, first, end);
}

void harts_set_apart(struct machine *m, uint64_t pa, uint64_t bytes)
{
    for (uint64_t i = 0; i < m->config.harts; i++)
        l0_set_apart(&m->hart[i].cpu.mmu, pa, bytes);
}

void harts_set_points(struct machine *m, const struct points *p)
{
    for (uint64_t i = 0; i < m->config.harts; i++)
        fast_set_points(&m->hart[i].cpu, p ? p->at : NULL, p ? p->count : 0);
}

/* ---- time ------------------------------------------------------------------
 */

static uint64_t clock_of(const struct hart *h)
{
    return h->cpu.mmu.accounts.total;
}

static void idle_until(struct hart *h, uint64_t clock)
{
    if (clock > clock_of(h))
        account_charge(&h->cpu.mmu.accounts, FOR_IDLE, IN_CORE,
                       clock - clock_of(h));
}

bool harts_sleeps(const struct hart *h)
{
    return h->cpu.waiting && !cpu_interrupt_pending(&h->cpu);
}

/* The clock at which the hart can go on; UINT64_MAX = not by itself. */
static uint64_t ready_clock(const struct hart *h)
{
    if (!harts_sleeps(h))
        return clock_of(h);
    uint64_t deadline = cpu_next_deadline(&h->cpu);
    return deadline < h->timer_clock ? deadline : h->timer_clock;
}

void harts_note(struct machine *m, struct hart *h)
{
    m->turn.ready[h - m->hart] = ready_clock(h);
}

/* The hart that can go on first. */
static uint64_t next_hart(const struct machine *m)
{
    const uint64_t *ready = m->turn.ready;
    uint64_t next = 0;
    for (uint64_t i = 1; i < m->config.harts; i++)
        if (ready[i] < ready[next])
            next = i;
    return next;
}

/* ---- turns ------------------------------------------------------------------
 */

bool harts_ends_turn(const struct step *s)
{
    if (s->events & STEP_DEVICE)
        return true;
    uint8_t class = insn_rows[s->insn].class;
    return s->retired && (class == CLASS_AMO || class == CLASS_LR);
}

bool harts_turn(struct machine *m)
{
    if (m->turn.over) {
        harts_note(m, m->now);
        uint64_t i = next_hart(m), limit = m->limits->until_cycle;
        uint64_t ready = m->turn.ready[i];
        struct hart *next = &m->hart[i];
        if (ready == UINT64_MAX)
            return false;
        if (limit && ready > limit && harts_sleeps(next))
            ready = limit;
        idle_until(next, ready);
        m->now = next;
        m->turn.over = false;
        m->fast_from = 0;
        m->turn.until = m->config.harts == 1
                            ? UINT64_MAX
                            : clock_of(next) + m->config.harts_quantum;
    }
    board_deadline(m);
    return true;
}

void harts_wake(const struct machine *m, struct hart *h)
{
    idle_until(h, machine_clock(m));
}

void harts_settle(struct machine *m)
{
    harts_note(m, m->now);
    uint64_t clock = m->turn.ready[next_hart(m)];
    if (clock > machine_clock(m))
        clock = machine_clock(m);
    for (uint64_t i = 0; i < m->config.harts; i++)
        if (harts_sleeps(&m->hart[i]))
            idle_until(&m->hart[i], clock);
}

void harts_reset(struct machine *m, uint64_t pc, uint64_t a1)
{
    for (uint64_t i = 0; i < m->config.harts; i++) {
        struct hart *h = &m->hart[i];
        idle_until(h, machine_clock(m));
        cpu_reset(&h->cpu, pc, i, a1);
        h->ledger.window.open = false;
        ledger_context(&h->ledger, &h->cpu.mmu);
        ledger_return(&h->ledger, &h->cpu.mmu, false);
    }
    m->now = m->hart;
    m->turn.over = true;
}

/* ---- sums
 * -------------------------------------------------------------------- */

uint64_t machine_instructions(const struct machine *m)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < m->config.harts; i++)
        sum += m->hart[i].ledger.instructions;
    return sum;
}

bool machine_check(const struct machine *m, bool all, struct err *err)
{
    for (uint64_t i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->hart[i];
        bool sound = all ? ledger_check_all(&h->ledger, &h->cpu.mmu, err)
                         : ledger_check(&h->ledger, &h->cpu.mmu, err);
        if (!sound)
            return false;
    }
    return true;
}
