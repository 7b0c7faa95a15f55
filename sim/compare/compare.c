/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See compare/compare.h. The fields of a machine that are plain values stand in
 * a table; figures come from stats.h; what has an order of its own (units, miss
 * histories) is in compare/unit.c, memory in compare/memory.c.
 */
#include "sim/compare/compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/compare/parts.h"
#include "sim/stats.h"

/* ---- lines ------------------------------------------------------------- */

void difference_add(struct differences *d, const char *format, ...)
{
    va_list args;
    if (d->count++ >= DIFFERENCE_LINES)
        return;
    char *line = d->text[d->count - 1];
    int n = snprintf(line, DIFFERENCE_BYTES, "%s", d->place);
    va_start(args, format);
    vsnprintf(line + n, DIFFERENCE_BYTES - (size_t)n, format, args);
    va_end(args);
}

void difference_value(struct differences *d, const char *what, uint64_t a,
                      uint64_t b)
{
    if (a != b)
        difference_add(d, "%s: %s 0x%" PRIx64 ", %s 0x%" PRIx64, what,
                       d->name[0], a, d->name[1], b);
}

/* ---- plain values ------------------------------------------------------ */

/* A field, or an array of them. */
struct field {
    const char *name;
    size_t offset, bytes, each;
};

#define OF(type, f) ((type *)NULL)->f
#define ONE_OF(type, f)                                                        \
    {                                                                          \
#f, offsetof(type, f), sizeof OF(type, f), sizeof OF(type, f)          \
    }
#define EACH_OF(type, f)                                                       \
    {                                                                          \
#f, offsetof(type, f), sizeof OF(type, f), sizeof OF(type, f)[0]       \
    }

#define ONE(f)  ONE_OF(struct hart, f)
#define EACH(f) EACH_OF(struct hart, f)
static const struct field hart_fields[] = {
    ONE(cpu.pc),
    ONE(cpu.privilege),
    ONE(cpu.data_privilege),
    ONE(cpu.waiting),
    ONE(cpu.reserved),
    ONE(cpu.reserved_size),
    ONE(cpu.reserved_va),
    ONE(cpu.attention),
    ONE(cpu.timer_clock),
    ONE(cpu.instret),
    ONE(cpu.traps_in_a_row),
    ONE(cpu.time_offset),
    ONE(cpu.csr),
    ONE(cpu.timing.last),
    ONE(cpu.timing.branches),
    ONE(cpu.timing.mispredicts),
    ONE(cpu.timing.ras_top),
    ONE(cpu.timing.ras_count),
    EACH(cpu.timing.ras),
    ONE(cpu.step.retired),
    ONE(cpu.step.privilege),
    ONE(cpu.mmu.accounts.total),
    ONE(cpu.mmu.regs.satp),
    ONE(cpu.mmu.regs.sprot),
    ONE(cpu.mmu.regs.srtable),
    ONE(cpu.mmu.regs.domain),
    ONE(cpu.mmu.regs.sum),
    ONE(cpu.mmu.regs.mxr),
    ONE(cpu.mmu.regs.hw_ad),
    EACH(cpu.mmu.pmp.addr),
    EACH(cpu.mmu.pmp.config),
    ONE(cpu.mmu.domain_key),
    ONE(cpu.mmu.last_satp),
    ONE(cpu.mmu.who),
    ONE(cpu.mmu.asid),
    ONE(cpu.mmu.levels),
    ONE(cpu.mmu.protected),
    ONE(cpu.mmu.satp_changed),
    ONE(cpu.mmu.late_walk),
    ONE(cpu.mmu.reservation),
    ONE(cpu.mmu.coherence),
    ONE(cpu.mmu.stores.free),
    ONE(cpu.mmu.stores.free_same),
    ONE(cpu.mmu.stores.settled),
    ONE(cpu.mmu.stores.block),
    EACH(cpu.mmu.stores.ack),
    ONE(cpu.mmu.stores.oldest),
    ONE(cpu.mmu.stores.count),
    ONE(cpu.mmu.alone.clock),
    ONE(timer_clock),
    ONE(ledger.domain_count),
    ONE(ledger.serials),
    ONE(ledger.domain),
    ONE(ledger.phase),
    ONE(ledger.pc_first),
    ONE(ledger.pc_span),
    ONE(ledger.total),
    ONE(ledger.total_instructions),
    ONE(ledger.user),
    ONE(ledger.script_call),
    ONE(ledger.instructions),
    ONE(ledger.folded),
    ONE(ledger.folded_instructions),
    ONE(ledger.folded_late),
    EACH(ledger.folded_units),
    ONE(ledger.window.open),
    ONE(ledger.window.landed),
    ONE(ledger.window.from_serial),
    ONE(ledger.window.from),
    ONE(ledger.window.from_thread),
    EACH(ledger.window.phase),
    ONE(ledger.window.instructions),
    ONE(ledger.refill.open),
    ONE(ledger.refill.late),
    ONE(ledger.refill.start),
    ONE(ledger.refill.start_late),
    EACH(ledger.refill.phase),
    ONE(ledger.refill.instructions),
    ONE(ledger.switches),
    ONE(ledger.refill_late),
    ONE(ledger.book),
};
#undef ONE
#undef EACH

