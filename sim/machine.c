/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a machine, running it, feeding it. The loop in machine_run is the
 * only place where time advances: cpu_step, or a jump over idle time (harts.c,
 * which also says whose turn it is). What rare steps mean is in observe.c;
 * looking into memory is in peek.c.
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

/* ---- building -------------------------------------------------------------
 */

static bool machine_build(struct machine *m, struct heap *heap, struct err *err)
{
    const struct config *c = &m->config;
    if (!config_check(c, err) ||
        !bus_init_in(&m->bus, heap, MEM_RAM, c->ram_bytes, err))
        return false;
    registry_init(&m->registry, heap);
    m->uart.heap = m->trace.heap = heap;
    if (board_add_devices(m, err) && harts_build(m, err))
        return true;
    bus_free(&m->bus);
    return false;
}

struct machine *machine_new(const struct config *c, struct err *err)
{
    return machine_new_in(NULL, c, err);
}

struct machine *machine_new_in(struct heap *heap, const struct config *c,
                               struct err *err)
{
    struct machine *m = heap_new(heap, 1, sizeof *m);
    if (!m) {
        err_set(err, EXIT_HOST_RESOURCE, "no memory for a machine");
        return NULL;
    }
    m->config = *c;
    m->config.cpu.core_hz = c->core_hz;
    m->config.cpu.timebase_hz = c->timebase_hz;
    if (!machine_build(m, heap, err)) {
        heap_free(heap, m);
        return NULL;
    }
    entropy_open(&m->entropy, &m->virtio[MACHINE_SLOT_ENTROPY],
                 (uint64_t)c->mmu.seed);
    console_open(&m->console, &m->virtio[MACHINE_SLOT_CONSOLE]);
    m->events.record = EVENT_ALL;
    machine_reset(m, MEM_RAM, 0);
    return m;
}

void machine_free(struct machine *m)
{
    if (!m)
        return;
    struct err err;
    struct heap *heap = m->bus.heap;
    if (!machine_trace_close(m, &err))
        fprintf(stderr, "opalite: %s\n", err.text);
    trace_free(&m->trace);
    registry_free(&m->registry);
    block_close(&m->block);
    uart_free(&m->uart);
    harts_free(m);
    bus_free(&m->bus);
    heap_free(heap, m);
}

void machine_caches_close(struct machine *m)
{
    for (uint64_t i = 0; i < m->config.harts; i++)
        cpu_caches_close(&m->hart[i].cpu);
    bus_forget_code(&m->bus);
}

void machine_caches_open(struct machine *m)
{
    struct err err;
    m->bus.code = NULL;
    m->bus.watched = m->bus.notes != NULL;
    for (uint64_t i = 0; i < m->config.harts; i++)
        if (!cpu_caches_open(&m->hart[i].cpu, true, &err))
            err_no_memory();
}

void machine_forget_stores(struct machine *m)
{
    for (uint64_t i = 0; i < m->config.harts; i++)
        l0_void(&m->hart[i].cpu.mmu);
}

static void read_phases(struct machine *m)
{
    for (int i = PHASE_TRAP; i < PHASE_COUNT; i++) {
        char start[64], end[64];
        const char *name = phase_name((enum phase)i);
        snprintf(start, sizeof start, "__phase_%s_start", name);
        snprintf(end, sizeof end, "__phase_%s_end", name);
        const struct elf_symbol *a = elf_symbol_find(m->registry.kernel, start);
        const struct elf_symbol *b = elf_symbol_find(m->registry.kernel, end);
        if (a && b)
            harts_set_phase(m, (enum phase)i, a->address, b->address);
    }
}

static bool watch_tohost(struct machine *m, struct err *err)
{
    const struct elf_file *f = m->registry.kernel;
    const struct elf_symbol *to = elf_symbol_find(f, "tohost");
    const struct elf_symbol *from = elf_symbol_find(f, "fromhost");
    if (!to || !elf_physical(f, to->address, &m->htif.tohost))
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: no symbol `tohost` in a loaded segment, which "
                       "--htif and --signature need",
                       f->path);
    if (!from || !elf_physical(f, from->address, &m->htif.fromhost))
        m->htif.fromhost = 0;
    m->htif.on = true;
    return true;
}

bool machine_load_elf(struct machine *m, const char *path, bool htif,
                      struct err *err)
{
    struct elf_file *f = elf_file_kept(m->bus.heap, path, err);
    if (!f)
        return false;
    if (!elf_file_load(f, &m->bus, err)) {
        elf_file_close(f);
        return false;
    }
    elf_file_close(m->registry.kernel);
    m->registry.kernel = f;
    read_phases(m);
    if (htif && !watch_tohost(m, err))
        return false;
    machine_reset(m, f->entry, 0);
    return true;
}

/* ---- power on and off -------------------------------------------------- */

