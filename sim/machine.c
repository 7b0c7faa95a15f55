/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a machine. The loop in machine_run is the only place where time
 * advances: cpu_step, or a jump over idle time (harts.c, which also says whose
 * turn it is). What rare steps mean is in observe.c; making machines is
 * machine_build.c, looking into memory peek.c.
 */
#include "sim/machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu/fast.h"
#include "mmu/l0.h"
#include "sim/board.h"
#include "sim/harts.h"
#include "sim/observe.h"

static void take_finisher(struct machine *m)
{
    enum finisher_command command = m->finisher.command;
    m->finisher.command = FINISHER_NONE;
    switch (command) {
    case FINISHER_OFF:
        m->exit_value = 0;
        machine_stop(m, STOP_POWEROFF);
        break;
    case FINISHER_FAIL:
        m->exit_value = m->finisher.code;
        machine_stop(m, STOP_FAIL);
        break;
    case FINISHER_RESET:
        if (m->limits->stop_on_reset)
            machine_stop(m, STOP_RESET);
        else
            machine_reset(m, m->reset_pc, m->reset_a1);
        break;
    case FINISHER_NONE:
        break;
    }
}

static void mailbox_misused(struct machine *m)
{
    m->mailbox.misused = false;
    snprintf(m->why, sizeof m->why,
             "the kernel wrote mailbox register 0x%" PRIx64 ", which %s",
             m->mailbox.misused_at,
             m->mailbox.misused_at == MAILBOX_DONE
                 ? "ends a request, but none was waiting"
                 : "cannot be written");
    machine_stop(m, STOP_HUNG);
}

/* What could not stop this run, because something else did, stops the next. */
static void look_at_mailbox(struct machine *m)
{
    if (m->mailbox.done && m->limits->stop_on_mailbox && !m->stopping) {
        m->mailbox.done = false;
        machine_stop(m, STOP_MAILBOX);
    }
    if (m->mailbox.script_asked)
        machine_stop(m, STOP_SCRIPT);
}

/* Did the console print what the run waits for? */
static void look_at_text(struct machine *m)
{
    struct console_text t = m->limits->until_text;
    size_t end;
    if (!t.count || m->text_seen == m->uart.length)
        return;
    if (m->text_seen >= t.from + t.count)
        t.from = m->text_seen - t.count + 1;
    m->text_seen = m->uart.length;
    if (machine_console_find(m, &t, &end))
        machine_stop(m, STOP_TEXT);
}

static void look_at_devices(struct machine *m)
{
    if (m->mailbox.misused)
        mailbox_misused(m);
    if (m->finisher.command)
        take_finisher(m);
    look_at_mailbox(m);
    look_at_text(m);
    board_set_lines(m);
}

/* A store to tohost, as test programs report their end. */
static void look_at_tohost(struct machine *m)
{
    uint64_t word, value, zero = 0;
    if (!bus_read(&m->bus, m->htif.tohost, &word, sizeof word))
        return;
    switch (htif_decode(word, &value)) {
    case HTIF_PRINT:
        uart_print(&m->uart, (char)value);
        if (!bus_write(&m->bus, m->htif.tohost, &zero, sizeof zero))
            bug("tohost is not RAM");
        look_at_text(m);
        break;
    case HTIF_EXIT:
        m->exit_value = value;
        machine_stop(m, value ? STOP_FAIL : STOP_POWEROFF);
        break;
    case HTIF_NOTHING:
        break;
    }
}

static bool stored_to_tohost(const struct machine *m)
{
    const struct access *a = &m->now->cpu.step.data;
    return a->size && a->kind >= ACCESS_STORE && !a->refused &&
           a->pa - m->htif.tohost < 8;
}

static void look_at_points(struct machine *m, const struct cpu *c)
{
    m->at_point = points_met(m->limits->points, c, &m->point);
    if (m->at_point)
        machine_stop(m, STOP_POINT);
}

/* ---- the run ----------------------------------------------------------------
 */

/* The clock reached m->deadline: the timer's, or the limit of the turn or of
 * the run. */
static void look_up(struct machine *m)
{
    uint64_t clock = machine_clock(m);
    if (clock >= m->turn.until)
        m->turn.over = true;
    else
        board_set_lines(m);
    if (m->limits->until_cycle && clock >= m->limits->until_cycle)
        machine_stop(m, STOP_BUDGET);
}

#define FAST_NEAR 32 /* cycles; most blocks are shorter */

/* Ordinary instructions that nobody watches one by one: as many as may run
 * before something has to be looked at. True: now is the time to look, or to
 * ask again. */