#define ONE(f)  ONE_OF(struct machine, f)
#define EACH(f) EACH_OF(struct machine, f)
static const struct field machine_fields[] = {
    ONE(turn.until),
    ONE(turn.over),
    ONE(uart.ier),
    ONE(uart.fcr),
    ONE(uart.lcr),
    ONE(uart.mcr),
    ONE(uart.scratch),
    ONE(uart.dll),
    ONE(uart.dlm),
    ONE(uart.tx_empty_pending),
    ONE(uart.input),
    ONE(uart.input_first),
    ONE(uart.input_next),
    ONE(uart.length),
    ONE(clint.msip),
    ONE(clint.mtimecmp),
    EACH(plic.priority),
    EACH(plic.level),
    EACH(plic.pending),
    EACH(plic.claimed),
    ONE(plic.enable),
    EACH(plic.threshold),
    ONE(rtc.offset),
    ONE(rtc.alarm),
    ONE(rtc.time_high),
    ONE(rtc.alarm_high),
    ONE(rtc.running),
    ONE(rtc.enabled),
    ONE(rtc.pending),
    ONE(rom),
    ONE(entropy),
    ONE(console.input),
    ONE(console.input_first),
    ONE(console.input_next),
    ONE(finisher.command),
    ONE(finisher.code),
    ONE(mailbox.pending),
    ONE(mailbox.done),
    ONE(mailbox.script_asked),
    ONE(mailbox.misused),
    ONE(mailbox.misused_at),
    ONE(mailbox.op),
    EACH(mailbox.arg),
    ONE(mailbox.result),
    ONE(mailbox.script_thread),
    ONE(mailbox.script_result),
    ONE(mailbox.script_op),
    EACH(mailbox.script_arg),
    ONE(mailbox.window),
    ONE(htif),
    ONE(reset_pc),
    ONE(reset_a1),
    ONE(stopped),
    ONE(ended),
    ONE(exit_value),
    ONE(why),
    EACH(event_count),
    ONE(faults_protection),
    ONE(events.next),
    ONE(registry.domain_count),
    ONE(registry.segment_count),
    ONE(registry.right_count),
    ONE(registry.thread_count),
    ONE(registry.program_count),
    ONE(registry.portal_count),
    ONE(registry.thread),
};

#define COUNT(list) (sizeof list / sizeof list[0])

/* Up to 8 bytes as a number. */
static uint64_t number(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;
    memcpy(&value, at, bytes < 8 ? bytes : 8);
    return value;
}

static void compare_field(struct differences *d, const struct field *f,
                          const uint8_t *a, const uint8_t *b)
{
    char name[80];
    for (size_t i = 0; i < f->bytes; i += f->each) {
        if (!memcmp(a + i, b + i, f->each))
            continue;
        if (f->each == f->bytes)
            snprintf(name, sizeof name, "%s", f->name);
        else
            snprintf(name, sizeof name, "%s[%zu]", f->name, i / f->each);
        if (f->each <= 8)
            difference_value(d, name, number(a + i, f->each),
                             number(b + i, f->each));
        else
            difference_add(d, "%s differs", name);
    }
}

