/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a machine, loading it, setting it to its beginning, writing its trace;
 * running it is machine.c.
 */
#include "sim/machine.h"

#include <stdio.h>
#include <string.h>

#include "mmu/l0.h"
#include "sim/board.h"
#include "sim/harts.h"

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