static bool run_fast(struct machine *m, uint64_t last_instruction)
{
    struct cpu *c = &m->now->cpu;
    struct ledger *l = &m->now->ledger;
    if (m->engine != ENGINE_FAST || m->trace.readers || m->trace_steps ||
        (m->limits->points && m->limits->points->step) ||
        c->attention <= c->mmu.accounts.total ||
        c->mmu.accounts.total < m->fast_from)
        return false;
    uint64_t until_cycle = m->limits->until_cycle;
    const struct fast_limits limits = {
        .until = m->deadline < c->attention ? m->deadline : c->attention,
        .stop = until_cycle ? until_cycle : UINT64_MAX,
        .instructions = last_instruction - l->instructions,
        .pc_first = l->pc_first,
        .pc_span = l->pc_span,
    };
    uint64_t retired = fast_run(c, &limits);
    l->instructions += retired;
    bool missed = retired && c->step.events;
    if (missed)
        observe_step(m);
    if (retired && m->limits->points) {
        c->step.data.size = 0; /* of these none met a watch */
        look_at_points(m, c);
    }
    /* The next block does not fit before the deadline: not to be asked again
     * until then, for an instruction or two at a time. */
    if (m->deadline - c->mmu.accounts.total < FAST_NEAR)
        m->fast_from = m->deadline;
    if (retired && c->pc - l->pc_first >= l->pc_span) {
        observe_pc(m);
        return true;
    }
    return missed || c->mmu.accounts.total >= m->deadline ||
           l->instructions >= last_instruction ||
           c->attention <= c->mmu.accounts.total || m->stopping;
}

/* The hart in focus runs to the end of its turn, or of the run. */
static void run_turn(struct machine *m, uint64_t last_instruction)
{
    struct cpu *c = &m->now->cpu;
    struct ledger *l = &m->now->ledger;
    const struct step *s = &c->step;
    const bool alone = m->config.harts == 1;
    while (!m->stopping && !m->turn.over) {
        if (c->mmu.accounts.total >= m->deadline) {
            look_up(m);
            continue;
        }
        if (l->instructions >= last_instruction) {
            machine_stop(m, STOP_BUDGET);
            break;
        }
        if (run_fast(m, last_instruction))
            continue;
        cpu_step(c);
        l->instructions += s->retired;
        if (m->trace.readers)
            trace_add(&m->trace, s);
        if (m->trace_steps)
            trace_file_step(m->trace_file, &m->bus, s);
        if (s->events)
            observe_step(m);
        if (c->pc - l->pc_first >= l->pc_span)
            observe_pc(m);
        if (s->events & STEP_DEVICE)
            look_at_devices(m);
        if (c->waiting || (!alone && harts_ends_turn(s)))
            m->turn.over = true;
        if (m->htif.on && stored_to_tohost(m))
            look_at_tohost(m);
        if (m->limits->points)
            look_at_points(m, c);
    }
}

/* Every hart waits, and no time that passes will change that. */
static void stop_idle(struct machine *m)
{
    snprintf(m->why, sizeof m->why,
             "wfi at 0x%" PRIx64 "%s: no timer is set and no interrupt can "
             "come, so nothing will ever wake it",
             m->now->cpu.step.pc,
             m->config.harts > 1 ? ", like all other harts" : "");
    machine_stop(m, STOP_IDLE);
}

/* Turn after turn. budget: instructions of all harts. At its end the hart that
 * ran last stays in focus. */
static void run_turns(struct machine *m, uint64_t budget)
{
    while (!m->stopping) {
        if (!budget) {
            machine_stop(m, STOP_BUDGET);
            break;
        }
        if (!harts_turn(m)) {
            stop_idle(m);
            break;
        }
        const struct ledger *l = &m->now->ledger;
        uint64_t start = l->instructions, last = start + budget;
        run_turn(m, last < start ? UINT64_MAX : last);
        budget -= l->instructions - start;
    }
}

enum stop machine_run(struct machine *m, const struct run_limits *limits)
{
    static const struct run_limits none = { 0 };
    if (m->ended)
        return m->stopped;
    m->stopping = m->at_point = false;
    m->limits = limits ? limits : &none;
    board_set_lines(m);
    look_at_mailbox(m);
    m->text_seen = 0;
    look_at_text(m);
    if (m->htif.on)
        harts_set_apart(m, m->htif.tohost, 8);
    harts_set_points(m, m->limits->points);
    run_turns(m, m->limits->max_insns ? m->limits->max_insns : UINT64_MAX);
    m->limits = NULL;
    harts_settle(m);
    board_plan(m);
    m->ended = m->stopped >= STOP_POWEROFF && m->stopped != STOP_IDLE;
    struct err err;
    if (!machine_check(m, false, &err))
        machine_bug(m, err.text);
    return m->stopped;
}