static void compare_fields(struct differences *d, const struct field *f,
                           size_t count, const void *a, const void *b)
{
    for (size_t i = 0; i < count; i++)
        compare_field(d, &f[i], (const uint8_t *)a + f[i].offset,
                      (const uint8_t *)b + f[i].offset);
}

#undef ONE
#undef EACH

#define ONE(f) ONE_OF(struct virtio, f)
#define QUEUE(n)                                                               \
    ONE(queue[n].ready), ONE(queue[n].size), ONE(queue[n].desc),               \
        ONE(queue[n].avail), ONE(queue[n].used), ONE(queue[n].next_avail),     \
        ONE(queue[n].next_used)
static const struct field virtio_fields[] = {
    ONE(id),
    ONE(offered),
    ONE(accepted),
    ONE(features_select),
    ONE(driver_select),
    ONE(queue_select),
    ONE(queue_count),
    ONE(status),
    ONE(interrupt),
    ONE(rung),
    ONE(config),
    QUEUE(0),
    QUEUE(1),
};
_Static_assert(VIRTIO_QUEUES == 2, "the rows above");

/* ---- registers --------------------------------------------------------- */

static void compare_registers(struct differences *d, const struct cpu *a,
                              const struct cpu *b)
{
    char name[32];
    for (unsigned i = 0; i < 32; i++) {
        snprintf(name, sizeof name, "x%u", i);
        difference_value(d, name, a->x[i], b->x[i]);
    }
    struct csr_info info;
    for (unsigned i = 0; csr_each(i, &info); i++) {
        uint64_t value[2] = { 0, 0 };
        bool has = cpu_peek_csr(a, info.number, &value[0]);
        if (has != cpu_peek_csr(b, info.number, &value[1]))
            difference_add(d, "%s: only one machine has it", info.name);
        difference_value(d, info.name, value[0], value[1]);
    }
    const struct timing *s = &a->timing, *t = &b->timing;
    for (uint32_t i = 0; i <= s->btb_mask; i++)
        if (s->btb[i].pc != t->btb[i].pc ||
            s->btb[i].target != t->btb[i].target ||
            s->btb[i].counter != t->btb[i].counter)
            difference_add(d, "branch predictor, entry %" PRIu32 " differs", i);
}

/* ---- figures ----------------------------------------------------------- */

enum { FIGURE_NAME = 96 };

struct figures {
    size_t count, room;
    struct figure {
        char name[FIGURE_NAME];
        uint64_t value;
    } * list;
};

static void keep_figure(void *context, const char *name, uint64_t value,
                        const char *unit, const char *doc)
{
    (void)unit, (void)doc;
    struct figures *f = context;
    if (f->count == f->room) {
        f->room = f->room ? 2 * f->room : 512;
        f->list = realloc(f->list, f->room * sizeof *f->list);
        if (!f->list)
            err_no_memory();
    }
    struct figure *to = &f->list[f->count++];
    snprintf(to->name, sizeof to->name, "%s", name);
    to->value = value;
}

static void compare_figures(struct differences *d, const struct machine *a,
                            const struct machine *b)
{
    struct figures f = { 0 }, g = { 0 };
    stats_each(a, keep_figure, &f);
    stats_each(b, keep_figure, &g);
    for (size_t i = 0; i < f.count && i < g.count; i++)
        if (strcmp(f.list[i].name, g.list[i].name) != 0 ||
            f.list[i].value != g.list[i].value)
            difference_add(d, "%s: %s %" PRIu64 ", %s %" PRIu64, f.list[i].name,
                           d->name[0], f.list[i].value, d->name[1],
                           g.list[i].value);
    difference_value(d, "number of figures", f.count, g.count);
    free(f.list);
    free(g.list);
}

static void compare_domains(struct differences *d, const struct ledger *a,
                            const struct ledger *b)
{
    for (size_t i = 0; i < a->domain_count && i < b->domain_count; i++) {
        const struct ledger_domain *p = &a->domains[i], *q = &b->domains[i];
        if (p->serial != q->serial || p->key != q->key || p->id != q->id ||
            p->live != q->live || p->ended != q->ended ||
            memcmp(p->phase, q->phase, sizeof p->phase) != 0 ||
            memcmp(p->instructions, q->instructions, sizeof p->instructions) !=
                0 ||
            memcmp(p->unit, q->unit, sizeof p->unit) != 0)
            difference_add(d, "ledger, domain %zu (%s) differs", i, p->name);
    }
}