void machine_reset(struct machine *m, uint64_t pc, uint64_t a1)
{
    m->reset_pc = pc;
    m->reset_a1 = a1;
    m->stopping = m->ended = false;
    m->finisher.command = FINISHER_NONE;
    m->why[0] = 0;
    board_reset(m);
    harts_reset(m, pc, a1);
    board_set_lines(m);
}

bool machine_attach_disk(struct machine *m, const char *path, struct err *err)
{
    block_close(&m->block);
    return block_open(&m->block, m->bus.heap, &m->virtio[MACHINE_SLOT_DISK],
                      path, err);
}

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

static const char *const engines[] = {
    [ENGINE_FAST] = "fast", [ENGINE_READABLE] = "readable"
};

const char *engine_name(enum engine engine)
{
    return engines[engine];
}

bool engine_of_name(const char *name, enum engine *engine)
{
    for (unsigned i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (!strcmp(name, engines[i])) {
            *engine = (enum engine)i;
            return true;
        }
    return false;
}

const char *stop_name(enum stop stop)
{
    static const char *const names[STOP_COUNT] = {
        [STOP_BUDGET] = "budget",
        [STOP_EVENT] = "event",
        [STOP_MAILBOX] = "mailbox",
        [STOP_SCRIPT] = "script",
        [STOP_TEXT] = "text",
        [STOP_RESET] = "reset",
        [STOP_POINT] = "point",
        [STOP_POWEROFF] = "poweroff",
        [STOP_FAIL] = "fail",
        [STOP_HUNG] = "hung",
        [STOP_PANIC] = "panic",
        [STOP_IDLE] = "idle",
        [STOP_NO_PROGRESS] = "no_progress",
    };
    return stop < STOP_COUNT ? names[stop] : "?";
}

enum exit_code stop_exit_code(enum stop stop)
{
    switch (stop) {
    case STOP_BUDGET:
        return EXIT_CYCLE_LIMIT;
    case STOP_FAIL:
        return EXIT_GUEST_FAILURE;
    case STOP_HUNG:
    case STOP_PANIC:
        return EXIT_GUEST_FAULT;
    case STOP_IDLE:
    case STOP_NO_PROGRESS:
        return EXIT_NO_PROGRESS;
    default:
        return EXIT_PASSED;
    }
}

bool machine_trace_to(struct machine *m, const char *path,
                      const struct trace_choice *choice, struct err *err)
{
    if (!machine_trace_close(m, err))
        return false;
    m->trace_file = trace_file_open(path, choice, &m->config, err);
    m->trace_steps = m->trace_file && trace_file_wants_steps(m->trace_file);
    return m->trace_file != NULL;
}

bool machine_trace_close(struct machine *m, struct err *err)
{
    struct trace_file *f = m->trace_file;
    m->trace_file = NULL;
    m->trace_steps = false;
    return !f || trace_file_close(f, machine_clock(m), err);
}

/* ---- the host acts
 * ----------------------------------------------------------- */

bool machine_console_named(const char *name, enum machine_console *console,
                           struct err *err)
{
    bool virtio = strcmp(name, "virtio") == 0;
    *console = virtio ? CONSOLE_VIRTIO : CONSOLE_UART;
    if (virtio || strcmp(name, "uart") == 0)
        return true;
    return err_set(err, EXIT_USAGE, "expected uart or virtio, got '%s'", name);
}

size_t machine_console_input(struct machine *m, const char *bytes, size_t n)
{
    if (m->keys_to == CONSOLE_UART)
        return uart_input(&m->uart, bytes, n);
    struct virtio *v = &m->virtio[MACHINE_SLOT_CONSOLE];
    size_t taken = console_input(&m->console, bytes, n);
    console_serve(&m->console, v, &m->bus, &m->uart);
    return taken;
}

bool machine_poke_phys(struct machine *m, uint64_t pa, const void *from,
                       size_t n)
{
    return bus_write(&m->bus, pa, from, n);
}

bool machine_mailbox_post(struct machine *m, uint64_t op, const uint64_t arg[6],
                          const void *window, size_t window_bytes)
{
    struct mailbox *b = &m->mailbox;
    if (b->pending || window_bytes > MAILBOX_WINDOW_BYTES)
        return false;
    b->pending = true;
    b->done = false;
    b->op = op;
    memcpy(b->arg, arg, sizeof b->arg);
    memset(b->window, 0, sizeof b->window);
    if (window_bytes)
        memcpy(b->window, window, window_bytes);
    return true;
}

int64_t machine_mailbox_result(const struct machine *m)
{
    return (int64_t)m->mailbox.result;
}

void machine_script_answer(struct machine *m, enum script_op op,
                           const uint64_t arg[4])
{
    m->mailbox.script_asked = false;
    m->mailbox.script_op = op;
    memcpy(m->mailbox.script_arg, arg, sizeof m->mailbox.script_arg);
}
