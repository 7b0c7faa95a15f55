// SPDX-License-Identifier: Apache-2.0
/*
 * What makes time pass in the terminal view: steps, runs, runs until an event.
 * Each call of tui_advance is one slice of the session; who calls it how often
 * (a clock, or a script) makes no difference to the machine.
 */
#include "viz/tui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const uint64_t tui_speeds[] = { 1,    3,     10,     30,      100, 300,
                                1000, 10000, 100000, 1000000, 0 };
const int tui_speed_count = sizeof tui_speeds / sizeof tui_speeds[0];

const char *tui_speed_text(int speed)
{
    static const char *const text[] = { "1/s",    "3/s",   "10/s", "30/s",
                                        "100/s",  "300/s", "1k/s", "10k/s",
                                        "100k/s", "1M/s",  "max" };

    return text[speed];
}

PRINTF_LIKE(2, 3)
static void notice(struct tui *t, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(t->model.notice, sizeof t->model.notice, format, list);
    va_end(list);
    for (char *p = t->model.notice; *p; p++)
        if (*p == '\n')
            *p = ' ';
}

static bool is_over(const struct tui *t)
{
    return t->model.state == MODEL_ENDED || t->model.state == MODEL_FAILED;
}

/* A command begins. False: the scenario is over. */
static bool begin(struct tui *t, enum tui_going going, const char *why)
{
    if (is_over(t)) {
        notice(t, "the scenario is over; q quits");
        return false;
    }
    model_mark(&t->model, t->session);
    t->model.notice[0] = 0;
    t->model.state = MODEL_RUNNING;
    t->going = going;
    t->until = 0;
    t->why = why;
    return true;
}

void tui_pause(struct tui *t)
{
    if (t->going == GOING_NOWHERE)
        return;
    t->going = GOING_NOWHERE;
    t->model.state = MODEL_PAUSED;
    notice(t, "paused");
}

void tui_step(struct tui *t, uint64_t count)
{
    if (begin(t, GOING_STEPS, "step"))
        t->steps = count;
}

uint32_t tui_stop_events(const struct tui *t)
{
    static const uint32_t events[STOP_LETTERS] = {
        [STOP_ON_FAULT] = EVENT_BIT(EVENT_FAULT) | EVENT_BIT(EVENT_PANIC),
        [STOP_ON_TLB] = EVENT_BIT(EVENT_TLB_MISS),
        [STOP_ON_PROTECTION] = EVENT_BIT(EVENT_PROTECTION_MISS),
        [STOP_ON_SWITCH] = EVENT_BIT(EVENT_SWITCH),
        [STOP_ON_TRAP] = EVENT_BIT(EVENT_TRAP),
    };
    uint32_t mask = 0;

    for (int i = 0; i < STOP_LETTERS; i++)
        if (t->model.stops >> i & 1)
            mask |= events[i];
    return mask;
}

void tui_run(struct tui *t)
{
    if (begin(t, GOING_RUN, "run"))
        t->until = tui_stop_events(t);
}

void tui_run_until(struct tui *t, uint32_t events, const char *why)
{
    if (events == 0)
        notice(t, "the stop mask is empty: m edits it");
    else if (begin(t, GOING_EVENT, why))
        t->until = events;
}

void tui_begin(struct tui *t, bool from_reset)
{
    if (from_reset) {
        tui_step(t, 1);
        return;
    }
    tui_run_until(t, EVENT_BIT(EVENT_BOOTED) | EVENT_BIT(EVENT_PANIC),
                  "the kernel is booting");
}

/* Length of the instruction at pc when it calls (links ra or t0, or ecall);
 * else 0. */