/* ---- events ------------------------------------------------------------ */

#define OF_EVENT(f) ONE_OF(struct event, f)

static const struct field event_fields[] = {
    OF_EVENT(number),       OF_EVENT(hart),    OF_EVENT(cycle),
    OF_EVENT(instructions), OF_EVENT(pc),      OF_EVENT(va),
    OF_EVENT(value),        OF_EVENT(value2),  OF_EVENT(domain),
    OF_EVENT(other),        OF_EVENT(thread),  OF_EVENT(cost),
    OF_EVENT(kind),         OF_EVENT(unit),    OF_EVENT(miss),
    OF_EVENT(cause),        OF_EVENT(access),  OF_EVENT(privilege),
    OF_EVENT(refused),      OF_EVENT(rights),  OF_EVENT(protection),
    OF_EVENT(hint),         OF_EVENT(size),    OF_EVENT(interrupt),
    OF_EVENT(late),         OF_EVENT(pte),     OF_EVENT(segment_known),
    OF_EVENT(right_known),  OF_EVENT(segment), OF_EVENT(above),
};

/* Then they are equal; padding may differ where they are, too. */
static bool same_bytes(const void *a, const void *b, size_t n)
{
    return memcmp(a, b, n) == 0;
}

static void compare_event(struct differences *d, const struct event *a,
                          const struct event *b)
{
    if (same_bytes(a, b, sizeof *a))
        return;
    struct differences one = *d;
    one.count = 0;
    snprintf(one.place, sizeof one.place, "event %" PRIu64 " (%s) ", a->number,
             event_kind_name((enum event_kind)a->kind));
    compare_fields(&one, event_fields, COUNT(event_fields), a, b);
    for (unsigned i = 0; i < one.count && i < DIFFERENCE_LINES; i++)
        difference_add(d, "%s", one.text[i]);
}

static void compare_events(struct differences *d, const struct event_list *a,
                           const struct event_list *b)
{
    uint64_t end = a->next < b->next ? a->next : b->next;
    for (uint64_t n = end > EVENT_RING ? end - EVENT_RING : 0; n < end; n++)
        compare_event(d, &a->ring[n % EVENT_RING], &b->ring[n % EVENT_RING]);
}

/* ---- all --------------------------------------------------------------- */

static void compare_harts(struct differences *d, const struct machine *a,
                          const struct machine *b, uint64_t i)
{
    const struct hart *p = &a->hart[i], *q = &b->hart[i];
    char place[sizeof d->place];
    memcpy(place, d->place, sizeof place);
    if (a->config.harts > 1)
        snprintf(d->place, sizeof d->place, "%.20s hart %u ", place,
                 (unsigned)i);
    if (p != a->now) /* that one's is not kept up */
        difference_value(d, "ready", a->turn.ready[i], b->turn.ready[i]);
    compare_fields(d, hart_fields, COUNT(hart_fields), p, q);
    compare_registers(d, &p->cpu, &q->cpu);
    compare_domains(d, &p->ledger, &q->ledger);
    compare_units(d, &p->cpu.mmu, &q->cpu.mmu);
    memcpy(d->place, place, sizeof place);
}

bool machine_compare(const struct machine *a, const struct machine *b,
                     struct differences *d)
{
    unsigned before = d->count;
    d->name[0] = engine_name(a->engine);
    d->name[1] = engine_name(b->engine);
    difference_value(d, "hart in focus", (uint64_t)(a->now - a->hart),
                     (uint64_t)(b->now - b->hart));
    for (uint64_t i = 0; i < a->config.harts; i++)
        compare_harts(d, a, b, i);
    compare_fields(d, machine_fields, COUNT(machine_fields), a, b);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        compare_fields(d, virtio_fields, COUNT(virtio_fields), &a->virtio[i],
                       &b->virtio[i]);
    compare_figures(d, a, b);
    compare_events(d, &a->events, &b->events);
    compare_memory(d, a, b);
    return d->count == before;
}
