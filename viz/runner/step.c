// SPDX-License-Identifier: Apache-2.0
/*
 * Steps over a call and out of a function. A call is over when the hart comes
 * to the instruction behind it with the same stack, thread and privilege; until
 * then the machine runs at full speed, however deep it calls itself and whoever
 * else runs. A function is left by its return, or by the return of the one it
 * jumped to at its end: step by step, over the calls it makes and the traps
 * that interrupt it. Neither needs debug information.
 */
#include "viz/runner/runner.h"

enum { RA = 1, SP = 2, T0 = 5 };

static const struct hart *hart_of(const struct runner *r,
                                  const struct machine *m)
{
    return &m->hart[r->after.hart];
}

/* The instruction at the hart's pc; 0 = cannot be read. */
static uint32_t word_at_pc(const struct machine *m, const struct hart *h)
{
    uint32_t word = 0;
    uint64_t pa;

    if (!machine_place_of_hart(h, h->cpu.pc, &pa) ||
        !machine_peek_phys(m, pa, &word, 2))
        return 0;
    if ((word & 3) != 3)
        return word;
    if (!machine_place_of_hart(h, h->cpu.pc + 2, &pa) ||
        !machine_peek_phys(m, pa, (char *)&word + 2, 2))
        return 0;
    return word;
}

/* Length of an instruction that calls (links ra or t0, or ecall); else 0. */
static uint64_t call_length(uint32_t word)
{
    uint32_t opcode = word & 0x7f, rd = word >> 7 & 31;

    if ((word & 3) != 3) /* c.jalr: 1001 rs1 00000 10 */
        return (word & 0xf07f) == 0x9002 && (word & 0xf80) ? 2 : 0;
    bool links = (opcode == 0x6f || opcode == 0x67) && (rd == RA || rd == T0);
    return links || word == 0x73 ? 4 : 0;
}

/* Jumps to ra or t0 without linking, or leaves a trap handler. */
static bool is_return(uint32_t word)
{
    uint32_t from = (word & 3) == 3 ? word >> 15 & 31 : word >> 7 & 31;
    bool jumps =
        (word & 3) == 3 ? (word & 0x7fff) == 0x67 : (word & 0xf07f) == 0x8002;

    if (word == 0x30200073 || word == 0x10200073) /* mret, sret */
        return true;
    return jumps && (from == RA || from == T0);
}

/* What is called now returns to pc. */
static void wait_for(struct runner *r, const struct machine *m,
                     const struct cpu *c, uint64_t pc)
{
    r->after.pc = pc;
    r->after.sp = c->x[SP];
    r->after.privilege = c->privilege;
    r->after.thread = m->registry.thread;
    r->stops.has_goal = r->waits = true;
    r->stops.goal = pc;
}

static bool has_returned(const struct runner *r)
{
    const struct machine *m = r->session->machine;
    const struct cpu *c = m ? &m->now->cpu : NULL;

    return m && session_machine_number(r->session) == r->after.machine &&
           (uint64_t)(m->now - m->hart) == r->after.hart &&
           c->pc == r->after.pc && c->x[SP] == r->after.sp &&
           c->privilege == r->after.privilege &&
           m->registry.thread == r->after.thread;
}

/* The hart in focus is the one that steps. */
static void choose_hart(struct runner *r, const struct machine *m)
{
    r->after.hart = (uint64_t)(m->now - m->hart);
    r->after.machine = session_machine_number(r->session);
}

void runner_step_over(struct runner *r)
{
    const struct machine *m = r->session->machine;
    uint64_t length = m ? call_length(word_at_pc(m, m->now)) : 0;

    if (length == 0) {
        runner_obey(r, &(struct wish){ .kind = WISH_STEP, .number = 1 });
        return;
    }
    if (!runner_begin_masked(r, GOING_OVER))
        return;
    choose_hart(r, m);
    wait_for(r, m, &m->now->cpu, m->now->cpu.pc + length);
}

void runner_step_out(struct runner *r)
{
    const struct machine *m = r->session->machine;

    if (!m)
        runner_notice(r, "out: there is no machine yet");
    else if (runner_begin_masked(r, GOING_OUT))
        choose_hart(r, m);
}

/* ---- out of a function ------------------------------------------------------
 */

static void tell_return(struct runner *r, const struct machine *m)
{
    const struct cpu *c = &hart_of(r, m)->cpu;
    char place[100];

    runner_arrive(r);
    registry_place_text(&m->registry, c->pc, place, sizeof place);
    runner_notice(r, "returned to %.90s, a0 = 0x%llx", place,
                  (unsigned long long)c->x[10]);
}

/* One instruction of the function, of this hart or another. A trap retires
 * nothing: then the first instruction of its handler has run, too. */
static void step_in_function(struct runner *r)
{
    const struct machine *m = r->session->machine;
    const struct cpu *c = &hart_of(r, m)->cpu;
    uint32_t word = word_at_pc(m, hart_of(r, m));
    struct cpu before = { .pc = c->pc, .privilege = c->privilege };

    before.x[SP] = c->x[SP];
    if (call_length(word)) {
        wait_for(r, m, c, c->pc + call_length(word));
        return;
    }
    if (!runner_advance_once(r, 1) || r->session->machine != m ||
        (c->pc == before.pc && c->privilege == before.privilege))
        return;
    if (c->step.pc != before.pc || !c->step.retired)
        wait_for(r, m, &before, before.pc); /* it is done again */
    else if (is_return(word))
        tell_return(r, m);
}

static void advance_out(struct runner *r, uint64_t instructions)
{
    for (uint64_t n = 0; n < instructions && r->going == GOING_OUT; n++) {
        if (!r->waits) {
            step_in_function(r);
            continue;
        }
        /* One slice is enough of what the function called. */
        n = instructions;
        if (!runner_advance_once(r, instructions))
            break;
        if (r->stops.reason == STOPS_GOAL && has_returned(r))
            r->waits = r->stops.has_goal = false;
    }
}

void runner_step_advance(struct runner *r, uint64_t instructions)
{
    if (r->going == GOING_OUT)
        advance_out(r, instructions);
    else if (runner_advance_once(r, instructions) &&
             r->stops.reason == STOPS_GOAL && has_returned(r))
        runner_arrive(r);
}