static uint64_t call_length(const struct machine *m)
{
    struct access a = { .va = m->now->cpu.pc,
                        .size = 2,
                        .kind = ACCESS_FETCH,
                        .privilege = m->now->cpu.privilege };
    struct mmu_regs regs = m->now->cpu.mmu.regs;
    uint32_t word = 0;

    regs.sprot = 0;
    if (!mmu_peek_as(&m->now->cpu.mmu, &regs, &a) ||
        !machine_peek_phys(m, a.pa, &word, 2))
        return 0;
    if ((word & 3) != 3) /* c.jalr: 1001 rs1 00000 10 */
        return (word & 0xf07f) == 0x9002 && (word & 0xf80) ? 2 : 0;
    if ((a.pa & 0xfff) > 0xffc || !machine_peek_phys(m, a.pa, &word, 4))
        return 0;
    uint32_t opcode = word & 0x7f, rd = word >> 7 & 31;
    bool links = (opcode == 0x6f || opcode == 0x67) && (rd == 1 || rd == 5);
    return links || word == 0x73 ? 4 : 0;
}

void tui_step_over(struct tui *t)
{
    const struct machine *m = t->session->machine;
    uint64_t length = m ? call_length(m) : 0;

    if (length == 0) {
        tui_step(t, 1);
        return;
    }
    if (!begin(t, GOING_OVER, "step over"))
        return;
    t->until = tui_stop_events(t);
    t->after.pc = m->now->cpu.pc + length;
    t->after.sp = m->now->cpu.x[2];
    t->after.privilege = m->now->cpu.privilege;
    t->after.thread = m->registry.thread;
}

static bool has_returned(const struct tui *t)
{
    const struct machine *m = t->session->machine;

    return m && m->now->cpu.pc == t->after.pc &&
           m->now->cpu.x[2] == t->after.sp &&
           m->now->cpu.privilege == t->after.privilege &&
           m->registry.thread == t->after.thread;
}

/* ---- one slice -------------------------------------------------------------
 */

static void arrived(struct tui *t)
{
    t->going = GOING_NOWHERE;
    t->model.state = MODEL_PAUSED;
}

static void stopped_by_event(struct tui *t)
{
    char text[MODEL_LINE];

    arrived(t);
    if (!t->session->machine)
        return;
    model_event_line(t->session->machine, &t->session->machine->stop_event,
                     text);
    notice(t, "stopped: %.140s", text);
}

static void ended(struct tui *t, enum session_state state)
{
    const struct session *s = t->session;

    t->going = GOING_NOWHERE;
    t->model.state = state == SESSION_FAILED || s->checks_failed ? MODEL_FAILED
                                                                 : MODEL_ENDED;
    if (state == SESSION_FAILED) {
        notice(t, "%.150s", s->error.text);
        model_print(&t->model, "\n", 1);
        model_print(&t->model, s->error.text, strlen(s->error.text));
        model_print(&t->model, "\n", 1);
    } else if (s->checks_failed) {
        notice(t, "the scenario ended: %llu checks passed, %llu FAILED",
               (unsigned long long)s->checks_passed,
               (unsigned long long)s->checks_failed);
    } else {
        notice(t,
               "the scenario ended, %llu checks passed; 8 z: console, q quits",
               (unsigned long long)s->checks_passed);
    }
}

/* One call of the session. False: the command is done. */
static bool advance_once(struct tui *t, uint64_t instructions)
{
    struct run_limits limits = { .max_insns = instructions,
                                 .stop_events = t->until };
    enum session_state state = session_advance(t->session, &limits);

    if (state == SESSION_FINISHED || state == SESSION_FAILED)
        ended(t, state);
    else if (state == SESSION_STOPPED)
        stopped_by_event(t);
    return t->going != GOING_NOWHERE;
}

void tui_advance(struct tui *t, uint64_t instructions)
{
    uint64_t n;

    switch (t->going) {
    case GOING_NOWHERE:
        return;
    case GOING_STEPS:
        n = t->steps < instructions ? t->steps : instructions;
        t->steps -= n;
        if (advance_once(t, n) && t->steps == 0)
            arrived(t);
        break;
    case GOING_OVER:
        for (n = 0; n < instructions; n++) {
            if (!advance_once(t, 1))
                break;
            if (has_returned(t)) {
                arrived(t);
                break;
            }
        }
        break;
    case GOING_RUN:
    case GOING_EVENT:
        advance_once(t, instructions);
        break;
    }
    model_refresh(&t->model, t->session);
}
