/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace as a value change dump (IEEE 1364), for GTKWave and the like. One
 * unit of time is one clock cycle. From events alone come domain, thread, the
 * pc where something happened, and pulses of misses and traps; with steps the
 * pc of each instruction, the mode, and when the hart stalled or idled.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/trace/export.h"

enum signal {
    SIGNAL_PC,
    SIGNAL_MODE,
    SIGNAL_DOMAIN,
    SIGNAL_THREAD,
    SIGNAL_STALL,
    SIGNAL_IDLE,
    SIGNAL_TLB_MISS,
    SIGNAL_PROTECTION_MISS,
    SIGNAL_TRAP,
    SIGNAL_COUNT
};

static const struct {
    const char *name;
    unsigned bits;
    const char *doc;
} signals[SIGNAL_COUNT] = {
    [SIGNAL_PC] = { "pc", 64, "the instruction" },
    [SIGNAL_MODE] = { "mode", 2, "0 U, 1 S, 3 M" },
    [SIGNAL_DOMAIN] = { "domain", 32, "0 = kernel" },
    [SIGNAL_THREAD] = { "thread", 32, "as the kernel last said" },
    [SIGNAL_STALL] = { "stall", 1, "an instruction after its first cycle" },
    [SIGNAL_IDLE] = { "idle", 1, "in wfi" },
    [SIGNAL_TLB_MISS] = { "tlb_miss", 1, "turns over at each one" },
    [SIGNAL_PROTECTION_MISS] = { "protection_miss", 1, "likewise" },
    [SIGNAL_TRAP] = { "trap", 1, "likewise" },
};

struct vcd {
    FILE *to;
    uint64_t clock; /* of the last #, UINT64_MAX = none yet */
    bool known[SIGNAL_COUNT];
    uint64_t value[SIGNAL_COUNT];
    uint64_t step, step_end; /* clocks of the last step */
    enum {
        STAGE_BEGUN,
        STAGE_STALLS,
        STAGE_DONE,
        STAGE_IDLE,
        STAGE_NONE
    } stage;
};

static void put_value(struct vcd *v, enum signal s)
{
    char id = (char)('!' + s);
    if (signals[s].bits == 1) {
        fprintf(v->to, "%c%c\n", v->value[s] ? '1' : '0', id);
        return;
    }
    fputc('b', v->to);
    unsigned top =
        v->value[s] ? 63 - (unsigned)__builtin_clzll(v->value[s]) : 0;
    for (unsigned i = top + 1; i-- > 0;)
        fputc(v->value[s] >> i & 1 ? '1' : '0', v->to);
    fprintf(v->to, " %c\n", id);
}

static void set(struct vcd *v, uint64_t clock, enum signal s, uint64_t value)
{
    if (v->known[s] && v->value[s] == value)
        return;
    if (v->clock != clock)
        fprintf(v->to, "#%" PRIu64 "\n", clock);
    v->clock = clock;
    v->known[s] = true;
    v->value[s] = value;
    put_value(v, s);
}

static void header(struct vcd *v, const struct trace_reader_file *r)
{
    fprintf(v->to,
            "$comment opalite trace; one unit is one cycle of %" PRIu64
            " Hz, preset %s $end\n$timescale 1 ns $end\n"
            "$scope module hart%d $end\n",
            r->head.core_hz, r->head.preset, r->only_hart);
    for (int i = 0; i < SIGNAL_COUNT; i++)
        fprintf(v->to, "$var wire %u %c %s $end\n$comment %s: %s $end\n",
                signals[i].bits, '!' + i, signals[i].name, signals[i].name,
                signals[i].doc);
    fputs("$upscope $end\n$enddefinitions $end\n", v->to);
}

/* What the last step still has to show up to this clock: its stall, and the
 * wait behind it; each once. */
static void pass(struct vcd *v, uint64_t clock)
{
    if (v->stage == STAGE_BEGUN && v->step + 1 < v->step_end &&
        v->step + 1 <= clock) {
        set(v, v->step + 1, SIGNAL_STALL, 1);
        v->stage = STAGE_STALLS;
    }
    if (v->stage <= STAGE_STALLS && clock >= v->step_end) {
        set(v, v->step_end, SIGNAL_STALL, 0);
        v->stage = STAGE_DONE;
    }
    if (v->stage == STAGE_DONE && clock > v->step_end) {
        set(v, v->step_end, SIGNAL_IDLE, 1);
        v->stage = STAGE_IDLE;
    }
}

static void on_step(struct vcd *v, const struct trace_record *s)
{
    uint64_t clock = s->cycle;
    pass(v, clock);
    set(v, clock, SIGNAL_IDLE, 0);
    set(v, clock, SIGNAL_PC, trace_number(s, "pc"));
    set(v, clock, SIGNAL_MODE, trace_number(s, "mode"));
    v->stage = STAGE_BEGUN;
    v->step = clock;
    v->step_end = clock + trace_number(s, "cycles");
}

static void on_event(struct vcd *v, const struct trace_record *e)
{
    uint64_t clock = e->cycle;
    pass(v, clock);
    switch (e->kind) {
    case EVENT_TLB_MISS:
        set(v, clock, SIGNAL_TLB_MISS, !v->value[SIGNAL_TLB_MISS]);
        break;
    case EVENT_PROTECTION_MISS:
        set(v, clock, SIGNAL_PROTECTION_MISS,
            !v->value[SIGNAL_PROTECTION_MISS]);
        break;
    case EVENT_TRAP:
        set(v, clock, SIGNAL_TRAP, !v->value[SIGNAL_TRAP]);
        break;
    case EVENT_RIGHTS:
    case EVENT_DOMAIN:
    case EVENT_THREAD:
    case EVENT_FAULT:
        return; /* their domain and pc are what they are about */
    default:
        break;
    }
    set(v, clock, SIGNAL_DOMAIN, trace_number(e, "domain"));
    set(v, clock, SIGNAL_THREAD, trace_number(e, "thread"));
    if (v->stage == STAGE_NONE)
        set(v, clock, SIGNAL_PC, trace_number(e, "pc"));
}

bool trace_to_vcd(struct trace_reader_file *r, FILE *to, struct err *err)
{
    struct trace_record record;
    struct vcd v = { .to = to, .clock = UINT64_MAX, .stage = STAGE_NONE };
    header(&v, r);
    while (trace_read(r, &record, err)) {
        if (record.line == TRACE_STEP)
            on_step(&v, &record);
        else if (record.line == TRACE_EVENT)
            on_event(&v, &record);
    }
    pass(&v, r->clock); /* the end may be told by another hart */
    if (v.clock == UINT64_MAX || v.clock < r->clock)
        fprintf(to, "#%" PRIu64 "\n", r->clock);
    return err->code == EXIT_PASSED;
}
